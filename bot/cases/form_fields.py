"""What a form for officers is made of: its questions, and how far it is filled in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.cases.act import Act

Answers = Mapping[str, str]


def as_written(_act: Act, text: str) -> str:
    """The answer as it was typed."""
    return text.strip()


def as_kept(value: str) -> str:
    """The answer as it is kept."""
    return value


def always(_answers: Answers) -> bool:
    """The question is asked whatever was answered before."""
    return True


def no_words(_act: Act, _answers: Answers) -> Mapping[str, str]:
    """The question has no gaps to fill."""
    return {}


def nothing_wrong(_act: Act, _answers: Answers) -> None:
    """Every answer goes with the earlier ones."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form; its words stand at ``officers.form.FORM.FIELD``.

    Attributes:
        read: makes a typed answer what is kept, or refuses it (:class:`NotPossible`).
        choices: what may be tapped instead: value and label.
        optional: may be skipped; what is skipped is kept as an empty answer.
        asked: whether the question is asked at all, after these answers.
        fill: the words for the gaps of the question, as HTML.
        check: refuses an answer that does not go with the earlier ones (:class:`NotPossible`).
        told: a kept answer as it is read, when the question is asked once more.
    """

    name: str
    read: Callable[[Act, str], str] = as_written
    choices: Callable[[Act], Mapping[str, str]] | None = None
    optional: bool = False
    asked: Callable[[Answers], bool] = always
    fill: Callable[[Act, Answers], Mapping[str, str]] = no_words
    check: Callable[[Act, Answers], None] = nothing_wrong
    told: Callable[[str], str] = as_kept


@dataclass(frozen=True, slots=True)
class Form:
    """Questions in their order, and what is done with all answers.

    ``done`` returns what the officer is told; it runs in the transaction of the last answer.
    """

    name: str
    fields: tuple[Field, ...]
    done: Callable[[Act, Answers], str]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a form is filled in.

    Attributes:
        answers: what counts now.
        asked: the questions that these answer, in their order; what was known is not among them.
        given: every answer that was ever given, to be shown when its question is asked again.
    """

    answers: Answers
    asked: tuple[str, ...] = ()
    given: Answers = field(default_factory=dict)

    def with_answer(self, name: str, value: str) -> "Progress":
        """One question further."""
        new = {name: value}
        return Progress({**self.answers, **new}, (*self.asked, name), {**self.given, **new})

    def without_last(self) -> "Progress":
        """One question back."""
        *before, last = self.asked
        kept = {name: value for name, value in self.answers.items() if name != last}
        return Progress(kept, tuple(before), self.given)
