"""How a case begins and grows: opened from a report, added to, corrected, made urgent."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import col, select

from bot.cases.after_closing import wrote_after_closing
from bot.cases.confidential import (
    Understand,
    keep_close,
    keep_confidential,
    names_violence,
)
from bot.cases.duty import call_duty, with_duty
from bot.cases.labelling import Predicted, keep_choice, keep_prediction, take_labels
from bot.cases.promised_evidence import note_promise
from bot.cases.promises import refresh
from bot.cases.quoting import told
from bot.cases.recusal import suggest_recusal
from bot.cases.showing import show_edited, show_messages
from bot.cases.silence import watch
from bot.cases.stages import CLOSED, change_stage
from bot.cases.together import main_of, shown_in
from bot.cases.waiting import reporter_wrote
from bot.cases.work import Work
from bot.cases.workplaces import remember_workplace
from bot.commands import Part, Report
from bot.outbox.queue import CASEWORK, DANGER
from storage.cases import (
    CaseContent,
    add_event,
    case_by_id,
    case_by_number,
    content_of,
    message_content,
    row_id,
    seal_content,
    seal_message,
)
from storage.people import private_of
from storage.tables import Attachment, Case, CaseMessage, Person


def open_case(
    work: Work,
    person: Person,
    number: str,
    report: Report,
    *,
    complete: bool,
    predicted: Predicted | None,
    draft: Case | None = None,
) -> Case:
    """Make a report a case and show it to the officers.

    Not ``complete`` keeps it as ``belum_lengkap``. ``draft`` is the incomplete case that the
    same intake began earlier; it is brought up to date.
    """
    story = "\n".join(part.text for part in report.parts if part.text)
    known = content_of(work.vault, draft) if draft is not None else CaseContent()
    content = _content(report, story, predicted, known)
    case = draft or Case(
        number=number,
        organisation_id=person.organisation_id,
        person_id=person.id,
        kind=report.kind,
        category=report.category,
        urgency=report.urgency,
        status="belum_lengkap" if not complete else "baru",
        status_since=work.now,
        sealed=b"",
        opened_at=work.now,
    )
    fresh = draft is None
    before = case.category
    take_labels(work, case, report)
    case.identity, case.region_code = report.identity, report.region_code
    case.sealed = seal_content(work.vault, content)
    work.session.add(case)
    work.session.flush()
    if work.is_sensitive(case.category, case.tags.split(",")) or names_violence(story):
        keep_confidential(work, case)
    if fresh:
        add_event(work.session, work.vault, case, "opened", work.now, actor="reporter",
                  after=case.status)  # fmt: skip
    _keep_private(work, person, report)
    remember_workplace(work, case)
    if predicted is not None and fresh:
        keep_prediction(work, case, predicted)
        before = predicted.understanding.category
    if report.confirmed and case.category == report.category != before:
        keep_choice(work, case, before)
    work.write.show_card(case, priority=DANGER if case.urgency == "darurat" else CASEWORK)
    known_sources = _sources(work, case)
    parts = (*report.parts, *report.evidence)
    _add_parts(work, case, parts, known_sources)
    if complete:
        call_duty(work, case)
        refresh(work, case)
        watch(work, case)
    if complete and case.status == "belum_lengkap":
        change_stage(work, case, "baru", by_reporter=True)
    elif not fresh:
        work.write.set_topic(case)
    return case


def add_to_case(
    work: Work,
    case: Case,
    parts: tuple[Part, ...],
    understand: Understand,
    *,
    asked: bool = False,
) -> None:
    """Add what the reporter wrote to her case and show it to the officers.

    ``asked``: we had asked her for it, so that officers need not wonder why she writes now.
    """
    keep_close(work, case, understand, *(part.text for part in parts))
    is_news = _add_parts(work, case, parts, _sources(work, case))
    home = main_of(work, case, lock=True) or case
    if is_news and home.status in CLOSED and not asked:
        wrote_after_closing(work, home)


def correct_message(
    work: Work, person: Person, source: str, text: str, understand: Understand
) -> bool:
    """Keep the new version of an edited message beside the old; False if it is not in a case."""
    message = work.session.exec(
        select(CaseMessage)
        .where(
            CaseMessage.organisation_id == person.organisation_id,
            CaseMessage.source == work.vault.lookup(source),
        )
        .order_by(col(CaseMessage.id).desc())
    ).first()
    if message is None:
        return False
    case = case_by_id(work.session, message.case_id, lock=True)
    if case is None or case.person_id != person.id:
        return False
    content = message_content(work.vault, message)
    if content.text == text:
        return True
    message.sealed = seal_message(
        work.vault, replace(content, text=text, earlier=(*content.earlier, content.text))
    )
    work.session.add(message)
    add_event(work.session, work.vault, case, "message_edited", work.now, actor="reporter")
    keep_close(work, case, understand, text)
    show_edited(work, case, message)
    suggest_recusal(work, case, text)
    return True


def page_officers(work: Work, reason: str, triggers: tuple[str, ...], number: str) -> None:
    """Wake the officers: in the case's topic when there is one, and beside all topics."""
    organisation_id = work.organisation.id or 0
    case = case_by_number(work.session, organisation_id, number, lock=True) if number else None
    if case is None:
        text = with_duty(work, work.texts(f"officers.page.{reason}"))
        work.write.announce(text, priority=DANGER)
        return
    add_event(
        work.session, work.vault, case, f"paged_{reason}", work.now,
        actor="reporter", detail=", ".join(triggers),
    )  # fmt: skip
    if reason == "darurat":
        case.urgency = "darurat"
        content = content_of(work.vault, case)
        case.sealed = seal_content(work.vault, replace(content, triggers=triggers))
        work.session.add(case)
        refresh(work, case)
    text = with_duty(work, work.texts(f"officers.page.{reason}_case", number=case.number))
    home, _mark = shown_in(work, case)
    work.write.post(home, text, priority=DANGER)
    small = work.organisation.sensitive_chat
    if case.sensitive and small:
        work.write.announce(text, priority=DANGER, chat=small)
        text = with_duty(work, work.texts(f"officers.page.{reason}_apart", number=case.number))
    work.write.announce(text, priority=DANGER)
    work.write.show_card(case, priority=DANGER)


