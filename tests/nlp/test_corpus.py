"""The training messages are read, checked, and their repetitions found."""

import json
from pathlib import Path

import pytest

from nlp.corpus import (
    DEVELOPMENT,
    WRITERS,
    CorpusError,
    addressed,
    find_duplicates,
    load_corpus,
    load_plain,
)
from nlp.corpus.check import remove, repetitions, too_few

ROW = {
    "text": "gaji belum dibayar",
    "kind": "pengaduan",
    "category": "upah",
    "also": ["jaminan_sosial"],
    "tags": ["upah_tidak_dibayar"],
    "urgency": "normal",
    "source": "written",
    "writer": "uji",
}


def _write(folder: Path, *rows: object) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    (folder / "uji.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_rows_become_examples_with_their_place(tmp_path: Path) -> None:
    """File and line lead back to the message."""
    first, second = load_corpus(_write(tmp_path, ROW, "", ROW | {"text": "lembur dipaksa"}))
    assert (first.text, first.also, first.place) == (
        "gaji belum dibayar",
        ("jaminan_sosial",),
        "uji.jsonl:1",
    )
    assert second.place == "uji.jsonl:3"


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (ROW | {"kind": "keluhan"}, "'kind' has the unknown label 'keluhan'"),
        (ROW | {"category": "gaji"}, "'category' has the unknown label 'gaji'"),
        (ROW | {"also": ["gaji"]}, "'also' has the unknown label 'gaji'"),
        (ROW | {"also": "upah"}, "'also' must be a list"),
        (ROW | {"also": ["upah"]}, "'also' repeats the category"),
        (ROW | {"tags": ["tehaer"]}, "'tags' has the unknown label 'tehaer'"),
        (ROW | {"urgency": "gawat"}, "'urgency' has the unknown label 'gawat'"),
        (ROW | {"text": " \u200b "}, "'text' must be a text"),
        (ROW | {"extra": 1}, "the fields must be text, kind"),
        ({"text": "x"}, "the fields must be text, kind"),
        ("[1, 2]", "the fields must be text, kind"),
        ("{half", "not a JSON object"),
    ],
)
def test_a_wrong_row_is_refused_with_file_and_line(
    tmp_path: Path, row: object, complaint: str
) -> None:
    """The writer finds the line; the message itself is not repeated."""
    with pytest.raises(CorpusError) as error:
        load_corpus(_write(tmp_path, ROW, row))
    assert complaint in str(error.value)
    assert str(error.value).startswith("uji.jsonl:2: ")
    assert "gaji belum dibayar" not in str(error.value)


def test_the_same_message_in_other_spelling_is_a_duplicate(tmp_path: Path) -> None:
    """Chat spelling, capitals and a changed word do not make a new message."""
    texts = [
        "gaji saya belum dibayar sudah tiga bulan",
        "GAJI SY BLM DIBAYAR UDH TIGA BULAN",
        "gaji saya belum dibayar sudah dua bulan",
        "mess bocor kalau hujan",
    ]
    examples = load_corpus(_write(tmp_path, *(ROW | {"text": text} for text in texts)))
    found = find_duplicates(examples)
    assert [(d.first.place, d.second.place) for d in found] == [
        ("uji.jsonl:1", "uji.jsonl:2"),
        ("uji.jsonl:1", "uji.jsonl:3"),
        ("uji.jsonl:2", "uji.jsonl:3"),
    ]
    assert found[0].similarity == 100
    assert 90 <= found[1].similarity < 100


def test_plain_phrases_name_every_category_and_no_other(tmp_path: Path) -> None:
    """A typo in the file of phrases does not make a new category."""
    phrases = load_plain()
    assert len({slug for _, slug in phrases}) == 14
    assert ("gaji telat", "upah") in phrases
    file = tmp_path / "plain.toml"
    file.write_text('gaji = ["gaji telat"]', encoding="utf-8")
    with pytest.raises(CorpusError, match="unknown label 'gaji'"):
        load_plain(file)


def test_the_shipped_corpus_is_large_enough_everywhere() -> None:
    """Five thousand messages by several writers, three hundred of every category."""
    written = load_corpus()
    assert len(written) >= 5_000
    assert len({example.writer for example in written}) >= 10
    assert too_few(written) == {}
    assert len(load_corpus(DEVELOPMENT)) >= 700


def test_nothing_is_said_twice_and_nothing_of_the_development_set_is_trained_on() -> None:
    """Figures on messages that the model has seen, or nearly, would flatter it."""
    written, development = load_corpus(WRITERS), load_corpus(DEVELOPMENT)
    assert {e.writer for e in written}.isdisjoint({e.writer for e in development})
    assert [
        (pair.first.place, pair.second.place) for pair in repetitions(written, development)
    ] == []


def test_a_copy_of_a_development_message_is_found(tmp_path: Path) -> None:
    """The guard can fail."""
    copied = load_corpus(_write(tmp_path, ROW | {"text": load_corpus(DEVELOPMENT)[0].text}))
    (leak,) = repetitions(copied, load_corpus(DEVELOPMENT))
    assert leak.second.place == "uji.jsonl:1"


def test_removing_leaves_every_other_line(tmp_path: Path) -> None:
    """A file of a writer is edited line by line."""
    _write(tmp_path, *(ROW | {"text": text} for text in ("satu", "dua", "tiga")))
    remove(tmp_path, {"uji.jsonl:2"})
    assert [example.text for example in load_corpus(tmp_path)] == ["satu", "tiga"]


def test_short_complaints_are_also_learned_as_said_to_somebody() -> None:
    """A word such as "min" must not turn a complaint into a question."""
    phrases = addressed((("gaji telat", "upah"),))
    assert phrases[0] == ("gaji telat", "upah")
    assert {slug for _, slug in phrases} == {"upah"}
    assert len(set(phrases)) == 3
    assert all("gaji telat" in phrase for phrase, _ in phrases)
