"""Fits the built-in linear model with scikit-learn; needed for training only.

Every head is a logistic regression over the hashed features of ``nlp.features``; the one of
the categories is averaged with a complement naive Bayes, which is linear too and errs in other
places (3 points of accuracy on unseen writers). What the
model says about messages of writers it has not seen decides its temperatures (so that 0.8
means right in eight of ten cases) and its thresholds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from nlp import features
from nlp.corpus import Example
from nlp.linear import HEADS, Floats, Head, LinearModel, sigmoid, softmax
from nlp.scores import Thresholds
from nlp.taxonomy import Taxonomy

NAME = "bawaan-1"

STRENGTHS = (5.0, 5.0, 5.0)
BALANCED = (False, True, True)
"""Kinds and urgencies are told very unequally often; their rare labels must not drown."""
TAG_C = 20.0
BAYES_SHARE = 2.0
"""Weight of naive Bayes beside the regression; brings both to the same spread of scores."""
BAYES_SMOOTHING = 0.3
UNLABELLED = -1
NEVER = -1_000.0
"""Intercept of a label that no message has."""
FEWEST_EXAMPLES_OF_A_TAG = 5

TRUE_ALARMS = 0.6
"""Share of the classifier's alarms that must be true, on writers it has not seen."""
UNDECIDED = Thresholds(category=0.5, darurat=0.5, tinggi=0.5, tag=0.5)
SURE_IS_ACCEPTED = 0.9
"""A category counts as certain from where this share of such calls was accepted."""

Matrix = npt.NDArray[np.float64]
Chances = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Task:
    """The heads of a model with what each message should score there, one row a message."""

    heads: tuple[Head, ...]
    targets: tuple[npt.NDArray[np.int64], ...]


def labels_of(examples: Sequence[Example], taxonomy: Taxonomy) -> Task:
    """What to learn from these examples; tags too rare to learn are left out.

    Targets are label numbers for the first three heads and a 0/1 table for the tags.
    """
    told = [tag for example in examples for tag in example.tags]
    slugs = (
        tuple(c.slug for c in taxonomy.categories),
        tuple(k.slug for k in taxonomy.kinds),
        tuple(u.slug for u in taxonomy.urgencies),
        tuple(t for t in taxonomy.tags if told.count(t) >= FEWEST_EXAMPLES_OF_A_TAG),
    )
    single = (
        np.array([slugs[0].index(e.category) for e in examples]),
        np.array([slugs[1].index(e.kind) for e in examples]),
        np.array([slugs[2].index(e.urgency) for e in examples]),
    )
    tags = np.array([[int(t in e.tags) for t in slugs[3]] for e in examples])
    return Task(tuple(Head(group, 1.0) for group in slugs), (*single, tags))


def fit(
    examples: Sequence[Example],
    task: Task,
    seed: int,
    plain: Sequence[tuple[str, str]] = (),
) -> LinearModel:
    """A model with temperature 1 and undecided thresholds, the same for the same input.

    Args:
        examples: the messages to learn from.
        task: what they should score.
        seed: for scikit-learn.
        plain: short phrases and their category; they count as complaints, except those of
            the last category (``lainnya``), and nothing else is learned from them.
    """
    counted = [features.count(example.text) for example in examples]
    idf = _idf(counted)
    counted += [features.count(phrase) for phrase, _ in plain]
    table = _table(counted, idf)
    used = np.flatnonzero(np.bincount(table.indices, minlength=features.BUCKETS))
    table = table[:, used]
    narrow = table[: len(examples)]
    targets = _with_plain(task, [slug for _, slug in plain])
    weights = np.zeros((features.BUCKETS, sum(len(head.labels) for head in task.heads)))
    bias: list[float] = []
    columns: list[Matrix] = []
    for head, target, strength, balanced in zip(
        task.heads, targets, STRENGTHS, BALANCED, strict=False
    ):
        learner = LogisticRegression(
            C=strength,
            class_weight="balanced" if balanced else None,
            max_iter=500,
            tol=1e-3,
            random_state=seed,
        )
        rows, intercepts = _softmax_head(
            learner.fit(table[: len(target)], target), len(head.labels)
        )
        columns.append(rows)
        bias += intercepts
    accepted = [*((e.category, *e.also) for e in examples), *((slug,) for _, slug in plain)]
    columns[0] += BAYES_SHARE * _bayes(table, accepted, task.heads[0].labels)
    for target in task.targets[3].T:
        row, intercept = _yes_no_head(narrow, target, seed)
        columns.append(row)
        bias.append(intercept)
    weights[used] = np.vstack(columns).T
    return _packed(task.heads, idf, weights, bias)


