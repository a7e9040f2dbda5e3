"""Is she safe at work? Asked 7, 30 and 90 days after some closings, on the whole program."""

import pytest
from sqlmodel import col, select

from storage.cases import row_id
from storage.tables import Case, CaseLink, CheckIn, Organisation, Recusal
from tests.journeys.test_survey import DAY, LOOKS, closes_again, stored
from tests.world import Worker, World

ASKED = "Apakah Anda aman di tempat kerja?"


def dismissed(world: World, worker: Worker, case: Case | None = None, **fields: object) -> Case:
    """A closed case about a dismissal, or whatever else the fields say."""
    case = case or world.opened_case(worker)
    with world.app.database.transaction() as session:
        row = session.get_one(Case, row_id(case))
        for name, value in ({"category": "phk_pesangon", "tags": ""} | fields).items():
            setattr(row, name, value)
        session.add(row)
    ratna = world.officer("Ratna")
    ratna.taps(case, "Saya tangani")
    closes_again(world, case, "Ratna")
    return case


def check_ins(world: World, case: Case) -> list[CheckIn]:
    """The check-ins of the case, in their order."""
    with world.app.database.reading() as session:
        query = select(CheckIn).where(CheckIn.case_id == case.id).order_by(col(CheckIn.id))
        return list(session.exec(query).all())


def asked(worker: Worker) -> int:
    """How often she was asked."""
    return sum(ASKED in heard for heard in worker.heard())


def until(world: World, day: int) -> None:
    """So many days later; what the first of them brings comes on that day."""
    world.wait(DAY)
    world.wait((day - 1) * DAY)


@pytest.mark.parametrize("look", LOOKS)
def test_she_is_asked_after_7_30_and_90_days_and_one_tap_answers(world: World, look: str) -> None:
    """Retaliation comes when the matter seems over."""
    sri = world.worker(look=look)
    case = dismissed(world, sri)
    today = 0
    for times, day in enumerate((7, 30, 90), start=1):
        world.wait(DAY)  # the survey of the first day
        world.wait(3 * DAY)  # its reminder
        world.wait((day - today - 4) * DAY - 60)
        assert asked(sri) == times - 1
        world.wait(60)
        today = day
        assert asked(sri) == times
        assert case.number not in sri.heard()[-1]
        sri.taps("Aman")
        assert "senang mendengarnya" in sri.heard()[-1]
    assert asked(sri) == 3, "what WhatsApp held is not asked after it was answered"
    assert [one.state for one in check_ins(world, case)] == ["safe"] * 3
    assert len(world.cases()) == 1


@pytest.mark.parametrize(
    ("category", "tags", "planned"),
    [("phk_pesangon", "", 3), ("pelecehan_kekerasan", "", 3), ("kebebasan_berserikat", "", 3),
     ("upah", "thr,pembalasan", 3), ("upah", "thr", 0)],
)  # fmt: skip
def test_only_matters_that_invite_retaliation_are_watched(
    world: World, category: str, tags: str, planned: int
) -> None:
    """Who asked for a payslip need not be asked three times whether she is safe."""
    case = dismissed(world, world.worker(), category=category, tags=tags)
    assert len(check_ins(world, case)) == planned


def test_not_safe_opens_one_linked_urgent_case_and_pages_the_officers(world: World) -> None:
    """One tap must be enough to be looked for."""
    sri = world.worker(look="sim-telegram")
    case = dismissed(world, sri)
    until(world, 7)
    sri.taps("Tidak aman")
    assert "112" in sri.heard()[-1]
    old, urgent = world.cases()
    assert (urgent.urgency, urgent.status, urgent.category) == ("tinggi", "baru", old.category)
    assert (urgent.person_id, urgent.identity, urgent.sensitive) == (
        old.person_id, old.identity, old.sensitive
    )  # fmt: skip
    with world.app.database.reading() as session:
        (link,) = session.exec(select(CaseLink)).all()
    assert (link.first_id, link.second_id, link.kind) == (urgent.id, old.id, "linked")
    assert any("MENDESAK" in post and urgent.number in post for post in world.in_group())
    assert check_ins(world, case)[0].urgent_case_id == urgent.id
    assert stored(world, case).status == "selesai"
    sri.taps("Aman")
    sri.taps("Tidak aman")
    assert len(world.cases()) == 2
    assert check_ins(world, case)[0].state == "unsafe"
    sri.says("nama saya dicoret dari daftar absen tadi pagi")
    assert any("dicoret dari daftar" in post for post in world.in_group())


