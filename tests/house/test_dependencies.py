"""What is installed is justified, locked with its hash, and bound to no server."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]
LOCKS = ("uv", "run", "build", "dev")


def _names(requirements: list[str | dict[str, str]]) -> set[str]:
    return {re.split(r"[\[<>=~! ]", line)[0].lower() for line in requirements if isinstance(line, str)}


def _direct() -> dict[str, set[str]]:
    npm = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    build = _names(GROUPS["setup"] + GROUPS["build"])
    return {
        "run": _names(PROJECT["project"]["dependencies"]),
        "build": build,
        "dev": _names(PROJECT["project"]["dependencies"] + GROUPS["dev"]) | build,
        "npm": set(npm["dependencies"]) | set(npm["devDependencies"]),
    }


def _locked(name: str) -> dict[str, str]:
    text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
    return {entry.group(1): entry.group(0) for entry in re.finditer(r"^([\w.-]+)==.*(?:\n +.*)*", text, re.M)}


def test_each_direct_dependency_has_its_line_and_nothing_else_has_one():
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    lines = re.findall(r"^- \*\*(\S+)\*\* \([^)]+(?:\([^)]*\))?[^)]*\): \S", text, re.M)
    twice = [name for name, count in Counter(lines).items() if count > 1]
    assert not twice
    assert set(lines) == set().union(*_direct().values())


def test_each_direct_dependency_is_locked():
    direct = _direct()
    for name in ("run", "build", "dev"):
        assert direct[name] <= _locked(name).keys(), name
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert {f"node_modules/{name}" for name in direct["npm"]} <= lock["packages"].keys()


def test_each_locked_package_has_a_hash():
    for name in LOCKS:
        for package, entry in _locked(name).items():
            assert "--hash=sha256:" in entry, f"{name}: {package}"
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    for path, package in lock["packages"].items():
        assert not path or "integrity" in package, path


def test_the_locks_agree_with_one_another():
    everything = _locked("dev")
    for name in ("uv", "run", "build"):
        for package, entry in _locked(name).items():
            version = entry.partition(" ")[0]
            assert everything[package].startswith(f"{version} "), f"{name}: {package}"


def test_no_lock_names_a_server():
    for path in [*(ROOT / "requirements").glob("*.txt"), ROOT / "package.json", ROOT / ".npmrc"]:
        text = path.read_text(encoding="utf-8")
        assert "://" not in text, path.name
        assert "index-url" not in text, path.name
        assert "find-links" not in text, path.name
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert not [path for path, package in lock["packages"].items() if "resolved" in package]


def test_an_old_python_can_read_the_setup_script():
    """It must be able to say that it is too old, rather than show a syntax error."""
    source = (ROOT / "tools/setup.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
