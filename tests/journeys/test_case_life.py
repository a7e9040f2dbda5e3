"""One case's life in the officers' hands, and what they find, over Telegram and Twilio by HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from bot.cases.roster import add_officer
from storage.tables import Case
from tests.fakes.telegram_state import StoredMessage, User
from tests.journeys.people import STORY, message_text
from tests.journeys.providers import Providers, providers
from tests.program import GROUP

SRI = "+6281200000001"
MINUTE = 61


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Providers]:
    """The program with fake providers, on each engine."""
    with providers(database_url, tmp_path) as made:
        yield made


class Officer:
    """Somebody at a phone in the group: writes, taps what she sees, reads."""

    def __init__(self, world: Providers, user: User, thread: int | None = None) -> None:
        self._world, self.user, self.thread = world, user, thread

    def writes(self, *texts: str) -> None:
        """In the topic, one message after the other."""
        for text in texts:
            self._world.telegram.group_message(self.user, text, self.thread, chat_id=GROUP)
            self._world.wait(MINUTE)

    def taps(self, *labels: str) -> None:
        """The newest button with this label in the topic, the card's last of all."""
        for label in labels:
            shown = [m for m in self.posts() if label in m.labels]
            assert shown, (label, [m.labels for m in self.posts()])
            self._world.telegram.tap(shown[-1], label, self.user)
            self._world.wait(MINUTE)

    def posts(self) -> list[StoredMessage]:
        """What the bot said in the topic and was not taken away."""
        sent = self._world.telegram.sent(GROUP)
        return [m for m in sent if m.thread_id == self.thread and not m.deleted]

    def reads(self, words: str) -> str:
        """The newest post with these words."""
        found = [m.text for m in self.posts() if words in m.text]
        assert found, (words, [m.text for m in self.posts()][-4:])
        return found[-1]

    def private(self) -> list[StoredMessage]:
        """The bot's messages in the private chat."""
        return self._world.telegram.sent(self.user.id)


def _staff(world: Providers) -> tuple[User, User]:
    """Ratna and Joko, both known and with an open private chat."""
    joko = world.telegram.user(502, "Joko")
    with world.app.database.transaction() as session:
        organisation_id = world.app.accounts[0].organisation_id
        for user, role in ((world.ratna, "coordinator"), (joko, "officer")):
            add_officer(
                session, world.app.vault, organisation_id, user_id=str(user.id),
                name=user.first_name, role=role, now=world.clock.now(),
            )  # fmt: skip
    world.telegram.set_member(GROUP, joko, "member", by=world.ratna)
    for user in (world.ratna, joko):
        world.telegram.private_message(user, "/start")
    world.settle()
    return world.ratna, joko


def _heard(world: Providers, words: str) -> str:
    said = [message_text(m) for m in world.twilio.messages(SRI) if words in message_text(m)]
    assert said, (words, [message_text(m) for m in world.twilio.messages(SRI)][-2:])
    return said[-1]


def test_a_case_goes_from_hand_to_hand_until_it_is_closed(world: Providers) -> None:
    """Duty, workplace, handing over, every stage, a ready answer, the trail, a topic shut."""
    ratna_user, joko_user = _staff(world)
    world.whatsapp_case(SRI, STORY)
    world.wait(MINUTE)
    card = world.post("sejak")
    ratna, joko = (Officer(world, user, card.thread_id) for user in (ratna_user, joko_user))

    ratna.writes("/piket tambah Joko besok 08.00-17.00", "/piket")
    assert "Joko: " in ratna.reads("Jadwal piket")
    ratna.taps("Saya tangani", "Pelapor bisa dihubungi")
    assert "✓ Pelapor bisa dihubungi" in [x for m in ratna.posts() for x in m.labels]
    ratna.writes("/tempat PT Kenari Jaya")
    assert "Tempat kerja: PT Kenari Jaya" in card.text
    ratna.writes("/serahkan Joko")
    assert "Ratna menyerahkan kasus ini kepada Joko" in ratna.reads("menyerahkan")
    assert "sekarang Anda pegang, diserahkan oleh Ratna" in joko.private()[-1].text
    ratna.writes("/beban")
    assert "Joko: 1 kasus" in ratna.reads("Beban kerja")

    joko.writes("/cepat")
    joko.taps("Minta bukti", "Kirim")
    world.wait(MINUTE)
    assert "kirim bukti yang Anda punya" in _heard(world, "Pesan dari petugas")

    joko.taps("Ubah status", "Ditangani", "Ubah status", "Bipartit")
    joko.writes("besok", "lewati", "HRD dan dua saksi")
    joko.taps("Ubah status", "Mediasi")
    joko.writes("Disnaker Bekasi")
    joko.taps("Hari ini", "Lewati", "Kirim")
    assert "Dicatat di Disnaker Bekasi" in _heard(world, "mediator")
    joko.taps("Ubah status", "PHI")
    joko.writes("PHI Bandung", "12/Pdt.Sus/2026")
    joko.taps("Lewati", "Kirim")
    assert "PHI Bandung" in _heard(world, "pengadilan")
    world.telegram.close_topic(GROUP, card.thread_id or 0, joko_user)
    world.wait(MINUTE)
    assert "Apakah kasusnya juga selesai?" in joko.reads("Topik ini ditutup")
    joko.taps("Tutup", "Sebagian tercapai")
    joko.writes("Separuh upah sudah dibayar.")
    joko.taps("Kirim")
    assert "Separuh upah sudah dibayar." in _heard(world, "kasus Anda ditutup")
    assert "Selesai" in card.text
    asked = {"Batal", "Lewati", "Kirim", "Ditangani"}
    assert not [m.text for m in joko.posts() if asked & set(m.labels)]  # no dead button stays
    joko.writes("/riwayat")
    trail = joko.reads("Riwayat")
    for words in ("Ratna: menandai sudah diperiksa", "Joko: "):
        assert words in trail
    ratna.writes("/petugas")
    assert "Joko · kasus terbuka: 0" in ratna.reads("Daftar petugas")


