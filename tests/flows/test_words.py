"""Short messages: what is a command, a greeting, a question back, and what is a story."""

import pytest

from bot.flows.asking_back import asked_back
from bot.flows.words import (
    Word,
    command,
    is_done,
    is_greeting,
    is_skip,
    is_visible,
    is_why,
    length_in_words,
)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("MENU", Word.MENU),
        ("menu!", Word.MENU),
        ("/menu", Word.MENU),
        ("/batal@kawan_bot", Word.CANCEL),
        ("btal", Word.CANCEL),
        ("Batalll", Word.CANCEL),
        ("kmbali", Word.BACK),
        ("bantun", Word.HELP),
        ("statuss", Word.STATUS),
        ("*STATUS*", Word.STATUS),
        ("status kak", Word.STATUS),
        ("ptugas", Word.OFFICER),
        ("berhnti", Word.STOP),
        ("m\u200bulai", Word.START),
        ("data sya", Word.COPY),
        ("hpus data", Word.ERASE),
        ("lapor baru", Word.NEW),
    ],
)
def test_a_command_is_known_with_small_typos_and_marks(text: str, word: Word) -> None:
    """People type on cracked screens."""
    assert command(text) is word


@pytest.mark.parametrize(
    "text",
    [
        "saya mau berhenti kerja",
        "status saya masih kontrak",
        "mau batal nikah gara gara lembur",
        "Batam",
        "betul",
        "botol",
        "data saya dipakai hrd buat pinjol",
        "petugas keamanan memukul saya",
        "mundur",
        "tolong",
        "",
        "🙏",
        "menu makan siang basi terus",
    ],
)
def test_a_sentence_with_a_command_word_is_a_story(text: str) -> None:
    """A word inside a sentence must never trigger anything."""
    assert command(text) is None


@pytest.mark.parametrize(
    "text", ["halo min", "assalamualaikum", "p", "/start", "/start ref_12", "Kak, mau lapor"]
)
def test_a_greeting_is_no_story(text: str) -> None:
    """Else the story would begin with "halo"."""
    assert is_greeting(text)


@pytest.mark.parametrize("text", ["tolong", "halo gaji saya telat", "", "🙏", "/started"])
def test_more_than_a_greeting_is_kept(text: str) -> None:
    """Nothing that was told may be taken for politeness."""
    assert not is_greeting(text)


@pytest.mark.parametrize(
    "text", ["kenapa ditanya?", "buat apa?", "knp?", "untuk apa itu kak", "kenapa harus tau sih"]
)
def test_asking_why_we_ask_is_understood(text: str) -> None:
    """Each question has a reason, and she may know it."""
    assert is_why(text)


@pytest.mark.parametrize("text", ["kenapa gaji saya dipotong?", "buat apa kerja", "apa", "harus"])
def test_asking_why_something_happened_is_a_story(text: str) -> None:
    """A "kenapa gaji saya dipotong" is a grievance."""
    assert not is_why(text)


@pytest.mark.parametrize("text", ["sudah", "udah kak", "sudah cukup", "itu aja min", "SELESAI!"])
def test_saying_that_it_is_all_is_understood(text: str) -> None:
    """She need not find a button."""
    assert is_done(text)


@pytest.mark.parametrize("text", ["sudah tiga bulan", "selesai kerja jam 9 malam", "belum"])
def test_a_sentence_that_begins_so_is_not_the_end(text: str) -> None:
    """An answer may begin with "sudah": "sudah tiga bulan"."""
    assert not is_done(text)


@pytest.mark.parametrize(
    "text", ["lewati", "skip aja", "ga tau", "-", "gak mau sebut", "lupa kak"]
)
def test_passing_a_question_over_is_understood(text: str) -> None:
    """Nobody is held at a question."""
    assert is_skip(text)


@pytest.mark.parametrize(
    "text", ["gak dibayar", "tidak mau bayar lembur kami semua", "lupa absen"]
)
def test_a_refusal_by_someone_else_is_no_skip(text: str) -> None:
    """What the employer refuses is the story."""
    assert not is_skip(text)


def test_words_of_greeting_do_not_make_a_story_longer() -> None:
    """Four words of content are counted."""
    assert length_in_words("halo min, gaji telat") == 2


@pytest.mark.parametrize("text", ["", "  \n", "\u200b\u200e", "\x00"])
def test_invisible_characters_are_nothing(text: str) -> None:
    """An empty message is no message."""
    assert not is_visible(text)


@pytest.mark.parametrize(
    "text", ["ini buat apaan sih datanya?", "apa maksudnya?", "maksudnya gimana kak"]
)
def test_asking_what_we_mean_is_asking_why(text: str) -> None:
    """A question back is no answer."""
    assert is_why(text)


@pytest.mark.parametrize(
    "text", ["mboten", "mboten wonten", "dereng", "ora", "ora ngerti", "gak ngerti kak"]
)
def test_a_question_is_passed_over_in_javanese_as_well(text: str) -> None:
    """Many of those who write are at home in it."""
    assert is_skip(text)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("siapa yang baca?", "who"),
        ("bos saya bisa tau gak", "who"),
        ("aman gak?", "safe"),
        ("ini penipuan ya", "real"),
        ("ini bayar gak?", "cost"),
        ("siapa yang harus bayar thr?", ""),
        ("gaji saya tidak dibayar", ""),
        ("rahasia", ""),
        ("apakah saya dapat pesangon?", ""),
        ("bos nipu saya, gaji gak dibayar", ""),
    ],
)
def test_a_question_about_us_is_told_from_a_story(text: str, topic: str) -> None:
    """It is answered; a story is kept."""
    assert asked_back(text) == topic
