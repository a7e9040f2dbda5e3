"""The network that is fine-tuned: a BERT encoder with one linear layer for all heads."""

from dataclasses import dataclass
from logging import CRITICAL, getLogger
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel
from transformers.utils import logging

from nlp.bert import padded, token_ids
from nlp.heads import Floats
from nlp.scores import ModelError

LONGEST = 160
"""Tokens read of one message; of a longer one the beginning and the end."""
DROPOUT = 0.1


class Network(nn.Module):
    """Encoder, mean over the tokens, normalised features, all heads side by side.

    The mean of an encoder trained on similarity has a large part that is the same for every
    text; without normalising it the heads learn slowly.
    """

    def __init__(self, encoder: PreTrainedModel, labels: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.norm = nn.BatchNorm1d(encoder.config.hidden_size, affine=False, momentum=0.05)
        self.dropout = nn.Dropout(DROPOUT)
        self.heads = nn.Linear(encoder.config.hidden_size, labels)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (texts x labels) and unit embeddings (texts x width)."""
        hidden = self.encoder(ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weights).sum(1) / weights.sum(1)
        features = self.norm(mean.float())
        return self.heads(self.dropout(features)), nn.functional.normalize(features, dim=-1)


class BaseModelError(ModelError):
    """The model to start from is no directory, and the model hub did not give it."""


@dataclass(frozen=True, slots=True)
class Base:
    """What fine-tuning starts from: an encoder, its tokenizer, and two of its token ids.

    Attributes:
        trained: the whole network of an earlier training; the new one goes on from it.
    """

    name: str
    encoder: PreTrainedModel
    tokenizer: Tokenizer
    padding: int
    unknown: int
    trained: Network | None = None


def load_base(name: str | Path, layers: int | None = None) -> Base:
    """A BERT-like encoder from a directory or by its id on the model hub.

    Args:
        name: a directory with a transformers checkpoint, or an id such as
            ``indobenchmark/indobert-base-p1``.
        layers: keep only so many of the first layers; all when left out.

    Raises:
        BaseModelError: no such checkpoint, or the hub cannot be reached.
    """
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    getLogger("huggingface_hub").setLevel(CRITICAL)
    try:
        config = AutoConfig.from_pretrained(
            name, hidden_dropout_prob=DROPOUT, attention_probs_dropout_prob=0.0
        )
        encoder = AutoModel.from_pretrained(
            name, config=config, attn_implementation="eager", add_pooling_layer=False
        )
        tokenizer = AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError) as error:
        raise BaseModelError(f"{name} is no directory with a model, and no hub gave it") from error
    if layers is not None:
        encoder.encoder.layer = encoder.encoder.layer[:layers]
        encoder.config.num_hidden_layers = layers
    fast = tokenizer.backend_tokenizer
    fast.no_truncation()
    fast.no_padding()
    return Base(str(name), encoder, fast, int(tokenizer.pad_token_id), int(tokenizer.unk_token_id))


def tensors(rows: list[list[int]], padding: int) -> tuple[Tensor, Tensor]:
    """Ids and mask of a batch."""
    ids, mask = padded(rows, padding)
    return torch.from_numpy(ids), torch.from_numpy(mask)


def logits_of(network: Network, rows: list[list[int]], padding: int, batch: int = 32) -> Floats:
    """The logits of tokenised texts, in their order; the network is left in training mode."""
    network.eval()
    device = next(network.parameters()).device
    order = sorted(range(len(rows)), key=lambda number: len(rows[number]))
    out = np.zeros((len(rows), network.heads.out_features), dtype=np.float32)
    with torch.no_grad(), half_precision(device):
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            ids, mask = tensors([rows[number] for number in chosen], padding)
            out[chosen] = network(ids.to(device), mask.to(device))[0].float().cpu().numpy()
    network.train()
    return out


def half_precision(device: torch.device) -> torch.autocast:
    """bfloat16 where it is exact enough: twice as fast on current processors and all GPUs."""
    return torch.autocast(device.type, torch.bfloat16)


def tokenised(tokenizer: Tokenizer, texts: list[str]) -> list[list[int]]:
    """The ids of each text, as the served model reads them."""
    return [token_ids(tokenizer, text, LONGEST) for text in texts]
