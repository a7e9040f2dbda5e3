"""What each button in the officers' group does, and the commands that do the same.

Rights are checked in every act; who may not is told why (:class:`NotPossible`).
"""

from collections.abc import Callable

from bot.cases import asking, assignment, correcting, forms, replies, reveal
from bot.cases.act import Act, chosen, must_act, offer
from bot.cases.guidance import help_text
from bot.cases.roster import RosterOfficer
from bot.cases.stages import CLOSED, OUTCOMES, NotPossible, change_stage, next_stages
from bot.cases.work import Work
from storage.tables import Case, CaseMessage


def _take(act: Act) -> str:
    assignment.take(act.work, act.case, act.officer)
    return act.work.texts("officers.done.taken")


def _offer_stages(act: Act) -> str:
    must_act(act)
    texts = act.work.texts
    stages = {s: texts.label(f"cases.stage.{s}.label") for s in next_stages(act.case)}
    return offer(act, "stage", "to_stage", stages)


def _to_stage(act: Act) -> str:
    must_act(act)
    stage = chosen(act)
    if stage == "selesai":
        return _offer_outcomes(act)
    change_stage(act.work, act.case, stage, officer=act.officer)
    return act.work.texts("officers.done.stage")


def _offer_outcomes(act: Act) -> str:
    must_act(act)
    if act.case.status in CLOSED:
        raise NotPossible("cases.refused.already_closed")
    texts = act.work.texts
    outcomes = {outcome: texts.label(f"cases.outcome.{outcome}.label") for outcome in OUTCOMES}
    return offer(act, "outcome", "close_as", outcomes)


def _close_as(act: Act) -> str:
    must_act(act)
    change_stage(act.work, act.case, "selesai", officer=act.officer, outcome=chosen(act))
    return act.work.texts("officers.done.closed")


def _reopen(act: Act) -> str:
    must_act(act)
    change_stage(act.work, act.case, "ditangani", officer=act.officer)
    return act.work.texts("officers.done.reopened")


def _reply(act: Act) -> str:
    asking.drop_question(act.work, act.case, act.officer)
    if act.words or act.attachment_id is not None:
        replies.preview_reply(
            act.work, act.case, act.officer, act.words, attachment_id=act.attachment_id
        )
    else:
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
    act.work.write.post(act.case, help_text(act.work, act.officer))
    return ""


TAPS: dict[str, Callable[[Act], str]] = {
    "take": _take,
    "stage": _offer_stages,
    "to_stage": _to_stage,
    "close": _offer_outcomes,
    "close_as": _close_as,
    "reopen": _reopen,
    "kind": correcting.offer_kinds,
    "to_kind": correcting.to_kind,
    "category": correcting.offer_categories,
    "to_category": correcting.to_category,
    "urgency": correcting.offer_urgencies,
    "to_urgency": correcting.to_urgency,
    "tags": correcting.offer_tags,
    "all_tags": correcting.offer_all_tags,
    "set_tag": correcting.set_tag,
    "unset_tag": correcting.unset_tag,
    "tags_done": correcting.end_tags,
    "reply": _reply,
    "reply_send": _on_reply(replies.send_reply, "officers.done.reply_queued"),
    "reply_cancel": _on_reply(replies.cancel_reply, "officers.done.reply_cancelled"),
    "reply_undo": _on_reply(replies.undo_reply, "officers.done.reply_undone"),
    "reply_resend": _on_reply(replies.resend_reply, "officers.done.reply_queued"),
    "reveal": _reveal,
    "read": _read,
    "form_choose": forms.choose,
    "form_cancel": asking.cancel,
}

TOPIC_COMMANDS: dict[str, Callable[[Act], str]] = {
    "/balas": _reply,
    "/ambil": _take,
    "/status": _offer_stages,
    "/tutup": _offer_outcomes,
    "/jenis": correcting.offer_kinds,
    "/kategori": correcting.offer_categories,
    "/urgensi": correcting.offer_urgencies,
    "/label": correcting.offer_tags,
    "/bantuan": _help,
}


def unknown(_act: Act) -> str:
    """For a button of a version that is no more."""
    raise NotPossible("officers.refused.old_button")
