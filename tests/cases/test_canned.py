"""Ready answers: offered by category and stage, filled in, reworded by coordinators."""

from dataclasses import replace

import pytest

from bot.cases.canned import LONGEST, all_canned, fitting
from bot.cases.roster import change_officer
from bot.texts import CannedText, load_texts
from nlp.taxonomy import load_taxonomy
from storage.tables import Case
from tests.cases.office import REPORT, Office
from tests.outbox.scripted import GROUP_CHAT

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WORDS = {"{nama}", "{nomor}", "{petugas}", "{tanggal}"}


def names(office: Office) -> dict[str, CannedText]:
    with office.database.reading() as session:
        return {canned.name: canned for canned in all_canned(office.work(session))}


def last_buttons(office: Office) -> list[str]:
    posts = [s for s in office.telegram.sent if s.place.address.path == GROUP_CHAT]
    return [choice.label for choice in posts[-1].text.choices]


def _asks(office: Office, case: Case, words: str) -> None:
    """Joko writes in the topic; what follows is sent."""
    office.writes("joko", case, words)
    office.deliver()


@pytest.fixture
def case(office: Office) -> Case:
    """A case whose topic stands."""
    case = office.opens()
    office.deliver()
    return case


def test_many_good_answers_are_shipped() -> None:
    """An officer must not start with an empty list."""
    shipped = load_texts().canned
    assert len(shipped) >= 40
    assert len({canned.name for canned in shipped}) == len(shipped)


@pytest.mark.parametrize("canned", load_texts().canned, ids=lambda canned: canned.name)
def test_a_shipped_answer_fits_a_small_screen_and_knows_its_words(canned: CannedText) -> None:
    """Short, with variables that are filled in, for a category and a stage that there are."""
    taxonomy_slugs = {"", *(c.slug for c in load_taxonomy().categories)}
    assert len(canned.text) <= 260
    assert len(canned.name) <= 40
    assert canned.name == canned.name.casefold()
    assert canned.category in taxonomy_slugs
    found = {word for word in WORDS if word in canned.text}
    rest = canned.text
    for word in found:
        rest = rest.replace(word, "")
    assert "{" not in rest
    assert len(canned.text) < LONGEST


def test_what_fits_the_category_and_stage_comes_first(office: Office) -> None:
    """Eight of fifty are shown: the right eight."""
    case = office.opens()
    with office.database.reading() as session:
        first = fitting(office.work(session), office.stored(case))[:8]
    assert all(canned.category in {"upah", ""} for canned in first)
    assert "upah minta slip" in {canned.name for canned in first}


def test_a_typed_name_previews_it_filled_and_hides_the_name(office: Office) -> None:
    """The group sees the place of the name, the reporter reads her name."""
    case = office.opens(replace(REPORT, name="Sri Lestari"))
    office.deliver()
    _asks(office, case, "/cepat salam pertama")
    assert "{nama}" in office.in_the_group()
    assert "Joko" in office.in_the_group()
    preview = office.messages(case, "reply")[-1]
    office.taps("joko", case, "reply_send", message_id=preview.id)
    office.deliver(25)
    assert any("Halo Sri Lestari, saya Joko" in text for text in office.heard())
    assert "Sri Lestari" not in office.in_the_group()


def test_a_hidden_name_is_left_out(office: Office) -> None:
    """Who hides her name is greeted without one."""
    case = office.opens(replace(REPORT, identity="rahasia", name="Sri Lestari"))
    office.deliver()
    _asks(office, case, "/cepat salam pertama")
    assert "Halo, saya Joko" in office.newest_in(GROUP_CHAT)  # seen as she will read it
    preview = office.messages(case, "reply")[-1]
    office.taps("joko", case, "reply_send", message_id=preview.id)
    office.deliver(25)
    assert any("Halo, saya Joko" in text for text in office.heard())


