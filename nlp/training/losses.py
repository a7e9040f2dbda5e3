"""What a network has to make small: one loss for all heads together."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from nlp.heads import Floats, Heads
from nlp.training.task import UNKNOWN, Task

WEIGHTS = (1.0, 0.5, 0.5, 40.0)
"""Of category, kind, urgency and tags; the tags' loss is a mean over some 70 labels."""


def loss_of(logits: Tensor, task: Task, also: float, focus: float = 0.0) -> Tensor:
    """The loss of all four heads on these messages; ``Settings`` tells of also and focus."""
    category, kind, urgency, tags = _parts(logits, task.heads)
    device = logits.device
    wanted = torch.from_numpy(soft_categories(task, also)).to(device)
    told = functional.log_softmax(category, dim=1)
    missed = wanted * (-torch.expm1(told)) ** focus
    loss = -WEIGHTS[0] * (missed * told).sum(1).mean()
    for weight, head, target in (
        (WEIGHTS[1], kind, task.kinds),
        (WEIGHTS[2], urgency, task.urgencies),
    ):
        right = torch.from_numpy(target).to(device)
        lost = functional.cross_entropy(head, right, ignore_index=UNKNOWN, reduction="sum")
        loss = loss + weight * lost / len(target)
    carried = torch.from_numpy(task.tags).to(device)
    wrong = functional.binary_cross_entropy_with_logits(
        tags, carried.clamp(min=0).float(), reduction="none"
    )
    return loss + WEIGHTS[3] * (wrong * (carried != UNKNOWN)).mean()


def imitation(logits: Tensor, taught: Floats, heads: Heads) -> Tensor:
    """How far all four heads are from the probabilities of a teacher (Hinton et al. 2015)."""
    teacher = torch.from_numpy(taught).to(logits.device)
    *exclusive, tags = zip(_parts(logits, heads), _parts(teacher, heads), strict=True)
    loss = WEIGHTS[3] * functional.binary_cross_entropy_with_logits(tags[0], tags[1].sigmoid())
    for weight, (head, right) in zip(WEIGHTS[:3], exclusive, strict=True):
        loss = loss + weight * functional.cross_entropy(head, right.softmax(dim=1))
    return loss


def soft_categories(task: Task, also: float) -> Floats:
    """What the category head should say: mostly the main one, ``also`` to the further ones."""
    main = np.zeros_like(task.accepted)
    main[np.arange(len(main)), task.categories] = 1.0
    further = task.accepted - main
    count = further.sum(axis=1, keepdims=True)
    share = np.where(count > 0, also, 0.0)
    soft = main * (1 - share) + further * share / np.maximum(count, 1)
    return np.asarray(soft, dtype=np.float32)


def _parts(logits: Tensor, heads: Heads) -> tuple[Tensor, ...]:
    return torch.split(logits, [len(head.labels) for head in heads], dim=1)
