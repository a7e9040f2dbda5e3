"""The vocabulary of conversations: what a script is made of and what is kept between turns.

A conversation is a script: a row of steps, read from top to bottom. Order is the default;
only departures are written down.

    Say     tell something and go on
    Do      decide or order something and go on
    Ask     wait for words, files or a place
    Choose  wait for one of several answers
    End     say the last words and stop

``Ask`` and ``Choose`` are the *waits*. One event makes one :class:`Turn`: from the wait where
the reporter stands to the next one. A wait whose answer is already known is passed over, so
nothing is asked twice, and after a change the conversation finds its own way back.

The script holds no prose. Texts come from the key ``flow.step``:

    Say, End    ``flow.step``
    Ask         ``.ask``, ``.again`` (in other words), ``.why`` (why we ask); when it gathers
                ``.more`` (something is there already); when it looks things up ``.which``
    Choose      ``.ask``, ``.again``, ``.why``, and one key for each fixed option

Rules are small pure functions of (state, knowledge); they live beside the scripts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.commands import Choice, Command, Promise
from bot.flows.knowledge import Knowledge, Match
from bot.flows.state import State

__all__ = ["BACK", "Ask", "Choose", "Do", "End", "Flow", "Say", "State", "Step", "Turn", "Wait"]

BACK = "<back>"
"""As a target of ``jump``: to the step where she came from."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one event leads to: the state afterwards (None: nothing runs) and orders."""

    state: State | None
    commands: tuple[Command, ...] = ()


Test = Callable[[State, Knowledge], bool]
Deed = Callable[[State, Knowledge], tuple[State, tuple[Command, ...]]]
Watch = Callable[[State, Knowledge, str], tuple[State, tuple[Command, ...]]]
Options = Callable[[State, Knowledge], tuple[Choice, ...]]
Fill = Callable[[State, Knowledge], Mapping[str, str]]
Informs = Callable[[State, State, Knowledge], tuple[Command, ...]]
Find = Callable[[Knowledge], Callable[[str], Match]]


def always(_state: State, _knowledge: Knowledge) -> bool:
    """The default condition."""
    return True


def never(_state: State, _knowledge: Knowledge) -> bool:
    """The default for what may end a conversation without a word."""
    return False


def nothing(_state: State, _knowledge: Knowledge) -> Mapping[str, str]:
    """The default words for a text; ``{organisasi}`` and ``{nomor}`` are always filled."""
    return {}


@dataclass(frozen=True, slots=True)
class Say:
    """Tell something and go on."""

    name: str
    when: Test = always
    fill: Fill = nothing


@dataclass(frozen=True, slots=True)
class Do:
    """Decide or order something and go on."""

    deed: Deed
    when: Test = always

    @property
    def name(self) -> str:
        """The deed's own name."""
        return self.deed.__name__


@dataclass(frozen=True, slots=True)
class Ask:
    """Wait for words, a file or a place.

    Attributes:
        offers: the one button under the question: ``skip``, ``enough`` or none.
        gathers: every message is kept here until she says that it is all; else the first
            message is the answer.
        silence: what the end of a burst means while gathering: ``moves_on`` or ``asks`` for
            more.
        find: look the answer up; when several things fit she chooses.
        saves: name of the answer; the step's own by default.
        mute: wait without asking.
        private: what is typed here is about herself and never joins the story.
        hides: the choice of identity that "rahasia aja" changes here.
    """

    name: str
    offers: Literal["", "skip", "enough"] = "skip"
    gathers: Literal["", "parts", "evidence"] = ""
    silence: Literal["moves_on", "asks"] = "moves_on"
    find: Find | None = None
    when: Test = always
    fill: Fill = nothing
    saves: str = ""
    mute: bool = False
    private: bool = False
    hides: str = ""

    @property
    def answer(self) -> str:
        """Name of the answer."""
        return self.saves or self.name


@dataclass(frozen=True, slots=True)
class Choose:
    """Wait for one of several answers.

    Attributes:
        options: names of the options (labels stand in the texts), or a rule that makes them;
            a rule that finds nothing to choose from passes the step over.
        jump: options that depart from the order, and where they lead; they save nothing.
        leads: every option is the name of the step that it leads to.
        obeys: every option is a command word.
        hears: further options that are understood when typed.
        patient: she may still be telling: what is no answer is kept, and the question comes
            again when she has fallen silent.
        rereads: step from which the walk goes on when she has fallen silent after saying more
            than an answer; it reads her new words.
        thanks: key of what is said first when she has fallen silent; with words of its own
            nothing that she writes here is a misunderstanding.
        skips: may be passed over by typing, or by misunderstandings; saves an empty answer.
        private: what is typed here is about herself and never joins the story.
        whole: only a message that is nothing but the answer counts, and never a question.
        saves: name of the answer; the step's own by default.
    """

    name: str
    options: tuple[str, ...] | Options
    jump: Mapping[str, str] = field(default_factory=dict)
    leads: bool = False
    obeys: bool = False
    hears: Options | None = None
    patient: bool = False
    rereads: str = ""
    thanks: str = ""
    whole: bool = False
    skips: bool = False
    private: bool = False
    when: Test = always
    fill: Fill = nothing
    saves: str = ""

    @property
    def answer(self) -> str:
        """Name of the answer."""
        return self.saves or self.name


@dataclass(frozen=True, slots=True)
class End:
    """Say the last words, do the last deed and stop.

    Attributes:
        doors: command words offered to tap.
        promise: what may happen when the outcome of the send is unknown.
        keeps: leave the conversation asleep where she stood, until she resumes it.
        forgets: drop the suspended conversation instead of returning to it.
        mute: end without a word.
        offers: choices under the words; a tap on one is an answer of its own.
    """

    name: str
    deed: Deed | None = None
    when: Test = always
    fill: Fill = nothing
    doors: tuple[str, ...] = ()
    promise: Promise = Promise.QUESTION
    keeps: bool = False
    forgets: bool = False
    mute: bool = False
    offers: Options | None = None


Wait = Ask | Choose
Step = Say | Do | Ask | Choose | End


@dataclass(frozen=True, slots=True)
class Flow:
    """One script with the manners that belong to the whole of it.

    Attributes:
        watch: done whenever something was said, with the words of that message, before
            anything else is.
        informs: done at the end of each turn, with the state before and after it.
        cancel: the step that BATAL leads to; empty: BATAL just ends it.
        patience: seconds after which a conversation left lying is taken up: a reminder each
            time but the last, then ``abandon``.
        is_over: left lying there it has ended: no reminder comes and nothing is kept.
        yields: anything that is no answer goes to the conversation underneath.
    """

    name: str
    version: int
    script: tuple[Step, ...]
    watch: Watch | None = None
    informs: Informs | None = None
    cancel: str = ""
    patience: tuple[float, ...] = ()
    abandon: Callable[[State, Knowledge], Turn] | None = None
    is_over: Test = never
    yields: bool = False

    def step(self, name: str) -> Step | None:
        """The step of this name."""
        return next((step for step in self.script if step.name == name), None)

    def onward(self, name: str) -> tuple[Step, ...]:
        """The steps from this one on."""
        names = [step.name for step in self.script]
        return self.script[names.index(name) :]

    def after(self, name: str) -> str:
        """Name of the step that follows in order; every script ends with an End."""
        return self.onward(name)[1].name
