"""Cuts a multilingual encoder down to the tokens that Indonesian messages use.

multilingual-e5-small knows 250,037 tokens, a tenth of which occur in Indonesian text; the rows
of the others are four fifths of the model. What is cut is still read: its tokenizer falls back
on shorter pieces.
"""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import AutoModel, AutoTokenizer

from nlp.normalise import normalise
from nlp.scores import ModelError

FEWEST = 2
"""A piece must occur so often to be kept; single Latin letters always are."""
_LATIN_END = 0x250


def cut_vocabulary(source: Path, texts: Iterable[str], out: Path) -> int:
    """Write the checkpoint of ``source`` to ``out`` with fewer tokens; returns how many.

    Args:
        source: a transformers checkpoint whose ``tokenizer.json`` holds a Unigram model.
        texts: what the model will read, or text like it.
        out: folder of the smaller checkpoint.

    Raises:
        ModelError: the tokenizer is of another kind.
    """
    content: dict[str, Any] = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    if content["model"]["type"] != "Unigram":
        raise ModelError(f"{source} has a {content['model']['type']} tokenizer, not a Unigram one")
    pieces: list[list[Any]] = content["model"]["vocab"]
    added = {token["id"]: token for token in content["added_tokens"]}
    used = _used(Tokenizer.from_file(str(source / "tokenizer.json")), texts)
    kept = [
        number
        for number, (piece, _) in enumerate(pieces)
        if number in added or used[number] >= FEWEST or _is_letter(piece)
    ]
    kept += [number for number in added if number >= len(pieces)]
    places = {number: place for place, number in enumerate(kept)}
    content["model"]["vocab"] = [
        pieces[number] if number < len(pieces) else [added[number]["content"], 0.0]
        for number in kept
    ]
    content["added_tokens"] = [t | {"id": places[number]} for number, t in added.items()]
    content["truncation"] = content["padding"] = None
    _save_encoder(source, kept, places, out)
    AutoTokenizer.from_pretrained(source).save_pretrained(out)
    (out / "tokenizer.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return len(kept)


def _used(tokenizer: Tokenizer, texts: Iterable[str]) -> Counter[int]:
    tokenizer.no_truncation()
    counted: Counter[int] = Counter()
    for text in texts:
        counted.update(tokenizer.encode(normalise(text), add_special_tokens=False).ids)
    return counted


def _is_letter(piece: str) -> bool:
    letter = piece.removeprefix("▁")
    return len(letter) == 1 and ord(letter) < _LATIN_END


def _save_encoder(source: Path, kept: list[int], places: dict[int, int], out: Path) -> None:
    encoder = AutoModel.from_pretrained(source, add_pooling_layer=False)
    rows = encoder.get_input_embeddings().weight.data[torch.tensor(kept)]
    padding = places[encoder.config.pad_token_id]
    smaller = torch.nn.Embedding(len(kept), rows.shape[1], padding_idx=padding)
    smaller.weight.data.copy_(rows)
    encoder.set_input_embeddings(smaller)
    encoder.config.vocab_size = len(kept)
    encoder.config.pad_token_id = padding
    encoder.save_pretrained(out)
