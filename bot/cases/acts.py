"""What each button in the officers' group does, and the commands that do the same.

Rights are checked in every act; who may not is told why (:class:`NotPossible`).
"""

from collections.abc import Callable, Mapping
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
    texts = act.work.texts
    stages = {s: texts.label(f"cases.stage.{s}.label") for s in next_stages(act.case)}
    return _offer(act, "stage", "to_stage", stages)


def _to_stage(act: Act) -> str:
    _must_act(act)
    stage = _chosen(act)
    if stage == "selesai":
        return _offer_outcomes(act)
    change_stage(act.work, act.case, stage, officer=act.officer)
    return act.work.texts("officers.done.stage")


def _offer_outcomes(act: Act) -> str:
    _must_act(act)
    if act.case.status in CLOSED:
        raise NotPossible("cases.refused.already_closed")
    texts = act.work.texts
    outcomes = {outcome: texts.label(f"cases.outcome.{outcome}.label") for outcome in OUTCOMES}
    return _offer(act, "outcome", "close_as", outcomes)


def _close_as(act: Act) -> str:
    _must_act(act)
    change_stage(act.work, act.case, "selesai", officer=act.officer, outcome=_chosen(act))
    return act.work.texts("officers.done.closed")


def _reopen(act: Act) -> str:
    _must_act(act)
    change_stage(act.work, act.case, "ditangani", officer=act.officer)
    return act.work.texts("officers.done.reopened")


def _offer_categories(act: Act) -> str:
    _must_act(act)
    categories = {category.slug: category.label for category in act.work.taxonomy.categories}
    return _offer(act, "category", "to_category", categories)


def _to_category(act: Act) -> str:
    _must_act(act)
    work, case, category = act.work, act.case, _chosen(act)
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
    urgencies = {urgency.slug: urgency.label for urgency in act.work.taxonomy.urgencies}
    return _offer(act, "urgency", "to_urgency", urgencies)


def _to_urgency(act: Act) -> str:
    _must_act(act)
    urgency = _chosen(act)
    _correct(act, "urgency", act.case.urgency, urgency)
    act.case.urgency = urgency
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


_OFFERED_AT = {
    "to_stage": "status",
    "close_as": "status",
    "to_category": "category",
    "to_urgency": "urgency",
}


def offered(case: Case, action: str, choice: str) -> str:
    """A choice as its button carries it: with what the case was when it was offered."""
    return f"{choice}|{getattr(case, _OFFERED_AT[action])}"


def _offer(act: Act, question: str, action: str, labels: Mapping[str, str]) -> str:
    work, case = act.work, act.case
    choices = tuple(
        button(work, case, label, action, offered(case, action, choice))
        for choice, label in labels.items()
    )
    work.write.post(case, work.texts(f"officers.ask.{question}"), choices=choices)
    return ""


def _chosen(act: Act) -> str:
    """What was chosen; a question about what the case no longer is cannot be answered."""
    choice = act.tap.value.partition("|")[0]
    if act.tap.value != offered(act.case, act.tap.action, choice):
        raise NotPossible("officers.refused.old_button")
    return choice


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
