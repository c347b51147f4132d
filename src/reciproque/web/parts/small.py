"""Small parts: icon, button, tag, person, moment, deadline."""

import datetime as dt
from functools import lru_cache
from typing import Any
from zlib import crc32

from babel.dates import format_date
from django import template
from django.template import Context
from django.utils import timezone, translation
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from lucide.templatetags.lucide import lucide

from reciproque.kit import clock, dates
from reciproque.web.parts.drawing import draw, initials_of, one_of
from reciproque.web.parts.drawing import tone as known_tone

register = template.Library()

_SHORTHAND = {"offer": "arrow-up-right", "request": "arrow-down-left", "exchange": "arcs"}
# The mark: two open arcs that complete one another, drawn on the same 24-unit grid as Lucide's icons.
_ARCS = (
    '<svg width="{0}" height="{0}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
    ' stroke-linecap="round" stroke-linejoin="round"{1}><path d="M12 4a8 8 0 0 0-6.9 12"/><path d="m3 12.9 2.1 3.3 3.3-2"/>'
    '<path d="M12 20a8 8 0 0 0 6.9-12"/><path d="m21 11.1-2.1-3.3-3.3 2"/></svg>'
)


@lru_cache(maxsize=512)
def _svg(name: str, size: int) -> SafeString:
    name = _SHORTHAND.get(name, name)
    attributes = ' class="icon" aria-hidden="true"'
    if name == "arcs":
        return SafeString(_ARCS.format(size, attributes))
    drawn = lucide(name, size=size, stroke_width="2", **{"class": "icon", "aria-hidden": "true"})
    return SafeString(" ".join(line.strip() for line in drawn.splitlines()).replace("> <", "><"))


@register.simple_tag
def icon(name: str, *, size: int = 20, label: str = "") -> SafeString:
    """Draw a Lucide icon (or `arcs`, `offer`, `request`, `exchange`) inline; silent unless it has a label."""
    drawn = _svg(str(name), size)
    if label:
        return format_html('{}<span class="sr">{}</span>', drawn, label)
    return drawn


@register.simple_tag(takes_context=True)
def mark(context: Context, *, size: int = 36) -> SafeString:
    """Draw the mark in its two colours."""
    return draw(context, "mark", size=size)


@register.simple_tag(takes_context=True)
def button(
    context: Context,
    label: str,
    *,
    tone: str = "primary",
    href: str = "",
    name: str = "",
    value: str = "",
    icon: str = "",
    type: str = "submit",
    form: str = "",
    disabled: bool = False,
    confirm: bool = False,
    wide: bool = False,
    label_more: str = "",
    id: str = "",
) -> SafeString:
    """Draw a button, or a link that looks like one when it has an address."""
    one_of(tone, "primary", "normal", "quiet", "danger", "offer", "request")
    return draw(context, "button", **{k: v for k, v in locals().items() if k != "context"})


@register.simple_tag
def tag(label: str, *, tone: str = "", href: str = "", icon: str = "") -> SafeString:
    """Draw a chip; offers and requests say so by their arrow and a hidden word as well as by their colour."""
    known_tone(tone)
    word = {"offer": _("Offre :"), "request": _("Demande :")}.get(tone, "")
    drawn = _svg(icon or _SHORTHAND[tone], 16) if icon or tone in _SHORTHAND else ""
    hidden = format_html('<span class="sr">{} </span>', word) if word else ""
    classes = f"tag {tone}".strip()
    if href:
        return format_html(
            '<a class="{}" href="{}">{}{}<span>{}</span></a>', classes, href, drawn, hidden, label
        )
    return format_html('<span class="{}">{}{}<span>{}</span></span>', classes, drawn, hidden, label)


@register.simple_tag
def avatar(name: str, *, initials: str = "", photo: str = "", size: str = "m") -> SafeString:
    """Draw somebody's initials (or photo) in a round; the name itself is written beside it."""
    one_of(size, "s", "m", "l")
    if photo:
        return format_html(
            '<img class="avatar {}" src="{}" alt="" width="44" height="44" loading="lazy">', size, photo
        )
    return format_html(
        '<span class="avatar {}" aria-hidden="true">{}</span>', size, initials or initials_of(str(name))
    )


