"""A sheet, a file, a question, made through the real actions."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from reciproque.library.actions import publish_sheet, save_draft


@pytest.fixture(autouse=True)
def files_folder(settings: Any, tmp_path: Path) -> Path:
    settings.LIBRARY_FILES = tmp_path / "files"
    return settings.LIBRARY_FILES


@pytest.fixture
def make_draft(network: Any) -> Callable[..., Any]:
    def make(author: Any, title: str = "Accueillir un client mécontent", **fields: Any) -> Any:
        texts = {
            "situation": "Au guichet, un samedi matin, la file s’allonge.",
            "tried": "Laisser parler deux minutes, puis reformuler.",
            "given": "Le ton retombe presque toujours.",
        }
        if fields.get("kind", "practice") != "practice":
            texts = {"text": "Trois lignes suffisent."}
        return save_draft(network, by=author, title=title, **{**texts, **fields})

    return make


@pytest.fixture
def make_sheet(make_draft: Callable[..., Any]) -> Callable[..., Any]:
    def make(author: Any, *args: Any, **fields: Any) -> Any:
        return publish_sheet(make_draft(author, *args, **fields), by=author)

    return make


def picture(format: str = "PNG", size: tuple[int, int] = (20, 10), **more: Any) -> bytes:
    """Return a small picture."""
    out = io.BytesIO()
    Image.new("RGB", size, (200, 80, 40)).save(out, format, **more)
    return out.getvalue()


@pytest.fixture
def png() -> bytes:
    return picture()
