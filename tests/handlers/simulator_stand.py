"""A small stand-in for the rest of the product behind the simulator: it answers with buttons."""

import asyncio
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import uvicorn
from sqlmodel import SQLModel
from starlette.applications import Starlette

import storage.tables.traffic  # noqa: F401 - registers the table
from bot.channels import File, Place, Text
from bot.clock import ManualClock
from bot.commands import Choice
from bot.events import Address, Event, MediaKind, MessageReceived, OfficerTapped, OfficerWrote
from bot.handlers.simulator.channel import SimulatorChannel
from bot.handlers.simulator.people import GROUP, TELEGRAM, WHATSAPP
from bot.handlers.simulator.routes import simulator_routes
from bot.handlers.simulator.store import SimulatorStore
from bot.handlers.simulator.wire import event_from_json
from bot.inbox.accept import Accepted, NotAccepted
from storage.crypto import Vault, new_key
from storage.database import Database
from tests.patience import PATIENCE, wait_until

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
CONSENT = (Choice("setuju", "Setuju"), Choice("tidak", "Tidak"))
CATEGORIES = tuple(
    Choice(slug, label, detail)
    for slug, label, detail in (
        ("upah", "Upah", "Gaji, lembur, THR, potongan"),
        ("phk", "PHK", "Diberhentikan, pesangon"),
        ("k3", "Keselamatan kerja", "Kecelakaan, alat pelindung"),
        ("kontrak", "Kontrak kerja", "Status, perpanjangan"),
    )
)
CARD_BUTTONS = tuple(
    Choice(label.lower(), label)
    for label in ("Saya tangani", "Ubah status", "Kategori", "Urgensi", "Balas", "Tutup")
)
CARD = (
    "<b>KB-7F3K-92QM</b> · pengaduan\n"
    "<b>Kategori:</b> Upah (83%) · <b>Urgensi:</b> tinggi\n"
    "<b>Tempat kerja:</b> PT Contoh Garmen, Kab. Bekasi\n"
    "<b>Terdampak:</b> 12 orang · <b>Nama:</b> dirahasiakan\n"
    "<b>Langkah berikut:</b> kumpulkan slip gaji, ajak bicara HRD\n"
    "<b>Kabar ke pelapor:</b> {delivery}"
)


class Stand:
    """Store, channels and routes over a real SQLite file; ``events`` is what was accepted."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder}/kawan.db")
        SQLModel.metadata.create_all(self.database.engine)
        self.clock = ManualClock(NOON)
        self.vault = Vault((new_key(),))
        self.store = SimulatorStore(self.database, self.vault, self.clock, folder / "simulator")
        self.whatsapp = SimulatorChannel(WHATSAPP, self.store, self.clock)
        self.telegram = SimulatorChannel(TELEGRAM, self.store, self.clock)
        self.accepted: dict[str, Accepted] = {}
        self.events: list[Event] = []
        self.defects: list[BaseException] = []
        self.refusing = False
        self.answering = False
        self.card = self.topic = ""
        self._tasks: set[asyncio.Task[None]] = set()

    async def accept(self, item: Accepted) -> bool:
        """Keep an event once, as the inbox does; answer it when asked to."""
        if self.refusing:
            raise NotAccepted
        if item.external_id in self.accepted:
            return False
        self.accepted[item.external_id] = item
        event = event_from_json(item.raw)
        self.events.append(event)
        if self.answering:
            task = asyncio.create_task(self.answer(event))
            self._tasks.add(task)
            task.add_done_callback(self._answered)
        return True

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (defect := task.exception()) is not None:
            self.defects.append(defect)

    async def answer(self, event: Event) -> None:
        """Say something back, with buttons, as the product would."""
        match event:
            case MessageReceived():
                await self._answer_worker(event)
            case OfficerTapped(payload="tutup"):
                await self.telegram.answer_tap(event.tap_id, "Pilih hasilnya dulu.", alert=True)
            case OfficerTapped():
                await self.telegram.answer_tap(
                    event.tap_id, "Anda menangani kasus ini.", alert=False
                )
                place = Place(GROUP, event.thread_id)
                await self.telegram.edit_text(place, self.card, self._card("dibaca"))
            case OfficerWrote(text=text) if text.startswith("/balas"):
                place = Place(Address(event.channel, event.chat_id), event.thread_id)
                preview = Text(
                    f"Kirim ke pelapor?\n\n{text.removeprefix('/balas').strip()}",
                    (Choice("kirim", "Kirim"), Choice("batal", "Batal")),
                    rows=2,
                    reply_to=event.message_id,
                )
                await self.telegram.send_text(place, preview)

    async def _answer_worker(self, event: MessageReceived) -> None:
        channel = self.whatsapp if event.address.channel == WHATSAPP else self.telegram
        place = Place(event.address)
        await channel.show_typing(place, event.external_id)
        if event.choice == "setuju":
            whatsapp = event.address.channel == WHATSAPP
            text = Text("Masalahnya soal apa?", CATEGORIES, list_label="Pilih" if whatsapp else "")
            await channel.send_text(place, text)
        elif event.choice:
            await channel.send_text(place, Text("Laporan diterima. Nomor kasus: *KB-7F3K-92QM*"))
            await self.open_case()
        else:
            greeting = "Halo, ini *Kawan Buruh* dari serikat. Cerita Anda dibaca petugas serikat saja. Boleh kami simpan?"
            await channel.send_text(place, Text(greeting, CONSENT))

    async def open_case(self, title: str = "🔴 KB-7F3K-92QM · Upah · PT Contoh Garmen") -> None:
        """A topic with its card pinned and one message beside it."""
        self.topic = await self.telegram.open_topic(Place(GROUP), title)
        place = Place(GROUP, self.topic)
        self.card = await self.telegram.send_text(place, self._card("terkirim"))
        await self.telegram.pin(place, self.card)
        story = (
            "<b>Cerita pelapor</b>\n<blockquote>Gaji saya bulan ini belum dibayar.</blockquote>"
        )
        await self.telegram.send_text(place, Text(story, html=True))

    def _card(self, delivery: str) -> Text:
        return Text(CARD.format(delivery=delivery), CARD_BUTTONS, html=True, rows=3)

    async def send_photo(self, place: Place, content: bytes) -> str:
        """A picture from the bot."""
        file = File(MediaKind.PHOTO, content, "image/png", "slip.png")
        return await self.telegram.send_file(place, file, Text("Bukti"))

    def app(self) -> Starlette:
        """The simulator's routes alone."""
        return Starlette(routes=simulator_routes(self.store, self.accept, self.clock))

    def close(self) -> None:
        """Let go of the database; what broke while answering breaks the test."""
        self.store.close()
        self.database.dispose()
        assert self.defects == []


class Served:
    """The stand on a free port of 127.0.0.1, in a thread of its own."""

    def __init__(self, stand: Stand, port: int = 0) -> None:
        self.stand = stand
        config = uvicorn.Config(
            stand.app(), host="127.0.0.1", port=port, log_config=None, lifespan="off", ws="none"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        wait_until(lambda: self._server.started, "the server")
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stand.store.close()
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "open pages held the server up"
