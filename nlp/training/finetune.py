"""Fine-tunes an encoder with all heads at once.

One loss of five parts: the category with soft targets (a further category that counts as right
gets its share), kind, urgency, tags, and a contrast that brings phrasings of the same question
together, so that the encoder also finds rights answers and similar cases.
"""

import os
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from nlp.heads import Floats, width
from nlp.training.losses import imitation, loss_of
from nlp.training.network import Base, Network, half_precision, logits_of, tensors, tokenised
from nlp.training.task import Task

STATE_FILE = "state.pt"

_WARM_UP = 0.08
_HEADS_FASTER = 10.0
"""The heads start from nothing, the encoder from what it knows."""
_WORDS_HIDDEN = 0.1
"""Share of the tokens that are hidden at each look, so that no single word decides."""
_CONTRAST_WEIGHT = 0.3
_CONTRAST_GROUPS = 24
_CONTRAST_TEMPERATURE = 0.07
_BATCHES_IN_A_CHUNK = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """How long and how fast to learn; the same settings, data and seed resume each other."""

    epochs: int = 8
    rate: float = 2e-4
    batch: int = 32
    seed: int = 1
    patience: int = 2
    """Epochs without a better held-out loss after which learning stops early."""
    also: float = 0.3
    """Part of the target that the further categories of a message share; 0: the main one only."""
    focus: float = 0.0
    """Focal loss (Lin et al. 2017) of the category: above 0, what is clear already counts less."""


