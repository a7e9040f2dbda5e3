"""The plain form in which texts are compared and classified."""

from pathlib import Path

import pytest

from nlp.normalise import (
    SLANG_PATH,
    SlangError,
    clean,
    load_slang,
    normalise,
    slang,
    without_address,
)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("GAJI  Belum\n dibayar", "gaji belum dibayar"),
        ("tolooooong pakkkk", "tolong pak"),
        ("ga\u200bji\u200f \u202ebelum\ufeff", "gaji belum"),
        ("\uff27\uff21\uff2a\uff29 \u2460", "gaji 1"),
        ("Rp 10000 dan 1.500.000", "rp 10000 dan 1.500.000"),
        ("maaf saaya", "maaf saaya"),
        ("", ""),
        ("\u200b\u200d", ""),
        ("😭😭😭", "😭😭😭"),
    ],
)
def test_clean_removes_what_hides_a_word(typed: str, plain: str) -> None:
    """Capitals, wide letters, invisible controls and stretched letters change no meaning."""
    assert clean(typed) == plain


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("gw blm dibyr 3 bln krn bos kabur", "saya belum dibayar 3 bulan karena atasan kabur"),
        ("knp thr ga turun yg kmrn", "kenapa thr tidak turun yang kemarin"),
        ("wis rong wulan durung bayaran", "sudah rong bulan belum gaji"),
        ("pabrik", "pabrik"),
    ],
)
def test_chat_words_are_written_out(typed: str, plain: str) -> None:
    """People who write "blm dibyr" mean "belum dibayar"."""
    assert normalise(typed) == plain


def test_normalising_twice_changes_nothing() -> None:
    """A written-out word is no chat word of another."""
    table = slang()
    assert [word for word in table.values() if word in table] == []


def test_the_slang_table_is_large_enough() -> None:
    """At least 250 chat words."""
    assert len(slang()) >= 250


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('[g]\na = ["x"]\nb = ["x"]', "'x' stands there twice"),
        ('[g]\na = ["X"]', "'X' is not one word in lower case"),
        ('[g]\na = ["x y"]', "'x y' is not one word in lower case"),
    ],
)
def test_a_wrong_slang_table_is_refused(tmp_path: Path, content: str, complaint: str) -> None:
    """A spelling with two meanings would depend on the order of lines."""
    file = tmp_path / "slang.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SlangError) as error:
        load_slang(file)
    assert complaint in str(error.value)


def test_the_table_stands_beside_the_code() -> None:
    """It is found from the checkout and from an installed package alike."""
    assert SLANG_PATH.is_file()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("kami dipecat semua min", "kami dipecat semua "),
        ("Kak, gaji telat", "gaji telat"),
        ("pak min kak", "pak min kak"),
        ("halo kak", "halo kak"),
        ("ibu hamil masih shift malam, bapak saya sakit", "ibu hamil masih shift malam, bapak saya sakit"),
        ("kakinya minus", "kakinya minus"),
    ],
)  # fmt: skip
def test_words_of_address_are_taken_out_where_something_is_left(text: str, left: str) -> None:
    """Whom she speaks to says nothing of what happened."""
    assert without_address(text) == left