def _with_plain(task: Task, slugs: Sequence[str]) -> tuple[npt.NDArray[np.int64], ...]:
    """The targets of categories and kinds lengthened by those of plain phrases, -1 for none."""
    categories, kinds = task.heads[0].labels, task.heads[1].labels
    complaint = kinds.index("pengaduan")
    named = np.array([categories.index(slug) for slug in slugs], dtype=np.int64)
    told = np.where(named == len(categories) - 1, UNLABELLED, complaint).astype(np.int64)
    return (
        np.concatenate([task.targets[0], named]),
        np.concatenate([task.targets[1], told]),
        task.targets[2],
    )


def calibrated(
    model: LinearModel, logits: Matrix, task: Task, accepted: Sequence[Sequence[str]]
) -> LinearModel:
    """The model with temperatures and thresholds from logits of messages it did not see.

    Args:
        model: whose heads are calibrated.
        logits: one row a message, by models that had not seen its writer.
        task: the right labels of these messages.
        accepted: for each message, every category that counts as right.
    """
    temperatures = _temperatures(logits, task)
    heads = tuple(
        replace(head, temperature=t) for head, t in zip(task.heads, temperatures, strict=True)
    )
    blocks = split(logits, task.heads)
    category = np.array([softmax(row) for row in blocks[0] / temperatures[0]])
    urgency = np.array([softmax(row) for row in blocks[2] / temperatures[2]])
    slugs = task.heads[0].labels
    hits = np.array([slugs[row.argmax()] in a for row, a in zip(category, accepted, strict=True)])
    pressing = task.heads[2].labels
    alarm = urgency[:, pressing.index("darurat")]
    raised = alarm + urgency[:, pressing.index("tinggi")]
    truth = task.targets[2]
    thresholds = Thresholds(
        category=_sure_from(category.max(axis=1), hits),
        darurat=_most_recall(alarm, truth == pressing.index("darurat")),
        tinggi=_best_f(raised, truth != pressing.index("normal"), beta=1.0),
        tag=_best_f(
            sigmoid(blocks[3] / temperatures[3]).ravel(),
            task.targets[3].ravel() == 1,
            beta=1.0,
        ),
    )
    return replace(model, heads=heads, thresholds=thresholds)


def split(logits: Matrix, heads: Sequence[Head]) -> list[Matrix]:
    """The columns of each head."""
    borders = np.cumsum([len(head.labels) for head in heads])[:-1]
    return [np.asarray(part) for part in np.split(logits, borders, axis=1)]


def _idf(counted: Sequence[features.Counts]) -> Floats:
    seen = np.zeros(features.BUCKETS)
    for one in counted:
        seen[one.buckets] += 1
    return (np.log((1 + len(counted)) / (1 + seen)) + 1).astype(np.float32)


def _table(counted: Sequence[features.Counts], idf: Floats) -> csr_matrix:
    values = [features.weigh(one, idf) for one in counted]
    ends = np.cumsum([0, *(len(one.buckets) for one in counted)])
    indices = np.concatenate([one.buckets for one in counted])
    shape = (len(counted), features.BUCKETS)
    return csr_matrix((np.concatenate(values), indices, ends), shape=shape)


def _softmax_head(learner: LogisticRegression, labels: int) -> tuple[Matrix, list[float]]:
    """Weights (labels x features) and intercepts; labels never seen stay out of reach."""
    rows = np.zeros((labels, learner.coef_.shape[1]))
    intercepts = np.full(labels, NEVER)
    if len(learner.classes_) == 2:  # noqa: PLR2004  (scikit-learn keeps one row for two labels)
        rows[learner.classes_] = np.vstack([-learner.coef_ / 2, learner.coef_ / 2])
        intercepts[learner.classes_] = [-learner.intercept_[0] / 2, learner.intercept_[0] / 2]
    else:
        rows[learner.classes_] = learner.coef_
        intercepts[learner.classes_] = learner.intercept_
    return rows, [float(i) for i in intercepts]


