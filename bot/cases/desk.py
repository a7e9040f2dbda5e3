"""The officers' desk: what a word or a tap of theirs does.

Internal by default: what is written in a topic is a note. Rights are looked up in the roster at
every single act; who is not on it changes nothing.
"""

from bot.cases import asking, drafts, forms, onboarding, private_desk, replies, same_matter
from bot.cases.act import Act, command_of, must_be_typed
from bot.cases.acts import TAPS, TOPIC_COMMANDS, unknown
from bot.cases.group_act import GroupAct
from bot.cases.group_acts import GROUP_COMMANDS, GROUP_TAPS
from bot.cases.groups import is_our_group
from bot.cases.handing_back import hand_back
from bot.cases.membership import watch_author
from bot.cases.notes import NOTE, correct_note, note_in_topic
from bot.cases.private_reply import keep_off_the_group
from bot.cases.reply_albums import album_replies
from bot.cases.reply_edits import brings_other_file, follow_edit, source_of
from bot.cases.roster import RosterOfficer, find_officer
from bot.cases.sight import may_see, must_see
from bot.cases.stages import NotPossible
from bot.cases.taps import meaning_of
from bot.cases.work import Work
from bot.events import OfficerTapped, OfficerWrote
from bot.log import get_logger
from storage.cases import case_for_officer, case_of_topic, row_id
from storage.tables import Case, Tap


def officer_wrote(work: Work, event: OfficerWrote, attachment_id: int | None) -> None:
    """Take a message from the officers' group."""
    if private_desk.is_private(event):
        private_desk.answer_privately(work, event, attachment_id)
        return
    if onboarding.begins_group(event):
        if not event.edited:
            onboarding.begin_group(work, event)
        return
    if not is_our_group(work, event.chat_id):
        return
    case = _case_here(work, event)
    command, rest = command_of(event.text)
    officer = find_officer(work.session, work.vault, _org(work), event.officer.user_id)
    watch_author(work, event.chat_id, event.officer, officer)
    taken_away = False
    if case is not None and (rest or event.media or not command):
        taken_away = keep_off_the_group(work, case, event.message_id)
    if event.edited:
        if officer is not None:
            _correct(work, case, officer, event, attachment_id)
        return
    if officer is None:
        if command or taken_away:
            key = "anonymous" if not event.officer.user_id else "not_on_roster"
            _answer(work, event, case, work.texts(f"officers.refused.{key}"))
        return
    try:
        must_be_typed(event, command)
        if case is None:
            _beside_topics(GroupAct(work, officer, rest, chat=event.chat_id), command)
        else:
            _in_topic(work, case, officer, event, attachment_id)
    except NotPossible as reason:
        why = work.texts(reason.reason, **reason.words)
        _turn_down(work, case, officer, event, attachment_id, why)


def is_officers_word(work: Work, event: OfficerWrote) -> bool:
    """Whether someone on the roster said it, new, about a case, in our own group.

    Or put another file into a reply that was not sent yet.
    """
    if private_desk.is_private(event):
        return private_desk.is_reply(work, event)
    if not is_our_group(work, event.chat_id):
        return False
    officer = find_officer(work.session, work.vault, _org(work), event.officer.user_id)
    if event.edited:
        return officer is not None and brings_other_file(work, officer, event)
    case = _case_here(work, event) if officer is not None else None
    return officer is not None and case is not None and may_see(work, officer, case)


def officer_tapped(work: Work, event: OfficerTapped) -> None:
    """Carry out a tap, and tell the one who tapped what became of it."""
    tap = meaning_of(work.session, _org(work), event.payload)
    officer = find_officer(work.session, work.vault, _org(work), event.officer.user_id)
    try:
        done = _carry_out(work, officer, tap, event)
    except NotPossible as reason:
        refusal = work.texts(reason.reason, **reason.words)
        get_logger().warning("tap refused", reason=reason.reason, inbox_id=work.write.inbox_id,
                             organisation=work.organisation.id)  # fmt: skip
        work.write.answer_tap(event.tap_id, refusal, alert=True)
        return
    work.write.answer_tap(event.tap_id, done)


