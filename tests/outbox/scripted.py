# ruff: noqa: ARG002 - it keeps the signatures of the port
"""A channel that does what a test tells it to, and a desk to send from: real rows, real posts."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path

from sqlmodel import Session, col, select

from bot.cases.renderers import renderers
from bot.cases.work import Work
from bot.channels import Capabilities, File, Place, Template, Text
from bot.clock import ManualClock
from bot.events import Address, Media
from bot.handlers.whatsapp.failures import report_failure
from bot.metrics import Metrics
from bot.outbox.deliver import Deliverer
from bot.outbox.orders import OutboxWriter
from bot.outbox.posts import PostReader
from bot.settings import load_settings
from bot.texts import load_texts
from nlp.taxonomy import load_taxonomy
from storage.cases import CaseContent, seal_content
from storage.crypto import Vault
from storage.database import Database
from storage.evidence import EvidenceStore
from storage.people import Reporter, meet_reporter
from storage.tables import Case, Organisation, Outbound
from tests.storage.rows import NOW, ground_of

_texts, _taxonomy = cache(load_texts), cache(load_taxonomy)  # immutable, and slow to read
GROUP_CHAT = "-1001"
SRI = Address("whatsapp", "+6281200000001")
WHATSAPP = Capabilities(1600, buttons=3, list_items=10, media_limit=10**7, window_hours=24)
TELEGRAM = Capabilities(4096, buttons=100, list_items=0, media_limit=10**7, html=True)


@dataclass
class Sent:
    """One message as the provider has it."""

    id: str
    place: Place
    text: Text
    file: File | None = None


@dataclass
class ScriptedChannel:
    """A :class:`bot.channels.GroupChannel` that takes everything but what ``troubles`` name.

    ``troubles[method]`` is worked off call by call: an exception is raised, None is a success.
    With ``keeps_it`` a failing send has still arrived, as after a lost answer.
    """

    capabilities: Capabilities
    sent: list[Sent] = field(default_factory=list)
    edits: list[tuple[str, Text]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    topics: dict[str, str] = field(default_factory=dict)
    pinned: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    troubles: defaultdict[str, list[Exception | None]] = field(
        default_factory=lambda: defaultdict(list)
    )
    keeps_it: bool = False
    found: str | None = None

    def _step(self, method: str) -> Exception | None:
        self.calls.append(method)
        return self.troubles[method].pop(0) if self.troubles[method] else None

    def _do(self, method: str) -> None:
        trouble = self._step(method)
        if trouble is not None:
            raise trouble

    def _take(self, method: str, place: Place, text: Text, file: File | None) -> str:
        trouble = self._step(method)
        message = Sent(f"m{len(self.sent) + 1}", place, text, file)
        if trouble is None or self.keeps_it:
            self.sent.append(message)
        if trouble is not None:
            raise trouble
        return message.id

    async def send_text(self, place: Place, text: Text) -> str:
        """Take words."""
        return self._take("send_text", place, text, None)

    async def send_file(self, place: Place, file: File, caption: Text) -> str:
        """Take a file."""
        return self._take("send_file", place, caption, file)

    async def send_template(self, place: Place, template: Template) -> str:
        """Take a template; its variables stand for its words."""
        text = Text(f"{template.name} {' '.join(template.variables)}")
        return self._take("send_template", place, text, None)

    async def show_typing(self, place: Place, inbound_id: str) -> None:
        """Take a typing sign."""
        self._do("show_typing")

    async def fetch(self, media: Media, limit: int) -> bytes:
        """The bytes of a file: its reference."""
        self._do("fetch")
        return media.reference.encode()

    async def was_sent(self, place: Place, text: str, since: str) -> str | None:
        """What ``found`` says."""
        self._do("was_sent")
        return self.found

    async def edit_text(self, place: Place, external_id: str, text: Text) -> None:
        """Take an edit."""
        self._do("edit_text")
        self.edits.append((external_id, text))

    async def delete_message(self, place: Place, external_id: str) -> None:
        """Take a deletion."""
        self._do("delete_message")
        self.deleted.append(external_id)

    async def answer_tap(self, tap_id: str, text: str, *, alert: bool) -> None:
        """Take an answer."""
        self._do("answer_tap")

    async def open_topic(self, place: Place, title: str) -> str:
        """Make a topic."""
        self._do("open_topic")
        topic = f"t{len(self.topics) + 1}"
        self.topics[topic] = title
        return topic

    async def edit_topic(
        self, place: Place, *, title: str = "", closed: bool | None = None
    ) -> None:
        """Rename a topic."""
        self._do("edit_topic")
        self.topics[place.thread] = title

    async def pin(self, place: Place, external_id: str) -> None:
        """Pin a message."""
        self._do("pin")
        self.pinned.append(external_id)

    async def administrators(self, chat_id: str) -> tuple[tuple[str, str], ...]:
        """Nobody."""
        return ()


class Desk:
    """One organisation with a reporter, a case and both channels, and what sends from it."""

    def __init__(self, database: Database, folder: Path) -> None:
        ground = ground_of(database)
        self.database = database
        self.vault: Vault = ground.vault
        self.clock = ManualClock(NOW)
        self.evidence = EvidenceStore(folder / "evidence", self.vault)
        self.whatsapp = ScriptedChannel(WHATSAPP)
        self.telegram = ScriptedChannel(TELEGRAM)
        self.texts, self.taxonomy = _texts(), _taxonomy()
        self.zone = load_settings(_env_file=None).zone
        self.organisation_id = ground.organisation_id
        channels = {"whatsapp": self.whatsapp, "telegram": self.telegram}
        self.deliverer = Deliverer(
            database=database,
            vault=self.vault,
            clock=self.clock,
            metrics=Metrics(),
            channel_of=lambda _organisation, name: channels[name],
            posts=PostReader(
                database,
                self.vault,
                self.evidence,
                renderers(lambda session, _union: self.work(session)),
            ),
            wake=threading.Event(),
            read_failure=report_failure,
        )
        with database.transaction() as session:
            organisation = session.get_one(Organisation, self.organisation_id)
            organisation.officer_chat = GROUP_CHAT
            session.add(organisation)
            self.reporter = self.meet(session)
            self.case = self._case(session)

    def meet(self, session: Session) -> Reporter:
        """The reporter, as after a message of hers."""
        return meet_reporter(session, self.vault, self.organisation_id, SRI, (), self.clock.now())

    @contextmanager
    def writing(self) -> Iterator[OutboxWriter]:
        """Write orders, committed at the end of the block."""
        with self.database.transaction() as session:
            yield self.work(session).write

    def work(self, session: Session) -> Work:
        """Casework in a session."""
        organisation = session.get_one(Organisation, self.organisation_id)
        now = self.clock.now()
        writer = OutboxWriter(session, self.vault, organisation, now)
        return Work(
            session, self.vault, organisation, self.texts, self.taxonomy, self.zone, now, writer
        )

    def deliver(self, seconds: float = 0) -> None:
        """Let time pass, then send all that can be sent."""
        self.clock.advance(seconds)
        asyncio.run(self.deliverer.deliver_waiting())

    def settle_uncertain(self, minutes: float) -> int:
        """Let time pass, then look up what is uncertain."""
        self.clock.advance(timedelta(minutes=minutes).total_seconds())
        return asyncio.run(self.deliverer.settle_uncertain())

    def rows(self, *kinds: str) -> list[Outbound]:
        """The rows of these kinds (all), oldest first."""
        wanted = [col(Outbound.kind).in_(kinds)] if kinds else []
        with self.database.reading() as session:
            found = session.exec(select(Outbound).where(*wanted).order_by(col(Outbound.id)))
            return list(found)

    def newest(self, kind: str) -> Outbound:
        """The row of this kind that was written last."""
        with self.database.reading() as session:
            rows = select(Outbound).where(Outbound.kind == kind)
            return session.exec(rows.order_by(col(Outbound.id).desc()).limit(1)).one()

    def row(self, kind: str = "say") -> Outbound:
        """The only row of this kind."""
        (row,) = self.rows(kind)
        return row

    def stored_case(self) -> Case:
        """The case as it is stored now."""
        with self.database.reading() as session:
            return session.get_one(Case, self.case.id)

    def _case(self, session: Session) -> Case:
        case = Case(
            number="KB-7F3K-92QM",
            organisation_id=self.organisation_id,
            person_id=self.reporter.person.id,
            kind="pengaduan",
            category="upah",
            urgency="normal",
            status="baru",
            status_since=NOW,
            sealed=seal_content(self.vault, CaseContent(story="gaji belum dibayar")),
            opened_at=NOW,
        )
        session.add(case)
        session.flush()
        return case
