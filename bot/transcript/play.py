"""Plays a transcript (see ``lines``) and finds the first difference.

Everything is real but the last step of sending and the clock: a database of its own, the inbox,
the flows, the classifier, the cases, the outbox.
"""

import asyncio
import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.app import App
from bot.bootstrap import build
from bot.clock import ManualClock
from bot.events import (
    Address,
    Location,
    Media,
    MediaKind,
    MessageReceived,
    Officer,
    OfficerTapped,
    OfficerWrote,
)
from bot.handlers.simulator.messages import Said
from bot.handlers.simulator.people import GROUP, SIMULATED_OFFICERS
from bot.handlers.simulator.wire import event_as_json
from bot.inbox.accept import Accepted
from bot.inbox.minds import Minds
from bot.settings import load_settings
from bot.transcript.heard import Heard, fits
from bot.transcript.lines import Line, TranscriptError, as_entry, parse

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday morning in Jakarta
_KINDS = {
    "foto": (MediaKind.PHOTO, "image/jpeg", "foto.jpg"),
    "video": (MediaKind.VIDEO, "video/mp4", "video.mp4"),
    "suara": (MediaKind.VOICE, "audio/ogg", "suara.ogg"),
    "dokumen": (MediaKind.DOCUMENT, "application/pdf", "dokumen.pdf"),
}


@dataclass(slots=True)
class Played:
    """What came of playing a transcript.

    Attributes:
        difference: the first difference in words, None when everything fits.
        log: the conversation as it really went, in transcript form.
    """

    difference: str | None = None
    log: list[str] = field(default_factory=list)


def play_file(path: Path, minds: Minds | None = None) -> Played:
    """Play a transcript file.

    Raises:
        TranscriptError: a line cannot be read.
    """
    return play(path.read_text(encoding="utf-8"), minds)


def play(text: str, minds: Minds | None = None) -> Played:
    """Play a transcript; ``minds`` are read when they are not given."""
    lines = list(parse(text))
    with tempfile.TemporaryDirectory(prefix="kawan-") as folder:
        settings = load_settings(
            _env_file=None,
            data_dir=Path(folder),
            database_url="",
            simulator="on",
            telegram_bot_token="",
            twilio_account_sid="",
            twilio_auth_token="",
            twilio_whatsapp_from="",
            officer_chat_id="",
            encryption_keys="",
            quiet_seconds=8,
        )
        clock = ManualClock(START)
        if minds is not None:
            minds = replace(minds, quiet_seconds=settings.quiet_seconds)
        app = build(settings, clock=clock, minds=minds)
        try:
            return asyncio.run(_Player(app, clock).play(lines))
        finally:
            app.close()