def test_words_find_an_answer(office: Office, case: Case) -> None:
    """Nobody remembers fifty names."""
    _asks(office, case, "/cepat mediasi")
    assert "Masuk mediasi" in last_buttons(office)


@on_sqlite
def test_abbreviations_stand_in_capitals_on_the_buttons(office: Office, case: Case) -> None:
    """A button that says Thr or Phk looks like a typing error."""
    _asks(office, case, "/cepat hari raya")
    assert "THR" in last_buttons(office)
    assert not any("Thr" in label or "thr" in label for label in last_buttons(office))


@on_sqlite
def test_the_gap_for_the_name_is_explained(office: Office, case: Case) -> None:
    """An officer who reads {nama} believes that the reporter reads it, too."""
    _asks(office, case, "/cepat salam pertama")
    assert office.texts("officers.reply.name_gap") in office.newest_in(GROUP_CHAT)
    _asks(office, case, "/balas Halo, Bu.")
    assert office.texts("officers.reply.name_gap") not in office.newest_in(GROUP_CHAT)


@on_sqlite
def test_the_list_gives_way_to_what_was_chosen(office: Office, case: Case) -> None:
    """Eight buttons that stay would be eight previews by mistake."""
    _asks(office, case, "/cepat hari raya")
    office.presses("joko", "THR")
    office.deliver()
    (offer,) = [t for t in office.posts_in(GROUP_CHAT).values() if t.text.startswith("Balasan c")]
    assert offer.text == office.texts("officers.done.canned_chosen", name="THR")
    assert not offer.choices


def test_a_tapped_answer_becomes_a_preview(office: Office) -> None:
    """Nothing leaves by one tap."""
    case = office.opens()
    office.taps("joko", case, "canned", "thr")
    assert office.messages(case, "reply")[-1].state == "preview"
    assert not office.heard()


def test_a_coordinator_rewords_adds_and_removes(office: Office, case: Case) -> None:
    """The union speaks with its own words."""
    office.writes("ratna", case, "/cepat ubah thr")
    office.writes("ratna", case, "THR wajib dibayar. Tulis ke kami, {nama}.")
    assert names(office)["thr"].text == "THR wajib dibayar. Tulis ke kami, {nama}."
    assert names(office)["thr"].category == "upah"
    office.writes("ratna", case, "/cepat baru")
    for answer in ("Rapat Anggota", "lewati", "lewati", "Rapat anggota hari Minggu."):
        office.writes("ratna", case, answer)
    assert names(office)["rapat anggota"].text == "Rapat anggota hari Minggu."
    office.writes("ratna", case, "/cepat hapus thr")
    assert "thr" not in names(office)


def test_an_unknown_word_in_braces_is_refused_and_asked_again(office: Office, case: Case) -> None:
    """{name} would stand in the worker's message as it is."""
    office.writes("ratna", case, "/cepat ubah thr")
    office.writes("ratna", case, "Halo {name}")
    assert "Halo {name}" not in names(office)["thr"].text
    office.writes("ratna", case, "Halo {nama}")
    assert names(office)["thr"].text == "Halo {nama}"


def test_who_is_no_coordinator_any_more_cannot_end_the_change(office: Office, case: Case) -> None:
    """Rights count at the end, not at the beginning."""
    before = names(office)["thr"].text
    office.writes("ratna", case, "/cepat ubah thr")
    with office.database.transaction() as session:
        change_officer(session, office.vault, office.officers["ratna"], role="officer")
    office.writes("ratna", case, "THR tidak usah dibayar.")
    assert names(office)["thr"].text == before


def test_only_coordinators_change_them_and_readers_use_none(office: Office, case: Case) -> None:
    """What the union says to everybody is not for everybody to change."""
    before = names(office)
    office.writes("joko", case, "/cepat ubah thr")
    office.writes("joko", case, "ini catatan saja")
    assert names(office) == before
    assert office.messages(case, "note")
    assert office.taps("budi", case, "canned", "thr").alert
