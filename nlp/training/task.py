"""What a model should say of each message: the targets of all heads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlp.corpus import Example
from nlp.heads import Floats, Head, Heads
from nlp.taxonomy import Taxonomy

UNKNOWN = -1
"""Target of a message that says nothing of a head."""

GRAVE = frozenset({"k3", "pelecehan_kekerasan", "pekerja_anak_kerja_paksa", "phk_pesangon"})
"""Categories whose plain phrases say nothing of how pressing the matter is."""

Targets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Task:
    """The heads of a model with what each message should score there, one row a message.

    Attributes:
        heads: the groups of labels, temperature 1.
        categories, kinds, urgencies: the number of the right label, or ``UNKNOWN``.
        tags: a 0/1 table, ``UNKNOWN`` throughout a row that says nothing of tags.
        accepted: a 0/1 table of every category that counts as right for the message.
    """

    heads: Heads
    categories: Targets
    kinds: Targets
    urgencies: Targets
    tags: Targets
    accepted: Floats

    def __len__(self) -> int:
        return len(self.categories)

    def rows(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "Task":
        """The task of the chosen messages alone."""
        return Task(
            self.heads,
            self.categories[chosen],
            self.kinds[chosen],
            self.urgencies[chosen],
            self.tags[chosen],
            self.accepted[chosen],
        )


def heads_of(taxonomy: Taxonomy) -> Heads:
    """All labels of the taxonomy, not yet calibrated."""
    groups = (
        tuple(c.slug for c in taxonomy.categories),
        tuple(k.slug for k in taxonomy.kinds),
        tuple(u.slug for u in taxonomy.urgencies),
        tuple(taxonomy.tags),
    )
    return tuple(Head(group, 1.0) for group in groups)


def task_of(
    examples: Sequence[Example], taxonomy: Taxonomy, plain: Sequence[tuple[str, str]] = ()
) -> Task:
    """What to learn from examples, followed by plain phrases (text, category).

    A plain phrase counts as a complaint, unless its category is the last one (``lainnya``).
    Its urgency is normal, unless its category may be one of danger or loss; of tags it says
    nothing.
    """
    heads = heads_of(taxonomy)
    categories, kinds, urgencies, tags = (head.labels for head in heads)
    complaint = kinds.index("pengaduan")
    named = [slug for _, slug in plain]
    accepted = [{e.category, *e.also} for e in examples] + [{slug} for slug in named]
    silent = [[UNKNOWN] * len(tags)] * len(plain)
    return Task(
        heads=heads,
        categories=_numbers([e.category for e in examples] + named, categories),
        kinds=np.concatenate(
            [
                _numbers([e.kind for e in examples], kinds),
                _of([UNKNOWN if slug == categories[-1] else complaint for slug in named]),
            ]
        ),
        urgencies=np.concatenate(
            [
                _numbers([e.urgency for e in examples], urgencies),
                _of([UNKNOWN if slug in GRAVE else urgencies.index("normal") for slug in named]),
            ]
        ),
        tags=_of([[int(t in e.tags) for t in tags] for e in examples] + silent),
        accepted=np.array(
            [[float(slug in told) for slug in categories] for told in accepted], dtype=np.float32
        ),
    )


def _numbers(slugs: Sequence[str], labels: Sequence[str]) -> Targets:
    return _of([labels.index(slug) for slug in slugs])


def _of(values: Sequence[int] | Sequence[list[int]]) -> Targets:
    return np.array(values, dtype=np.int64)
