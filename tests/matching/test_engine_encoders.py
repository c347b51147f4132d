"""Encoders of one's own: real loading code, on tiny models made here."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reciproque.matching.engine import encoders, meaning
from reciproque.matching.engine.encoders import WrongEncoder, check, make
from reciproque.matching.engine.index import PostIndex, StaleIndex
from reciproque.matching.engine.meaning import post_vectors
from reciproque.matching.engine.posts import Posts, Texts

WORDS = "excel budget couture pain vélo réunion".split()
TABLE = np.random.default_rng(4).standard_normal((len(WORDS) + 2, 8)).astype(np.float32)


def tokenizer() -> Any:
    tokenizers = pytest.importorskip("tokenizers")
    vocabulary = {"[PAD]": 0, "[UNK]": 1, **{word: place + 2 for place, word in enumerate(WORDS)}}
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="[UNK]"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    made.normalizer = tokenizers.normalizers.Lowercase()
    return made


# A model in ONNX is a message of Protocol Buffers: numbered fields, written here by hand.


def number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def message(field: int, *parts: bytes | str) -> bytes:
    body = b"".join(part.encode() if isinstance(part, str) else part for part in parts)
    return _varint(field << 3 | 2) + _varint(len(body)) + body


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def _tensor(field: int, name: str, *shape: str, kind: int) -> bytes:
    dimensions = [message(1, message(2, side)) for side in shape]
    return message(field, message(1, name), message(2, message(1, number(1, kind), message(2, *dimensions))))


def onnx_bytes(table: np.ndarray[Any, Any]) -> bytes:
    """A model that looks each piece up in a table: input_ids and attention_mask → last_hidden_state."""
    floats, whole = 1, 7
    held = message(
        5,
        *(number(1, side) for side in table.shape),
        number(2, floats),
        message(8, "table"),
        message(9, struct.pack(f"<{table.size}f", *table.ravel())),
    )
    gather = message(
        1, message(1, "table"), message(1, "input_ids"), message(2, "last_hidden_state"), message(4, "Gather")
    )
    graph = message(
        7,
        gather,
        message(2, "tiny"),
        held,
        _tensor(11, "input_ids", "batch", "length", kind=whole),
        _tensor(11, "attention_mask", "batch", "length", kind=whole),
        _tensor(12, "last_hidden_state", "batch", "length", "width", kind=floats),
    )
    return number(1, 8) + graph + message(8, message(1, ""), number(2, 13))


@pytest.fixture
def onnx_folder(tmp_path: Path) -> Path:
    pytest.importorskip("onnxruntime")
    folder = tmp_path / "tiny-onnx"
    folder.mkdir()
    tokenizer().save(str(folder / "tokenizer.json"))
    (folder / "model.onnx").write_bytes(onnx_bytes(TABLE))
    return folder


@pytest.fixture
def static_folder(tmp_path: Path) -> Path:
    model2vec = pytest.importorskip("model2vec")
    folder = tmp_path / "tiny-static"
    model2vec.StaticModel(TABLE, tokenizer(), config={"normalize": True}).save_pretrained(folder)
    return folder


@pytest.fixture(autouse=True)
def _other_encoders() -> Iterator[None]:
    before = dict(meaning._made)
    yield
    meaning._made.clear()
    meaning._made.update(before)


def expected(*words: str) -> np.ndarray[Any, Any]:
    mean = TABLE[[WORDS.index(word) + 2 for word in words]].mean(axis=0)
    return mean / np.linalg.norm(mean)


def works(choice: str) -> None:
    model = make(choice)
    rows = model.encode(["excel", "pain vélo", "Budget", "excel", ""])
    assert rows.dtype == np.float32
    assert model.dimensions == 8
    assert np.allclose(rows[0], expected("excel"), atol=1e-5)
    assert np.allclose(rows[1], expected("pain", "vélo"), atol=1e-5)
    assert np.allclose(rows[2], expected("budget"), atol=1e-5)
    assert np.array_equal(rows[0], rows[3])
    assert np.isfinite(rows).all()
    naughty = model.encode(["\ud800", "\x00", "a" * 100_000, "👩‍🚀 مرحبا", " "])
    assert np.isfinite(naughty).all()
    titles = ["Je propose d’apprendre la couture", "Pain", "couture"]
    vectors = post_vectors(model, titles)
    assert np.allclose(vectors[0], vectors[2], atol=1e-5)


def test_a_static_model(static_folder: Path) -> None:
    works(f"model2vec:{static_folder}")


def test_an_onnx_model(onnx_folder: Path) -> None:
    works(f"onnx:{onnx_folder}")


def test_an_onnx_model_is_used_as_its_folder_says(onnx_folder: Path) -> None:
    (onnx_folder / "onnx").mkdir()
    (onnx_folder / "model.onnx").rename(onnx_folder / "onnx/model_quantized.onnx")
    (onnx_folder / "1_Pooling").mkdir()
    (onnx_folder / "1_Pooling/config.json").write_text(json.dumps({"pooling_mode_cls_token": True}))
    first = make(f"onnx:{onnx_folder}").encode(["pain vélo"])[0]
    assert np.allclose(first, expected("pain"), atol=1e-5)
    told = {"prompts": {"query": "réunion "}, "default_prompt_name": None}
    (onnx_folder / "config_sentence_transformers.json").write_text(json.dumps(told))
    assert np.allclose(make(f"onnx:{onnx_folder}").encode(["pain"])[0], expected("réunion"), atol=1e-5)


def test_the_name_tells_models_apart(onnx_folder: Path, static_folder: Path, tmp_path: Path) -> None:
    one = make(f"onnx:{onnx_folder}")
    assert one.name.startswith("onnx-tiny-onnx-")
    assert len(one.name) <= 80
    assert one.name == make(f"onnx:{onnx_folder}").name
    (onnx_folder / "model.onnx").write_bytes(onnx_bytes(TABLE[::-1].copy()))
    assert make(f"onnx:{onnx_folder}").name != one.name
    names = {one.name, make(f"model2vec:{static_folder}").name, make("default").name}
    assert len(names) == 3


def test_an_index_of_another_encoder_is_stale(onnx_folder: Path, tmp_path: Path) -> None:
    posts = Posts(ids=[1, 2], kind=[0, 1], author=[1, 2])
    index = PostIndex.build(posts, Texts(["Excel", "pain"]), encoder=make(f"onnx:{onnx_folder}"))
    index.save(tmp_path / "index")
    assert len(PostIndex.load(tmp_path / "index", encoder=make(f"onnx:{onnx_folder}"))) == 2
    with pytest.raises(StaleIndex):
        PostIndex.load(tmp_path / "index")


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ("word2vec:/srv/model", "write default, model2vec:/folder or onnx:/folder"),
        ("onnx", "write default, model2vec:/folder or onnx:/folder"),
        ("", "write default"),
        ("onnx:/no/such/folder", "there is no folder /no/such/folder"),
        ("model2vec:/no/such/folder", "there is no folder"),
    ],
)
def test_a_wrong_choice_is_said_in_a_sentence(choice: str, sentence: str) -> None:
    with pytest.raises(WrongEncoder, match=sentence):
        check(choice)


def test_a_folder_that_holds_no_model_is_said(onnx_folder: Path, static_folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(WrongEncoder, match="holds no model for onnx: model.onnx is missing"):
        make(f"onnx:{empty}")
    (onnx_folder / "model.onnx").write_bytes(b"not a model")
    with pytest.raises(WrongEncoder, match="does not hold a model that onnx can read"):
        make(f"onnx:{onnx_folder}").encode(["excel"])
    (static_folder / "model.safetensors").write_bytes(b"not a model")
    with pytest.raises(WrongEncoder, match="does not hold a model that model2vec can read"):
        make(f"model2vec:{static_folder}").encode(["excel"])


def test_a_library_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(encoders._LIBRARIES, "onnx", ("no_such_library",))
    with pytest.raises(WrongEncoder, match=r"install reciproque\[onnx\]"):
        check(f"onnx:{tmp_path}")


def test_one_encoder_a_choice_and_a_process(onnx_folder: Path) -> None:
    assert meaning.encoder(f"onnx:{onnx_folder}") is meaning.encoder(f"onnx:{onnx_folder}")
    assert meaning.encoder() is not meaning.encoder(f"onnx:{onnx_folder}")