@dataclass(frozen=True, slots=True)
class Material:
    """Messages with their task, and groups of phrasings that mean the same.

    Attributes:
        taught: the calibrated logits of a teacher, one row a text, to be imitated as well.
    """

    texts: Sequence[str]
    task: Task
    phrasings: Sequence[Sequence[str]] = ()
    taught: Floats | None = None


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one epoch came to: losses in training and on held-out messages."""

    number: int
    loss: float
    held_out: float


@dataclass(frozen=True, slots=True)
class FineTuned:
    """A network with the weights of its best epoch, and its history."""

    network: Network
    tokenizer: Tokenizer
    padding: int
    history: tuple[Epoch, ...]


Progress = Callable[[int, int], None]
"""Told after every step: steps done and steps in all."""


def fine_tune(
    base: Base,
    learn: Material,
    held_out: Material,
    settings: Settings,
    work: Path,
    progress: Progress = lambda _done, _total: None,
) -> FineTuned:
    """Learn until the epochs are over or the held-out loss no longer falls.

    After every epoch the state is written to ``work``; a run that was broken off goes on from
    there when it is started again with the same settings.

    Args:
        base: encoder and tokenizer to start from; the encoder is changed.
        learn: what to learn.
        held_out: messages by other writers, which decide when to stop.
        settings: how to learn.
        work: folder of the state.
        progress: shown to the person who waits.
    """
    _seed(settings.seed)
    torch.set_num_threads(os.cpu_count() or 1)  # by itself torch leaves half of them idle
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = (base.trained or Network(base.encoder, width(learn.task.heads))).to(device)
    run = _Run(network, base, learn, held_out, settings, work, device)
    run.resume()
    while not run.is_over():
        run.epoch(progress)
    network.load_state_dict(run.best)
    network.eval()
    return FineTuned(network, base.tokenizer, base.padding, tuple(run.history))


class _Run:
    """The state of one fine-tuning between its epochs."""

    def __init__(
        self,
        network: Network,
        base: Base,
        learn: Material,
        held_out: Material,
        settings: Settings,
        work: Path,
        device: torch.device,
    ) -> None:
        self.network, self.base, self.settings = network, base, settings
        self.state_file, self.device = work / STATE_FILE, device
        self.rows = tokenised(base.tokenizer, list(learn.texts))
        self.task, self.taught = learn.task, learn.taught
        self.held_out_rows = tokenised(base.tokenizer, list(held_out.texts))
        self.held_out_task = held_out.task
        self.phrasings = [tokenised(base.tokenizer, list(group)) for group in learn.phrasings]
        self.steps = max(1, len(self.rows) // settings.batch)
        heads = [p for name, p in network.named_parameters() if name.startswith("heads")]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": list(network.encoder.parameters()), "lr": settings.rate},
                {"params": heads, "lr": settings.rate * _HEADS_FASTER},
            ],
            weight_decay=0.01,
            fused=True,
        )
        total = self.steps * settings.epochs
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer,
            lambda step: (
                min(1.0, (step + 1) / (total * _WARM_UP + 1)) * max(0.0, 1 - step / total)
            ),
        )
        self.history: list[Epoch] = []
        self.best: dict[str, Any] = {}

    def is_over(self) -> bool:
        """All epochs were learned, or the last ones brought nothing."""
        losses = [epoch.held_out for epoch in self.history]
        if len(losses) >= self.settings.epochs:
            return True
        return (
            bool(losses) and len(losses) - 1 - losses.index(min(losses)) >= self.settings.patience
        )

    def epoch(self, progress: Progress) -> None:
        """Learn from every message once, measure, and write the state."""
        done = len(self.history) * self.steps
        total = self.steps * self.settings.epochs
        losses = []
        for number, chosen in enumerate(self._batches(), start=1):
            losses.append(self._step(chosen))
            progress(done + number, total)
        held_out = self._held_out_loss()
        self.history.append(Epoch(len(self.history) + 1, float(np.mean(losses)), held_out))
        if held_out == min(epoch.held_out for epoch in self.history):
            self.best = {name: v.detach().clone() for name, v in self.network.state_dict().items()}
        self._write()

    def resume(self) -> None:
        """Go on from the written state, if it is one of the same run."""
        if not self.state_file.exists():
            return
        state = torch.load(self.state_file, weights_only=True)
        if state["run"] != self._identity():
            return
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.best = state["best"]
        self.history = [Epoch(**epoch) for epoch in state["history"]]
        _seed(self.settings.seed + len(self.history))

    def _write(self) -> None:
        _seed(self.settings.seed + len(self.history))
        self.state_file.parent.mkdir(parents=True, exist_ok=True)
        part = self.state_file.with_suffix(".part")
        torch.save(
            {
                "run": self._identity(),
                "network": self.network.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "schedule": self.schedule.state_dict(),
                "best": self.best,
                "history": [asdict(epoch) for epoch in self.history],
            },
            part,
        )
        part.replace(self.state_file)

    def _identity(self) -> str:
        """Tells a run of the same base, messages, labels and settings from another."""
        told = sha256(f"{self.base.name} {self.settings} {self.rows}".encode())
        for targets in (
            self.task.categories,
            self.task.kinds,
            self.task.urgencies,
            self.task.tags,
            self.taught,
        ):
            told.update(b"" if targets is None else targets.tobytes())
        size = sum(p.numel() for p in self.network.parameters())
        return f"{told.hexdigest()} {size}"

    def _batches(self) -> list[list[int]]:
        """All messages in random order, those of like length together, to pad little."""
        batch = self.settings.batch
        shuffled = list(range(len(self.rows)))
        random.shuffle(shuffled)
        batches: list[list[int]] = []
        for start in range(0, len(shuffled), batch * _BATCHES_IN_A_CHUNK):
            chunk = shuffled[start : start + batch * _BATCHES_IN_A_CHUNK]
            chunk.sort(key=lambda number: len(self.rows[number]))
            batches += [chunk[at : at + batch] for at in range(0, len(chunk), batch)]
        random.shuffle(batches)
        return batches[: self.steps]

    def _step(self, chosen: list[int]) -> float:
        ids, mask = tensors([self.rows[number] for number in chosen], self.base.padding)
        hidden = (torch.rand(ids.shape) < _WORDS_HIDDEN) & (mask == 1)
        hidden[:, 0] = False
        ids = ids.masked_fill(hidden, self.base.unknown)
        with half_precision(self.device):
            logits, _ = self.network(ids.to(self.device), mask.to(self.device))
        loss = self._loss(logits.float(), self.task.rows(np.array(chosen)))
        if self.taught is not None:
            loss = loss + imitation(logits.float(), self.taught[chosen], self.task.heads)
        if self.phrasings:
            loss = loss + _CONTRAST_WEIGHT * self._contrast()
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()
        return float(loss.item())

    def _contrast(self) -> Tensor:
        """Two phrasings of one question must lie closer than those of different ones."""
        groups = random.sample(self.phrasings, min(_CONTRAST_GROUPS, len(self.phrasings)))
        pairs = [random.sample(group, 2) for group in groups]
        rows = [left for left, _ in pairs] + [right for _, right in pairs]
        ids, mask = tensors(rows, self.base.padding)
        self.network.norm.eval()  # questions alone must not move what is normal for messages
        with half_precision(self.device):
            _, embeddings = self.network(ids.to(self.device), mask.to(self.device))
        self.network.norm.train()
        left, right = embeddings.float().chunk(2)
        alike = left @ right.T / _CONTRAST_TEMPERATURE
        same = torch.arange(len(pairs), device=self.device)
        both = functional.cross_entropy(alike, same) + functional.cross_entropy(alike.T, same)
        return both / 2

    def _held_out_loss(self) -> float:
        logits = logits_of(self.network, self.held_out_rows, self.base.padding)
        return float(self._loss(torch.from_numpy(logits), self.held_out_task).item())

    def _loss(self, logits: Tensor, task: Task) -> Tensor:
        return loss_of(logits, task, self.settings.also, self.settings.focus)


def _seed(seed: int) -> None:
    random.seed(seed)
    torch.manual_seed(seed)
