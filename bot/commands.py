"""Orders that go out: what a turn of a conversation wants done, in the imperative.

The flows return them, the inbox carries them out in one transaction. Nothing here acts.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Promise(StrEnum):
    """What may happen when the outcome of a send is unknown (see docs/adr)."""

    QUESTION = "question"  # may be asked twice
    RECEIPT = "receipt"  # must not be said twice: looked up, else given to a person
    NOTICE = "notice"  # may be lost sooner than doubled


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a person may tap or type.

    Attributes:
        id: what comes back when it is tapped; opaque to people, at most 200 characters.
        label: the words on the button: at most 20 characters, 24 in a list.
        detail: a second line in a list, at most 72 characters.
        also: further words that mean the same when typed.
    """

    id: str
    label: str
    detail: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """Say something to the reporter of this conversation.

    Attributes:
        text: final Indonesian text.
        choices: offered as buttons (up to 3), as a list (up to 10) or as typed numbers.
        list_label: the word on the button that opens the list.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    promise: Promise = Promise.QUESTION
    list_label: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a story or of a later message: words, a file, or both.

    Attributes:
        source: external id of the message it came with (edits and quotes refer to it).
        attachment: id of the stored file, empty when there is none.
        at: when it was written, as an ISO time; empty when that is not known.
        answers: external id of the message that she answered by swiping.
        album: id shared by the parts of one album.
        channel: the channel it came by.
    """

    text: str = ""
    source: str = ""
    attachment: str = ""
    # Not what was said but how it came: pieces are the same without them.
    at: str = field(default="", compare=False)
    answers: str = field(default="", compare=False)
    album: str = field(default="", compare=False)
    channel: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Report:
    """All that an intake has gathered; absent values are empty.

    Attributes:
        kind: ``pengaduan``, ``aspirasi`` or ``pertanyaan``.
        category: slug as confirmed by the reporter; ``suggested`` is what the classifier said.
        identity: ``nama`` or ``rahasia``.
        confirmed: the reporter herself saw and chose the category.
    """

    kind: str
    category: str
    parts: tuple[Part, ...]
    evidence: tuple[Part, ...] = ()
    also: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    urgency: str = "normal"
    confirmed: bool = False
    workplace: str = ""
    region_code: str = ""
    region_name: str = ""
    happened: str = ""
    affected: str = ""
    identity: str = "rahasia"
    name: str = ""
    member: str = ""
    safe_hours: str = ""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Make the report a case, or complete the one that this intake began earlier.

    Attributes:
        number: the case number to use (drawn before the turn).
        complete: False keeps it as ``belum_lengkap`` (left midway, or danger before the end).
    """

    number: str
    report: Report
    complete: bool = True


@dataclass(frozen=True, slots=True)
class AddToCase:
    """Add what the reporter wrote to one of her cases and show it to the officers.

    ``nod``: no more than an "ok"; nobody is asked to do anything about it.
    """

    number: str
    parts: tuple[Part, ...]
    nod: bool = False


@dataclass(frozen=True, slots=True)
class OpenUrgentCase:
    """Danger after a closing: begin an urgent case that is linked with the closed one.

    Attributes:
        number: of the new case; ``closed``: of the one that was closed.
        parts: what she writes now.
    """

    number: str
    closed: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class CorrectMessage:
    """The reporter edited an earlier message: keep both versions, show the new one."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class PageOfficers:
    """Wake the officers now.

    Attributes:
        reason: ``darurat`` or ``minta_petugas``.
        triggers: the expressions that raised a danger alarm.
        number: the case it is about, if there is one.
    """

    reason: str
    triggers: tuple[str, ...] = ()
    number: str = ""


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """Store what the reporter answered to the consent text of this version."""

    version: str
    given: bool


@dataclass(frozen=True, slots=True)
class DeleteDraft:
    """Forget what this conversation has gathered and not yet sent, files included."""


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Wake this conversation after a silence; setting it again moves it.

    Attributes:
        kind: ``quiet`` or ``unfinished``.
        seconds: from the event on; None takes the configured QUIET_SECONDS.
    """

    kind: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class StopTimer:
    """Forget a timer of this conversation."""

    kind: str


@dataclass(frozen=True, slots=True)
class SetPushes:
    """Turn unasked messages (updates, surveys, reminders) off or on. Answers always go."""

    on: bool


@dataclass(frozen=True, slots=True)
class AnswerReferral:
    """The reporter said whether her case may go to the body that an officer proposed."""

    number: str
    agreed: bool


@dataclass(frozen=True, slots=True)
class AnswerInvitation:
    """The reporter said whether this case of hers joins the collective case."""

    number: str
    joins: bool


@dataclass(frozen=True, slots=True)
class AnswerSurvey:
    """The reporter answered one question of a survey about this case of hers.

    Attributes:
        field: ``solved`` with ``ya`` or ``belum``, ``score`` with 1 to 5 as text, or ``sex`` with
            ``perempuan``, ``laki-laki``, or nothing: what was told before is forgotten.
    """

    number: str
    survey_id: int
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class CommentSurvey:
    """What the reporter wrote beside her answers: why she is not content, or a word of thanks."""

    number: str
    survey_id: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ReopenCase:
    """The reporter is not content and wants this case of hers opened again, one level up."""

    number: str
    survey_id: int


@dataclass(frozen=True, slots=True)
class AnswerCheckIn:
    """The reporter said whether she is safe at work.

    Attributes:
        number: the closed case after which she was asked.
        urgent_number: for the case that is opened when she is not.
    """

    number: str
    check_in_id: int
    safe: bool
    urgent_number: str


@dataclass(frozen=True, slots=True)
class SendOwnData:
    """Send the reporter a copy of what is stored about her."""


@dataclass(frozen=True, slots=True)
class DeleteOwnData:
    """Delete what is stored about the reporter; her open cases end as withdrawn."""


Command = (
    Reply
    | OpenCase
    | AddToCase
    | OpenUrgentCase
    | CorrectMessage
    | PageOfficers
    | RecordConsent
    | DeleteDraft
    | SetTimer
    | StopTimer
    | SetPushes
    | AnswerReferral
    | AnswerInvitation
    | AnswerSurvey
    | CommentSurvey
    | ReopenCase
    | AnswerCheckIn
    | SendOwnData
    | DeleteOwnData
)
