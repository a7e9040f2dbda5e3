"""What a change of the officers' groups themselves leads to."""

from sqlalchemy import update
from sqlmodel import col, select

from bot.cases.act import ASKED, Act, must_act, said
from bot.cases.groups import is_our_group, is_small_group
from bot.cases.membership import member_joined, member_left
from bot.cases.onboarding import introduce, unbind_small_group
from bot.cases.stages import CLOSED, next_stages
from bot.cases.taps import button
from bot.cases.work import Work
from bot.commands import Choice
from bot.events import GroupChange, GroupChanged
from storage.cases import case_of_topic
from storage.tables import Case, Outbound


def group_changed(work: Work, event: GroupChanged) -> None:
    """Follow what happens to a group; of a foreign one only the bot's own coming counts."""
    match event.change:
        case GroupChange.BOT_ADDED | GroupChange.BOT_RIGHTS_CHANGED:
            introduce(work, event)
        case GroupChange.BOT_REMOVED:
            _bot_removed(work, event)
        case _ if is_our_group(work, event.chat_id):
            _our_group_changed(work, event)
        case _:
            pass


def _our_group_changed(work: Work, event: GroupChanged) -> None:
    match event.change:
        case GroupChange.MIGRATED:
            _follow_group(work, event.chat_id, event.value)
        case GroupChange.MEMBER_LEFT:
            member_left(work, event)
        case GroupChange.MEMBER_JOINED:
            member_joined(work, event)
        case GroupChange.TOPIC_CLOSED | GroupChange.TOPIC_REOPENED:
            _topic_closed_by_hand(work, event)
        case _:
            pass


def _bot_removed(work: Work, event: GroupChanged) -> None:
    if is_small_group(work, event.chat_id):
        unbind_small_group(work)
    if not is_our_group(work, event.chat_id):  # nothing that waits can be sent there any more
        waiting = update(Outbound).where(
            col(Outbound.organisation_id) == work.organisation.id,
            col(Outbound.chat) == event.chat_id,
            col(Outbound.status) == "queued",
        )
        work.session.execute(waiting.values(status="cancelled", settled_at=work.now))


def _topic_closed_by_hand(work: Work, event: GroupChanged) -> None:
    organisation_id = work.organisation.id or 0
    case = case_of_topic(work.session, organisation_id, event.chat_id, event.thread_id, "")
    if case is None:
        return
    closed = event.change == GroupChange.TOPIC_CLOSED
    case.topic_state = "closed" if closed else "open"
    work.session.add(case)
    if closed and case.status not in CLOSED:
        label = work.texts.label("officers.button.close")
        close = button(work, case, label, "close", ASKED)
        asked = work.texts("officers.ask.closed_by_hand")
        work.write.post(case, asked, choices=(close, _back(work, case)))
    elif not closed and case.status in CLOSED and next_stages(case):
        label = work.texts.label("officers.button.reopen")
        reopen = button(work, case, label, "reopen", ASKED)
        asked = work.texts("officers.ask.opened_by_hand")
        work.write.post(case, asked, choices=(reopen, _back(work, case)))


def topic_back(act: Act) -> str:
    """The case stays as it is: its topic is brought back to that."""
    must_act(act)
    closed = act.case.status in CLOSED
    act.work.write.set_topic(act.case, closed=closed)
    word = "closed" if closed else "opened"
    return said(act, act.work.texts(f"officers.done.topic_{word}"))


def _back(work: Work, case: Case) -> Choice:
    label = work.texts.label("officers.button.topic_back")
    return button(work, case, label, "topic_back", ASKED)


def _follow_group(work: Work, old_chat: str, new_chat: str) -> None:
    if is_small_group(work, old_chat):
        work.organisation.sensitive_chat = new_chat
    else:
        work.organisation.officer_chat = new_chat
    work.session.add(work.organisation)
    for case in work.session.exec(select(Case).where(Case.chat_id == old_chat)).all():
        case.chat_id, case.thread_id, case.card_id, case.topic_state = new_chat, "", "", "none"
        work.session.add(case)
