"""What each button in the officers' group does, and the commands that do the same.

Rights are checked in every act; who may not is told why (:class:`NotPossible`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.cases import assignment, replies, reveal
from bot.cases.confidential import keep_confidential, lift_confidence
from bot.cases.roster import RosterOfficer
from bot.cases.stages import CLOSED, OUTCOMES, NotPossible, change_stage, next_stages
from bot.cases.taps import button
from bot.cases.work import Work
from storage.cases import add_event, row_id
from storage.tables import Case, CaseMessage, Correction, Tap


@dataclass(frozen=True, slots=True)
class Act:
    """One act of an officer on one case."""

    work: Work
    case: Case
    officer: RosterOfficer
    tap: Tap


def _take(act: Act) -> str:
    assignment.take(act.work, act.case, act.officer)
    return act.work.texts("officers.done.taken")


def _offer_stages(act: Act) -> str:
    _must_act(act)
    work, case = act.work, act.case
    choices = tuple(
        button(work, case, work.texts.label(f"cases.stage.{stage}.label"), "to_stage", stage)
        for stage in next_stages(case)
    )
    work.write.post(case, work.texts("officers.ask.stage"), choices=choices)
    return ""


def _to_stage(act: Act) -> str:
    _must_act(act)
    if act.tap.value == "selesai":
        return _offer_outcomes(act)
    change_stage(act.work, act.case, act.tap.value, officer=act.officer)
    return act.work.texts("officers.done.stage")


def _offer_outcomes(act: Act) -> str:
    _must_act(act)
    work, case = act.work, act.case
    if case.status in CLOSED:
        raise NotPossible("cases.refused.already_closed")
    choices = tuple(
        button(work, case, work.texts.label(f"cases.outcome.{outcome}.label"), "close_as", outcome)
        for outcome in OUTCOMES
    )
    work.write.post(case, work.texts("officers.ask.outcome"), choices=choices)
    return ""


def _close_as(act: Act) -> str:
    _must_act(act)
    change_stage(act.work, act.case, "selesai", officer=act.officer, outcome=act.tap.value)
    return act.work.texts("officers.done.closed")


def _reopen(act: Act) -> str:
    _must_act(act)
    change_stage(act.work, act.case, "ditangani", officer=act.officer)
    return act.work.texts("officers.done.reopened")


def _offer_categories(act: Act) -> str:
    _must_act(act)
    choices = tuple(
        button(act.work, act.case, category.label, "to_category", category.slug)
        for category in act.work.taxonomy.categories
    )
    act.work.write.post(act.case, act.work.texts("officers.ask.category"), choices=choices)
    return ""


def _to_category(act: Act) -> str:
    _must_act(act)
    work, case, category = act.work, act.case, act.tap.value
    _correct(act, "category", case.category, category)
    case.category = category
    work.session.add(case)
    if work.is_sensitive(category):
        keep_confidential(work, case)
    elif case.sensitive and act.officer.is_coordinator:
        lift_confidence(work, case, act.officer)
    work.write.set_topic(case)
    return act.work.texts("officers.done.category")


def _offer_urgencies(act: Act) -> str:
    _must_act(act)
    choices = tuple(
        button(act.work, act.case, urgency.label, "to_urgency", urgency.slug)
        for urgency in act.work.taxonomy.urgencies
    )
    act.work.write.post(act.case, act.work.texts("officers.ask.urgency"), choices=choices)
    return ""


def _to_urgency(act: Act) -> str:
    _must_act(act)
    _correct(act, "urgency", act.case.urgency, act.tap.value)
    act.case.urgency = act.tap.value
    act.work.session.add(act.case)
    act.work.write.set_topic(act.case)
    return act.work.texts("officers.done.urgency")


def _begin_reply(act: Act) -> str:
    replies.begin_reply(act.work, act.case, act.officer)
    return ""


def _on_reply(
    do: Callable[[Work, Case, CaseMessage, RosterOfficer], None], done: str
) -> Callable[[Act], str]:
    def run(act: Act) -> str:
        message = act.work.session.get(CaseMessage, act.tap.message_id or 0)
        if message is None:
            raise NotPossible("officers.refused.old_button")
        do(act.work, act.case, message, act.officer)
        return act.work.texts(done)

    return run


def _reveal(act: Act) -> str:
    reveal.reveal_reporter(act.work, act.case, act.officer)
    return act.work.texts("officers.done.revealed")


def _read(act: Act) -> str:
    message = act.work.session.get(CaseMessage, act.tap.message_id or 0)
    if message is None:
        raise NotPossible("officers.refused.old_button")
    reveal.reveal_message(act.work, act.case, message, act.officer)
    return act.work.texts("officers.done.revealed")


def _help(act: Act) -> str:
    act.work.write.post(act.case, act.work.texts("officers.help"))
    return ""


TAPS: dict[str, Callable[[Act], str]] = {
    "take": _take,
    "stage": _offer_stages,
    "to_stage": _to_stage,
    "close": _offer_outcomes,
    "close_as": _close_as,
    "reopen": _reopen,
    "category": _offer_categories,
    "to_category": _to_category,
    "urgency": _offer_urgencies,
    "to_urgency": _to_urgency,
    "reply": _begin_reply,
    "reply_send": _on_reply(replies.send_reply, "officers.done.reply_queued"),
    "reply_cancel": _on_reply(replies.cancel_reply, "officers.done.reply_cancelled"),
    "reply_undo": _on_reply(replies.undo_reply, "officers.done.reply_undone"),
    "reply_resend": _on_reply(replies.resend_reply, "officers.done.reply_queued"),
    "reveal": _reveal,
    "read": _read,
}

TOPIC_COMMANDS: dict[str, Callable[[Act], str]] = {
    "/ambil": _take,
    "/status": _offer_stages,
    "/tutup": _offer_outcomes,
    "/kategori": _offer_categories,
    "/urgensi": _offer_urgencies,
    "/bantuan": _help,
}


def _must_act(act: Act) -> None:
    if not act.officer.may_act:
        raise NotPossible("cases.refused.readonly")
    if act.case.owner_id not in {None, act.officer.id} and not act.officer.is_coordinator:
        raise NotPossible("cases.refused.other_owner")


def unknown(_act: Act) -> str:
    """For a button of a version that is no more."""
    raise NotPossible("officers.refused.old_button")


def _correct(act: Act, field: str, before: str, after: str) -> None:
    """Write down that an officer knew better, for the trail and for retraining."""
    if before == after:
        return
    work, case = act.work, act.case
    work.session.add(
        Correction(
            organisation_id=work.organisation.id or 0,
            case_id=row_id(case),
            actor="officer",
            officer_id=act.officer.id,
            field=field,
            before=before,
            after=after,
            at=work.now,
        )
    )
    add_event(work.session, work.vault, case, field, work.now, actor="officer",
              officer_id=act.officer.id, before=before, after=after)  # fmt: skip
    work.write.show_card(case)
