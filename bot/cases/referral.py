"""Handing a case on to another organisation or body: only when its reporter agrees.

The question goes into her own chat; the case moves with her yes and not before. Until then the
card says that her consent is waited for.
"""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from bot.cases.act import Act
from bot.cases.pushes import fitting_time
from bot.cases.roster import officer_by_id
from bot.cases.stage_records import (
    AGREED,
    ASKED,
    CONSENT,
    DECLINED,
    OVER,
    answers_of,
    change_answers,
    keep_record,
    newest_record,
)
from bot.cases.stages import TRANSITIONS, NotPossible, change_stage
from bot.cases.together import merged_into
from bot.cases.work import Work, reach_of
from bot.commands import Promise
from bot.flows.knowledge import Referral
from storage.cases import add_event
from storage.crypto import Vault
from storage.due import set_due
from storage.tables import Case, Conversation, StageRecord

STAGE = "dilimpahkan"
DUE = "referral"
"""The due row of a conversation that lets the bot ask; the flow of the same name does."""


def ask_consent(act: Act, body: str) -> str:
    """Ask the reporter whether her case may go to this body; an older question ends.

    Raises:
        NotPossible: not from this stage, it answers for cases of other reporters, or nobody is
            there to ask.
    """
    work, case = act.work, act.case
    if STAGE not in TRANSITIONS[case.status]:
        label = work.texts.label(f"cases.stage.{STAGE}.label")
        raise NotPossible("cases.refused.stage", stage=label)
    if merged_into(work, case):  # they would go along, and were not asked
        raise NotPossible("cases.refused.several_reporters")
    conversation = work.session.exec(
        select(Conversation).where(Conversation.person_id == case.person_id)
    ).first()
    if conversation is None or reach_of(work, case) is None:
        raise NotPossible("cases.refused.nobody")
    asked = _waiting_record(work, case)
    if asked is not None:
        change_answers(work, asked, **{CONSENT: OVER})
    answers = {"body": body, CONSENT: ASKED}
    keep_record(work, case, STAGE, answers, officer_id=act.officer.id)
    add_event(work.session, work.vault, case, "referral_asked", work.now, actor="officer",
              officer_id=act.officer.id)  # fmt: skip
    key, at = f"{DUE}:{conversation.id}", fitting_time(work, case, work.now)
    set_due(work.session, organisation_id=case.organisation_id, kind=DUE, key=key,
            lane=work.vault.lookup(key), due_at=at,
            conversation_id=conversation.id)  # fmt: skip
    work.write.show_card(case)
    if at > work.now:
        return work.texts("officers.done.referral_asked_later", at=work.local(at))
    return work.texts("officers.done.referral_asked")


def take_answer(work: Work, case: Case, *, agreed: bool) -> None:
    """Her answer: with a yes the case moves; the officers and she are told what became of it."""
    record = _waiting_record(work, case)
    is_merged = case.merged_into_id is not None or bool(merged_into(work, case))
    if record is None or is_merged or STAGE not in TRANSITIONS[case.status]:
        if record is not None:
            change_answers(work, record, **{CONSENT: OVER})
            work.write.show_card(case)
        _tell(work, case, "over", "")
        return
    body = answers_of(work, record)["body"]
    change_answers(work, record, **{CONSENT: AGREED if agreed else DECLINED})
    answer = "agreed" if agreed else "declined"
    add_event(work.session, work.vault, case, f"referral_{answer}", work.now, actor="reporter")
    if agreed:
        officer = officer_by_id(work.session, work.vault, record.officer_id)
        change_stage(work, case, STAGE, officer=officer, tells=False)
    _tell(work, case, answer, body)
    work.write.post(case, work.texts(f"officers.referral.{answer}"))
    work.write.show_card(case)


def waiting_referrals(
    session: Session, vault: Vault, cases: Iterable[Case]
) -> tuple[Referral, ...]:
    """The referrals of these cases that wait for the reporter's word, the last asked first."""
    by_id = {case.id: case for case in cases if STAGE in TRANSITIONS[case.status]}
    if not by_id:
        return ()
    query = select(StageRecord).where(
        col(StageRecord.case_id).in_(by_id), StageRecord.stage == STAGE
    )
    records: Sequence[StageRecord] = session.exec(query.order_by(col(StageRecord.id).desc())).all()
    waiting = []
    for record in records:
        answers = vault.open_json(record.sealed, "stage_records")
        if answers.get(CONSENT) == ASKED:
            case = by_id[record.case_id]
            waiting.append(Referral(case.number, answers["body"], case.identity == "nama"))
    return tuple(waiting)


def _waiting_record(work: Work, case: Case) -> StageRecord | None:
    record = newest_record(work, case, STAGE)
    if record is None or answers_of(work, record).get(CONSENT) != ASKED:
        return None
    return record


def _tell(work: Work, case: Case, answer: str, body: str) -> None:
    """Answer her; what she asked or was asked is answered also when she wants no news."""
    reach = reach_of(work, case)
    if reach is None:
        return
    text = work.texts(f"cases.referral.{answer}", number=case.number, body=body)
    work.write.say(reach.address, text, person_id=reach.person.id, case_id=case.id,
                   promise=Promise.RECEIPT)  # fmt: skip