def _content(
    report: Report, story: str, predicted: Predicted | None, known: CaseContent
) -> CaseContent:
    probability, triggers = known.probability, known.triggers
    reasons = known.reasons if story == known.story else ()
    if predicted is not None:
        chances = {c.category: c.probability for c in predicted.understanding.candidates}
        probability = chances.get(report.category, 0.0)
        triggers = predicted.understanding.alarmed_by or triggers
        reasons = predicted.reasons or reasons
    return CaseContent(
        story=story,
        workplace=report.workplace,
        region_name=report.region_name,
        happened=report.happened,
        affected=report.affected,
        name=report.name,
        member=report.member,
        safe_hours=report.safe_hours,
        confirmed=report.confirmed,
        probability=probability,
        triggers=triggers,
        reasons=reasons,
    )


def _keep_private(work: Work, person: Person, report: Report) -> None:
    private = private_of(work.vault, person)
    for name in ("name", "member", "safe_hours"):
        value = getattr(report, name)
        if value:
            private[name] = value
    person.sealed = work.vault.seal_json(private, "persons")
    work.session.add(person)


def _sources(work: Work, case: Case) -> set[tuple[str, int | None]]:
    rows = work.session.exec(
        select(CaseMessage.source, CaseMessage.attachment_id).where(
            CaseMessage.case_id == case.id, CaseMessage.direction == "reporter"
        )
    )
    return set(rows.all())


def _add_parts(
    work: Work, case: Case, parts: tuple[Part, ...], known: set[tuple[str, int | None]]
) -> bool:
    """Keep and show what is not in the case yet; whether there was anything."""
    added = [(part, _add_part(work, case, part, known)) for part in parts]
    show_messages(work, case, [message for _, message in added if message is not None])
    is_news = any(message is not None for _, message in added)
    if is_news:
        reporter_wrote(work, case)  # after her words: the card may come later than they
    new = [part.text for part, message in added if message is not None]
    suggest_recusal(work, case, *new)
    for text in new:
        note_promise(work, case, text)
    return is_news


def _add_part(
    work: Work, case: Case, part: Part, known: set[tuple[str, int | None]]
) -> CaseMessage | None:
    attachment = _attachment(work, part.attachment)
    source = work.vault.lookup(part.source) if part.source else ""
    key = (source, attachment.id if attachment else None)
    if not (part.text or attachment) or (source and key in known):
        return None
    known.add(key)
    message = CaseMessage(
        organisation_id=case.organisation_id,
        case_id=row_id(case),
        direction="reporter",
        source=source,
        attachment_id=attachment.id if attachment else None,
        sealed=seal_message(work.vault, told(work, case, part)),
        at=min(datetime.fromisoformat(part.at), work.now) if part.at else work.now,
    )
    work.session.add(message)
    if attachment is not None:
        attachment.case_id = case.id
        work.session.add(attachment)
    work.session.flush()
    return message


def _attachment(work: Work, key: str) -> Attachment | None:
    if not key:
        return None
    return work.session.exec(select(Attachment).where(Attachment.key == key)).first()
