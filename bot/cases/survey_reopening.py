"""She is not content and wants her case opened again: it goes one level up.

Not back to the officer who had it: nobody has it, and the coordinators decide who goes on. A
federation above the union reads a neutral line.
"""

from bot.cases.markup import escaped
from bot.cases.roster import all_officers
from bot.cases.sight import may_see
from bot.cases.stages import CLOSED, NotPossible, change_stage
from bot.cases.taps import button
from bot.cases.together import main_of
from bot.cases.work import Work, reach_of
from bot.cases.workplaces import remember_workplace
from bot.commands import Promise
from bot.outbox.orders import OutboxWriter
from storage.cases import add_event
from storage.tables import Case, Organisation


def reopen_case(work: Work, case: Case) -> None:
    """Open the case again on its reporter's word and tell her, whatever came of it.

    A case that another one answers for stays as it is: the coordinators are asked.
    """
    main = main_of(work, case)
    if main is not None:
        _ask_about_merged(work, case, main)
        _tell(work, case, "passed_on")
        return
    if case.status not in CLOSED:
        _tell(work, case, "is_reopened")
        return
    try:
        change_stage(work, case, "ditangani", by_reporter=True)
    except NotPossible:
        _tell(work, case, "not_reopened")
        return
    before, case.owner_id = case.owner_id, None
    work.session.add(case)
    remember_workplace(work, case)
    add_event(work.session, work.vault, case, "reopened_by_survey", work.now, actor="reporter",
              before=str(before or ""))  # fmt: skip
    _call_coordinators(work, case)
    _tell_federation(work, case)
    _tell(work, case, "is_reopened")
    work.write.show_card(case)


def _call_coordinators(work: Work, case: Case) -> None:
    """In the topic with the button that hands it over, and to each coordinator alone."""
    label = work.texts.label("officers.button.handover")
    give = button(work, case, label, "handover")
    work.write.post(case, work.texts("officers.survey.reopened"), choices=(give,))
    _whisper(work, case, "officers.survey.whisper")


def _ask_about_merged(work: Work, case: Case, main: Case) -> None:
    text = work.texts("officers.survey.merged", number=case.number)
    work.write.post(main, text)
    _whisper(work, main, "officers.survey.whisper_merged")


def _whisper(work: Work, case: Case, key: str) -> None:
    text = work.texts(key, number=case.number)
    for officer in all_officers(work.session, work.vault, case.organisation_id):
        if officer.is_coordinator and may_see(work, officer, case):
            work.write.whisper(officer.user_id, text, case_id=case.id)


def _tell_federation(work: Work, case: Case) -> None:
    """The level above reads which union and which number, nothing of the case."""
    parent_id = work.organisation.parent_id
    parent = work.session.get(Organisation, parent_id) if parent_id is not None else None
    if parent is None or not parent.officer_chat:
        return
    name = escaped(work.organisation.name)
    text = work.texts("officers.survey.federation", union=name, number=case.number)
    OutboxWriter(work.session, work.vault, parent, work.now).announce(text)


def _tell(work: Work, case: Case, answer: str) -> None:
    reach = reach_of(work, case)
    if reach is None:
        return
    text = work.texts(f"survey.{answer}", number=case.number)
    work.write.say(reach.address, text, person_id=reach.person.id, case_id=case.id,
                   promise=Promise.RECEIPT)  # fmt: skip
