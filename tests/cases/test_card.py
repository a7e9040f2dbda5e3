"""The card: all that matters of a case on one small screen, whatever people wrote into it."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cases.card import card, fitted
from bot.cases.roster import add_officer
from bot.cases.steps import key_of, recommended
from bot.channels import TargetGone, Text, TopicGone
from bot.handlers.simulator.markup import parse_html, plain_text
from bot.outbox.split import units
from nlp.taxonomy import load_taxonomy
from storage.cases import CaseContent, row_id, seal_content
from storage.tables import Attachment, Case
from tests.cases.office import REPORT, Office
from tests.cases.test_confidential import SENSITIVE
from tests.statements import statements
from tests.storage.rows import NOW

WORST = st.text(alphabet="&<>\"'/@#.😢ab \n\u202e", min_size=60, max_size=400)


def shown(office: Office, case: Case) -> Text:
    """The card as it would be sent now."""
    with office.database.transaction() as session:
        return card(office.work(session), office.stored(case))


def words(office: Office, case: Case) -> str:
    """What a person reads on it."""
    return plain_text(parse_html(shown(office, case).text))


def labels(text: Text) -> list[str]:
    """What its buttons say."""
    return [choice.label for choice in text.choices]


def _files(office: Office, case: Case, *states: str) -> None:
    sealed = office.vault.seal_json({"reference": "", "name": "x"}, "attachments")
    with office.database.transaction() as session:
        for index, state in enumerate(states):
            row = Attachment(
                key=f"k{index}", organisation_id=case.organisation_id, case_id=case.id,
                channel="whatsapp", kind="photo", state=state, due_at=NOW, created_at=NOW,
                sealed=sealed,
            )  # fmt: skip
            session.add(row)


def test_the_card_tells_all_that_is_known(office: Office) -> None:
    """Who opens a topic must not scroll through it to know what it is about."""
    case = office.opens(
        also=("lembur_jam_kerja",), tags=("thr",), urgency="tinggi", workplace="PT Maju <Jaya>",
        region_name="Kota Bekasi", affected="satu line", happened="bulan lalu",
    )  # fmt: skip
    _files(office, case, "stored", "failed")
    office.taps("joko", case, "take")
    read = words(office, case)
    for told in (
        case.number, "sejak", "Pengaduan · Upah", "Juga: Lembur & jam kerja", "Label: THR",
        "Urgensi: ", "PT Maju <Jaya>", "Kota Bekasi", "satu line", "bulan lalu", "Petugas: Joko",
        "Berkas: 2", "• foto, 23 Nov 09.00 ✓", "gagal diunduh", "☐ ",
    ):  # fmt: skip
        assert told in read


def test_a_card_asks_the_database_little(office: Office) -> None:
    """A card is shown after almost everything that happens: what it costs, all pay."""
    case = office.opens(workplace="PT Maju Jaya")
    office.taps("joko", case, "take")
    with office.database.transaction() as session:
        work, stored = office.work(session), office.stored(case)
        with statements(office.database) as asked:
            card(work, stored)
    assert len(asked) <= 13, asked
    assert sum(each.startswith("INSERT INTO taps") for each in asked) == 1


def test_many_files_are_listed_shortly_and_those_that_are_missing_always(office: Office) -> None:
    """Twenty photos must not push the steps off the screen, a lost one must be asked for."""
    case = office.opens()
    _files(office, case, "failed", *["stored"] * 9)
    lines = [line for line in words(office, case).splitlines() if line.startswith("•")]
    assert len(lines) == 6
    assert "gagal diunduh" in lines[0]
    assert "dan 4 lagi" in words(office, case)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(fields=st.lists(WORST, min_size=8, max_size=8))
def test_a_card_always_fits_and_never_tears_its_markup(office: Office, fields: list[str]) -> None:
    """A card that Telegram refuses is a case that nobody sees."""
    tags = ("thr", "slip_gaji", "potongan", "borongan", "upah_telat", "bonus_premi")
    with office.database.transaction() as session:
        case = session.get_one(Case, office.case.id)
        case.sealed = seal_content(
            office.vault,
            CaseContent(
                story=fields[0], workplace=fields[1] * 3, region_name=fields[2] * 3,
                happened=fields[3] * 3, affected=fields[4] * 3, safe_hours=fields[5] * 3,
                probability=0.5, triggers=(fields[6],) * 9, reasons=(fields[7],) * 9,
            ),
        )  # fmt: skip
        case.tags, case.urgency = ",".join(tags), "darurat"
        case.owner_id = add_officer(
            session, office.vault, office.organisation_id, user_id="panjang", name=fields[0],
            role="officer", now=NOW,
        ).id  # fmt: skip
        session.add(case)
        session.flush()
        shown = card(office.work(session), case)
    assert units(shown.text) <= 4096
    assert case.number in plain_text(parse_html(shown.text))  # raises when it is torn


def test_what_matters_least_is_cut_first() -> None:
    """The number and the danger stay when the advice does not fit."""
    parts = ((9, ["nomor"]), (1, ["satu", "dua", "tiga"]), (5, ["tempat"]))
    assert fitted(parts, 17) == "nomor\nsatu\ntempat"
    assert fitted(parts, 12) == "nomor\ntempat"
    assert fitted(parts, 5) == "nomor"


@pytest.mark.parametrize("lost", [TargetGone("deleted"), TopicGone("deleted")])
def test_a_card_that_was_deleted_comes_back_pinned(office: Office, lost: Exception) -> None:
    """Somebody tidies up the group; the case must not vanish with its card."""
    case = office.opens()
    office.deliver()
    before = office.stored(case).card_id
    office.telegram.troubles["edit_text"] = [lost]
    office.taps("joko", case, "take")
    office.deliver(61)
    after = office.stored(case).card_id
    assert after != before
    assert office.telegram.pinned[-1] == after
    assert len(office.telegram.topics) == (2 if isinstance(lost, TopicGone) else 1)


def test_few_buttons_stand_on_the_card_and_they_fit_the_status(office: Office) -> None:
    """A wall of buttons is no help on a phone."""
    case = office.opens()
    assert labels(shown(office, case)) == [
        "Saya tangani", "Balas", "Ubah status", "Lihat pelapor", "Langkah", "Lainnya",
    ]  # fmt: skip
    office.taps("joko", case, "take")
    assert labels(shown(office, case)) == ["Balas", "Ubah status", "Langkah", "Tutup", "Lainnya"]
    office.taps("joko", case, "more")
    office.deliver()
    further = {"Menunggu pelapor", "Serahkan", "Kategori", "Jenis", "Urgensi", "Label"}
    assert further < set(labels(office.telegram.sent[-1].text))
    office.closes("joko", case, "sebagian")
    assert labels(shown(office, case)) == ["Buka lagi", "Lihat pelapor"]


def _keys(office: Office, case: Case) -> list[str]:
    with office.database.transaction() as session:
        return [key_of(step) for step in recommended(office.work(session), office.stored(case))]


def test_steps_are_ticked_off_and_the_card_shows_it(office: Office) -> None:
    """Who takes over a case must see what was done."""
    case = office.opens()
    office.deliver()
    office.taps("joko", case, "steps")
    office.deliver()
    post = office.telegram.sent[-1]
    assert labels(post.text)[0] == "☐ 1"
    payload = post.text.choices[0].id
    assert not office.taps_payload("joko", payload, post.id).alert
    assert not office.taps_payload("maria", payload, post.id).alert  # at the same moment
    office.deliver(61)
    edited = [text for id_, text in office.telegram.edits if id_ == post.id]
    assert labels(edited[-1])[0] == "☑ 1"
    assert "☑ " in words(office, case)
    trail = [event.what for event in office.trail(case)]
    assert trail.count("step_done") == 1
    undone = edited[-1].choices[0].id
    office.taps_payload("joko", undone, post.id)
    assert "☑ " not in words(office, case)
    assert office.trail(case)[-1].what == "step_open"


def test_steps_are_ticked_only_by_who_may_act_and_only_those_of_the_case(office: Office) -> None:
    """A forged button must not write into the trail."""
    case = office.opens()
    step = _keys(office, case)[0]
    assert office.taps("budi", case, "step_done", step).alert
    assert office.taps("joko", case, "step_done", "0123456789abcdef").alert
    assert [event.what for event in office.trail(case)] == ["opened"]


def test_a_hidden_case_offers_no_steps(office: Office) -> None:
    """The advice would tell what happened."""
    case = office.opens(SENSITIVE)
    assert "Langkah" not in labels(shown(office, case))
    assert office.taps("joko", case, "steps").alert
    assert office.taps("joko", case, "step_done", _keys(office, case)[0]).alert


def test_the_key_of_a_step_is_short_and_its_own() -> None:
    """It stands in a button and in the database for as long as the case lives."""
    taxonomy = load_taxonomy()
    steps = [*taxonomy.stage_steps, *(s for c in taxonomy.categories for s in c.next_steps)]
    keys = {key_of(step): step.text for step in steps}
    assert len(keys) == len({step.text for step in steps})
    assert all(len(key) == 16 for key in keys)
    assert key_of(replace(steps[0], involve="lain")) == key_of(steps[0])


def test_a_wish_has_no_steps_to_tick(office: Office) -> None:
    """Steps are about disputes."""
    case = office.opens(replace(REPORT, kind="aspirasi"))
    assert "☐" not in words(office, case)
    assert row_id(case)
