"""Everything wired together, as ``bot.bootstrap`` makes it and the rest of the program uses it."""

import asyncio
import threading
from dataclasses import dataclass

from bot.accounts import OrganisationAccounts
from bot.channels import GroupChannel
from bot.clock import Clock
from bot.handlers.simulator.store import SimulatorStore
from bot.inbox.accept import Acceptor
from bot.inbox.fetch import Fetcher
from bot.inbox.spool import Spool
from bot.inbox.turns import TurnRunner
from bot.jobs import Jobs
from bot.media_links import MediaLinks
from bot.metrics import Metrics
from bot.officers_line import OfficersLine
from bot.outbox.deliver import Deliverer
from bot.outbox.posts import PostReader
from bot.settings import Settings
from bot.texts import Texts
from nlp.taxonomy import Taxonomy
from storage.crypto import Vault
from storage.database import Database
from storage.evidence import EvidenceStore


@dataclass(slots=True)
class App:
    """Everything wired together."""

    settings: Settings
    clock: Clock
    database: Database
    vault: Vault
    metrics: Metrics
    texts: Texts
    taxonomy: Taxonomy
    spool: Spool
    evidence: EvidenceStore
    acceptor: Acceptor
    runner: TurnRunner
    deliverer: Deliverer
    fetcher: Fetcher
    jobs: Jobs
    links: MediaLinks
    posts: PostReader
    accounts: tuple[OrganisationAccounts, ...]
    channels: dict[tuple[int, str], GroupChannel]
    officers_line: OfficersLine
    simulator: SimulatorStore | None
    wake_inbox: threading.Event
    wake_outbox: threading.Event
    wake_fetcher: threading.Event

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """What the channels run on; whoever lets them run sets it."""
        return self.officers_line.loop

    @loop.setter
    def loop(self, loop: asyncio.AbstractEventLoop | None) -> None:
        self.officers_line.loop = loop

    def close(self) -> None:
        """Let go of the database."""
        self.database.dispose()
