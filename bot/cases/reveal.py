"""Showing what does not stand in the group: to one officer's private chat, on tap, logged."""

from bot.cases.markup import escaped, shortened
from bot.cases.roster import RosterOfficer
from bot.cases.stages import NotPossible
from bot.cases.work import Work, reach_of
from storage.cases import add_event, content_of, message_content
from storage.tables import Case, CaseMessage

_SHOWN = 3000


def reveal_reporter(work: Work, case: Case, officer: RosterOfficer) -> None:
    """Send name, way to reach and facts of the case to the officer's private chat.

    Of a reporter who hides her name only the pseudonym is shown.

    Raises:
        NotPossible: a sensitive case that somebody else handles.
    """
    _may_see(case, officer)
    content = content_of(work.vault, case)
    reach = reach_of(work, case)
    pseudonym = reach.person.pseudonym if reach else work.texts("officers.reveal.deleted")
    if case.identity == "nama" and reach is not None:
        name = content.name or work.texts("officers.reveal.no_name")
        who = work.texts("officers.reveal.named", name=escaped(name), address=reach.address.path)
    else:
        who = work.texts("officers.reveal.pseudonym", pseudonym=pseudonym)
    facts = work.texts(
        "officers.reveal.facts",
        number=case.number,
        mark=_mark(work, case),
        category=escaped(work.category_label(case.category)),
        workplace=escaped(content.workplace) or "-",
        happened=escaped(content.happened) or "-",
        safe_hours=escaped(content.safe_hours) or "-",
        story=escaped(shortened(content.story, _SHOWN)) or "-",
    )
    work.write.whisper(officer.user_id, f"{facts}\n\n{who}", case_id=case.id)
    _log(work, case, officer, "revealed_reporter")


def reveal_message(work: Work, case: Case, message: CaseMessage, officer: RosterOfficer) -> None:
    """Send one message of a sensitive case to the officer's private chat.

    Raises:
        NotPossible: somebody else handles the case.
    """
    _may_see(case, officer)
    words = escaped(shortened(message_content(work.vault, message).text, _SHOWN))
    text = work.texts(
        "officers.reveal.message", number=case.number, mark=_mark(work, case), text=words or "-"
    )
    work.write.whisper(
        officer.user_id, text, case_id=case.id, attachment_id=message.attachment_id or 0
    )
    _log(work, case, officer, "revealed_message")


def _mark(work: Work, case: Case) -> str:
    return work.texts("officers.reveal.confidential") if case.sensitive else ""


def _may_see(case: Case, officer: RosterOfficer) -> None:
    if not officer.may_act:
        raise NotPossible("cases.refused.readonly")
    if not case.sensitive or officer.is_coordinator:
        return
    if case.owner_id != officer.id:
        raise NotPossible("cases.refused.take_first")


def _log(work: Work, case: Case, officer: RosterOfficer, what: str) -> None:
    add_event(work.session, work.vault, case, what, work.now, actor="officer",
              officer_id=officer.id)  # fmt: skip
