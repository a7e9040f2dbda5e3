"""A fine-tuned BERT encoder, served by onnxruntime: logits of all heads and an embedding.

A model is a folder of ``model.json`` (labels, temperatures, thresholds, longest input),
``encoder.onnx`` (int8) and ``tokenizer.json``. Neither torch nor transformers is needed to run
it, and nothing in the folder is executed on loading. ``nlp.training`` makes such folders.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from onnxruntime import InferenceSession, SessionOptions
from tokenizers import Tokenizer

from nlp.features import capped
from nlp.heads import Floats, Heads, heads_from_json, scores_of, width
from nlp.normalise import normalise
from nlp.scores import ModelError, Scores, Thresholds

FORMAT = "bert-1"
ENCODER_FILE = "encoder.onnx"
TOKENIZER_FILE = "tokenizer.json"
THREADS = 2

_FEWEST_TOKENS = 2
"""The marks of beginning and end, which even an empty text has."""


@dataclass(frozen=True, slots=True)
class BertModel:
    """Reads a text of up to ``longest`` tokens; of a longer one the beginning and the end."""

    name: str
    heads: Heads
    thresholds: Thresholds
    tokenizer: Tokenizer
    session: InferenceSession
    longest: int
    padding: int

    def logits(self, text: str) -> tuple[Floats, bool]:
        """The raw scores of all labels, and whether the text has any word."""
        ids = self._ids(text)
        return self._run([ids])[0][0], len(ids) > _FEWEST_TOKENS

    def logits_of(self, texts: Sequence[str]) -> Floats:
        """The raw scores of several texts at once, one row each."""
        return self._run([self._ids(text) for text in texts])[0]

    def embed(self, text: str) -> Floats:
        """Where the text lies by meaning: a vector of length 1, alike texts close together."""
        return np.asarray(self._run([self._ids(text)])[1][0])

    def score(self, text: str) -> Scores:
        """Calibrated probabilities for any text; the priors alone for an empty one."""
        logits, informed = self.logits(text)
        return scores_of(logits, self.heads, informed=informed)

    def _ids(self, text: str) -> list[int]:
        return token_ids(self.tokenizer, text, self.longest)

    def _run(self, rows: Sequence[Sequence[int]]) -> tuple[Floats, Floats]:
        ids, mask = padded(rows, self.padding)
        logits, embeddings = self.session.run(["logits", "embedding"], {"ids": ids, "mask": mask})
        return logits, embeddings


def token_ids(tokenizer: Tokenizer, text: str, longest: int) -> list[int]:
    """The tokens of a text as the encoder reads them, in training and in use alike."""
    plain = normalise(capped(text)).encode("utf-8", "replace").decode()  # no lone surrogates
    ids: list[int] = tokenizer.encode(plain).ids
    if len(ids) <= longest:
        return ids
    head = longest * 2 // 3
    return ids[:head] + ids[head - longest :]


def padded(rows: Sequence[Sequence[int]], padding: int) -> tuple[Any, Any]:
    """Rows of ids brought to one length, and the mask that is 1 where a token stands."""
    longest = max(map(len, rows))
    ids = np.full((len(rows), longest), padding, dtype=np.int64)
    mask = np.zeros((len(rows), longest), dtype=np.int64)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return ids, mask


def load_bert(folder: Path, description: dict[str, Any]) -> BertModel:
    """Read an exported model.

    Args:
        folder: where ``encoder.onnx`` and ``tokenizer.json`` lie.
        description: the content of its ``model.json``.

    Raises:
        ModelError: a file is missing, damaged, or does not fit the other.
    """
    try:
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        model = BertModel(
            name=str(description["name"]),
            heads=heads_from_json(description["heads"]),
            thresholds=Thresholds(**description["thresholds"]),
            tokenizer=tokenizer,
            session=_session(folder / ENCODER_FILE),
            longest=int(description["longest"]),
            padding=int(description["padding"]),
        )
        labels = model.logits_of([""]).shape[1]
    except Exception as error:  # onnxruntime and tokenizers raise bare Exceptions of their own
        raise ModelError(
            f"the model in {folder} cannot be read ({type(error).__name__}); put back its "
            "files, or make it again with admin_cli.py model export"
        ) from error
    if labels != width(model.heads):
        raise ModelError(
            f"the model in {folder} answers with {labels} labels, its model.json names "
            f"{width(model.heads)}; make it again with admin_cli.py model export"
        )
    return model


def _session(path: Path) -> InferenceSession:
    """One session for all threads: little memory, no busy waiting beside the bot's own work."""
    options = SessionOptions()
    options.intra_op_num_threads = THREADS
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
