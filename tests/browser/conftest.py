"""A real browser on the real program: Chromium of the machine, the live server on loopback, a clock that can be moved."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore

from reciproque.kit import clock
from reciproque.matching.queries.index import encoder, forget_all

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "un-mot-de-passe-solide"

# Playwright keeps an event loop in the thread of the test; Django then fears an async caller.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture(scope="session", autouse=True)
def _chromium() -> None:
    if CHROMIUM is None:
        pytest.skip("needs Chromium (Debian: apt-get install chromium)")


@pytest.fixture(scope="session", autouse=True)
def _warm_encoder() -> None:
    """Load the encoder once, as a web process does when it starts."""
    encoder().encode(["bonjour"])


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    quiet = "--disable-gpu --disable-quic --disable-background-networking --disable-component-update --disable-sync"
    return {"executable_path": CHROMIUM, "args": ["--no-sandbox", "--no-first-run", *quiet.split()]}


@pytest.fixture(autouse=True)
def _steady_clock(tmp_path: Path) -> Iterator[None]:
    """The server runs in another thread: its time is real, shifted through the same small file as the demo's."""
    clock.use_shift_file(tmp_path / "clock")
    forget_all()
    yield
    clock.use_shift_file(None)


@pytest.fixture(autouse=True)
def _demo_off(settings: Any, live_server: Any) -> None:
    settings.DEMO = False
    settings.BASE_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]


@pytest.fixture
def later(run_reactions: Callable[[], int]) -> Callable[[float], None]:
    """Let days pass, the worker doing its duties."""
    from reciproque.config.worker import do_daily

    def later_(days: float) -> None:
        clock.move(dt.timedelta(days=days))
        do_daily()

    return later_


@pytest.fixture
def enter(browser: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Open a browser in which this person is signed in, and watch what it complains of."""
    contexts = []
    complaints: list[str] = []

    def enter_(person: Any, **options: Any) -> Any:
        options.setdefault("locale", "fr-FR")
        options.setdefault("viewport", {"width": 1280, "height": 900})
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(30_000)
        if person is not None:
            session = SessionStore()
            session["_auth_user_id"] = str(person.pk)
            session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
            session["_auth_user_hash"] = person.get_session_auth_hash()
            session.save()
            context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": live_server.url}])
        tab = context.new_page()
        tab.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        contexts.append(context)
        return tab

    yield enter_
    for context in contexts:
        context.close()
    # Chromium writes every refusal to its console: a form to mend (422), a page that is not there for this person (404),
    # and what was asked while a test had cut the network.
    expected = ("status of 422", "status of 404", "ERR_INTERNET_DISCONNECTED", "TypeError: Failed to fetch")
    serious = [text for text in complaints if not any(words in text for words in expected)]
    assert not serious, serious


@pytest.fixture
def healthy() -> Callable[[Any], None]:
    """Check a page as axe-core does, in both colour schemes, and that it fits its width."""

    def check(tab: Any) -> None:
        # A click that leads elsewhere returns as soon as the next page is promised: wait until it is there.
        tab.wait_for_load_state("load")
        tab.wait_for_function("document.readyState === 'complete' && document.documentElement !== null")
        assert not tab.evaluate("document.documentElement.scrollWidth > window.innerWidth"), (
            f"{tab.url} overflows"
        )
        if not AXE.exists():
            pytest.skip("needs axe-core (python3 tools/setup.py dev)")
        for scheme in ("light", "dark"):
            tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            tab.evaluate(AXE.read_text())
            found = tab.evaluate("axe.run(document, {resultTypes: ['violations']})")
            violations = [
                f"{rule['id']}: {node['html'][:160]}"
                for rule in found["violations"]
                for node in rule["nodes"]
            ]
            assert not violations, f"{tab.url} ({scheme}): {violations}"
        tab.emulate_media(color_scheme="light")

    return check