class _Player:
    def __init__(self, app: App, clock: ManualClock) -> None:
        if app.simulator is None:
            raise ValueError("the simulator is off")
        self._app = app
        self._clock = clock
        self._store = app.simulator
        self._phone = Address("sim-whatsapp", "sri")
        self._heard = Heard(self._store, self._phone)
        self._count = 0
        self._last_own = ""
        self._played = Played()
        self._at = 0
        self._recording = False

    async def play(self, lines: list[Line]) -> Played:
        self._recording = not any(line.speaker == "bot" for line in lines)
        self._app.loop = asyncio.get_running_loop()
        for line in lines:
            if line.speaker in {"reporter", "officer", "wait"}:
                self._nothing_left_over(line)
                if self._played.difference is None:
                    await self._try(line)
            elif self._played.difference is None:
                self._expect(line)
        if self._played.difference is None and lines:
            self._nothing_left_over(None)
        return self._played

    async def _try(self, line: Line) -> None:
        try:
            await self._act(line)
        except TranscriptError as wrong:
            self._played.difference = str(wrong)

    async def _act(self, line: Line) -> None:
        self._at = line.number
        self._heard.forget()
        self._played.log.append(as_entry(f"{line.speaker} {line.who}".strip(), line.text))
        if line.speaker == "wait":
            self._clock.advance(line.seconds())
        elif line.speaker == "reporter":
            self._reporter(line)
        else:
            self._officer(line)
        await self._settle()
        self._heard.listen()
        for who, sayings in self._heard.sayings.items():
            self._played.log += [as_entry(who, said.text) for said in sayings]

    def _reporter(self, line: Line) -> None:
        self._count += 1
        said = MessageReceived(
            self._phone, f"t{self._count}", self._clock.now(), profile_name="Sri"
        )
        if line.corrected is not None:
            event = replace(said, text=line.corrected, edits=self._last_own)
        elif line.tapped is not None:
            _, choice = self._choice(str(self._phone), None, line.tapped, line)
            event = replace(said, text=line.tapped, choice=choice)
        else:
            self._last_own = said.external_id
            event = self._said(line, said)
        shown = Said(author=self._phone.path, text=event.text, location=event.location)
        self._store.append(str(self._phone), shown)
        self._accept(f"sim:{self._phone}", event)

    def _said(self, line: Line, said: MessageReceived) -> MessageReceived:
        if line.sent is None:
            return replace(said, text=line.text)
        kind, name, caption = line.sent
        if kind == "lokasi":
            place = Location(-6.31, 107.08, name or "Kawasan industri MM2100, Bekasi")
            return replace(said, location=place)
        if kind == "stiker":
            return replace(said, unsupported="sticker")
        if kind == "kontak":
            return replace(said, contact=name)
        media_kind, content_type, default_name = _KINDS[kind]
        media = Media(media_kind, "", content_type, None, name or default_name)
        kept = self._store.files.keep(b"isi berkas", media)
        return replace(said, text=caption, media=(kept.as_media(),))

    def _officer(self, line: Line) -> None:
        self._count += 1
        at = self._clock.now()
        words = line.who.split()
        beside, privately = "umum" in words, "pribadi" in words
        names = [word for word in words if word not in {"umum", "pribadi"}]
        user_id, name, _role = _officer_named(names[0] if names else "Ratna", line)
        topics = self._store.topics(str(GROUP))
        thread = "" if beside or not topics else topics[-1].id
        officer = Officer(user_id, name)
        if line.tapped is not None:
            chat = Address(GROUP.channel, user_id) if privately else GROUP
            thread = "" if privately else thread
            message_id, payload = self._choice(str(chat), thread, line.tapped, line)
            self._accept(
                f"sim-group:{thread}",
                OfficerTapped(
                    channel=GROUP.channel,
                    officer=officer,
                    chat_id=chat.path,
                    message_id=message_id,
                    tap_id=f"t{self._count}",
                    payload=payload,
                    at=at,
                    thread_id=thread,
                ),
            )
            return
        said = self._store.append(str(GROUP), Said(author=user_id, text=line.text), thread)
        self._accept(
            f"sim-group:{thread}",
            OfficerWrote(
                channel=GROUP.channel,
                officer=officer,
                chat_id=GROUP.path,
                message_id=said.id,
                at=at,
                thread_id=thread,
                text=line.text,
            ),
        )

    def _accept(self, lane: str, event: MessageReceived | OfficerWrote | OfficerTapped) -> None:
        item = Accepted("simulator", "simulator", f"t{self._count}", lane, event_as_json(event))
        self._app.acceptor.accept_now(item)

    def _choice(self, chat: str, thread: str | None, label: str, line: Line) -> tuple[str, str]:
        for message in reversed(self._store.messages(chat, thread)):
            for choice in message.said.choices:
                if choice.label == label:
                    return message.id, choice.id
        raise TranscriptError(f"line {line.number}: there is no button [{label}] to tap")

    async def _settle(self) -> None:
        """Let everything happen that can happen now."""
        app = self._app
        busy = True
        while busy:
            busy = app.jobs.fire_due() > 0
            while await asyncio.to_thread(app.runner.run_next):
                busy = True
            busy = await app.fetcher.fetch_waiting() > 0 or busy
            busy = await app.deliverer.deliver_waiting() > 0 or busy

    def _expect(self, line: Line) -> None:
        if line.speaker == "bot":
            new = self._heard.sayings["bot"]
            got = new.pop(0).text if new else ""
            if not fits(line.text, got):
                self._differ(line.number, f"bot: {line.text}", f"bot: {got}" if got else "nothing")
        elif not self._heard.takes(line.speaker, line.text):
            got = "\n".join(entry for entry in self._played.log if entry.startswith(line.speaker))
            self._differ(line.number, f"{line.speaker}: {line.text}", got or "nothing")

    def _nothing_left_over(self, before: Line | None) -> None:
        if self._recording:
            return
        left = self._heard.sayings["bot"]
        if left and self._played.difference is None:
            number = before.number if before else self._at
            self._differ(number, "nothing more from the bot", f"bot: {left[0].text}")

    def _differ(self, number: int, expected: str, got: str) -> None:
        self._played.difference = f"line {number}\nexpected  {expected}\ngot       {got}"


def _officer_named(name: str, line: Line) -> tuple[str, str, str]:
    for officer in SIMULATED_OFFICERS:
        if officer[1].lower() == name.lower():
            return officer
    raise TranscriptError(f"line {line.number}: there is no officer {name}")