def test_typed_words_answer_it_too(world: World) -> None:
    """Not every phone shows buttons."""
    sri = world.worker(look="sim-telegram")
    case = dismissed(world, sri)
    until(world, 7)
    sri.says("gak aman kak")
    assert check_ins(world, case)[0].state == "unsafe"
    assert len(world.cases()) == 2


def test_a_confidential_case_stays_so_and_who_was_kept_away_stays_away(world: World) -> None:
    """The urgent case is about the same people as the old one."""
    with world.app.database.transaction() as session:
        organisation = session.get_one(Organisation, world.organisation_id(session))
        assert organisation.sensitive_chat == ""
    sri = world.worker(look="sim-telegram")
    case = dismissed(world, sri, category="pelecehan_kekerasan", sensitive=True)
    with world.app.database.transaction() as session:
        owner = stored(world, case).owner_id
        session.add(Recusal(organisation_id=case.organisation_id, case_id=row_id(case),
                            officer_id=owner or 0, at=world.clock.now()))  # fmt: skip
    until(world, 7)
    sri.taps("Tidak aman")
    urgent = world.cases()[-1]
    assert urgent.sensitive
    assert "pelecehan" not in "\n".join(world.in_group()[-6:]).casefold()
    with world.app.database.reading() as session:
        kept_away = session.exec(select(Recusal).where(Recusal.case_id == urgent.id)).all()
    assert [one.officer_id for one in kept_away] == [owner]


def test_no_answer_lapses_without_a_word_and_a_late_no_still_counts(world: World) -> None:
    """She may be unable to answer; when she can, she is not told that she is too late."""
    sri = world.worker(look="sim-telegram")
    case = dismissed(world, sri)
    until(world, 7)
    before = len(sri.heard())
    group = len(world.in_group())
    until(world, 8)
    assert check_ins(world, case)[0].state == "lapsed"
    assert len(sri.heard()) == before
    assert not any("MENDESAK" in post for post in world.in_group()[group:])
    sri.taps("Tidak aman")
    assert check_ins(world, case)[0].state == "unsafe"
    assert len(world.cases()) == 2


def test_never_while_the_case_is_open_again(world: World) -> None:
    """Who works on the case with her knows how she is."""
    sri = world.worker(look="sim-telegram")
    case = dismissed(world, sri)
    until(world, 3)
    world.officer("Ratna").taps(case, "Buka lagi")
    until(world, 10)
    assert asked(sri) == 0
    assert {one.reason for one in check_ins(world, case)} == {"reopened"}
    closes_again(world, case, "Ratna")
    until(world, 7)
    assert asked(sri) == 1
    assert [one.closure for one in check_ins(world, case)] == [0, 0, 0, 1, 1, 1]


def test_who_stopped_pushes_is_not_asked_and_the_card_says_why(world: World) -> None:
    """BERHENTI means it, and officers must know that nobody asked."""
    sri = world.worker(look="sim-telegram")
    case = dismissed(world, sri)
    sri.says("BERHENTI")
    until(world, 8)
    assert asked(sri) == 0
    assert check_ins(world, case)[0].reason == "stopped"
    shown = "\n".join(world.in_group())
    assert "hari ke-7: tidak dikirim, karena pelapor mengetik BERHENTI" in shown


def test_two_closed_cases_of_one_person_ask_once(world: World) -> None:
    """The question is about her, not about a case."""
    sri = world.worker(look="sim-telegram")
    dismissed(world, sri)
    sri.says("lapor baru")
    sri.says("kemarin saya di-PHK lewat pesan WA tanpa surat dan tanpa pesangon")
    world.wait(9)
    while "Kirim" not in sri.last_buttons():
        sri.taps(next(one for one in sri.last_buttons() if one in {"Lewati", "Rahasiakan nama"}))
    sri.taps("Kirim")
    second = dismissed(world, sri, world.cases()[-1])
    until(world, 8)
    assert asked(sri) == 1
    assert check_ins(world, second)[0].reason == "asked_already"


def test_a_scheduler_dead_for_a_month_asks_what_still_makes_sense(world: World) -> None:
    """Three questions at once would frighten her."""
    sri = world.worker(look="sim-telegram")
    case = dismissed(world, sri)
    world.clock.advance(35 * DAY)
    world.settle()
    assert asked(sri) == 1
    assert [one.state for one in check_ins(world, case)] == ["not_sent", "asked", "planned"]


def test_survey_and_check_in_do_not_take_each_others_words(world: World) -> None:
    """A bare "ya" that may mean either is left alone; clear words count."""
    sri = world.worker(look="sim-telegram")
    case = dismissed(world, sri)
    until(world, 8)
    sri.says("aman kak")
    assert check_ins(world, case)[0].state == "safe"
