"""Layouts of letters with one style sheet, made into what mail programs understand: styles on each element.

The inliner works once on each layout, before it is compiled, not on each letter: writing to 10,000 people costs
10,000 renderings and one inlining.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

import css_inline
from django.template import engines
from django.template.loader import get_template

# A block to translate is kept whole: the inliner would write its non-breaking spaces otherwise.
_TAG = re.compile(r"{% blocktranslate.*?{% endblocktranslate %}|{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
_KEPT = re.compile(r"<!--kept(\d+)-->|kept(\d+)tpek")
# What stays in the head: rules for dark screens, which cannot be written on an element.
_INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, minify_css=True)


@functools.cache
def layout(name: str) -> Any:
    """Return a layout whose styles are written on its elements, compiled once for the life of the process."""
    source = get_template(name).template.source  # type: ignore[attr-defined]
    return engines["django"].from_string(inlined(source))


def inlined(source: str) -> str:
    """Return a template with its styles on its elements, its own tags left where they were."""
    tags: list[str] = []

    def keep(match: re.Match[str]) -> str:
        if match[0].startswith("{#"):
            return ""
        tags.append(match[0])
        # A tag may stand between two elements, where only a comment stays in its place; a value is a word.
        number = len(tags) - 1
        return f"kept{number}tpek" if match[0].startswith("{{") else f"<!--kept{number}-->"

    whole = _INLINER.inline(_TAG.sub(keep, source))
    return _KEPT.sub(lambda match: tags[int(match[1] or match[2])], whole)


def render(name: str, parts: Mapping[str, Any]) -> str:
    """Return a letter in its layout."""
    return layout(name).render(dict(parts))
