"""The whole program for tests: real database, inbox, flows, classifier, cases and outbox.

People act through the simulator's channel, time stands still until a test moves it, and
``settle`` lets everything happen that can happen now.
"""

import asyncio
import itertools
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from bot.accounts import SIMULATED_ORGANISATION
from bot.app import App
from bot.bootstrap import build
from bot.clock import ManualClock
from bot.events import (
    Address,
    Event,
    MessageReceived,
    Officer,
    OfficerTapped,
    OfficerWrote,
)
from bot.handlers.simulator.markup import parse_html, plain_text
from bot.handlers.simulator.messages import BOT, Message, Said
from bot.handlers.simulator.people import GROUP, SIMULATED_OFFICERS
from bot.handlers.simulator.wire import event_as_json
from bot.inbox.accept import Accepted
from bot.inbox.minds import Minds, read_minds
from bot.settings import load_settings
from storage.crypto import new_key
from storage.setup import organisation_by_slug
from storage.tables import Case
from tests import told
from tests.told import Told

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
STORY = "gaji saya bulan kemarin belum dibayar sampai tgl 20 di PT Maju Jaya Garmindo"


_KEY = new_key()
_told: dict[tuple[bool, str], Told] = {}
"""What was told in this process already, by engine and address."""


@cache
def minds_of(classifier: str) -> Minds:
    """Read once for all worlds: nothing in it ever changes."""
    return read_minds(load_settings(_env_file=None, classifier=classifier))


class World:
    """The program and everyone around it."""

    def __init__(self, database_url: str, data_dir: Path, **settings: Any) -> None:
        self.clock = ManualClock(START)
        self._as_usual = not settings
        if self._as_usual:
            told.share_lookups(database_url, _KEY)
        settings.setdefault("encryption_keys", _KEY)
        settings.setdefault("simulator", "on")
        self.settings = load_settings(
            _env_file=None, database_url=database_url, data_dir=data_dir, **settings
        )
        minds = replace(
            minds_of(self.settings.classifier),
            zone=self.settings.zone,
            quiet_seconds=self.settings.quiet_seconds,
            silent_days=self.settings.silent_days,
        )
        self.app: App = build(self.settings, clock=self.clock, minds=minds)
        self._ids = itertools.count(1)

    def close(self) -> None:
        """Let go of the database."""
        self.app.close()

    def wait(self, seconds: float) -> None:
        """Move the clock and let happen what came due."""
        self.clock.advance(seconds)
        self.settle()

    def settle(self) -> None:
        """Let everything happen that can happen now."""
        asyncio.run(self._settle())

    async def _settle(self) -> None:
        app, busy = self.app, True
        app.loop = asyncio.get_running_loop()
        while busy:
            busy = app.jobs.fire_due() > 0
            while await asyncio.to_thread(app.runner.run_next):
                busy = True
            busy = await app.fetcher.fetch_waiting() > 0 or busy
            busy = await app.deliverer.deliver_waiting() > 0 or busy

    def accept(self, lane: str, event: Event, external_id: str = "") -> bool:
        """Put an event into the inbox."""
        item = Accepted(
            "simulator",
            "simulator",
            external_id or f"w{next(self._ids)}",
            lane,
            event_as_json(event),
        )
        return self.app.acceptor.accept_now(item)

    def worker(self, name: str = "sri", look: str = "sim-whatsapp") -> "Worker":
        """A worker with her phone."""
        return Worker(self, Address(look, name))

    def officer(self, name: str = "Ratna") -> "GroupOfficer":
        """An officer in the group."""
        user_id, name, _ = next(o for o in SIMULATED_OFFICERS if o[1] == name)
        return GroupOfficer(self, Officer(user_id, name))

    def stranger(self) -> "GroupOfficer":
        """Someone in the group who is on no roster."""
        return GroupOfficer(self, Officer("orang-luar", "Orang luar"))

    def in_group(self) -> list[str]:
        """Everything the bot wrote in the officers' group."""
        return [words(message) for message in self.said(str(GROUP))]

    def said(self, chat: str) -> list[Message]:
        """What the bot said in a chat, all topics together."""
        store = self.app.simulator
        assert store is not None
        return [m for m in store.messages(chat, None, limit=1000) if m.said.author == BOT]

    def cases(self) -> list[Case]:
        """All cases of the simulated organisation, oldest first."""
        with self.app.database.reading() as session:
            return list(session.exec(select(Case).order_by(col(Case.id))).all())

    def organisation_id(self, session: Session) -> int:
        """The simulated organisation's id."""
        organisation = organisation_by_slug(session, SIMULATED_ORGANISATION)
        assert organisation is not None
        assert organisation.id is not None
        return organisation.id

    def opened_case(self, worker: "Worker | None" = None) -> Case:
        """A complete case, told as quickly as the conversation allows.

        Where nothing has happened yet it may have been told in an earlier world.
        """
        worker = worker or self.worker()
        database, kept = self.app.database, (self.app.database.is_sqlite, str(worker.address))
        fresh = self._as_usual and self.clock.now() == START and not self.cases()
        before = told.rows_of(database) if fresh else {}
        earlier = _told.get(kept)
        if fresh and earlier and told.same(before, earlier.before):
            told.put(database, earlier.after)
            self._ids = itertools.count(earlier.ids)
            return self.cases()[-1]
        case = self.tells_anew(worker)
        if fresh and not earlier:
            ids = next(self._ids)
            self._ids = itertools.count(ids)
            _told[kept] = Told(before, told.rows_of(database), ids)
        return case

    def tells_anew(self, worker: "Worker") -> Case:
        """A complete case of a worker who says every word of it now."""
        worker.says(STORY)
        worker.taps("Setuju")
        for _ in range(12):
            labels = worker.last_buttons()
            if "Kirim" in labels:
                break
            worker.taps("Rahasiakan nama" if "Rahasiakan nama" in labels else "Lewati")
        worker.taps("Kirim")
        return self.cases()[-1]


