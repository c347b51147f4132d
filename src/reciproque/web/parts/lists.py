"""Parts that show rows: agenda, thread, history, facets, pages, table, figures, reciprocity."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from babel.dates import format_date
from django import template
from django.core.paginator import Page
from django.template import Context
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from reciproque.web.parts.drawing import TONES, draw, initials_of, one_of, read
from reciproque.web.parts.drawing import tone as known_tone

register = template.Library()


@register.simple_tag(takes_context=True)
def reciprocity(
    context: Context, *, received: int, given: int, text: str = "", href: str = "", link: str = ""
) -> SafeString:
    """Draw what the reader alone sees: savoirs received and passed on, as two arcs that answer one another."""
    most = max(received, given, 1)
    # Lengths in hundredths of an arc: the larger of the two nearly closes, whatever the numbers.
    return draw(
        context,
        "reciprocity",
        received=received,
        given=given,
        received_length=round(96 * received / most),
        given_length=round(96 * given / most),
        text=text,
        href=href,
        link=link,
    )


def _leaf(at: dt.date | dt.datetime) -> dict[str, Any]:
    day = at.astimezone(timezone.get_current_timezone()) if isinstance(at, dt.datetime) else at
    locale = "fr" if (translation.get_language() or "fr").startswith("fr") else "en_GB"
    return {
        "weekday": format_date(day, "EEE", locale=locale),
        "day": day.day,
        "month": format_date(day, "MMM", locale=locale),
        "timed": isinstance(at, dt.datetime),
    }


@register.simple_tag(takes_context=True)
def agenda(context: Context, items: Iterable[Any], *, empty: str = "") -> SafeString:
    """Draw coming meetings as leaves of a diary."""
    rows = read(items, "at", "title", url="", place="", detail="", tone="exchange")
    for row in rows:
        known_tone(row["tone"])
        row["leaf"] = _leaf(row["at"])
    return draw(context, "agenda", items=rows, empty=empty)


@register.simple_tag(takes_context=True)
def loop(context: Context, people: Iterable[str], *, savoirs: Iterable[str] = ()) -> SafeString:
    """Draw a ring of reciprocity: each passes something on to the next, the last to the first."""
    names = list(people)
    known = list(savoirs or ()) + [""] * len(names)
    links = [
        {"name": name, "initials": initials_of(name), "savoir": known[i], "to": names[(i + 1) % len(names)]}
        for i, name in enumerate(names)
    ]
    return draw(context, "loop", links=links)


@register.simple_tag(takes_context=True)
def facets(context: Context, groups: Iterable[Any], *, clear_url: str = "") -> SafeString:
    """Draw the filters with how many results each would leave."""
    rows = read(groups, "title", "items")
    chosen = 0
    for row in rows:
        row["items"] = read(row["items"], "label", "url", count="", selected=False)
        chosen += sum(1 for item in row["items"] if item["selected"])
    return draw(context, "facets", groups=rows, clear_url=clear_url, chosen=chosen)


@register.simple_tag(takes_context=True)
def pager(
    context: Context,
    page: Page | None = None,
    *,
    previous_url: str = "",
    next_url: str = "",
    text: str = "",
    param: str = "page",
) -> SafeString:
    """Draw "previous" and "next", keeping the rest of the address."""
    where = {"number": 0, "total": 0}
    if page is not None:
        request = context.get("request")
        query = request.GET.copy() if request else None

        def address(number: int) -> str:
            if query is None:
                return f"?{param}={number}"
            query[param] = str(number)
            return f"?{query.urlencode()}"

        previous_url = address(page.previous_page_number()) if page.has_previous() else ""
        next_url = address(page.next_page_number()) if page.has_next() else ""
        where = {"number": page.number, "total": page.paginator.num_pages}
    return draw(context, "pager", previous_url=previous_url, next_url=next_url, text=text, **where)


@register.simple_tag(takes_context=True)
def tabs(context: Context, items: Iterable[Any], *, label: str) -> SafeString:
    """Draw tabs that are plain links."""
    return draw(context, "tabs", items=read(items, "label", "url", current=False, count=""), label=label)


@register.simple_tag(takes_context=True)
def crumbs(context: Context, items: Iterable[Any]) -> SafeString:
    """Draw the way back up."""
    return draw(context, "crumbs", items=read(items, "label", url=""))


@register.simple_tag(takes_context=True)
def progress(context: Context, steps: Iterable[Any], *, current: int) -> SafeString:
    """Draw how far one is in an assistant of several pages (the first step is 1)."""
    rows = read(steps, "label", url="", done=True)
    for number, row in enumerate(rows, 1):
        # One may go back to a page whether it says something or not; it is not called done when it says nothing.
        row["linked"] = row["url"] and number < current
        passed = "done" if row["done"] else "next"
        row["state"] = passed if number < current else "current" if number == current else "next"
    label = rows[current - 1]["label"] if 0 < current <= len(rows) else ""
    return draw(context, "progress", steps=rows, current=current, total=len(rows), label=label)


@register.simple_tag(takes_context=True)
def thread(context: Context, messages: Iterable[Any], *, empty: str = "") -> SafeString:
    """Draw a conversation between a few people."""
    links = {"remove_url": "", "report_url": ""}
    known = {"author": "", "mine": False, "system": False, "hidden": False, "initials": ""}
    rows = read(messages, "text", "at", **known, **links)
    return draw(context, "thread", messages=rows, empty=empty)


@register.simple_tag(takes_context=True)
def history(context: Context, items: Iterable[Any], *, empty: str = "") -> SafeString:
    """Draw what happened, in the order given."""
    rows = read(items, "at", "text", icon="", tone="", detail="")
    for row in rows:
        row["icon"] = row["icon"] or TONES[known_tone(row["tone"])]
    return draw(context, "history", items=rows, empty=empty)


@register.simple_tag(takes_context=True)
def slots(
    context: Context, items: Iterable[Any], *, name: str = "slot", legend: str, hint: str = ""
) -> SafeString:
    """Draw a choice between proposed dates."""
    rows = read(items, "value", "at", end=None, detail="", disabled=False, reason="", checked=False)
    for row in rows:
        row["leaf"] = _leaf(row["at"])
    return draw(context, "slots", items=rows, name=name, legend=legend, hint=hint)


@register.simple_tag(takes_context=True)
def facts(context: Context, items: Iterable[Any]) -> SafeString:
    """Draw terms and their values."""
    pairs = [
        {"term": item[0], "value": item[1]}
        if isinstance(item, tuple | list)
        else read([item], "term", "value")[0]
        for item in items or ()
    ]
    return draw(context, "facts", items=pairs)


def _cell(cell: Any, column: dict[str, Any]) -> dict[str, Any]:
    if isinstance(cell, dict):
        return {"text": cell["text"], "url": cell.get("url", ""), **column}
    return {"text": "" if cell is None else cell, "url": "", **column}


@register.simple_tag(takes_context=True)
def table(
    context: Context,
    *,
    caption: str,
    columns: Iterable[Any],
    rows: Iterable[Iterable[Any]],
    empty: str = "",
    hide_caption: bool = False,
) -> SafeString:
    """Draw rows and columns; on a phone each row becomes a small list with its labels."""
    heads = read(columns, "label", kind="")
    for head in heads:
        one_of(head["kind"], "", "number")
    body = [[_cell(cell, head) for cell, head in zip(row, heads, strict=True)] for row in rows]
    return draw(
        context, "table", caption=caption, columns=heads, rows=body, empty=empty, hide_caption=hide_caption
    )


def _line(series: list[float], width: int = 120, height: int = 32) -> str:
    """Return the points of a small curve, left to right, kept 3 units off the edges."""
    low, high = min(series), max(series)
    span = (high - low) or 1
    across = (width - 6) / max(len(series) - 1, 1)
    return " ".join(
        f"{3 + i * across:.1f},{height - 3 - (y - low) / span * (height - 6):.1f}"
        for i, y in enumerate(series)
    )


@register.simple_tag(takes_context=True)
def stat(
    context: Context,
    *,
    label: str,
    value: Any,
    unit: str = "",
    formula: str = "",
    trend: str = "",
    target: str = "",
    lever: str = "",
    href: str = "",
    series: Iterable[float] = (),
    tone: str = "",
    level: int = 3,
) -> SafeString:
    """Draw a figure with how it is computed, where it goes and what moves it."""
    known_tone(tone)
    numbers = [float(number) for number in series or ()]
    points = _line(numbers) if len(numbers) > 1 else ""
    last = points.split()[-1].split(",") if points else ["", ""]
    return draw(
        context,
        "stat",
        label=label,
        value=value,
        unit=unit,
        formula=formula,
        trend=trend,
        target=target,
        lever=lever,
        href=href,
        points=points,
        last_x=last[0],
        last_y=last[1],
        tone=tone,
        level=level,
    )
