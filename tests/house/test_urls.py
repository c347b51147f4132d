"""Every address walked as nobody, as a stranger and as a member: no leak, no writing on GET, a well-made page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from reciproque.web.access import PUBLIC
from tests.house.world import DRAFT, SECRET, World, build

# A GET of these is refused (405): they only receive forms.
ANSWERS = {200, 302, 303, 304, 403, 404, 405, 410}


def addresses() -> list[tuple[str, list[str]]]:
    """Return every named address with the names of its parameters."""
    found: dict[str, list[str]] = {}

    def walk(patterns: Any, prefix: str) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                space = f"{pattern.namespace}:" if pattern.namespace else ""
                walk(pattern.url_patterns, prefix + space)
            elif isinstance(pattern, URLPattern) and pattern.name:
                names = list(pattern.pattern.converters)
                found.setdefault(prefix + pattern.name, names)

    walk(get_resolver().url_patterns, "")
    return sorted(found.items())


NAMES = [name for name, _parameters in addresses()]
PARAMETERS = dict(addresses())


@pytest.fixture
def world(
    network: Any,
    alice: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    make_post: Any,
    run_reactions: Any,
    settings: Any,
) -> World:
    settings.DEMO = True
    return build(network, alice, bob, chloe, dora, make_post, run_reactions)


def address(world: World, name: str) -> str:
    return reverse(name, kwargs=world.arguments(name, PARAMETERS[name]))


class Page(HTMLParser):
    """What a person with a screen reader would notice first."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings, self.labels, self.fields, self.ids = 0, set(), [], []
        self.language, self.title, self._in_title = "", "", False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang") or ""
        if tag == "h1":
            self.headings += 1
        if tag == "title" and not self.title:
            self._in_title = True
        if tag == "label" and given.get("for"):
            self.labels.add(given["for"])
        if given.get("id"):
            self.ids.append(given["id"])
        hidden = given.get("type") in ("hidden", "submit", "button", "checkbox", "radio")
        if tag in ("input", "select", "textarea") and not hidden:
            self.fields.append(given)

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data.strip()
            self._in_title = False


def test_the_table_of_public_pages_names_real_ones() -> None:
    assert set(NAMES) >= PUBLIC


def test_nobody_sees_anything_but_the_public_pages(world: World, client_of: Any) -> None:
    nobody = client_of(None)
    sign_in = reverse("account:sign_in")
    for name in NAMES:
        answer = nobody.get(address(world, name))
        text = answer.content.decode(errors="replace")
        if name in PUBLIC:
            assert answer.status_code in ANSWERS, name
        else:
            assert answer.status_code == 302, name
            assert answer.headers["Location"].startswith(sign_in), name
        if name != "api:feed":  # whoever holds the secret address of a calendar reads it: that is its use
            assert SECRET not in text, name
        assert DRAFT not in text, name


def test_a_stranger_learns_nothing(world: World, client_of: Any, fatou: Any) -> None:
    stranger = client_of(fatou)
    for name in NAMES:
        if name in ("api:feed", "demo:enter", "account:sign_out"):
            continue
        answer = stranger.get(address(world, name))
        text = answer.content.decode(errors="replace")
        assert answer.status_code in ANSWERS, f"{name}: {answer.status_code}"
        for words in (SECRET, DRAFT, "Préparer un entretien délicat", "bob@example.org"):
            assert words not in text, f"{name} shows {words!r} to a stranger"
        private = {
            "post_id",
            "introduction_id",
            "exchange_id",
            "meeting_id",
            "suggestion_id",
            "alert_id",
            "person_id",
            "sheet_id",
            "case_id",
            "talk_id",
            "trade_id",
            "circle_id",
            "session_id",
            "poll_id",
            "outing_id",
            "record_id",
            "source_id",
        }
        if private & set(PARAMETERS[name]):
            assert answer.status_code in (404, 405), (
                f"{name}: {answer.status_code} tells a stranger that it exists"
            )


def test_posting_as_a_stranger_changes_nothing(world: World, client_of: Any, fatou: Any) -> None:
    stranger = client_of(fatou)
    private = {
        "post_id",
        "introduction_id",
        "exchange_id",
        "meeting_id",
        "suggestion_id",
        "alert_id",
        "person_id",
        "sheet_id",
        "case_id",
        "talk_id",
        "trade_id",
        "circle_id",
        "session_id",
        "poll_id",
        "outing_id",
        "record_id",
        "source_id",
    }
    for name in NAMES:
        if private & set(PARAMETERS[name]):
            answer = stranger.post(address(world, name), {"answer": "yes", "title": "x", "reason": "x"})
            assert answer.status_code in (403, 404, 405), f"{name}: {answer.status_code}"


@pytest.mark.parametrize("who", ["bob", "chloe", "alice", "admin"])
def test_a_get_never_writes_and_gives_a_well_made_page(
    world: World, client_of: Any, who: str, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(who)
    client = client_of(person)
    client.get(reverse("home:home"))  # the session is made
    for name in NAMES:
        if name in ("account:sign_out", "set_language"):
            continue
        with CaptureQueriesContext(
            connection,
        ) as seen:
            answer = client.get(address(world, name))
        writes = [
            query["sql"]
            for query in seen.captured_queries
            if re.match(r"\s*(INSERT|UPDATE|DELETE)", query["sql"], re.IGNORECASE)
            and "django_session" not in query["sql"]
        ]
        assert not writes, f"{name} writes on GET: {writes[0][:200]}"
        assert answer.status_code in ANSWERS, f"{name}: {answer.status_code}"
        if answer.streaming:
            list(answer.streaming_content)  # read to its end, as a browser does: the file is closed
        html = answer.headers.get("Content-Type", "").startswith("text/html")
        whole = html and "<html" in answer.content.decode()[:400]
        if answer.status_code == 200 and whole:
            check_page(name, Page(answer.content.decode()))


def check_page(name: str, page: Page) -> None:
    assert page.headings == 1, f"{name}: {page.headings} <h1>"
    assert page.title, f"{name}: no title"
    assert page.language in ("fr", "en"), f"{name}: no language"
    assert len(page.ids) == len(set(page.ids)), f"{name}: an id twice"
    for given in page.fields:
        labelled = given.get("id") in page.labels or given.get("aria-label") or given.get("aria-labelledby")
        assert labelled, f"{name}: a field without a label: {given}"


def test_security_headers_everywhere(client_of: Any, bob: Any) -> None:
    answer = client_of(bob).get(reverse("home:home"))
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "no-store" in answer.headers["Cache-Control"]
