"""Parts that hold something: step, post, found person, card, callout, empty state, confirmation, sheet."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from reciproque.web.parts.drawing import TONES, draw, one_of, read
from reciproque.web.parts.drawing import tone as known_tone

register = template.Library()


def _blank(content: str) -> str:
    return content if content.strip() else ""


@register.simple_block_tag(takes_context=True)
def acts(context: Context, content: str) -> SafeString:
    """Lay out a row of buttons."""
    return draw(context, "acts", body=content)


@register.simple_block_tag(takes_context=True)
def step(
    context: Context,
    content: str,
    *,
    kind: str,
    title: str,
    href: str = "",
    text: str = "",
    due: str = "",
    due_at: Any = None,
    after: str = "",
    state: str = "",
    tone: str = "exchange",
    icon: str = "",
    level: int = 2,
    id: str = "",
) -> SafeString:
    """Draw one thing expected of the reader, with what answers it in one tap."""
    known_tone(tone)
    one_of(state, "", "soon", "late")
    return draw(
        context,
        "step",
        body=_blank(content),
        kind=kind,
        title=title,
        href=href,
        text=text,
        due=due,
        due_at=due_at,
        after=after,
        state=state,
        tone=tone,
        icon=icon or TONES[tone],
        level=level,
        id=id,
    )


@register.simple_block_tag(takes_context=True)
def post(
    context: Context,
    content: str,
    *,
    kind: str,
    title: str,
    href: str = "",
    person: str = "",
    line: str = "",
    initials: str = "",
    text: str = "",
    topics: Iterable[Any] = (),
    meta: Iterable[str] = (),
    state: str = "",
    state_tone: str = "neutral",
    due: str = "",
    level: int = 3,
    id: str = "",
) -> SafeString:
    """Draw an offer (ochre, going out) or a request (teal, coming in)."""
    one_of(kind, "offer", "request")
    known_tone(state_tone)
    return draw(
        context,
        "post",
        body=_blank(content),
        kind=kind,
        title=title,
        href=href,
        person=person,
        line=line,
        initials=initials,
        text=text,
        topics=read(topics, "label", url=""),
        meta=[bit for bit in meta or () if bit],
        state=state,
        state_tone=state_tone,
        due=due,
        level=level,
        id=id,
    )


@register.simple_block_tag(takes_context=True)
def found(
    context: Context,
    content: str,
    *,
    person: str,
    reasons: Iterable[str],
    line: str = "",
    href: str = "",
    initials: str = "",
    kind: str = "offer",
    title: str = "",
    post_href: str = "",
    why: str = "",
    note: str = "",
    level: int = 3,
    id: str = "",
) -> SafeString:
    """Draw somebody found for the reader, with the reasons in words."""
    one_of(kind, "offer", "request")
    return draw(
        context,
        "found",
        body=_blank(content),
        person=person,
        reasons=list(reasons or ()),
        line=line,
        href=href,
        initials=initials,
        kind=kind,
        title=title,
        post_href=post_href,
        why=why,
        note=note,
        level=level,
        id=id,
    )


@register.simple_block_tag(takes_context=True)
def card(
    context: Context,
    content: str,
    *,
    title: str = "",
    icon: str = "",
    tone: str = "",
    level: int = 2,
    id: str = "",
    href: str = "",
    link: str = "",
    private: bool = False,
) -> SafeString:
    """Draw a titled card."""
    known_tone(tone)
    return draw(
        context,
        "card",
        body=content,
        title=title,
        icon=icon,
        tone=tone,
        level=level,
        id=id,
        href=href,
        link=link,
        private=private,
    )


@register.simple_block_tag(takes_context=True)
def section(
    context: Context,
    content: str,
    *,
    title: str,
    id: str = "",
    lead: str = "",
    level: int = 2,
    href: str = "",
    link: str = "",
    icon: str = "",
) -> SafeString:
    """Draw a titled region of the page, with a link to all of it."""
    return draw(
        context,
        "section",
        body=content,
        title=title,
        id=id,
        lead=lead,
        level=level,
        href=href,
        link=link,
        icon=icon,
    )


@register.simple_block_tag(takes_context=True)
def callout(
    context: Context, content: str, *, tone: str = "info", title: str = "", icon: str = "", id: str = ""
) -> SafeString:
    """Draw something to know before going on."""
    one_of(tone, "info", "warn", "danger", "good")
    return draw(
        context, "callout", body=_blank(content), tone=tone, title=title, icon=icon or TONES[tone], id=id
    )


@register.simple_block_tag(takes_context=True)
def empty(context: Context, content: str, *, title: str, icon: str = "sprout", level: int = 2) -> SafeString:
    """Draw what stands where there is nothing yet: it teaches the next step."""
    return draw(context, "empty", body=_blank(content), title=title, icon=icon, level=level)


@register.simple_block_tag(takes_context=True)
def prose(context: Context, content: str) -> SafeString:
    """Set text for reading."""
    return draw(context, "prose", body=content)


@register.simple_block_tag(takes_context=True)
def quote(context: Context, content: str, *, by: str = "") -> SafeString:
    """Set somebody's own words."""
    return draw(context, "quote", body=content, by=by)


@register.simple_block_tag(takes_context=True)
def fold(context: Context, content: str, *, summary: str, open: bool = False, id: str = "") -> SafeString:
    """Draw something that opens on demand."""
    return draw(context, "fold", body=content, summary=summary, open=open, id=id)


@register.simple_block_tag(takes_context=True)
def fieldset(context: Context, content: str, *, legend: str, hint: str = "") -> SafeString:
    """Group fields under one question."""
    return draw(context, "fieldset", body=content, legend=legend, hint=hint)


@register.simple_block_tag(takes_context=True)
def sheet(context: Context, content: str, *, title: str, kicker: str = "", level: int = 2) -> SafeString:
    """Draw a sheet of paper: alone on the page when printed."""
    return draw(context, "sheet", body=content, title=title, kicker=kicker, level=level)


@register.simple_block_tag(takes_context=True)
def charter(
    context: Context,
    content: str,
    *,
    title: str,
    articles: Iterable[Any],
    version: str = "",
    intro: str = "",
    signed: str = "",
    level: int = 2,
) -> SafeString:
    """Draw a charter with its numbered articles; the body is the form that signs it."""
    return draw(
        context,
        "charter",
        body=_blank(content),
        title=title,
        articles=read(articles, "text", title=""),
        version=version,
        intro=intro,
        signed=signed,
        level=level,
    )


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context,
    content: str,
    *,
    title: str,
    verb: str,
    text: str = "",
    cancel: str = "",
    action: str = "",
    tone: str = "danger",
    name: str = "",
    value: str = "",
) -> SafeString:
    """Draw the question asked before something that cannot be undone: a page, or a dialog with JavaScript."""
    one_of(tone, "primary", "danger")
    return draw(
        context,
        "confirm",
        body=_blank(content),
        title=title,
        verb=verb,
        text=text,
        cancel=cancel,
        action=action,
        tone=tone,
        name=name,
        value=value,
    )


@register.simple_block_tag(takes_context=True)
def tablewrap(
    context: Context, content: str, *, caption: str, stack: bool = False, hide_caption: bool = False
) -> SafeString:
    """Draw a table whose rows are written by the page."""
    return draw(context, "tablewrap", body=content, caption=caption, stack=stack, hide_caption=hide_caption)
