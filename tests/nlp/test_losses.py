"""What a network is asked to make small."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")

from nlp.heads import Head  # noqa: E402
from nlp.training.losses import imitation, loss_of, soft_categories  # noqa: E402
from nlp.training.task import UNKNOWN, Task  # noqa: E402

HEADS = tuple(Head(labels, 1.0) for labels in (("a", "b", "c"), ("x", "y"), ("m", "n"), ("t",)))
TASK = Task(
    heads=HEADS,
    categories=np.array([0, 2]),
    kinds=np.array([0, UNKNOWN]),
    urgencies=np.array([1, 0]),
    tags=np.array([[1], [UNKNOWN]]),
    accepted=np.array([[1, 1, 0], [0, 0, 1]], dtype=np.float32),
)
RIGHT = np.array([[4, 2, -4, 4, -4, -4, 4, 4], [-4, -4, 4, 0, 0, 4, -4, 0]], dtype=np.float32)


def test_further_categories_share_what_they_are_given() -> None:
    """A message of two matters must not teach that the second is wrong."""
    assert soft_categories(TASK, 0.3)[0] == pytest.approx([0.7, 0.3, 0.0])
    assert soft_categories(TASK, 0.0)[0] == pytest.approx([1.0, 0.0, 0.0])
    assert soft_categories(TASK, 0.3)[1] == pytest.approx([0.0, 0.0, 1.0])


def test_right_answers_lose_less_than_wrong_ones() -> None:
    """Every head counts; what is unknown of a message counts for nothing."""
    right = torch.from_numpy(RIGHT)
    assert loss_of(right, TASK, 0.0) < loss_of(-right, TASK, 0.0)
    other = right.clone()
    other[1, 3], other[1, 7] = 9.0, 9.0
    assert loss_of(other, TASK, 0.0) == pytest.approx(loss_of(right, TASK, 0.0).item())


def test_focal_loss_counts_what_is_clear_less() -> None:
    """Otherwise the setting would change nothing."""
    clear = torch.from_numpy(RIGHT)
    plain, focal = loss_of(clear, TASK, 0.0), loss_of(clear, TASK, 0.0, 2.0)
    assert focal < plain


def test_a_student_that_agrees_with_its_teacher_has_nothing_to_gain() -> None:
    """The gradient vanishes at the teacher's own answers and nowhere near other ones."""
    same = torch.from_numpy(RIGHT).requires_grad_()
    torch.autograd.backward(imitation(same, RIGHT, HEADS))
    assert same.grad is not None
    assert same.grad.abs().max() < 1e-6
    other = torch.zeros(RIGHT.shape, requires_grad=True)
    torch.autograd.backward(imitation(other, RIGHT, HEADS))
    assert other.grad is not None
    assert other.grad.abs().max() > 0.01
