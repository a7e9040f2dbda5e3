"""An officer's private chat with the bot: commands as beside the topics, secret replies, notes.

Only those; whatever else an officer writes there is a reporter's word, for an officer can be
one too.
"""

from collections.abc import Sequence

from bot.cases import drafts, replies
from bot.cases.act import command_of, must_be_typed
from bot.cases.acts import TOPIC_COMMANDS
from bot.cases.group_act import GroupAct
from bot.cases.group_acts import GROUP_COMMANDS
from bot.cases.notes import NOTE, correct_privately, note_further, note_privately, noted
from bot.cases.onboarding import COMMAND
from bot.cases.private_reply import case_that_waits
from bot.cases.reply_albums import album_notes, album_replies
from bot.cases.reply_edits import brings_other_file, edited_reply, follow_edit, source_of
from bot.cases.roster import RosterOfficer, find_officer
from bot.cases.sight import may_see
from bot.cases.stages import NotPossible
from bot.cases.whose_words import ask_whose, is_in_a_report, may_be_for_a_reporter
from bot.cases.work import Work
from bot.events import MessageReceived, Officer, OfficerWrote
from storage.cases import case_by_id, case_by_number, case_for_officer, row_id
from storage.numbers import leading_case_number
from storage.tables import Case, CaseMessage

_REPLY = "/balas"


def as_officers_word(work: Work, said: MessageReceived) -> OfficerWrote | None:
    """A private message as an officer's word; None when it is a reporter's message.

    It is one when it comes, over the officers' channel, from someone on the roster of this
    union, and begins with a command or is the reply that she was asked for just now, or may be
    one that comes late. What she changes of these afterwards is no reporter's word, too.
    """
    if said.address.channel != work.organisation.officer_channel:
        return None
    user_id = said.address.path
    officer = find_officer(work.session, work.vault, _org(work), user_id)
    if officer is None:
        return None
    word = OfficerWrote(
        channel=said.address.channel,
        officer=Officer(user_id, said.profile_name),
        chat_id=user_id,
        message_id=said.edits or said.external_id,
        at=said.at,
        text=said.text,
        media=said.media,
        edited=said.edits is not None,
        forwarded=said.forwarded,
        album=said.album or "",
    )
    return word if _is_officers(work, officer, word) else None


def _is_officers(work: Work, officer: RosterOfficer, word: OfficerWrote) -> bool:
    command, _ = command_of(word.text)
    if command in {COMMAND, NOTE, *GROUP_COMMANDS, *TOPIC_COMMANDS}:
        return True
    if word.edited:
        made = edited_reply(work, officer, word) or noted(work, word)
        if made is not None or is_in_a_report(work, word):
            return made is not None
        waits = case_that_waits(work, officer, previewed=True)
        return waits is not None or may_be_for_a_reporter(work, officer, word.text)
    if command:
        return False
    return _belongs(work, officer, word.album) or may_be_for_a_reporter(work, officer, word.text)


def may_be_officers(said: MessageReceived) -> bool:
    """Whether a message could be an officer's word at all: cheap, for every message."""
    return said.choice is None and said.address.channel.endswith("telegram")


def is_private(said: OfficerWrote) -> bool:
    """Whether it was written in the officer's own chat with the bot."""
    return bool(said.chat_id) and said.chat_id == said.officer.user_id


def is_reply(work: Work, said: OfficerWrote) -> bool:
    """Whether what is written in a private chat is a reply, so that its file is wanted."""
    officer = _officer(work, said)
    if officer is not None and said.edited:
        return brings_other_file(work, officer, said)
    command, _ = command_of(said.text)
    if officer is None or command:
        return officer is not None and command in {_REPLY, NOTE}
    return _belongs(work, officer, said.album)


def answer_privately(work: Work, said: OfficerWrote, attachment_id: int | None) -> None:
    """Carry the command out, or take the reply; what comes of it stands in the private chat."""
    command, rest = command_of(said.text)
    officer = _officer(work, said)
    if officer is None:
        return
    act = GroupAct(work, officer, rest, private=True)
    try:
        must_be_typed(said, command)
        if said.edited:
            if not correct_privately(work, said):
                _follow(act, command, said, attachment_id)
        elif command in GROUP_COMMANDS:
            GROUP_COMMANDS[command](act)
        elif command == NOTE:
            note_privately(act, said, attachment_id)
        elif not command and (about := _noted_in(work, officer, said.album)) is not None:
            note_further(work, about, officer, said, attachment_id)
        elif not command or command == _REPLY:
            _reply(act, command, said, attachment_id)
        else:
            key = "onboarding.in_group" if command == COMMAND else "refused.not_in_topic"
            act.answer(work.texts(f"officers.{key}"))
    except NotPossible as reason:
        act.answer(work.texts(reason.reason, **reason.words))


def _follow(act: GroupAct, command: str, said: OfficerWrote, attachment_id: int | None) -> None:
    """Let the reply follow what was changed; of what is none, ask whose it is."""
    if edited_reply(act.work, act.officer, said) is not None:
        told = follow_edit(act.work, act.officer, said, attachment_id)
        if told:
            act.answer(told)
    elif not command:
        ask_whose(act.work, act.officer, said.text)


def _answered_by(work: Work, officer: RosterOfficer, album: str) -> Case | None:
    """The case that an officer's private words or files answer."""
    begun = _secret_of(work, officer, album_replies(work, officer, album))
    return begun or case_that_waits(work, officer)


def _noted_in(work: Work, officer: RosterOfficer, album: str) -> Case | None:
    """The case in which other files of this album are a note already."""
    return _secret_of(work, officer, album_notes(work, officer, album))


def _belongs(work: Work, officer: RosterOfficer, album: str) -> bool:
    """Whether words or a file without a command are part of what she is writing."""
    noted_in = _noted_in(work, officer, album)
    return noted_in is not None or _answered_by(work, officer, album) is not None


def _secret_of(work: Work, officer: RosterOfficer, said: Sequence[CaseMessage]) -> Case | None:
    """The first of the cases in which this was said that is for private chats, and hers."""
    for each in said:
        case = case_by_id(work.session, each.case_id)
        if case is not None and work.hides(case) and may_see(work, officer, case):
            return case
    return None


def _reply(act: GroupAct, command: str, said: OfficerWrote, attachment_id: int | None) -> None:
    """``/balas KB-… kata``, or the words that were asked for; only where no topic reads them."""
    work, officer = act.work, act.officer
    words = said.text
    if command:
        number, words = leading_case_number(act.words)
        found = case_by_number(work.session, _org(work), number) if number else None
    else:
        found = _answered_by(work, officer, said.album)
        if found is None and ask_whose(work, officer, said.text):
            return
    case = case_for_officer(work.session, row_id(found)) if found is not None else None
    if case is None or not may_see(work, officer, case) or not work.hides(case):
        raise NotPossible("officers.reply.nothing_private")
    if not words.strip() and attachment_id is None:
        drafts.begin_reply(work, case, officer)
        return
    draft = drafts.waiting_draft(work, case, officer)
    replies.preview_reply(
        work, case, officer, words.strip(), attachment_id=attachment_id, draft=draft,
        album=said.album, post=said.message_id, source=source_of(work, said),
    )  # fmt: skip


def _officer(work: Work, said: OfficerWrote) -> RosterOfficer | None:
    return find_officer(work.session, work.vault, _org(work), said.officer.user_id)


def _org(work: Work) -> int:
    return work.organisation.id or 0
