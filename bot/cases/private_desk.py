"""An officer's private chat with the bot: commands as beside the topics, and secret replies.

Only those; whatever else an officer writes there is a reporter's word, for an officer can be
one too.
"""

from bot.cases import replies
from bot.cases.acts import TOPIC_COMMANDS
from bot.cases.group_act import GroupAct
from bot.cases.group_acts import GROUP_COMMANDS
from bot.cases.onboarding import COMMAND
from bot.cases.private_reply import case_that_waits
from bot.cases.reply_albums import is_of_reply
from bot.cases.roster import RosterOfficer, find_officer
from bot.cases.sight import may_see
from bot.cases.stages import NotPossible
from bot.cases.work import Work
from bot.events import MessageReceived, Officer, OfficerWrote
from storage.cases import case_by_number, case_for_officer, row_id
from storage.numbers import read_case_number
from storage.tables import Case

_REPLY = "/balas"


def as_officers_word(work: Work, said: MessageReceived) -> OfficerWrote | None:
    """A private message as an officer's word; None when it is a reporter's message.

    It is one when it comes, over the officers' channel, from someone on the roster of this
    union, and begins with a command or is the reply that she was asked for just now. What she
    changes of either afterwards is no reporter's word, too.
    """
    if said.address.channel != work.organisation.officer_channel:
        return None
    user_id = said.address.path
    officer = find_officer(work.session, work.vault, _org(work), user_id)
    if officer is None:
        return None
    command, _ = command_of(said.text)
    known = command in GROUP_COMMANDS or command in TOPIC_COMMANDS or command == COMMAND
    edited, album = said.edits is not None, said.album or ""
    if not known and (command or _answered_by(work, officer, album, edited=edited) is None):
        return None
    return OfficerWrote(
        channel=said.address.channel,
        officer=Officer(user_id, said.profile_name),
        chat_id=user_id,
        message_id=said.external_id,
        at=said.at,
        text=said.text,
        media=said.media,
        edited=edited,
        album=album,
    )


def may_be_officers(said: MessageReceived) -> bool:
    """Whether a message could be an officer's word at all: cheap, for every message."""
    return said.choice is None and said.address.channel.endswith("telegram")


def is_private(said: OfficerWrote) -> bool:
    """Whether it was written in the officer's own chat with the bot."""
    return bool(said.chat_id) and said.chat_id == said.officer.user_id


def is_reply(work: Work, said: OfficerWrote) -> bool:
    """Whether what is written in a private chat is a reply, so that its file is wanted."""
    officer = _officer(work, said) if not said.edited else None
    command, _ = command_of(said.text)
    if officer is None or command:
        return officer is not None and command == _REPLY
    return _answered_by(work, officer, said.album) is not None


def answer_privately(work: Work, said: OfficerWrote, attachment_id: int | None) -> None:
    """Carry the command out, or take the reply; what comes of it stands in the private chat."""
    command, rest = command_of(said.text)
    officer = _officer(work, said)
    if officer is None or said.edited:
        return
    act = GroupAct(work, officer, rest, private=True)
    try:
        if command in GROUP_COMMANDS:
            GROUP_COMMANDS[command](act)
        elif not command or command == _REPLY:
            _reply(act, command, said, attachment_id)
        else:
            key = "onboarding.in_group" if command == COMMAND else "refused.not_in_topic"
            act.answer(work.texts(f"officers.{key}"))
    except NotPossible as reason:
        act.answer(work.texts(reason.reason, **reason.words))


def command_of(text: str) -> tuple[str, str]:
    """The command that a message begins with, and what follows it; ("", "") for plain words."""
    if not text.lstrip().startswith("/"):
        return "", ""
    first, *rest = text.split(maxsplit=1)
    return first.split("@")[0].lower(), rest[0].strip() if rest else ""


def _answered_by(
    work: Work, officer: RosterOfficer, album: str, *, edited: bool = False
) -> Case | None:
    """The case that an officer's private words answer, or change the answer of."""
    if edited:
        return case_that_waits(work, officer, previewed=True)
    waiting = case_that_waits(work, officer)
    if waiting is not None or not album:
        return waiting
    begun = case_that_waits(work, officer, previewed=True)
    return begun if begun is not None and is_of_reply(work, begun, officer, album) else None


def _reply(act: GroupAct, command: str, said: OfficerWrote, attachment_id: int | None) -> None:
    """``/balas KB-… kata``, or the words that were asked for; only where no topic reads them."""
    work, officer = act.work, act.officer
    words = said.text
    if command:
        first, _, words = act.words.partition(" ")
        number = read_case_number(first) if first else None
        found = case_by_number(work.session, _org(work), number) if number else None
    else:
        found = _answered_by(work, officer, said.album)
    case = case_for_officer(work.session, row_id(found)) if found is not None else None
    if case is None or not may_see(work, officer, case) or not work.hides(case):
        raise NotPossible("officers.reply.nothing_private")
    if not words.strip() and attachment_id is None:
        replies.begin_reply(work, case, officer)
        return
    draft = replies.waiting_draft(work, case, officer)
    replies.preview_reply(
        work, case, officer, words.strip(), attachment_id=attachment_id, draft=draft,
        album=said.album,
    )  # fmt: skip


def _officer(work: Work, said: OfficerWrote) -> RosterOfficer | None:
    return find_officer(work.session, work.vault, _org(work), said.officer.user_id)


def _org(work: Work) -> int:
    return work.organisation.id or 0
