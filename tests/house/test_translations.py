"""English is set as English is: what `tools/messages.py check` refuses."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools/messages.py"


@pytest.fixture(scope="module")
def tool() -> Any:
    spec = importlib.util.spec_from_file_location("messages_tool", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "text",
    ["Who is it\u00a0?", "To join\u202f: here", "Now !", "See « %(title)s\u00a0»", "Not now\u00a0; later"],
)
def test_a_space_before_a_sign_is_refused(tool: Any, text: str) -> None:
    assert list(tool._french_spacing(("Yes", text)))


@pytest.mark.parametrize("text", ["Who is it?", "To join: %(url)s", "“%(title)s”; later", "?page=2"])
def test_what_english_writes_is_let_through(tool: Any, text: str) -> None:
    assert not list(tool._french_spacing((text,)))
