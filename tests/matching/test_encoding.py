"""Vectors are made again when another encoder is chosen: by the worker, or by hand; what was interrupted goes on."""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np
import pytest

from reciproque.config.commands import encode
from reciproque.kit import clock
from reciproque.matching.actions import compute_suggestions, finding, refresh_stale, save_again
from reciproque.matching.engine import meaning
from reciproque.matching.engine.encoders import LazyEncoder
from reciproque.matching.engine.index import PostIndex
from reciproque.matching.models import Suggestion, Vector
from reciproque.matching.queries.index import forget_all, loaded, open_posts
from tests.matching.conftest import TALK

pytestmark = pytest.mark.django_db


class Letters(LazyEncoder):
    """An encoder of our own: how often each letter is met."""

    name = "letters"
    dimensions = 26

    def _load(self) -> Any:
        def encode(texts: list[str]) -> Any:
            rows = np.array(
                [[text.count(chr(97 + place)) for place in range(26)] for text in texts], np.float32
            )
            return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1)

        return encode


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch, settings: Any, its: Any) -> str:
    monkeypatch.setitem(meaning._made, "letters", Letters())
    return "letters"


def test_the_worker_encodes_again_when_the_encoder_changes(its: Any, settings: Any, letters: str) -> None:
    compute_suggestions(its.network)
    assert refresh_stale() == 0, "nothing changed"
    before = Vector.objects.count()
    settings.MATCHING_ENCODER = letters
    forget_all()
    assert refresh_stale() == 1
    assert Vector.objects.filter(encoder="letters").count() == before
    assert Vector.objects.count() == before, "what the former encoder made is of no use any more"
    assert Suggestion.objects.open().filter(request=its.request, offer=its.offer).exists()
    assert refresh_stale() == 0


def test_an_index_is_saved_again_after_an_import(its: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "TAIL", 3)
    compute_suggestions(its.network)
    for number in range(5):
        its.publish(its.dora, "offer", f"Apiculture {number}")
    assert save_again() == 0, "too early: something else may be on its way"
    with clock.at(clock.now() + finding.MARGIN * 2):
        assert save_again() == 1
        assert save_again() == 0
        assert finding.tail_length(its.network) == 0


def test_what_was_interrupted_goes_on_where_it_was(
    its: Any, settings: Any, letters: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, title in enumerate([TALK, "Couture", "Apiculture", "Menuiserie"]):
        its.publish(its.dora, "offer", f"{title} {number}")
    settings.MATCHING_ENCODER = letters
    monkeypatch.setattr(finding, "BATCH", 2)
    posts = loaded(open_posts(its.network))
    seen: list[tuple[int, int]] = []

    def stopped(done: int, of: int) -> None:
        seen.append((done, of))
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finding.store_vectors(posts, stopped)
    assert seen == [(2, 6), (4, 6)]
    assert Vector.objects.filter(encoder="letters").count() == 4
    assert finding.store_vectors(posts) == 2, "only what was missing"
    assert finding.store_vectors(posts) == 0


def test_also_by_hand(its: Any, settings: Any, letters: str, capsys: pytest.CaptureFixture[str]) -> None:
    settings.MATCHING_ENCODER = letters
    assert encode.run(argparse.Namespace(json=True)) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["networks"], said["posts"], said["encoder"]) == (1, 2, "letters")
    assert encode.run(argparse.Namespace(json=False)) == 0
    assert "letters" in capsys.readouterr().out
    folder = finding.folder_of(its.network)
    assert PostIndex.readable(folder, encoder=meaning.encoder("letters"))
    assert not PostIndex.readable(folder)


def test_an_encoder_that_cannot_be_loaded_is_one_sentence(
    its: Any, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MATCHING_ENCODER = "onnx:/no/such/folder"
    assert encode.run(argparse.Namespace(json=False)) == 2
    assert "/no/such/folder" in capsys.readouterr().err
