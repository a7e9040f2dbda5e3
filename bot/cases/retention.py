"""What is kept too long: found by the rules, told to the officers, deleted when its time is over.

Everything is looked at again under its lock before it is touched, so any number of processes may
do this at once. Officers always have the whole time of warning, however late it was given.
The reporter is not told: nobody wants to be reminded of it two years later, and not everybody
who reads her phone by then is she.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, exists, func, or_, select

from bot.cases import own_data
from bot.cases.retention_rules import RetentionRules
from bot.cases.stages import change_stage
from bot.cases.work import Work
from storage.cases import add_event, case_for_officer, row_id
from storage.tables import (
    Attachment,
    Case,
    CaseEvent,
    CaseMessage,
    Conversation,
    Deletion,
    Due,
    Person,
    Tap,
)

WARN_BEFORE = timedelta(days=30)
"""So long before a closed case or its files go, the officers are told."""
WARN_DRAFT_BEFORE = timedelta(days=7)
"""The same for a report that was never finished."""
FILES_WARNED = "files_warned"
"""The line of the trail that says that officers were told about the files."""

Action = Literal["warn", "delete"]
What = Literal["case", "draft", "files", "person"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. ``row``: id of the case, of the person for ``person``."""

    action: Action
    what: What
    rule: str
    organisation_id: int
    row: int
    number: str = ""


def steps_due(session: Session, rules: RetentionRules, now: datetime, limit: int) -> list[Step]:
    """What is to be done now, deletions before warnings, at most ``limit`` of each sort."""
    steps: list[Step] = []
    for action in ("delete", "warn"):
        for what in ("draft", "files", "case"):
            query = _cases(action, what, rules, now).order_by(col(Case.id)).limit(limit)
            for case in session.exec(query).all():
                rule = rules.of_case(case.status, case.category)[1] if what == "case" else what
                rule = "media" if what == "files" else rule
                steps.append(
                    Step(action, what, rule, case.organisation_id, row_id(case), case.number)
                )
    persons = _persons(rules, now).order_by(col(Person.id)).limit(limit)
    for person in session.exec(persons).all():
        row = own_data.row_id_of(person)
        steps.append(Step("delete", "person", "person", person.organisation_id, row))
    return steps


def carry_out(work: Work, rules: RetentionRules, step: Step) -> bool:
    """Do it, unless it makes no sense any more: held, reopened, done by another process."""
    if step.what == "person":
        return _forget_person(work, rules, step)
    case = case_for_officer(work.session, step.row)
    still = _cases(step.action, step.what, rules, work.now).where(Case.id == step.row)
    if case is None or work.session.exec(still).first() is None:
        return False
    if step.action == "warn":
        _warn(work, rules, case, step)
    elif step.what == "files":
        _delete_files(work, case, step)
    else:
        _delete_case(work, case, step)
    return True


def deleted_on(rules: RetentionRules, case: Case, warned_at: datetime) -> datetime:
    """From when on a closed case may be deleted, once its officers were told."""
    days, _ = rules.of_case(case.status, case.category)
    closed_at = case.closed_at or case.status_since
    return max(closed_at + timedelta(days=days), warned_at + WARN_BEFORE)


# --- what is due ------------------------------------------------------------------------------


def _cases(action: Action, what: What, rules: RetentionRules, now: datetime) -> Any:
    """Cases of which this is to be done: not held, not emptied yet."""
    main = aliased(Case)
    held = exists().where(col(main.id) == Case.merged_into_id, col(main.legal_hold))
    kept = and_(~col(Case.legal_hold), col(Case.person_id).is_not(None), ~held)
    due = {"draft": _draft, "files": _files, "case": _closed}[what](action, rules, now)
    return select(Case).where(kept, due)


def _closed(action: Action, rules: RetentionRules, now: datetime) -> Any:
    """Closed so long ago; told about since, long enough ago to be deleted."""
    told = col(Case.warned_at) >= col(Case.closed_at)
    if action == "warn":
        untold = or_(col(Case.warned_at).is_(None), ~told)
        return and_(_over(rules, now + WARN_BEFORE), untold)
    return and_(_over(rules, now), told, col(Case.warned_at) <= now - WARN_BEFORE)


def _over(rules: RetentionRules, at: datetime) -> Any:
    closed, named = col(Case.closed_at), list(rules.category)
    of_category = [
        and_(Case.category == category, closed <= at - timedelta(days=days))
        for category, days in rules.category.items()
    ]
    of_status = [
        and_(Case.status == status, col(Case.category).not_in(named),
             closed <= at - timedelta(days=days))
        for status, days in rules.status.items()
    ]  # fmt: skip
    return and_(col(Case.status).in_(list(rules.status)), or_(*of_category, *of_status))


def _files(action: Action, rules: RetentionRules, now: datetime) -> Any:
    """The same for the files of a closed case, as long as it has some."""
    term, closed = timedelta(days=rules.media), col(Case.closed_at)
    shown = select(CaseMessage.attachment_id).where(CaseMessage.case_id == Case.id)
    some = exists().where(
        col(Attachment.state) != "deleted",
        or_(col(Attachment.case_id) == Case.id, col(Attachment.id).in_(shown)),
    )
    told = (
        exists()
        .where(col(CaseEvent.case_id) == Case.id, col(CaseEvent.what) == FILES_WARNED)
        .where(col(CaseEvent.at) >= closed)
    )
    if action == "warn":
        return and_(_is_closed(rules), closed <= now + WARN_BEFORE - term, some, ~told)
    told = told.where(col(CaseEvent.at) <= now - WARN_BEFORE)
    return and_(_is_closed(rules), closed <= now - term, some, told)


