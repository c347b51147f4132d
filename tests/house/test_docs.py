"""The documents say what is true: links lead somewhere, commands exist, the glossary names real things."""

import re
from pathlib import Path

import pytest

from reciproque.config.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
DOCS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("document", DOCS, ids=lambda document: document.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
        assert (document.parent / target).exists(), f"{document.name}: {target}"


@pytest.mark.parametrize("document", DOCS, ids=lambda document: document.name)
def test_commands_exist(document: Path) -> None:
    words = set(re.findall(r"^(?:reciproque) ([a-z][a-z-]+)", document.read_text(), re.MULTILINE))
    words |= set(re.findall(r"`reciproque ([a-z][a-z-]+)", document.read_text()))
    assert words <= set(COMMANDS) | {"migrate"}
    made = set(re.findall(r"(?:^|`)make ([a-z][a-z-]+)", document.read_text(), re.MULTILINE))
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert made <= targets


def test_the_glossary_names_what_the_code_holds() -> None:
    held = {
        name
        for path in (ROOT / "src" / "reciproque").rglob("*.py")
        for name in re.findall(r"\b(?:class|def) (\w+)", path.read_text())
    }
    names = re.findall(r"`([A-Za-z_]+)(?:\.[A-Z_a-z]+)?`", (ROOT / "docs" / "glossary.md").read_text())
    assert len(names) > 20
    assert set(names) - held == set()


def test_no_path_of_a_machine_and_no_registry() -> None:
    pages = [*DOCS, *(ROOT / "tools").rglob("*.py"), *(ROOT / "src").rglob("*.py"), ROOT / "Makefile"]
    for document in pages:
        text = document.read_text()
        assert not re.search(r"/(?:home|root|work|Users)/\w", text), document
        assert "pypi.org" not in text, document
        assert "registry.npmjs" not in text, document
