"""Groups as Telegram has them: bound by a code, a small one for what is confidential, members."""

import json
from pathlib import Path

from tests.fakes.telegram_state import StoredMessage
from tests.journeys.people import in_group, posts, tell_whole_story
from tests.patience import wait_until
from tests.program import GROUP, Program, installation

SMALL = -1002000000002
SRI = "+6281200000031"
STORY = "atasan sy ngatain sy bodoh di depan orang kak. sy malu"


def _in_small_group(program: Program, words: str) -> StoredMessage:
    def found() -> list[StoredMessage]:
        return [message for message in program.telegram.sent(SMALL) if words in message.text]

    wait_until(lambda: bool(found()), words)
    return found()[-1]


def test_a_small_group_is_bound_and_confidential_cases_live_there(
    database_url: str, tmp_path: Path
) -> None:
    """From the operator's code to the story that only a few read."""
    with installation(database_url, tmp_path) as program:
        program.start()
        telegram = program.telegram
        telegram.group_message(program.ratna, "/kasus@lain_bot", chat_id=GROUP)
        telegram.group_message(program.ratna, "/petugas@kawanburuh_bot", chat_id=GROUP)
        in_group(program, "Daftar petugas")
        assert posts(program, "Kasus terbuka") == []
        telegram.group(
            SMALL, forum=False, owner=program.ratna, bot_rights={"can_pin_messages"},
            members=[telegram.user(778, "Dari dulu")], announce=True,
        )  # fmt: skip
        said = _in_small_group(program, "/mulai_grup").text
        assert "Nyalakan Topik" in said
        assert "Kelola topik" in said
        assert "Sematkan pesan" not in said
        telegram.group_message(program.ratna, "/mulai_grup SALAH", chat_id=SMALL)
        _in_small_group(program, "tidak berlaku")
        made = json.loads(program.operate("orgs", "invite", "utama", "--sensitive", "--json"))
        telegram.group_message(program.ratna, f"/mulai_grup {made['code']}", chat_id=SMALL)
        _in_small_group(program, "grup kecil")
        _in_small_group(program, "ada 1 orang atau bot yang tidak punya hak rahasia")

        number = tell_whole_story(program, SRI, STORY)
        in_group(program, f"Laporan rahasia {number}")
        card = _in_small_group(program, "Jangan diteruskan")
        assert number in card.text
        _in_small_group(program, "ngatain sy bodoh")
        telegram.tap(card, "Saya tangani", program.ratna)
        wait_until(lambda: "Petugas: Ratna" in card.text, "her name on the card")
        assert posts(program, "ngatain") == []


def test_who_comes_and_who_leaves_is_noticed(database_url: str, tmp_path: Path) -> None:
    """A stranger is told aloud, becomes an officer by a tap, and is one no longer on leaving."""
    with installation(database_url, tmp_path) as program:
        program.start()
        telegram = program.telegram
        telegram.group_message(program.ratna, "/kasus", chat_id=GROUP)
        in_group(program, "menjadi koordinator: Ratna")
        guest = telegram.user(777, "Tamu")
        telegram.set_member(GROUP, guest, "member", by=program.ratna)
        alarm = in_group(program, "belum terdaftar")
        telegram.tap(alarm, "Petugas", guest)
        telegram.tap(alarm, "Petugas", program.ratna)
        wait_until(lambda: "Tamu sekarang terdaftar" in alarm.text, "the answer to the tap")
        assert len(posts(program, "Tamu")) == 1
        telegram.group_message(guest, "/petugas", chat_id=GROUP)
        in_group(program, "Tamu · kasus terbuka: 0")
        telegram.member_left(GROUP, guest)
        in_group(program, "Seorang petugas keluar")
