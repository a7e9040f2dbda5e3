"""The answers about rights: enough of them, short, sourced, and refused with a place when wrong."""

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz import fuzz, process

from nlp.rights import LawSource, RightsError, load_rights
from nlp.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
ENTRIES = load_rights(taxonomy=TAXONOMY)

SMALL_FILE = """
checked_on = 2026-11-21

[[entry]]
slug = "slip_gaji"
category = "upah"
question = "Apakah slip gaji wajib?"
asked_as = ["slip gaji wajib ga", "boleh minta slip?"]
answer = "Anda berhak menerima slip gaji."
articles = [{ law = "PP 36/2021", confirmed = false }]

[[entry]]
slug = "jam_kerja"
category = "lembur_jam_kerja"
question = "Berapa jam kerja sehari?"
asked_as = ["jam kerja normal brp"]
answer = "Anda bekerja 40 jam seminggu."
articles = [{ law = "PP 35/2021 Pasal 21", confirmed = true }]
checked_on = 2026-12-01
"""


def _written(tmp_path: Path, content: str) -> Path:
    file = tmp_path / "rights.toml"
    file.write_text(content, encoding="utf-8")
    return file


def _act(law: str) -> str:
    """``UU 13/2003`` of ``UU 13/2003 Pasal 81`` or ``UU 13/2003 jo. UU 6/2023``."""
    return law.partition(" jo. ")[0].partition(" Pasal ")[0]


def test_every_subject_has_several_answers() -> None:
    """A worker with a question about any category finds more than the one obvious answer."""
    count = Counter(entry.category for entry in ENTRIES)
    assert len(ENTRIES) >= 75
    assert set(count) == {category.slug for category in TAXONOMY.categories}
    assert {slug: n for slug, n in count.items() if n < 4 and slug != "lainnya"} == {}


def test_every_question_is_told_in_many_ways() -> None:
    """An answer is found by these phrasings; too few make it a matter of luck."""
    odd = {e.slug: len(e.asked_as) for e in ENTRIES if not 14 <= len(e.asked_as) <= 18}
    assert odd == {}


def test_answers_fit_a_small_screen_and_name_their_source() -> None:
    """Nobody scrolls through a statute, and nothing is claimed without its law."""
    assert {e.slug: len(e.answer) for e in ENTRIES if len(e.answer) > 500} == {}
    assert [e.slug for e in ENTRIES if not e.articles] == []


def test_answers_speak_to_the_worker_politely() -> None:
    """The house says "Anda" to everybody."""
    casual = {"kamu", "kalian", "lu", "elo", "saudara"}
    words = {e.slug: set(f"{e.question} {e.answer}".lower().split()) for e in ENTRIES}
    assert [slug for slug, used in words.items() if used & casual] == []


def test_no_two_entries_share_a_phrasing() -> None:
    """A question that stands almost alike under two entries has two answers."""
    owners = [e.slug for e in ENTRIES for _ in (e.question, *e.asked_as)]
    phrasings = [p.casefold() for e in ENTRIES for p in (e.question, *e.asked_as)]
    scores = process.cdist(phrasings, phrasings, scorer=fuzz.ratio, score_cutoff=85)
    alike = [
        (phrasings[first], phrasings[second])
        for first, second in np.argwhere(np.triu(scores, k=1))
        if owners[first] != owners[second]
    ]
    assert alike == []


def test_a_confirmed_source_is_one_that_the_taxonomy_confirms() -> None:
    """Confidence about a law comes from one place, not from whoever wrote the answer."""
    articles = [article for c in TAXONOMY.categories for article in c.articles]
    checked = {_act(article.law) for article in articles if article.confirmed}
    claimed = {s.law for e in ENTRIES for s in e.articles if s.confirmed}
    laws = {law for law in claimed if any(letter.isdigit() for letter in law)}
    assert laws
    assert {law for law in laws if _act(law) not in checked} == set()


def test_unconfirmed_law_says_so() -> None:
    """Nobody is told as certain what was not compared with the act."""
    assert LawSource("PP 36/2021 Pasal 61", confirmed=True).reference == "PP 36/2021 Pasal 61"
    assert LawSource("UU 8/2016", confirmed=False).reference == "UU 8/2016 (perlu dicek)"


def test_an_entry_may_have_been_checked_later_than_the_file(tmp_path: Path) -> None:
    """A law changes one at a time; the date of the file holds for the rest."""
    first, second = load_rights(_written(tmp_path, SMALL_FILE), TAXONOMY)
    assert first.checked_on == date(2026, 11, 21)
    assert second.checked_on == date(2026, 12, 1)
    assert first.asked_as == ("slip gaji wajib ga", "boleh minta slip?")
    assert second.articles == (LawSource("PP 35/2021 Pasal 21", confirmed=True),)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("checked_on = 2026-11-21", "", "top level: 'checked_on' is missing"),
        ("[[entry]]", "[[entri]]", "top level: unknown key 'entri'; known: checked_on, entry"),
        ('"upah"', '"gaji"', "entry slip_gaji: unknown category 'gaji'; known: upah"),
        (
            'slug = "jam_kerja"',
            'slug = "slip_gaji"',
            "entry slip_gaji: its slug stands there twice",
        ),
        ('["jam kerja normal brp"]', "[]", "entry jam_kerja: 'asked_as' must hold at least one"),
        ('"boleh minta slip?"', '" "', "entry slip_gaji: 'asked_as' must hold at least one text"),
        ('"boleh minta slip?"', "3", "entry slip_gaji: 'asked_as' must hold at least one text"),
        ("40 jam", "40 jam " * 80, "entry jam_kerja: 'answer' has 583 characters, at most 500"),
        ('[{ law = "PP 36/2021", confirmed = false }]', "[]", "'articles' must hold at least one"),
        ("confirmed = true", 'confirmed = "ya"', "articles 1: 'confirmed' must be a bool"),
        ('"jam kerja normal brp"', '"Slip gaji  wajib GA"', "already stands under slip_gaji"),
        ("answer =", "jawaban =", "entry slip_gaji: unknown key 'jawaban'; known: slug"),
        ("[[entry]]", "[[entry", "is not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    """Whoever edits the file finds the mistake from the message alone."""
    assert old in SMALL_FILE
    file = _written(tmp_path, SMALL_FILE.replace(old, new, 1))
    with pytest.raises(RightsError) as error:
        load_rights(file, TAXONOMY)
    assert complaint in str(error.value)
    assert str(file) in str(error.value)


def test_the_categories_are_those_of_the_given_taxonomy(tmp_path: Path) -> None:
    """A union that dropped a category hears of the answers that would never be shown."""
    kept = tuple(c for c in TAXONOMY.categories if c.slug != "upah")
    file = _written(tmp_path, SMALL_FILE)
    with pytest.raises(RightsError, match="unknown category 'upah'"):
        load_rights(file, replace(TAXONOMY, categories=kept))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A wrong path is not a Python trace."""
    with pytest.raises(RightsError, match=r"cannot read the rights answers .*nothing\.toml"):
        load_rights(tmp_path / "nothing.toml")