def _is_closed(rules: RetentionRules) -> Any:
    return col(Case.status).in_(list(rules.status))


def _draft(action: Action, rules: RetentionRules, now: datetime) -> Any:
    """Never finished, nobody took it, and its reporter has been silent since."""
    said = func.max(CaseMessage.at)
    words = select(said).where(CaseMessage.case_id == Case.id, CaseMessage.direction == "reporter")
    last = func.coalesce(words.correlate(Case).scalar_subquery(), Case.status_since)
    term = timedelta(days=rules.draft)
    until = now - term if action == "delete" else now + WARN_DRAFT_BEFORE - term
    talks = exists().where(
        col(Conversation.draft_case_id) == Case.id, col(Conversation.updated_at) > until
    )
    silent = and_(Case.status == "belum_lengkap", col(Case.owner_id).is_(None),
                  col(Case.status_since) <= until, last <= until, ~talks)  # fmt: skip
    told = col(Case.warned_at) >= last
    if action == "warn":
        return and_(silent, or_(col(Case.warned_at).is_(None), ~told))
    return and_(silent, told, col(Case.warned_at) <= now - WARN_DRAFT_BEFORE)


def _persons(rules: RetentionRules, now: datetime) -> Any:
    """Who has no case, not even an open one, and has been silent for long."""
    some_case = exists().where(col(Case.person_id) == Person.id)
    silent = exists().where(
        col(Conversation.person_id) == Person.id,
        col(Conversation.updated_at) <= now - timedelta(days=rules.person),
    )
    return select(Person).where(silent, ~some_case)


# --- doing it ---------------------------------------------------------------------------------


def _warn(work: Work, rules: RetentionRules, case: Case, step: Step) -> None:
    if step.what == "files":
        closed_at = case.closed_at or case.status_since
        on = max(closed_at + timedelta(days=rules.media), work.now + WARN_BEFORE)
        add_event(work.session, work.vault, case, FILES_WARNED, work.now)
    else:
        is_draft = step.what == "draft"
        on = work.now + WARN_DRAFT_BEFORE if is_draft else deleted_on(rules, case, work.now)
        case.warned_at = work.now
        work.session.add(case)
        add_event(work.session, work.vault, case, "retention_warned", work.now, after=step.rule)
    key = f"officers.retention.{step.what}_soon"
    work.write.post(case, work.texts(key, on=_day(work, on)), silent=True)
    work.write.show_card(case)


def _delete_files(work: Work, case: Case, step: Step) -> None:
    files = own_data.files_of(work, case)
    own_data.forget_files(work, files)
    add_event(work.session, work.vault, case, "files_deleted", work.now, after=str(len(files)))
    _receipt(work, step, len(files))
    told = work.texts("officers.retention.files_deleted", count=len(files))
    work.write.post(case, told, silent=True)
    work.write.show_card(case)


def _delete_case(work: Work, case: Case, step: Step) -> None:
    """As when she deletes it herself, but for her person and what she is told."""
    files = own_data.empty_case(work, case, actor="system")
    if step.what == "draft":
        _end_draft(work, case)
        change_stage(work, case, "arsip", tells=False)
    case.person_id = None
    work.session.add(case)
    own_data.forget_posts(work, case)
    waiting = update(Due).where(col(Due.case_id) == case.id, col(Due.status) == "waiting")
    work.session.execute(waiting.values(status="cancelled"))
    work.session.execute(delete(Tap).where(col(Tap.case_id) == case.id))
    _receipt(work, step, files)
    told = work.texts(f"officers.retention.{step.what}_deleted", count=files)
    work.write.post(case, told, silent=True)
    work.write.show_card(case)
    work.write.set_topic(case)


def _end_draft(work: Work, case: Case) -> None:
    """Her conversation about it is over, so that her next words begin a new one."""
    mine = select(Conversation).where(Conversation.draft_case_id == case.id)
    for conversation in work.session.exec(mine).all():
        conversation.draft_case_id, conversation.sealed = None, None
        conversation.flow, conversation.step = "", ""
        conversation.revision += 1
        work.session.add(conversation)
        timers = delete(Due).where(col(Due.conversation_id) == conversation.id)
        work.session.execute(timers)


def _forget_person(work: Work, rules: RetentionRules, step: Step) -> bool:
    mine = select(Conversation).where(Conversation.person_id == step.row).with_for_update()
    conversation = work.session.exec(mine.execution_options(populate_existing=True)).first()
    still = _persons(rules, work.now).where(Person.id == step.row)
    person = work.session.exec(still).first()
    if conversation is None or person is None:
        return False
    own_data.forget_person(work, person, conversation)
    _receipt(work, step, 0)
    return True


def _receipt(work: Work, step: Step, files: int) -> None:
    work.session.add(
        Deletion(
            organisation_id=step.organisation_id,
            what=step.what,
            number=step.number,
            rule=step.rule,
            files=files,
            at=work.now,
        )
    )


def _day(work: Work, at: datetime) -> str:
    shown = work.local(at).rpartition(" ")[0]
    return f"{shown} {at.astimezone(work.zone).year}"
