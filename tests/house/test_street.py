"""What import-linter cannot see: the street writes no row, the floors know no HTTP, pages hold no inline code."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "reciproque"
STREET = sorted([*(PACKAGE / "web").rglob("*.py"), *(PACKAGE / "api").rglob("*.py")])
FLOORS = [
    "kit",
    "journal",
    "people",
    "networks",
    "agenda",
    "catalogue",
    "exchanges",
    "library",
    "matching",
    "gatherings",
    "circles",
    "initiatives",
    "moderation",
    "notices",
    "insights",
]
BELOW = [path for floor in FLOORS for path in sorted((PACKAGE / floor).rglob("*.py"))]
TEMPLATES = sorted(
    path for path in PACKAGE.rglob("*.html") if "static" not in path.parts and "emails" not in path.parts
)
ALWAYS = {"save", "delete", "bulk_create", "bulk_update"}
ON_ROWS = {"create", "update", "get_or_create", "update_or_create"}


def test_there_is_something_to_watch() -> None:
    assert len(STREET) > 40
    assert len(BELOW) > 60
    assert len(TEMPLATES) > 60


@pytest.mark.parametrize("path", STREET, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_street_never_writes_rows(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner, verb = ast.unparse(node.func.value), node.func.attr
        writes = verb in ALWAYS and "session" not in owner
        writes |= verb in ON_ROWS and bool(re.search(r"objects|\.filter\(|\.exclude\(|\.all\(", owner))
        assert not writes, f"{path.name}:{node.lineno} {owner}.{verb}: call an action instead"


@pytest.mark.parametrize("path", BELOW, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_floors_know_no_page(path: Path) -> None:
    text = path.read_text()
    for forbidden in (
        "django.http",
        "django.contrib.messages",
        "django.shortcuts",
        "django.forms",
        "django.views",
    ):
        assert forbidden not in text, f"{path}: {forbidden} belongs to the street"


@pytest.mark.parametrize("path", BELOW, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_one_clock(path: Path) -> None:
    if path.name != "clock.py":
        text = path.read_text()
        assert "timezone.now" not in text
        assert not re.search(r"datetime\.now|dt\.datetime\.now|date\.today", text), f"{path}: use kit.clock"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_pages_hold_no_inline_code(path: Path) -> None:
    text = re.sub(r"\{%.*?%\}", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r"\sstyle\s*=", text), "no inline style"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "no inline handler"
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text), "no inline script"
    assert "|safe" not in text, "no unescaped text"
    assert not re.search(r"(?:src|href)=\"https?://", text), "nothing from another host"


def test_models_have_no_save_of_their_own_and_no_signal() -> None:
    for path in BELOW:
        text = path.read_text()
        assert "django.db.models.signals" not in text, path
        if path.name == "models.py" or path.parent.name == "models":
            assert "def save(" not in text, path


def test_no_string_is_built_by_concatenation() -> None:
    for path in [*BELOW, *STREET]:
        assert not re.search(r"\b_\([^()]*\)\s*\+\s*_\(", path.read_text()), path
