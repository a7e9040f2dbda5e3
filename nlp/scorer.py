"""What every kind of model offers: the linear one, an encoder, the two together."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from nlp.heads import Floats, Heads
from nlp.scores import Scores, Thresholds


class Scorer(Protocol):
    """A trained model."""

    @property
    def name(self) -> str:
        """Name and version, shown with every prediction."""
        ...

    @property
    def heads(self) -> Heads:
        """The labels it knows, with the temperatures that calibrate them."""
        ...

    @property
    def thresholds(self) -> Thresholds:
        """The model's own decision limits."""
        ...

    def score(self, text: str) -> Scores:
        """The probabilities for any text, the empty one included."""
        ...

    def logits_of(self, texts: Sequence[str]) -> Floats:
        """The raw scores of several texts, one row each."""
        ...


@runtime_checkable
class Embedder(Protocol):
    """A model that also knows where a text lies by meaning."""

    def embed(self, text: str) -> Floats:
        """A vector of length 1; alike texts lie close together."""
        ...
