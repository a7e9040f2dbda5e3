"""All that a conversation may know besides what was said: handed in, never looked up.

The inbox fills a :class:`Knowledge` before each turn. Its four functions must be pure; in one
turn ``understand`` and ``find_rights`` are asked at most once about the same text.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.texts import Texts
from nlp.rights import RightsEntry
from nlp.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Candidate:
    """One category that the story may be about; probability from 0 to 1."""

    category: str
    probability: float


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the classifier and the readers of places and times make of a text.

    Attributes:
        kind: ``pengaduan``, ``aspirasi`` or ``pertanyaan``.
        candidates: the likeliest categories, best first.
        tags: finer labels.
        urgency: ``normal``, ``tinggi`` or ``darurat``.
        abstain: the classifier is not sure enough of the category.
        danger: the expressions that raise the alarm, whatever the classifier says.
        alarmed_by: the words that raise it, also where the classifier alone does.
        workplace: the employer as the text names it; it is looked up before it is taken.
        region_name: the regency or city; without ``region_code`` it is looked up as well.
        happened: when, in the words of the text; ``affected``: how many, alike.
    """

    kind: str
    category: str
    candidates: tuple[Candidate, ...] = ()
    tags: tuple[str, ...] = ()
    urgency: str = "normal"
    abstain: bool = False
    danger: tuple[str, ...] = ()
    alarmed_by: tuple[str, ...] = ()
    workplace: str = ""
    region_code: str = ""
    region_name: str = ""
    happened: str = ""
    affected: str = ""

    @property
    def is_alarm(self) -> bool:
        """Someone may be in danger now."""
        return self.urgency == "darurat" or bool(self.danger)


@dataclass(frozen=True, slots=True)
class Option:
    """Something known by its id, in words that a person recognises."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Match:
    """What a look-up found: one thing for certain, or several to choose from, or nothing."""

    certain: Option | None = None
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnCase:
    """One of the reporter's cases as she may see it.

    Attributes:
        label: what it is about, in a few words: tells her cases apart in a list.
        status: the stage in plain words; ``next_step`` likewise.
        closed_lately: it can still be opened again, and she was told to write if it is not solved.
    """

    number: str
    label: str
    status: str
    since: date
    next_step: str
    open: bool
    closed_lately: bool = False


@dataclass(frozen=True, slots=True)
class Referral:
    """A case that an officer would hand on to ``body``, if the reporter agrees.

    Attributes:
        named: her name would go with it.
    """

    number: str
    body: str
    named: bool = False


@dataclass(frozen=True, slots=True)
class OpenSurvey:
    """A survey about one of her cases whose answers still count.

    Attributes:
        kind: of the case, for words that fit it.
        solved: ``ya``, ``belum``, or empty while she has not said; ``score`` likewise 0.
        commented: she wrote something beside her answers.
        may_reopen: the case can still go on under its number.
        fresh: she has said nothing since she was asked.
    """

    id: int
    number: str
    kind: str = "pengaduan"
    solved: str = ""
    score: int = 0
    commented: bool = False
    may_reopen: bool = False
    fresh: bool = False

    @property
    def waits(self) -> bool:
        """One of the two questions has no answer yet."""
        return not (self.solved and self.score)


@dataclass(frozen=True, slots=True)
class OpenCheckIn:
    """A question whether she is safe at work.

    Attributes:
        waits: it has no answer yet, and its time is not over.
        fresh: she has said nothing since she was asked.
    """

    id: int
    number: str
    waits: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known at this turn.

    Attributes:
        organisation: the union's name as reporters read it.
        find_rights: the answers to a question about rights, the best first; at most two, none
            where nothing fits well enough.
        cases: her own cases, the one last written in first.
        consented: she agreed to the consent text and did not withdraw.
        officer_speaks: an officer answered in her first open case: the bot stays silent and
            passes messages on.
        fresh_number: case number for a case that begins in this turn.
        attachments: ids of the stored files of this message, in the order of its media.
        pushes_on: she wants unasked messages.
        referrals: what waits for her consent, the last asked first.
        invitations: numbers of her cases that were asked to join a collective case, and wait
            for her answer.
        surveys: those whose answers still count, the last asked first.
        check_ins: all that she was asked, the last one first.
        waiting: something was held for her until she writes; it leaves before any answer.
    """

    organisation: str
    texts: Texts
    taxonomy: Taxonomy
    understand: Callable[[str], Understanding]
    find_company: Callable[[str], Match]
    find_region: Callable[[str], Match]
    find_rights: Callable[[str], tuple[RightsEntry, ...]]
    cases: tuple[OwnCase, ...] = ()
    consented: bool = False
    officer_speaks: bool = False
    fresh_number: str = ""
    attachments: tuple[str, ...] = ()
    pushes_on: bool = True
    referrals: tuple[Referral, ...] = ()
    invitations: tuple[str, ...] = ()
    surveys: tuple[OpenSurvey, ...] = ()
    check_ins: tuple[OpenCheckIn, ...] = ()
    waiting: bool = False

    @property
    def open_cases(self) -> tuple[OwnCase, ...]:
        """Those of her cases that are not at their end."""
        return tuple(case for case in self.cases if case.open)

    @property
    def lately_closed(self) -> tuple[OwnCase, ...]:
        """Those that what she writes now is probably still about, when none is open."""
        return tuple(case for case in self.cases if case.closed_lately)
