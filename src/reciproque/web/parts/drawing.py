"""How a part is drawn: declared values in, one small template out."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.template import Context
from django.utils.safestring import SafeString

# One shape a state takes in the whole site: its colour name and its icon.
TONES = {
    "offer": "arrow-up-right",
    "request": "arrow-down-left",
    "exchange": "arcs",
    "info": "info",
    "warn": "triangle-alert",
    "danger": "octagon-alert",
    "good": "circle-check",
    "neutral": "circle",
    "": "",
}


def draw(context: Context, part: str, **values: Any) -> SafeString:
    """Render `templates/parts/<part>.html` with the given values only, as an inclusion tag would."""
    part_context = context.new(values)
    # The token is the one thing a part may need from its page without being told.
    part_context["csrf_token"] = context.get("csrf_token")
    template = context.template.engine.get_template(f"parts/{part}.html")
    # Rendering has escaped what it was given; only the white space around it goes.
    return SafeString(template.render(part_context).strip())


def tone(value: str) -> str:
    """Return the tone, refusing one that has no colour."""
    if value not in TONES:
        raise ValueError(f"unknown tone {value!r}: one of {', '.join(repr(t) for t in TONES)}")
    return value


def one_of(value: str, *allowed: str) -> str:
    """Return the value, refusing one the style sheet does not know."""
    if value not in allowed:
        raise ValueError(f"{value!r} is not one of {', '.join(map(repr, allowed))}")
    return value


def read(things: Iterable[Any] | None, *required: str, **optional: Any) -> list[dict[str, Any]]:
    """Read dictionaries or objects into rows that hold every declared key, so that no template meets a hole."""
    rows = []
    for thing in things or ():
        if isinstance(thing, str):
            thing = {required[0]: thing}
        row = {name: _get(thing, name) for name in required}
        row |= {name: _get(thing, name, default) for name, default in optional.items()}
        rows.append(row)
    return rows


_MISSING = object()


def _get(thing: Any, name: str, default: Any = _MISSING) -> Any:
    if isinstance(thing, Mapping):
        value = thing.get(name, default)
    else:
        value = getattr(thing, name, default)
    if value is _MISSING:
        raise ValueError(f"{name!r} is missing from {thing!r}")
    # None and absent mean the same to a page; a zero stays.
    return default if value is None and default is not _MISSING else value


def initials_of(name: str) -> str:
    """Return one or two capitals for a name ("Claire Le Goff" gives CG)."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