class Worker:
    """A worker with her phone."""

    def __init__(self, world: World, address: Address) -> None:
        self._world = world
        self.address = address

    @property
    def chat(self) -> str:
        """Her chat in the simulator."""
        return str(self.address)

    def event(self, **fields: Any) -> MessageReceived:
        """A message of hers."""
        said = MessageReceived(self.address, f"m{next(self._world._ids)}", self._world.clock.now())
        return replace(said, **fields)

    def sends(self, event: MessageReceived) -> None:
        """Put a message of hers into the inbox without letting anything happen yet."""
        store = self._world.app.simulator
        assert store is not None
        store.append(self.chat, Said(author=self.address.path, text=event.text))
        self._world.accept(f"sim:{self.address}", event, event.external_id)

    def says(self, text: str, **fields: Any) -> str:
        """She writes, and everything that follows from it happens; the message's id."""
        event = self.event(text=text, **fields)
        self.sends(event)
        self._world.settle()
        return event.external_id

    def taps(self, label: str) -> None:
        """She taps the newest button with these words."""
        for message in reversed(self._world.said(self.chat)):
            for choice in message.said.choices:
                if choice.label == label:
                    self.says(label, choice=choice.id)
                    return
        raise AssertionError(f"no button {label!r}; last was {self.heard()[-1:]}")

    def heard(self) -> list[str]:
        """All that the bot said to her."""
        return [words(message) for message in self._world.said(self.chat)]

    def last_buttons(self) -> list[str]:
        """The labels under the bot's last message."""
        said = self._world.said(self.chat)
        return [choice.label for choice in said[-1].said.choices] if said else []


class GroupOfficer:
    """Somebody in the officers' group."""

    def __init__(self, world: World, officer: Officer) -> None:
        self._world = world
        self.officer = officer

    def writes(self, case: Case | None, text: str, **fields: Any) -> None:
        """He writes into a case's topic, or beside the topics."""
        thread = case.thread_id if case else ""
        event = OfficerWrote(
            channel=GROUP.channel,
            officer=self.officer,
            chat_id=GROUP.path,
            message_id=f"o{next(self._world._ids)}",
            at=self._world.clock.now(),
            thread_id=thread,
            text=text,
        )
        self._world.accept(f"sim-group:{thread}", replace(event, **fields))
        self._world.settle()

    def taps(self, case: Case, label: str) -> None:
        """He taps the newest button with these words in a case's topic."""
        for message in reversed(self._world.said(str(GROUP))):
            if message.thread != case.thread_id:
                continue
            for choice in message.said.choices:
                if choice.label == label:
                    self.taps_payload(choice.id, case.thread_id, message.id)
                    return
        raise AssertionError(f"no button {label!r} in the topic of {case.number}")

    def taps_payload(self, payload: str, thread: str = "", message_id: str = "1") -> None:
        """He taps whatever carries this payload."""
        tap = OfficerTapped(
            channel=GROUP.channel,
            officer=self.officer,
            chat_id=GROUP.path,
            message_id=message_id,
            tap_id=f"t{next(self._world._ids)}",
            payload=payload,
            at=self._world.clock.now(),
            thread_id=thread,
        )
        self._world.accept(f"sim-group:{thread}", tap)
        self._world.settle()

    def private_chat(self) -> list[str]:
        """What the bot whispered to him."""
        chat = f"{GROUP.channel}:{self.officer.user_id}"
        return [words(message) for message in self._world.said(chat)]


def words(message: Message) -> str:
    """A message as a person reads it, its buttons in brackets."""
    text = message.said.text
    shown = plain_text(parse_html(text)) if message.said.html else text
    buttons = " ".join(f"[{choice.label}]" for choice in message.said.choices)
    return f"{shown}\n{buttons}" if buttons else shown
