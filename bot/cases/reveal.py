"""Showing what does not stand in the group: to one officer's private chat, on tap, logged.

The story of a confidential case is read by all who may see the case, so that somebody can take
it; who told it is shown only to the one in charge and to coordinators.
"""

from bot.cases.markup import escaped, escaped_pieces, shortened
from bot.cases.notes import show_notes
from bot.cases.roster import RosterOfficer
from bot.cases.sight import must_see
from bot.cases.stages import NotPossible
from bot.cases.taps import button
from bot.cases.work import Work, reach_of
from storage.cases import add_event, content_of, message_content
from storage.tables import Case, CaseMessage

_SHOWN = 3000


def reveal_reporter(work: Work, case: Case, officer: RosterOfficer) -> None:
    """Send name, way to reach and facts of the case to the officer's private chat.

    Of a reporter who hides her name only the pseudonym is shown.

    Raises:
        NotPossible: not for this officer, or a sensitive case that somebody else handles.
    """
    _must_read(work, case, officer)
    if case.sensitive and not officer.is_coordinator and case.owner_id != officer.id:
        raise NotPossible("cases.refused.take_first")
    content = content_of(work.vault, case)
    reach = reach_of(work, case)
    pseudonym = reach.person.pseudonym if reach else work.texts("officers.reveal.deleted")
    if case.identity == "nama" and reach is not None:
        name = content.name or work.texts("officers.reveal.no_name")
        who = work.texts("officers.reveal.named", name=escaped(name), address=reach.address.path)
    else:
        who = work.texts("officers.reveal.pseudonym", pseudonym=pseudonym)
    facts = facts_of(work, case)
    work.write.whisper(officer.user_id, f"{facts}\n\n{who}", case_id=case.id)
    _log(work, case, officer, "revealed_reporter")


def reveal_story(work: Work, case: Case, officer: RosterOfficer) -> None:
    """Send what was told, without who told it, and the notes, to the officer's private chat.

    Raises:
        NotPossible: not for this officer.
    """
    _must_read(work, case, officer)
    further = ["reply", "reveal"] if case.owner_id else ["take", "reply", "reveal"]
    choices = tuple(
        button(work, case, work.texts.label(f"officers.button.{action}"), action)
        for action in further
    )
    facts = facts_of(work, case)
    work.write.whisper(officer.user_id, facts, choices=choices, case_id=case.id)
    show_notes(work, case, officer)
    _log(work, case, officer, "revealed_story")


def reveal_message(work: Work, case: Case, message: CaseMessage, officer: RosterOfficer) -> None:
    """Send one message of a sensitive case, whole, to the officer's private chat.

    Raises:
        NotPossible: not for this officer.
    """
    _must_read(work, case, officer)
    words = message_content(work.vault, message).text
    first, *further = escaped_pieces(words, _SHOWN) or ["-"]
    text = work.texts(
        "officers.reveal.message", number=case.number, mark=_mark(work, case), text=first
    )
    answer = button(work, case, work.texts.label("officers.button.reply"), "reply")
    work.write.whisper(
        officer.user_id,
        text,
        choices=(answer,) if work.hides(case) and message.attachment_id is None else (),
        case_id=case.id,
        attachment_id=message.attachment_id or 0,
    )
    for piece in further:
        work.write.whisper(officer.user_id, piece, case_id=case.id)
    _log(work, case, officer, "revealed_message")


def _mark(work: Work, case: Case) -> str:
    return work.texts("officers.reveal.confidential") if case.sensitive else ""


def facts_of(work: Work, case: Case) -> str:
    """What was told, without who told it, as Telegram HTML."""
    content = content_of(work.vault, case)
    return work.texts(
        "officers.reveal.facts",
        number=case.number,
        mark=_mark(work, case),
        category=escaped(work.category_label(case.category)),
        workplace=escaped(content.workplace) or "-",
        happened=escaped(content.happened) or "-",
        safe_hours=escaped(content.safe_hours) or "-",
        story=escaped(shortened(content.story, _SHOWN)) or "-",
    )


def _must_read(work: Work, case: Case, officer: RosterOfficer) -> None:
    if not officer.may_act:
        raise NotPossible("cases.refused.readonly")
    must_see(work, officer, case)


def _log(work: Work, case: Case, officer: RosterOfficer, what: str) -> None:
    add_event(work.session, work.vault, case, what, work.now, actor="officer",
              officer_id=officer.id)  # fmt: skip
