"""The encoder and the vectors of posts."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from reciproque.matching.engine.meaning import encoder, post_vector, post_vectors
from reciproque.matching.engine.vectors import Vectors


def test_there_is_one_encoder_a_process() -> None:
    assert encoder() is encoder("default")
    assert encoder().dimensions == 512
    assert encoder().name


def test_rows_have_length_one_and_do_not_depend_on_the_company_they_are_encoded_in() -> None:
    texts = ["gérer un budget", "to manage a budget", "faire du pain", "x" * 300]
    together = encoder().encode(texts)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for row, text in enumerate(texts):
        assert np.allclose(encoder().encode([text])[0], together[row], atol=1e-6)


def test_threads_may_encode_together() -> None:
    texts = ["bonjour", "faire du pain", "SQL"]
    alone = encoder().encode(texts)
    with ThreadPoolExecutor(4) as threads:
        assert all(
            np.array_equal(rows, alone) for rows in threads.map(lambda _: encoder().encode(texts), range(8))
        )


def test_openers_description_and_language_hardly_move_a_post() -> None:
    sewing = post_vector(encoder(), "coudre")
    assert post_vector(encoder(), "J'aimerais apprendre à coudre") @ sewing == pytest.approx(1, abs=1e-5)
    assert post_vector(encoder(), "Coudre") @ sewing == pytest.approx(1, abs=1e-5)
    told = post_vector(encoder(), "coudre", description="Une heure au calme suffit, à la pause de midi.")
    assert told @ sewing > 0.95
    assert (
        post_vector(encoder(), "gérer un budget")
        @ post_vector(encoder(), "I want to learn to manage a budget")
        > 0.6
    )


def test_nothing_said_gives_no_direction() -> None:
    vectors = post_vectors(encoder(), ["", "  "], ["", ""], ["", ""])
    assert np.array_equal(vectors, np.zeros((2, 512), np.float32))
    assert post_vectors(encoder(), []).shape == (0, 512)


@pytest.mark.needs_shared
def test_any_text_is_encoded(shared: Path) -> None:
    naughty = json.loads((shared / "data/robust/naughty_strings/blns.json").read_text(encoding="utf-8"))
    vectors = post_vectors(encoder(), [*naughty, "\ud800", "a" * 100_000], ["\x00"] * (len(naughty) + 2))
    lengths = np.linalg.norm(vectors, axis=1)
    assert np.isfinite(vectors).all()
    assert np.all(np.isclose(lengths, 1, atol=1e-4) | (lengths == 0))


def test_kept_vectors_are_compared_without_rounding() -> None:
    rng = np.random.default_rng(1)
    rows = rng.standard_normal((3_000, 512)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    kept = Vectors.of(rows[:2_500]).append(Vectors.of(rows[2_500:]))
    exact = kept.between(np.arange(20), np.arange(3_000))
    assert np.allclose(exact, rows[:20] @ rows.T, atol=4e-3)
    some = np.sort(rng.permutation(3_000)[:700])
    assert np.array_equal(kept.between(np.array([7]), some)[0], exact[7, some])
    codes = np.concatenate(kept.parts).astype(np.int64)
    products = (codes[:20] @ codes.T).astype(np.float32)
    assert np.array_equal(exact, products * (kept.scales[:20, None] * kept.scales))


def test_rows_that_are_not_wanted_are_left_out() -> None:
    rng = np.random.default_rng(2)
    kept = Vectors.of(rng.standard_normal((2_100, 64)))
    query = rng.standard_normal(64)
    every = kept.similarities(query)
    for share in (0, 0.01, 0.3, 0.9):
        wanted = rng.random(2_100) < share
        found = kept.similarities(query, wanted)
        assert np.array_equal(found[wanted], every[wanted])
        assert np.all(found[~wanted] == -1)
