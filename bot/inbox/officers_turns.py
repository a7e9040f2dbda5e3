"""An officer's turn: words or a tap in the group, or something that changed about the group."""

from collections.abc import Mapping
from dataclasses import replace

from bot.cases import desk
from bot.cases.group_changes import group_changed
from bot.cases.onboarding import adopt, tell_of_unknown
from bot.cases.private_desk import as_officers_word, may_be_officers
from bot.cases.roll_call import call_roll
from bot.cases.rounds import MEMBERS
from bot.channels import Members
from bot.events import (
    DueCame,
    GroupChanged,
    MessageReceived,
    OfficerEvent,
    OfficerTapped,
    OfficerWrote,
)
from bot.inbox.officers_ahead import GroupAsker, Preparation
from bot.inbox.received_files import store_files
from bot.inbox.workshop import Workshop
from storage.inbound import ClaimedInbound


class OfficersTurns:
    """Runs the turns of officers.

    Args:
        asker: asks the officers' channel about a group.
    """

    def __init__(self, workshop: Workshop, asker: GroupAsker) -> None:
        self._workshop = workshop
        self._preparation = Preparation(
            workshop.database, workshop.vault, workshop.minds.classifier, asker
        )

    def own_word(self, row: ClaimedInbound, said: MessageReceived) -> OfficerWrote | None:
        """What an officer says to the bot in her private chat, in the lane it came by.

        None when it is a reporter's message.
        """
        if not may_be_officers(said):
            return None
        with self._workshop.database.reading() as session:
            work = self._workshop.work_on(session, row, self._workshop.clock.now())
            return as_officers_word(work, said)

    def inside(self, row: ClaimedInbound, event: DueCame) -> Mapping[str, Members]:
        """Who is in which of our groups, for the work that asks for it; nothing for all other."""
        if event.kind != MEMBERS:
            return {}
        now = self._workshop.clock.now()
        return self._preparation.inside(lambda session: self._workshop.work_on(session, row, now))

    def run(self, row: ClaimedInbound, event: OfficerEvent) -> None:
        """Run the turn of one event.

        Raises:
            Overtaken: another worker has the event.
        """
        workshop = self._workshop
        if self._preparation.calls_another_bot(row.organisation_id, event):
            workshop.let_pass(row)
            return
        now = workshop.clock.now()
        ahead = self._preparation.ahead(
            event, lambda session: workshop.work_on(session, row, now), now
        )
        with workshop.turn(row, now) as session:
            work = replace(workshop.work_on(session, row, now), searched=ahead.searched)
            adopt(work, event.chat_id, ahead.administrators)
            match event:
                case OfficerWrote():
                    # A file of a stranger, or of a group that is not ours, is not even fetched.
                    media = event.media if desk.is_officers_word(work, event) else ()
                    files = store_files(work, row, media, event.channel)
                    desk.officer_wrote(work, event, files[0] if files else None)
                case OfficerTapped():
                    desk.officer_tapped(work, event)
                case GroupChanged():
                    group_changed(work, event)
            adopt(work, event.chat_id, ahead.administrators)  # the group may be ours only now
            if ahead.members is not None:
                call_roll(work, event.chat_id, ahead.members)
                tell_of_unknown(work, event.chat_id, ahead.members)
