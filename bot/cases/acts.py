"""What each button in the officers' group does, and the commands that do the same.

Rights are checked in every act; who may not is told why (:class:`NotPossible`).
"""

from collections.abc import Callable

from bot.cases import (
    appointment_forms,
    asking,
    assignment,
    canned,
    collective,
    correcting,
    drafts,
    forms,
    handover,
    legal_dates,
    legal_hold,
    recusal,
    replies,
    reveal,
    same_matter,
    stage_forms,
    steps,
    timeline,
)
from bot.cases.act import Act, leave, must_act, said
from bot.cases.after_closing import let_rest
from bot.cases.card_buttons import offer_further
from bot.cases.checklist import check, has_checklist, offer_checklist, uncheck
from bot.cases.correct_workplace import correct_workplace
from bot.cases.group_changes import topic_back
from bot.cases.guidance import help_text
from bot.cases.markup import escaped
from bot.cases.posted import take_buttons_off
from bot.cases.private_reply import follow_in_private, tell_author
from bot.cases.reply_undo import undo_reply
from bot.cases.roster import RosterOfficer
from bot.cases.stages import CLOSED, NotPossible, change_stage
from bot.cases.waiting import wait_for_reporter
from bot.cases.work import Work
from storage.tables import Case, CaseMessage


def _take(act: Act) -> str:
    work, before = act.work, act.case.status
    assignment.take(work, act.case, act.officer)
    take_buttons_off(work, act.case, act.topic_post)
    if has_checklist(act.case) and before != act.case.status:
        offer_checklist(act)
    elif not act.post:  # typed: there is no tap to answer
        name = escaped(act.officer.name)
        work.write.post(act.case, work.texts("officers.handover.taken", name=name))
    return work.texts("officers.done.taken")


def _reopen(act: Act) -> str:
    must_act(act)
    if act.case.status not in CLOSED:
        take_buttons_off(act.work, act.case, act.topic_post)
        raise NotPossible("officers.refused.old_button")
    change_stage(act.work, act.case, "ditangani", officer=act.officer)
    return said(act, act.work.texts("officers.done.reopened"))


def _reply(act: Act) -> str:
    asking.drop_question(act.work, act.case, act.officer)
    if act.words or act.attachment_id is not None:
        replies.preview_reply(
            act.work,
            act.case,
            act.officer,
            act.words,
            attachment_id=act.attachment_id,
            answers=act.reply_to,
            album=act.album,
            post=act.message,
            source=act.source,
        )
    else:
        drafts.begin_reply(act.work, act.case, act.officer, answers=act.reply_to)
    elsewhere = act.work.hides(act.case) and act.chat != act.officer.user_id
    return act.work.texts("officers.done.in_private") if elsewhere else ""


def _edit_reply(act: Act) -> str:
    asking.drop_question(act.work, act.case, act.officer)
    return _on_reply(drafts.edit_reply, "officers.done.reply_edited")(act)


def _send_reply(act: Act) -> str:
    def send(work: Work, case: Case, message: CaseMessage, officer: RosterOfficer) -> None:
        replies.must_be_seen(work, message, act.tap.value)
        replies.send_reply(work, case, message, officer)

    return _on_reply(send, "officers.done.reply_queued")(act)


def _on_reply(
    do: Callable[[Work, Case, CaseMessage, RosterOfficer], None], done: str
) -> Callable[[Act], str]:
    def run(act: Act) -> str:
        message = act.work.session.get(CaseMessage, act.tap.message_id or 0)
        if message is None:
            raise NotPossible("officers.refused.old_button")
        do(act.work, act.case, message, act.officer)
        if act.chat == act.officer.user_id:
            tell_author(act.work, act.case, message, act.officer, edits=act.post)
        else:
            follow_in_private(act.work, act.case, message)
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


def _read_case(act: Act) -> str:
    reveal.reveal_story(act.work, act.case, act.officer)
    return act.work.texts("officers.done.revealed")


def _help(act: Act) -> str:
    act.work.write.post(act.case, help_text(act.work, act.officer))
    return ""


TAPS: dict[str, Callable[[Act], str]] = {
    "take": _take,
    "stage": stage_forms.offer_stages,
    "to_stage": stage_forms.to_stage,
    "check": check,
    "uncheck": uncheck,
    "close": stage_forms.close,
    "reopen": _reopen,
    "let_rest": let_rest,
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
    "workplace": correct_workplace,
    "handover": handover.offer_officers,
    "to_officer": handover.to_officer,
    "wait": wait_for_reporter,
    "appointment_new": appointment_forms.new_appointment,
    "appointment_move": appointment_forms.move_appointment,
    "appointment_off": appointment_forms.call_off_appointment,
    "steps": steps.offer_steps,
    "step_done": steps.step_done,
    "step_open": steps.step_open,
    "more": offer_further,
    "reply": _reply,
    "reply_send": _send_reply,
    "reply_edit": _edit_reply,
    "reply_cancel": _on_reply(drafts.cancel_reply, "officers.done.reply_cancelled"),
    "reply_undo": _on_reply(undo_reply, "officers.done.reply_undone"),
    "reply_resend": _on_reply(replies.resend_reply, "officers.done.reply_queued"),
    "reveal": _reveal,
    "read": _read,
    "read_case": _read_case,
    "recuse": recusal.recuse,
    "recuse_no": recusal.dismiss,
    "readmit": recusal.readmit,
    "trail": timeline.turn_trail,
    "canned": canned.use_canned,
    "alike": same_matter.show_alike,
    "link": same_matter.link,
    "merge": same_matter.merge,
    "split": same_matter.split,
    "invite": collective.invite,
    "form_choose": forms.choose,
    "form_keep": forms.keep,
    "form_back": forms.back,
    "form_cancel": asking.cancel,
    "leave": leave,
    "topic_back": topic_back,
}

TOPIC_COMMANDS: dict[str, Callable[[Act], str]] = {
    "/balas": _reply,
    "/cepat": canned.offer_canned,
    "/tempat": correct_workplace,
    "/ambil": _take,
    "/serahkan": handover.offer_officers,
    "/lepas": handover.release,
    "/tunggu": wait_for_reporter,
    "/janji": appointment_forms.appointments,
    "/status": stage_forms.offer_stages,
    "/tutup": stage_forms.close,
    "/tenggat": legal_dates.begin_deadline,
    "/jenis": correcting.offer_kinds,
    "/kategori": correcting.offer_categories,
    "/urgensi": correcting.offer_urgencies,
    "/label": correcting.offer_tags,
    "/kasus_serupa": same_matter.show_alike,
    "/kaitkan": same_matter.link,
    "/gabungkan": same_matter.merge,
    "/pisahkan": same_matter.split,
    "/ajak": collective.invite,
    "/balas_bersama": collective.answer_all,
    "/bantuan": _help,
    "/riwayat": timeline.show_trail,
    "/tentang": recusal.begin_recusal,
    "/tahan": legal_hold.hold,
    "/lepas_tahan": legal_hold.release,
}


def unknown(_act: Act) -> str:
    """For a button of a version that is no more."""
    raise NotPossible("officers.refused.old_button")