def _carry_out(
    work: Work, officer: RosterOfficer | None, tap: Tap | None, event: OfficerTapped
) -> str:
    """What the button stands for; one of no case is answered where it was tapped."""
    if officer is None:
        raise NotPossible("officers.refused.not_on_roster")
    if tap is not None and tap.case_id is None and tap.action in GROUP_TAPS:
        private = not is_our_group(work, event.chat_id)
        act = GroupAct(work, officer, tap.value, None, private, event.message_id, event.chat_id)
        return GROUP_TAPS[tap.action](act)
    case = None
    if tap is not None:
        others = same_matter.meant_by_tap(tap)
        case = case_for_officer(work.session, tap.case_id or 0, *others)
    if tap is None or case is None:
        raise NotPossible("officers.refused.old_button")
    must_see(work, officer, case)
    on_case = Act(work, case, officer, tap, event.message_id, chat=event.chat_id)
    return TAPS.get(tap.action, unknown)(on_case)


def _in_topic(
    work: Work,
    case: Case,
    officer: RosterOfficer,
    event: OfficerWrote,
    attachment_id: int | None,
) -> None:
    command, rest = command_of(event.text)
    must_see(work, officer, case)
    typed = Tap(organisation_id=_org(work), token="", action=command, made_at=work.now)
    act = Act(
        work, case, officer, typed, "", rest, event.reply_to, attachment_id, event.message_id,
        album=event.album, source=source_of(work, event),
    )  # fmt: skip
    part_of_reply = not command and bool(album_replies(work, officer, event.album, case))
    question = None if part_of_reply else asking.waiting_question(work, case, officer)
    if question is not None and (not command or command in asking.WORDS):
        forms.answered(act, question, event.text)
        if attachment_id is not None:  # an answer is words; the file that came along is kept
            note_in_topic(work, case, officer, event, attachment_id)
    elif command in TOPIC_COMMANDS:
        TOPIC_COMMANDS[command](act)
    elif command in GROUP_COMMANDS:
        GROUP_COMMANDS[command](GroupAct(work, officer, rest, case, chat=event.chat_id))
    elif command and command != NOTE:
        raise NotPossible("officers.refused.unknown_command")
    elif (draft := drafts.waiting_draft(work, case, officer)) is not None or part_of_reply:
        replies.preview_reply(
            work,
            case,
            officer,
            event.text,
            attachment_id=attachment_id,
            draft=draft,
            answers=event.reply_to,
            album=event.album,
            post=event.message_id,
            source=act.source,
        )
    else:
        note_in_topic(work, case, officer, event, attachment_id)


def _correct(
    work: Work,
    case: Case | None,
    officer: RosterOfficer,
    event: OfficerWrote,
    attachment_id: int | None,
) -> None:
    """Take over what an officer changed in a note or in a reply."""
    correct_note(work, event)
    try:
        said = follow_edit(work, officer, event, attachment_id)
    except NotPossible as reason:
        said = work.texts(reason.reason, **reason.words)
    if said:
        _turn_down(work, case, officer, event, attachment_id, said)


def _turn_down(
    work: Work,
    case: Case | None,
    officer: RosterOfficer,
    event: OfficerWrote,
    attachment_id: int | None,
    why: str,
) -> None:
    """Say why something was not done; what was taken out of the topic goes back to its author."""
    _answer(work, event, case, why)
    if case is not None:
        hand_back(work, case, officer, why, event.text, attachment_id)


def _beside_topics(act: GroupAct, command: str) -> None:
    if command in GROUP_COMMANDS:
        GROUP_COMMANDS[command](act)
    elif command in TOPIC_COMMANDS:
        raise NotPossible("officers.refused.not_in_topic")


def _case_here(work: Work, event: OfficerWrote) -> Case | None:
    found = case_of_topic(work.session, _org(work), event.chat_id, event.thread_id, event.reply_to)
    if found is None:
        return None
    others = same_matter.meant_by_words(work, event.text)
    return case_for_officer(work.session, row_id(found), *others)


def _answer(work: Work, event: OfficerWrote, case: Case | None, text: str) -> None:
    if case is not None:
        work.write.post(case, text)
    else:
        work.write.announce(text, chat=event.chat_id)


def _org(work: Work) -> int:
    return work.organisation.id or 0
