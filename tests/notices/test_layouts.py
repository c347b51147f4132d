"""Letters as mail programs understand them: styles on each element, dark screens thought of, nothing from elsewhere."""

from __future__ import annotations

import re

import pytest
from django.template.loader import get_template

from reciproque.notices.engine.layouts import inlined, layout, render

LAYOUTS = ["emails/message.html", "emails/digest.html"]


def test_tags_stay_where_they_were() -> None:
    source = (
        "<html><head><style>.a{color:red} @media (prefers-color-scheme: dark){.a{color:blue !important}}</style></head>"
        "<body>{% if x %}<p class='a' title='{{ y }}'>{{ x }}{# a note #}</p>{% else %}<b>z</b>{% endif %}</body></html>"
    )
    whole = inlined(source)
    assert "{% if x %}<p" in whole
    assert 'title="{{ y }}"' in whole
    assert "color:red" in re.sub(r"<style>.*?</style>", "", whole, flags=re.DOTALL)
    assert "color:blue !important" in whole
    assert "a note" not in whole
    assert "kept" not in whole


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_inlined_once(name: str) -> None:
    assert layout(name) is layout(name)
    source = get_template(name).template.source
    whole = inlined(source)
    tags = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
    assert tags.findall(whole) == tags.findall(source)


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_class_has_its_style_on_it_and_a_dark_side(name: str) -> None:
    whole = inlined(get_template(name).template.source)
    body = whole[whole.index("<body") :]
    assert body.startswith("<body style=")
    for tag in re.findall(r"<[a-z0-9]+ [^>]*class=[^>]*>", body):
        assert "style=" in tag, tag
    assert "prefers-color-scheme: dark" in whole
    assert 'content="light dark"' in whole
    assert not re.search(r"<link|@import|url\(|<script|<img", whole)


def test_what_people_write_is_escaped() -> None:
    html = render(
        "emails/message.html",
        {
            "language": "fr",
            "subject": "<i>",
            "greeting": "Bonjour",
            "sentences": ["<script>"],
            "quote": "a\n<b>",
            "deadline": "",
            "answers": [],
            "act": {"label": "&", "url": 'https://x.example.org/"'},
            "network": "",
            "preferences": "https://x.example.org/",
        },
    )
    assert "<script>" not in html
    assert "<i>" not in html
    assert "a<br>&lt;b&gt;" in html