@register.simple_tag
def person(
    name: str, *, line: str = "", href: str = "", initials: str = "", photo: str = "", size: str = "m"
) -> SafeString:
    """Draw a person line: initials, name, job and unit."""
    who = format_html('<a href="{}">{}</a>', href, name) if href else conditional_escape(name)
    job = format_html('<span class="job">{}</span>', line) if line else ""
    return format_html(
        '<span class="person {}">{}<span class="who"><strong>{}</strong>{}</span></span>',
        size,
        avatar(name, initials=initials, photo=photo, size=size),
        who,
        job,
    )


def _short_day(day: dt.date, today: dt.date) -> str:
    french = (translation.get_language() or "fr").startswith("fr")
    year = "" if day.year == today.year else " y"
    text = format_date(day, f"EEE d MMM{year}", locale="fr" if french else "en_GB")
    return text.replace(" 1 ", " 1er ", 1) if french else text


def words(value: dt.date | dt.datetime, style: str = "long") -> str:
    """Say a day or a moment in words, in the active language and time zone."""
    one_of(style, "long", "short", "day", "full", "time")
    zone = timezone.get_current_timezone_name()
    today = clock.now().astimezone(timezone.get_current_timezone()).date()
    moment = value if isinstance(value, dt.datetime) else None
    day = moment.astimezone(timezone.get_current_timezone()).date() if moment else value
    if style == "time" and moment:
        return dates.hour_in_words(moment, zone)
    said = (
        _short_day(day, today)
        if style == "short"
        else dates.day_in_words(day, None if style == "full" else today)
    )
    if moment and style in ("long", "short"):
        said = f"{said}, {dates.hour_in_words(moment, zone)}"
    return said


@register.simple_tag
def when(value: Any, style: str = "long") -> SafeString:
    """Draw a `<time>` in words; with JavaScript, a reader in another zone also sees their own hour."""
    if not value:
        return SafeString("")
    clocked = isinstance(value, dt.datetime) and style in ("long", "short", "time")
    local = SafeString(' data-moment=""' if clocked else "")
    machine = value.isoformat(timespec="minutes") if isinstance(value, dt.datetime) else value.isoformat()
    return format_html('<time datetime="{}"{}>{}</time>', machine, local, words(value, style))


@register.simple_tag(takes_context=True)
def deadline(
    context: Context, text: str, *, at: Any = None, after: str = "", who: str = "", state: str = ""
) -> SafeString:
    """Draw one line: who must do what by when, and what happens otherwise."""
    one_of(state, "", "soon", "late")
    return draw(context, "deadline", text=text, at=at, after=after, who=who, state=state)


@register.simple_tag
def count(number: int, *, label: str = "") -> SafeString:
    """Draw a small number, with hidden words that say what is counted."""
    hidden = format_html('<span class="sr"> {}</span>', label) if label else ""
    return format_html('<span class="count">{}{}</span>', number, hidden)


@register.simple_tag(takes_context=True)
def copy(context: Context, value: str, *, label: str) -> SafeString:
    """Draw an address to copy: a read-only field, and a button where JavaScript is there."""
    # Two addresses on a page need two identifiers; the value itself is one.
    return draw(context, "copy", value=value, label=label, id=f"copy-{crc32(str(value).encode()):x}")


@register.simple_tag(takes_context=True)
def print_button(context: Context, label: str = "") -> SafeString:
    """Draw a button that prints the page, where JavaScript is there."""
    return draw(context, "print_button", label=label)


@register.simple_tag(takes_context=True)
def search(
    context: Context,
    *,
    value: str = "",
    action: str = "",
    name: str = "q",
    label: str = "",
    placeholder: str = "",
    button: str = "",
    live: str = "",
    live_url: str = "",
    hidden: dict[str, str] | None = None,
) -> SafeString:
    """Draw a one-line search form; with `live`, results follow the typing."""
    return draw(
        context,
        "search",
        value=value,
        action=action,
        name=name,
        label=label,
        placeholder=placeholder,
        button=button,
        live=live,
        live_url=live_url or action,
        hidden=list((hidden or {}).items()),
    )
