"""A chat on the pure engine: sends messages, lets time pass, and keeps what the orders say.

Its world is the smallest one that knows a consent, own cases and pushes; the state goes
through JSON at every turn, as it does in the database.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TypeVar

from bot.commands import (
    AddToCase,
    Command,
    DeleteOwnData,
    OpenCase,
    RecordConsent,
    Reply,
    SendOwnData,
    SetPushes,
    SetTimer,
    StopTimer,
)
from bot.events import Address, Location, Media, MediaKind, MessageReceived, TimerFired
from bot.flows.engine import advance
from bot.flows.knowledge import Knowledge, OwnCase
from bot.flows.script import State
from bot.texts import Texts, load_texts
from nlp.taxonomy import Taxonomy, load_taxonomy
from tests.flows import standin

QUIET_SECONDS = 8.0
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
Ordered = TypeVar("Ordered")
REPORTER = Address("telegram", "7001")


@cache
def all_texts() -> Texts:
    return load_texts()


@cache
def taxonomy() -> Taxonomy:
    return load_taxonomy()


def knowledge(**known: object) -> Knowledge:
    """What a stranger's first message is judged with; name what should differ."""
    base = Knowledge(
        organisation="Serikat Pekerja Contoh",
        texts=all_texts(),
        taxonomy=taxonomy(),
        understand=standin.understand,
        find_company=standin.find_company,
        find_region=standin.find_region,
        find_rights=standin.find_rights,
        fresh_number="KB-0000-0001",
    )
    return replace(base, **known)  # type: ignore[arg-type]


@dataclass
class Chat:
    """One reporter and the bot."""

    consented: bool = False
    officer_speaks: bool = False
    pushes_on: bool = True
    cases: list[OwnCase] = field(default_factory=list)
    state: State | None = None
    now: datetime = START
    commands: list[Command] = field(default_factory=list)
    unread: list[Reply] = field(default_factory=list)
    timers: dict[str, datetime] = field(default_factory=dict)
    messages: int = 0

    # --- what a reporter does -----------------------------------------------------------

    def say(self, text: str, **further: object) -> list[Reply]:
        return self.receive(text=text, **further)

    def tap(self, label: str) -> list[Reply]:
        """Tap the button with this label under the last message that had it."""
        for reply in reversed([c for c in self.commands if isinstance(c, Reply)]):
            for choice in reply.choices:
                if choice.label == label:
                    return self.receive(choice=choice.id, text=label)
        raise AssertionError(f"no button {label!r} was ever shown")

    def photo(self, caption: str = "", count: int = 1) -> list[Reply]:
        return self.send_file(MediaKind.PHOTO, caption, count)

    def voice(self) -> list[Reply]:
        return self.send_file(MediaKind.VOICE)

    def send_file(self, kind: MediaKind, caption: str = "", count: int = 1) -> list[Reply]:
        media = tuple(Media(kind, f"file-{n}") for n in range(count))
        return self.receive(text=caption, media=media)

    def place(self, label: str = "") -> list[Reply]:
        return self.receive(location=Location(-6.3, 107.1, label))

    def receive(self, **content: object) -> list[Reply]:
        self.messages += 1
        event = MessageReceived(
            address=REPORTER,
            external_id=f"m{self.messages}",
            at=self.now,
            **content,  # type: ignore[arg-type]
        )
        return self.turn(event)

    def wait(self, seconds: float) -> list[Reply]:
        """Let time pass and fire what comes due."""
        end = self.now + timedelta(seconds=seconds)
        said: list[Reply] = []
        while self.timers:
            kind = min(self.timers, key=lambda name: self.timers[name])
            if self.timers[kind] > end:
                break
            self.now = self.timers.pop(kind)
            said += self.turn(TimerFired(kind, 1, 1, self.now))
        self.now = end
        return said

    def hush(self) -> list[Reply]:
        """Be silent until a burst counts as ended."""
        return self.wait(QUIET_SECONDS)

    # --- the world ----------------------------------------------------------------------

    def turn(self, event: MessageReceived | TimerFired) -> list[Reply]:
        result = advance(self.state, event, self._knowledge(event))
        self.state = State.from_json(result.state.as_json()) if result.state else None
        for order in result.commands:
            self._carry_out(order)
        self.commands += result.commands
        said = [order for order in result.commands if isinstance(order, Reply)]
        self.unread += said
        return said

    def _knowledge(self, event: MessageReceived | TimerFired) -> Knowledge:
        media = event.media if isinstance(event, MessageReceived) else ()
        return knowledge(
            cases=tuple(self.cases),
            consented=self.consented,
            officer_speaks=self.officer_speaks,
            pushes_on=self.pushes_on,
            fresh_number=f"KB-0000-{len(self.cases) + 1:04}",
            attachments=tuple(f"a{self.messages}-{n}" for n in range(len(media))),
        )

    def _carry_out(self, order: Command) -> None:
        match order:
            case RecordConsent(given=given):
                self.consented = given
            case SetPushes(on=on):
                self.pushes_on = on
            case SendOwnData():
                self.unread.append(Reply("Data Anda"))
            case DeleteOwnData():
                self.cases.clear()
                self.consented = False
            case OpenCase(number=number, complete=complete):
                self.cases = [case for case in self.cases if case.number != number]
                self.cases.insert(0, self._case(order, complete=complete))
            case AddToCase(number=number):
                self.cases.sort(key=lambda case: case.number != number)
            case SetTimer(kind=kind, seconds=seconds):
                self.timers[kind] = self.now + timedelta(seconds=seconds or QUIET_SECONDS)
            case StopTimer(kind=kind):
                self.timers.pop(kind, None)
            case _:
                pass

    def _case(self, order: OpenCase, *, complete: bool) -> OwnCase:
        return OwnCase(
            number=order.number,
            label=taxonomy().category(order.report.category).list_label,
            status="baru diterima" if complete else "belum lengkap",
            since=self.now.date(),
            next_step="petugas membaca laporan Anda",
            open=True,
        )

    # --- what tests look at ---------------------------------------------------------------

    def ordered(self, kind: type[Ordered]) -> list[Ordered]:
        return [order for order in self.commands if isinstance(order, kind)]
