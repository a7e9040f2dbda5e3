"""Notes of officers: what they write in a topic, and about a secret in their private chats.

Where the words of a case do not stand in the group, a note typed in its topic is taken away and
kept; it is read in private together with the story. ``/catatan KB-… kata`` there writes one.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, select

from bot.cases.act import command_of
from bot.cases.group_act import GroupAct
from bot.cases.markup import escaped, escaped_pieces, shortened
from bot.cases.ownership import plain_name
from bot.cases.reply_albums import with_words
from bot.cases.reply_edits import source_of
from bot.cases.roster import RosterOfficer, officer_by_id
from bot.cases.sight import may_see
from bot.cases.stages import NotPossible
from bot.cases.taps import button
from bot.cases.work import Work
from bot.events import OfficerWrote
from bot.outbox.split import units
from storage.cases import (
    AlbumFile,
    MessageContent,
    case_by_id,
    case_by_number,
    case_for_officer,
    message_content,
    row_id,
    seal_message,
)
from storage.numbers import leading_case_number
from storage.tables import Case, CaseMessage

NOTE = "/catatan"
_A_SERIES = timedelta(minutes=10)
"""Notes of one officer within so long are announced once."""
_SHOWN = 10
_UNDER_A_FILE = 300
_IN_ONE_MESSAGE = 3500  # units; Telegram takes 4096, and author and time stand there, too


def note_in_topic(
    work: Work,
    case: Case,
    officer: RosterOfficer,
    event: OfficerWrote,
    attachment_id: int | None,
) -> None:
    """Keep what an officer wrote in the topic; of a secret its author is told what became of it.

    The topic then shows that there is a note, so that colleagues know.

    Raises:
        NotPossible: a bare ``/catatan``.
    """
    words = _words(event)
    if not words and attachment_id is None and command_of(event.text)[0]:
        raise NotPossible("officers.note.nothing_private")
    is_first = not _noted_since(work, case, officer)
    _keep(work, case, officer, event, words, attachment_id)
    if work.hides(case) and is_first:
        text = work.texts("officers.note.taken_away", number=case.number)
        work.write.whisper(officer.user_id, text, case_id=case.id)
        _announce(work, case, officer)


def note_privately(act: GroupAct, said: OfficerWrote, attachment_id: int | None) -> None:
    """``/catatan KB-… kata`` in a private chat; only where no topic may read it.

    Raises:
        NotPossible: no such case for this officer, or nothing to note.
    """
    work, officer = act.work, act.officer
    number, words = leading_case_number(act.words)
    found = case_by_number(work.session, work.organisation.id or 0, number) if number else None
    case = case_for_officer(work.session, row_id(found)) if found is not None else None
    if case is None or not may_see(work, officer, case) or not work.hides(case):
        raise NotPossible("officers.note.nothing_private")
    if not words and attachment_id is None:
        raise NotPossible("officers.note.nothing_private")
    if not _noted_since(work, case, officer):
        _announce(work, case, officer)
    _keep(work, case, officer, said, words, attachment_id)
    act.answer(work.texts("officers.note.kept", number=case.number))


def note_further(
    work: Work, case: Case, officer: RosterOfficer, said: OfficerWrote, attachment_id: int | None
) -> None:
    """One more file of an album that is a private note."""
    _keep(work, case, officer, said, said.text, attachment_id)


def noted(work: Work, event: OfficerWrote) -> CaseMessage | None:
    """The note that was made of this message."""
    of_message = select(CaseMessage).where(
        CaseMessage.organisation_id == work.organisation.id,
        CaseMessage.source == source_of(work, event),
        CaseMessage.direction == "note",
    )
    return work.session.exec(of_message).first()


def correct_note(work: Work, event: OfficerWrote) -> bool:
    """An edited note keeps both versions; an edited command is not carried out again.

    Returns whether it was a note.
    """
    note = noted(work, event)
    if note is not None:
        before, words = message_content(work.vault, note), _words(event)
        versions = replace(
            with_words(before, event.message_id, words),
            text=words,
            earlier=(*before.earlier, before.text),
        )
        note.sealed = seal_message(work.vault, versions)
        work.session.add(note)
    return note is not None


def correct_privately(work: Work, said: OfficerWrote) -> bool:
    """The same of a private note, whose words begin with the number of its case.

    Raises:
        NotPossible: the number is that of another case now.
    """
    note, (_, rest) = noted(work, said), command_of(said.text)
    case = case_by_id(work.session, note.case_id) if note is not None else None
    number, _ = leading_case_number(rest)
    if case is not None and number not in {"", case.number}:
        raise NotPossible("officers.note.other_case", number=case.number)
    return correct_note(work, said)


def show_notes(work: Work, case: Case, officer: RosterOfficer) -> None:
    """Send the newest notes of a secret, whole and with their files, to this officer alone."""
    if not work.hides(case):
        return
    query = select(CaseMessage).where(
        CaseMessage.case_id == case.id, CaseMessage.direction == "note"
    )
    newest = work.session.exec(query.order_by(col(CaseMessage.id).desc()).limit(_SHOWN)).all()
    if not newest:
        return
    lines = [work.texts("officers.note.title", number=case.number)]
    for note in reversed(newest):
        first, *further = escaped_pieces(_text(work, note), _IN_ONE_MESSAGE) or ["📎"]
        lines += [_line(work, note, first), *further]
    for text in _joined(lines):
        work.write.whisper(officer.user_id, text, case_id=case.id)
    for note in reversed(newest):
        if note.attachment_id is not None:
            words = escaped(shortened(_text(work, note), _UNDER_A_FILE)) or "📎"
            work.write.whisper(officer.user_id, _line(work, note, words), case_id=case.id,
                               attachment_id=note.attachment_id)  # fmt: skip


def _joined(lines: Iterable[str]) -> list[str]:
    """The lines in as few messages as hold them."""
    texts: list[str] = []
    for line in lines:
        if texts and units(texts[-1]) + units(line) < _IN_ONE_MESSAGE:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts


def _line(work: Work, note: CaseMessage, words: str) -> str:
    author = officer_by_id(work.session, work.vault, note.officer_id)
    return work.texts("officers.note.line", at=work.local(note.at), name=plain_name(author),
                      text=words)  # fmt: skip


def _text(work: Work, note: CaseMessage) -> str:
    return message_content(work.vault, note).text


def _announce(work: Work, case: Case, officer: RosterOfficer) -> None:
    read = button(work, case, work.texts.label("officers.button.read"), "read_case")
    text = work.texts("officers.note.in_topic", name=plain_name(officer))
    work.write.post(case, text, choices=(read,), silent=True)


def _noted_since(work: Work, case: Case, officer: RosterOfficer) -> bool:
    """Whether this officer noted something just now: this one belongs to it."""
    lately = select(CaseMessage.id).where(
        CaseMessage.case_id == case.id,
        CaseMessage.officer_id == officer.id,
        CaseMessage.direction == "note",
        CaseMessage.at >= work.now - _A_SERIES,
    )
    return work.session.exec(lately.limit(1)).first() is not None


def _words(event: OfficerWrote) -> str:
    """What was written, without the command and the number that a private note begins with."""
    command, rest = command_of(event.text)
    if command != NOTE:
        return event.text
    return leading_case_number(rest)[1] or rest


def _keep(
    work: Work,
    case: Case,
    officer: RosterOfficer,
    event: OfficerWrote,
    words: str,
    attachment_id: int | None,
) -> None:
    content = MessageContent(words)
    if event.album and attachment_id is not None:
        part = AlbumFile(event.message_id, attachment_id, words)
        content = replace(content, album=event.album, files=(part,))
    work.session.add(
        CaseMessage(
            organisation_id=case.organisation_id,
            case_id=row_id(case),
            direction="note",
            officer_id=officer.id,
            source=source_of(work, event),
            attachment_id=attachment_id,
            sealed=seal_message(work.vault, content),
            at=work.now,
        )
    )