def _copies(world: Providers, number: int) -> None:
    """More cases of the same sort, which nobody has taken."""
    with world.app.database.transaction() as session:
        first = session.exec(select(Case)).one()
        for index in range(number):
            fields = first.model_dump(exclude={"id", "number", "thread_id", "card_id"})
            session.add(Case(**fields, number=f"KB-LAMA-{index:04d}"))


def test_cases_are_found_by_stage_word_owner_and_age(world: Providers) -> None:
    """Five on a page, with the story's words, from the group and from the private chat."""
    _, joko_user = _staff(world)
    number = world.whatsapp_case(SRI, STORY)
    _copies(world, 6)
    world.wait(MINUTE)
    joko, room = (
        Officer(world, joko_user, world.post("sejak").thread_id),
        Officer(world, joko_user),
    )
    joko.writes("/ambil", "/kasus_serupa")
    assert "KB-LAMA-0000" in joko.reads("Mungkin masalah yang sama")
    room.writes("/kasus")
    first = room.reads("Kasus terbuka: 7")
    assert "Halaman 1 dari 2" in first
    room.taps(world.app.texts.label("officers.button.page_on"))
    assert "Halaman 2 dari 2" in room.reads("Kasus terbuka: 7")
    for asked, told in (
        ("/kasus bipartit", "Tidak ada kasus seperti itu"),
        ("/cari garmindu", "Cari garmindu: 7 ketemu"),
        ("/cari tambang", "Tidak ada yang cocok"),
        ("/tugasku", f"Kasus Anda: 1\n\n{number}"),
    ):
        room.writes(asked)
        assert told in room.posts()[-1].text
    world.wait(5 * 86_400)
    room.writes("/terlambat")
    late = room.reads("Kasus yang terlambat: 7")
    assert f"{number} 🔎" in late
    assert "Pelapor belum dijawab sejak" in late
    assert "Belum ada petugas sejak" in late
    world.telegram.private_message(joko_user, "/tugasku")
    world.wait(MINUTE)
    assert number in joko.private()[-1].text


def test_who_is_accused_is_kept_away(world: Providers) -> None:
    """Asked in private, told to nobody in the group, refused wherever he tries."""
    ratna_user, joko_user = _staff(world)
    number = world.whatsapp_case(SRI, STORY)
    world.wait(MINUTE)
    card = world.post("sejak")
    ratna, joko = (Officer(world, user, card.thread_id) for user in (ratna_user, joko_user))
    joko.taps("Saya tangani")
    ratna.writes("/tentang")
    asked = ratna.private()[-1]
    assert f"{number}: kasus ini tentang petugas yang mana?" in asked.text
    world.telegram.tap(asked, "Joko", ratna_user)
    world.wait(MINUTE)
    assert "Petugas: belum ada" in card.text
    assert "gaji saya" not in "".join(m.text for m in ratna.posts())
    assert "Joko" not in "".join(m.text for m in ratna.posts())
    before = len(joko.private()), len(world.twilio.messages(SRI))
    joko.writes("/ambil", "/riwayat", "/balas halo bu")
    refused = [m for m in joko.posts() if "tidak bisa Anda buka" in m.text]
    assert len(refused) == 3
    query = world.telegram.tap(card, "Lihat pelapor", joko_user)
    world.wait(MINUTE)
    assert ["tidak bisa Anda buka" in text for text, _ in query.answers] == [True]
    assert (len(joko.private()), len(world.twilio.messages(SRI))) == before


def test_a_burst_then_a_referral_and_a_refusal(world: Providers) -> None:
    """Her words stay whole and in order; the two ways out of our hands tell her all."""
    ratna_user, _ = _staff(world)
    world.whatsapp_case(SRI, STORY)
    world.wait(MINUTE)
    ratna = Officer(world, ratna_user, world.post("sejak").thread_id)
    ratna.taps("Saya tangani")
    before = len(ratna.posts())
    for index in range(18):
        world.twilio.inbound(SRI, f"kabar nomor {index:02d} ya")
    world.settle()
    told = ratna.posts()[before:]
    assert len(told) < 18
    words = "\n".join(post.text for post in told)
    places = [words.index(f"kabar nomor {index:02d} ya") for index in range(18)]
    assert places == sorted(places)

    ratna.taps("Ubah status", "Dilimpahkan")
    ratna.writes("Pengawas Ketenagakerjaan Bekasi")
    ratna.taps("Kirim")
    question = world.twilio.messages(SRI)[-1]
    assert "Pengawas Ketenagakerjaan Bekasi" in message_text(question)
    world.twilio.tap(question, "Setuju")
    world.wait(MINUTE)
    assert "Dilimpahkan" in ratna.reads("Pelapor setuju")
    ratna.taps("Ubah status", "Ditangani", "Ubah status", "Tidak dilanjutkan")
    ratna.writes("Sudah diurus Pengawas", "LBH Jakarta")
    ratna.taps("Kirim")
    refusal = _heard(world, "tidak dapat kami lanjutkan")
    assert "Sudah diurus Pengawas" in refusal
    assert "LBH Jakarta" in refusal
