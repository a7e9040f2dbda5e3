"""Danger told in plain words is seen, whatever the model says."""

import time
from pathlib import Path

import pytest

from nlp.danger import DANGER_PATH, DangerError, find_danger, load_expressions


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("TOLOOONG KEBAKARAN DI GUDANG", "kebakaran"),
        ("ada yg kejepit mesin press, darahnya banyak", "luka_parah"),
        ("temen sy pingsan di line", "luka_parah"),
        ("jarinya putus kena gergaji barusan", "luka_parah"),
        ("kami dikunci dari luar tiap malam", "dikurung"),
        ("paspor diambil, ga boleh pulang", "dikurung"),
        ("saya dipukulin mandor", "kekerasan"),
        ("mandor di pukul preman", "kekerasan"),
        ("dia datang bawa golok", "kekerasan"),
        ("katanya mau bunuh saya", "ancaman_nyawa"),
        ("teman saya diperkosa atasan", "kekerasan_seksual"),
        ("pantat saya diremas bos", "kekerasan_seksual"),
        ("rasanya mending mati saja", "menyakiti_diri"),
        ("saya mau bunuh diri", "menyakiti_diri"),
        ("ada anak umur 13 disuruh semprot racun", "anak_dalam_bahaya"),
    ],
)
def test_danger_is_seen(text: str, rule: str) -> None:
    """Each kind of danger, in the words of chats."""
    assert rule in {trigger.rule for trigger in find_danger(text)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "👍",
        "gaji belum dibayar tiga bulan",
        "kerja begini terus bisa mati gaya",
        "bos kebakaran jenggot lihat kami mogok",
        "setengah mati cari kerja",
        "besok ada simulasi kebakaran",
        "untung tidak ada yang pingsan",
        "jangan sampai ada yang kejepit",
        "tahun lalu gudang kebakaran",
        "pulang pukul 7 malam",
        "hp saya mati",
        "kalau kebakaran keluarnya lewat mana",
        "ijazah saya ditahan di kantor",
        "gaji 3 koma 5 juta",
        "usul beli alat pemadam kebakaran",
    ],
)
def test_harmless_words_raise_no_alarm(text: str) -> None:
    """Idioms, drills, denials, the past and worries page nobody."""
    assert find_danger(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "tahun lalu aman. Sekarang gudang kebakaran",
        "tahun lalu kebakaran, sekarang kebakaran lagi",
        "besok ada simulasi. Tolong ada yang kejepit mesin",
    ],
)
def test_a_guard_in_one_sentence_does_not_hide_danger_in_another(text: str) -> None:
    """An old fire must not silence a new one."""
    assert find_danger(text)


def test_the_trigger_tells_what_raised_the_alarm() -> None:
    """Officers see why they were paged."""
    (trigger,) = find_danger("gudang belakang kebakaran")
    assert (trigger.rule, trigger.words) == ("kebakaran", "kebakaran")


@pytest.mark.parametrize("word", ["anak umur 12 ", "tolong saya dikunci ", "a", "hp diambil "])
def test_long_messages_cost_little(word: str) -> None:
    """No expression takes minutes on hostile or endless text: four times as long, not sixteen."""
    assert _cost(word, 20_000) < 10 * _cost(word, 5_000)


def _cost(word: str, length: int) -> float:
    """Seconds of the processor, which others do not lengthen; the least of three."""
    text, costs = (word * length)[:length], []
    for _ in range(3):
        begun = time.thread_time()
        find_danger(text)
        costs.append(time.thread_time() - begun)
    return min(costs)


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ('guards = ["sometimes"]\npatterns = ["x"]', "unknown guard 'sometimes'"),
        ('guards = []\npatterns = ["("]', "an expression of 'r' is wrong"),
        ("guards = []\npatterns = []", "'r' has no expressions"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, rule: str, complaint: str) -> None:
    """Whoever edits the expressions learns at once what is wrong."""
    file = tmp_path / "danger.toml"
    file.write_text(f'idioms = ["y"]\n[[rule]]\nname = "r"\n{rule}\n', encoding="utf-8")
    with pytest.raises(DangerError) as error:
        load_expressions(file)
    assert complaint in str(error.value)


def test_every_rule_of_the_shipped_file_can_be_silenced_or_says_why_not() -> None:
    """All rules are loaded; only self-harm and sexual violence ignore the past."""
    rules = load_expressions(DANGER_PATH).rules
    assert {r.name for r in rules if "past" not in r.guards} == {
        "ancaman_nyawa",
        "kekerasan_seksual",
        "menyakiti_diri",
    } - {"ancaman_nyawa"}
