"""Commands in an officer's private chat with the bot: the same as beside the topics.

Only those; whatever else an officer writes there is a reporter's word, for an officer can be
one too.
"""

from bot.cases.group_act import GroupAct
from bot.cases.group_acts import GROUP_COMMANDS
from bot.cases.roster import find_officer
from bot.cases.stages import NotPossible
from bot.cases.work import Work
from bot.events import MessageReceived, Officer, OfficerWrote


def as_officers_command(work: Work, said: MessageReceived) -> OfficerWrote | None:
    """A private message as an officer's command; None when it is a reporter's message.

    It is one when it begins with a command and comes, over the officers' channel, from someone
    on the roster of this union.
    """
    if said.address.channel != work.organisation.officer_channel or not is_command(said):
        return None
    user_id = said.address.path
    organisation_id = work.organisation.id or 0
    if find_officer(work.session, work.vault, organisation_id, user_id) is None:
        return None
    return OfficerWrote(
        channel=said.address.channel,
        officer=Officer(user_id, said.profile_name),
        chat_id=user_id,
        message_id=said.external_id,
        at=said.at,
        text=said.text,
    )


def is_command(said: MessageReceived) -> bool:
    """Whether a message could be an officer's command at all: cheap, for every message."""
    if said.choice is not None or said.edits or said.media:
        return False
    return command_of(said.text)[0] in GROUP_COMMANDS


def is_private(said: OfficerWrote) -> bool:
    """Whether it was written in the officer's own chat with the bot."""
    return bool(said.chat_id) and said.chat_id == said.officer.user_id


def answer_privately(work: Work, said: OfficerWrote) -> None:
    """Carry the command out; the answer goes to the private chat."""
    command, rest = command_of(said.text)
    organisation_id = work.organisation.id or 0
    officer = find_officer(work.session, work.vault, organisation_id, said.officer.user_id)
    if officer is None or said.edited or command not in GROUP_COMMANDS:
        return
    act = GroupAct(work, officer, rest, private=True)
    try:
        GROUP_COMMANDS[command](act)
    except NotPossible as reason:
        act.answer(work.texts(reason.reason, **reason.words))


def command_of(text: str) -> tuple[str, str]:
    """The command that a message begins with, and what follows it; ("", "") for plain words."""
    if not text.lstrip().startswith("/"):
        return "", ""
    first, *rest = text.split(maxsplit=1)
    return first.split("@")[0].lower(), rest[0].strip() if rest else ""