def _bayes(table: csr_matrix, accepted: Sequence[Sequence[str]], labels: Sequence[str]) -> Matrix:
    """Complement naive Bayes (Rennie et al. 2003): how little the other labels use a feature.

    A message counts for every category that is accepted for it. A label that no message has
    gets no weight.
    """
    member = np.array([[float(label in told) for label in labels] for told in accepted])
    used = np.asarray((table.T @ member).T)
    others = used.sum(axis=0) - used + BAYES_SMOOTHING
    rows = -np.log(others / others.sum(axis=1, keepdims=True))
    told = np.atleast_1d(member.any(axis=0))[:, np.newaxis]
    return np.asarray((rows - rows.mean(axis=0, where=told)) * told)


def _yes_no_head(
    table: csr_matrix, target: npt.NDArray[np.int64], seed: int
) -> tuple[Matrix, float]:
    if not target.any():
        return np.zeros((1, table.shape[1])), NEVER
    learner = LogisticRegression(
        C=TAG_C,
        class_weight="balanced",
        solver="liblinear",
        dual=True,  # fewer messages than features: fifteen times faster than the primal form
        tol=1e-2,
        random_state=seed,
    )
    learner.fit(table, target)
    return learner.coef_, float(learner.intercept_[0])


def _packed(
    heads: tuple[Head, ...], idf: Floats, weights: Matrix, bias: Sequence[float]
) -> LinearModel:
    """One byte a weight: each label's weights are scaled to -127..127."""
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127
    return LinearModel(
        name=NAME,
        heads=heads,
        thresholds=UNDECIDED,
        idf=idf.astype(np.float16).astype(np.float32),
        weights=np.rint(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=np.array(bias, dtype=np.float32),
    )


def _temperatures(logits: Matrix, task: Task) -> list[float]:
    """For each head the temperature under which the right labels are most probable."""
    result = []
    for name, block, target in zip(HEADS, split(logits, task.heads), task.targets, strict=True):

        def loss(
            log_temperature: float,
            block: Matrix = block,
            target: npt.NDArray[np.int64] = target,
            *,
            independent: bool = name == "tags",
        ) -> float:
            scaled = block / np.exp(log_temperature)
            if independent:
                return float(np.sum(np.logaddexp(0, scaled) - target * scaled))
            right = scaled[np.arange(len(target)), target]
            return float(np.mean(np.logaddexp.reduce(scaled, axis=1) - right))

        best = minimize_scalar(loss, bounds=(-1.2, 1.5), method="bounded")
        result.append(round(float(np.exp(best.x)), 4))
    return result


def _sure_from(confidence: Chances, hits: npt.NDArray[np.bool_]) -> float:
    """The lowest confidence from which on ``SURE_IS_ACCEPTED`` of the calls were accepted."""
    for limit in np.arange(0.2, 0.9, 0.01):
        above = confidence >= limit
        if not above.any() or hits[above].mean() >= SURE_IS_ACCEPTED:
            return round(float(limit), 2)
    return 0.9


def _most_recall(scores: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_]) -> float:
    """The lowest limit at which three alarms of five are true: recall first, but not blindly.

    Officers who are woken for nothing too often stop looking.
    """
    limits = np.arange(0.05, 0.96, 0.01)
    precise = [
        limit
        for limit in limits
        if (scores >= limit).any() and truth[scores >= limit].mean() >= TRUE_ALARMS
    ]
    return round(float(min(precise, default=0.5)), 2)


def _best_f(chances: Chances, truth: npt.NDArray[np.bool_], beta: float) -> float:
    """The limit with the best F-beta; beta 3 counts a miss as far worse than a false alarm."""
    best, best_limit = -1.0, 0.5
    for limit in np.arange(0.05, 0.95, 0.01):
        told = chances >= limit
        hits = (told & truth).sum()
        score = (1 + beta**2) * hits / max(beta**2 * truth.sum() + told.sum(), 1)
        if score > best:
            best, best_limit = float(score), round(float(limit), 2)
    return best_limit
