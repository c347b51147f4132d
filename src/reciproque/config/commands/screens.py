"""`reciproque screens`: take the screenshots of docs/screens again, from the demo network."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from reciproque.config.commands.serve import port_is_free, server_command

NEEDS_DJANGO = False
WIDTHS = {1280: 900, 360: 740}
TALLEST = 1700

# name of the file → (who looks, address); {slug} is the main network, {…} what the person has
SCREENS: list[tuple[str, str, str]] = [
    ("01-door", "", "/demo/"),
    ("02-home", "member", "/"),
    ("03-savoirs", "member", "/networks/{slug}/find/?q=tableau"),
    ("04-wording", "member", "/networks/{slug}/posts/new/request/"),
    ("05-post", "member", "{post}"),
    ("06-introduction", "member", "{introduction}"),
    ("07-exchange", "member", "{exchange}"),
    ("08-review", "member", "{review}"),
    ("09-agenda", "member", "/agenda/"),
    ("10-network", "member", "/networks/{slug}/"),
    ("11-animation", "animator", "/networks/{slug}/animation/"),
    ("12-settings", "animator", "/networks/{slug}/settings/"),
    ("15-steering", "animator", "/networks/{slug}/figures/?period=ever"),
    ("16-pictures", "member", "/networks/{slug}/figures/pictures/"),
]


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.add_argument("--data", type=Path, default=Path("var/demo"), help="where the demo was built")
    parser.add_argument("--out", type=Path, default=Path("docs/screens"))
    parser.add_argument("--port", type=int, default=8791)


def run(options: argparse.Namespace) -> int:
    """Serve the demo on loopback, visit the screens at both widths, save them."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("Screenshots need Chromium (Debian: apt-get install chromium).", file=sys.stderr)
        return 2
    if not (options.data / "reciproque.sqlite3").exists():
        print("There is no demo here yet: run `make demo` once.", file=sys.stderr)
        return 2
    if not port_is_free("127.0.0.1", options.port):
        print(f"Port {options.port} is already in use: choose another with --port.", file=sys.stderr)
        return 2
    base = f"http://127.0.0.1:{options.port}"
    os.environ |= {
        "RECIPROQUE_DEMO": "1",
        "RECIPROQUE_DATA": str(options.data.resolve()),
        "BASE_URL": base,
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    people, places = _cast()
    server = subprocess.Popen(server_command("127.0.0.1", options.port, 1))
    try:
        _wait(f"{base}/demo/")
        options.out.mkdir(parents=True, exist_ok=True)
        _visit(chromium, base, options.out, people, places)
    finally:
        server.terminate()
        server.wait(20)
    print(f"{len(SCREENS) * len(WIDTHS)} pictures in {options.out}")
    return 0


def _wait(address: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 - our own server, on loopback
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server does not answer")


def _cast() -> tuple[dict[str, Any], dict[str, str]]:
    """Choose a member for whom there is something on every screen, and an animator of the same network."""
    from reciproque.exchanges.models import Exchange, Introduction
    from reciproque.networks.models import Network
    from reciproque.networks.queries import animators_of

    network = max(Network.objects.all(), key=lambda row: row.memberships.count())
    finished = Exchange.objects.filter(network=network, state="finished", origin="followed").order_by("-pk")
    live = set(Introduction.objects.live().filter(network=network).values_list("requester_id", flat=True))
    parts = [part for exchange in finished for part in exchange.people.all()]
    owing = [part for part in parts if not part.exchange.reviews.filter(author=part.person).exists()]
    part = next((part for part in owing if part.person_id in live), owing[0])
    member = part.person
    introduction = (
        Introduction.objects.live().filter(requester=member).first() or Introduction.objects.first()
    )
    opened = member.exchanges.filter(exchange__state="open").first() or part
    post = member.posts.filter(kind="request").first() or member.posts.first()
    places = {
        "slug": network.slug,
        "post": f"/posts/{post.public_id}/",
        "introduction": f"/introductions/{introduction.public_id}/",  # type: ignore[union-attr]
        "exchange": f"/exchanges/{opened.exchange.public_id}/",
        "review": f"/exchanges/{part.exchange.public_id}/review/",
    }
    return {"member": member, "animator": animators_of(network)[0]}, places


def _cookie(person: Any) -> str:
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session["_auth_user_id"] = str(person.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _visit(chromium: str, base: str, out: Path, people: dict[str, Any], places: dict[str, str]) -> None:
    from playwright.sync_api import sync_playwright

    cookies = {name: _cookie(person) for name, person in people.items()}
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        for width, height in WIDTHS.items():
            for name, who, address in SCREENS:
                context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-FR")
                if who:
                    context.add_cookies([{"name": "sessionid", "value": cookies[who], "url": base}])
                tab = context.new_page()
                tab.goto(base + address.format(**places), wait_until="networkidle")
                tall = min(int(tab.evaluate("document.documentElement.scrollHeight")), TALLEST)
                tab.set_viewport_size({"width": width, "height": tall})
                tab.screenshot(path=out / f"{name}-{width}.jpg", type="jpeg", quality=82)
                print(f"{name} {width}")
                context.close()
        browser.close()
