"""Markdown to harmless HTML: few tags, no markup of one's own, no image of elsewhere, bounded depth and size."""

from __future__ import annotations

import re
from functools import lru_cache

import nh3
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

MAX_NESTING = 12
MAX_TOKENS = 3_000
MAX_LINE = 4_000
MAX_MARKS = 600  # of one kind of bracket, quote or emphasis: what readers of Markdown find slow
SCHEMES = {"http", "https", "mailto"}
# A page has one title of its own: those of a text come under it.
HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h4", "h4": "h5", "h5": "h6", "h6": "h6"}
TAGS = {
    *("p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES: dict[str, set[str]] = {"a": {"href", "title"}, "ol": {"start"}}
_ALLOWED_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_DEEP = re.compile(rf"^[ \t]*(?:(?:>|[-*+]|\d{{1,9}}[.)])[ \t]*){{{MAX_NESTING + 1},}}", re.MULTILINE)


def _valid_link(url: str) -> bool:
    return bool(_ALLOWED_LINK.match(url))


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": MAX_NESTING})
    reader.enable(["table", "strikethrough"])
    reader.disable(["image", "html_inline", "html_block", "reference"])
    reader.validateLink = _valid_link  # type: ignore[method-assign]
    return reader


def check(text: str) -> None:
    """Refuse a text whose markup would be slow to read or endless to show; ValidationError with the sentence."""
    too_much = ValidationError(_("La mise en forme de ce texte est trop compliquée. Simplifiez-la."))
    if any(len(line) > MAX_LINE for line in text.split("\n")):
        raise ValidationError(_("Une ligne de ce texte est trop longue. Coupez-la en paragraphes."))
    # Before reading it: some marks in great number are slow for any reader.
    if any(text.count(mark) > MAX_MARKS for mark in "[]<>`*_~|&!\\") or _DEEP.search(text):
        raise too_much
    tokens = _reader().parse(text)
    count = sum(1 + len(token.children or ()) for token in tokens)
    if count > MAX_TOKENS or any(token.level > 2 * MAX_NESTING for token in tokens):
        raise too_much


def to_html(text: str) -> SafeString:
    """Return a text as HTML that can only be read: whatever was typed, nothing runs and nothing is fetched."""
    try:
        check(text)
    except ValidationError:
        # Written before the limits, or by another door: shown as plain words.
        return format_html("<p>{}</p>", text)
    tokens = _reader().parse(text)
    for token in _all(tokens):
        token.tag = HEADINGS.get(token.tag, token.tag)
    html = _reader().renderer.render(tokens, _reader().options, {})
    return SafeString(
        nh3.clean(
            html,
            tags=TAGS,
            attributes=ATTRIBUTES,
            url_schemes=SCHEMES,
            link_rel="noopener noreferrer nofollow",
            strip_comments=True,
        )
    )


def _all(tokens: list[Token]) -> list[Token]:
    return [one for token in tokens for one in (token, *(token.children or ()))]


def to_words(text: str) -> str:
    """Return the words of a text without its markup, for lists and for the search."""
    return " ".join(re.sub(r"\]\([^)]*\)|[#>*_`~|\[\]]+", " ", text).split())
