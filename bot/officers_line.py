"""Asks officers' channels about their groups, from the threads that turns run in."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.channels import GroupChannel, Members
from bot.outbox.send import ChannelFinder
from storage.database import Database
from storage.tables import Organisation

_PATIENCE = 20  # seconds
_Answer = TypeVar("_Answer")


@dataclass(slots=True)
class OfficersLine:
    """Asks the channel of an organisation's officers and waits for the answer.

    Attributes:
        loop: what the channels run on; before there is one, every answer is that of an empty
            group.
    """

    database: Database
    channel_of: ChannelFinder
    loop: asyncio.AbstractEventLoop | None = None

    def administrators(self, organisation_id: int, chat_id: str) -> Sequence[tuple[str, str]]:
        """User id and name of a group's human administrators.

        Raises:
            SendFailure, TimeoutError: nobody can tell now; so for all questions.
        """
        return self._ask(organisation_id, lambda channel: channel.administrators(chat_id), ())

    def members(self, organisation_id: int, chat_id: str, user_ids: Sequence[str]) -> Members:
        """How many are in a group, and which of these people."""
        nobody = Members(0, frozenset())
        return self._ask(
            organisation_id, lambda channel: channel.members(chat_id, user_ids), nobody
        )

    def own_name(self, organisation_id: int) -> str:
        """The name by which commands call our own bot; empty where bots have none."""
        return self._ask(organisation_id, lambda channel: channel.own_name(), "")

    def _ask(
        self,
        organisation_id: int,
        question: Callable[[GroupChannel], Coroutine[Any, Any, _Answer]],
        otherwise: _Answer,
    ) -> _Answer:
        if self.loop is None:
            return otherwise
        with self.database.reading() as session:
            name = session.get_one(Organisation, organisation_id).officer_channel
        channel = self.channel_of(organisation_id, name)
        asked = asyncio.run_coroutine_threadsafe(question(channel), self.loop)
        return asked.result(timeout=_PATIENCE)
