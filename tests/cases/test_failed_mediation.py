"""The year to sue over a dismissal: who lost her work hears of it when it begins and before it ends."""

from datetime import date

import pytest

from bot.cases.legal_clock import deadlines_of, set_deadlines
from bot.cases.stage_records import keep_record
from bot.cases.stages import change_stage
from storage.cases import case_by_id
from storage.tables import Case, Person
from tests.cases.office import Office
from tests.cases.passing import go, hour_by_hour, posted, pushed, sweep

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FAILED = "16 november 2026"  # a Monday


@pytest.fixture
def case(office: Office) -> Case:
    """A dismissal in mediation that Joko handles; it is Monday, ten o'clock."""
    go(office, "2026-11-23 10:00")
    return _in_mediation(office)


def _in_mediation(office: Office, category: str = "phk_pesangon") -> Case:
    case = office.opens(category=category, region_code="32.16")
    office.taps("joko", case, "take")
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        for stage in ("ditangani", "bipartit", "mediasi"):
            change_stage(office.work(session), row, stage, tells=False)
    office.deliver()
    return case


def _to_court(office: Office, case: Case, *said: str) -> None:
    """Joko moves it to the court; he answers so, and skips the rest."""
    office.taps("joko", case, "to_stage", "phi")
    for words in (*said, *["lewati"] * (4 - len(said))):
        if office.stored(case).status != "phi":
            office.writes("joko", case, words)
    if office.stored(case).status != "phi":
        office.chooses("joko", case, "to_phi", "sure", "ya")


def _year(office: Office) -> list[tuple[str, str]]:
    """What she was told of the year, and when."""
    return [(at, text) for at, text in pushed(office) if "menggugat" in text.lower()]


def test_she_hears_of_the_year_when_the_case_leaves_mediation(office: Office, case: Case) -> None:
    """Who waits for the union and does not know of the year may come too late."""
    _to_court(office, case, FAILED)
    assert office.stored(case).status == "phi"
    sweep(office, "legal")
    ((at, told),) = _year(office)
    assert at == "23.11. 10:00"
    assert case.number in told
    assert "Selasa, 16 November 2027" in told
    assert "perlu dicek dengan serikat atau pengacara" in told
    (post,) = posted(office, "mulai dihitung")
    assert "gugatan PHK" in post
    sweep(office, "legal")
    assert len(_year(office)) == 1


def test_she_is_told_again_before_it_ends(office: Office, case: Case) -> None:
    """Ninety, thirty and seven days before, in the morning, she and the officers."""
    _to_court(office, case, FAILED)
    sweep(office, "legal")
    for day in ("2027-08-18", "2027-10-17", "2027-11-09", "2027-11-17"):
        before = len(_year(office)), len(posted(office, "⏰"))
        hour_by_hour(office, f"{day} 07:00", f"{day} 10:00", "legal")
        after = len(_year(office)), len(posted(office, "⏰"))
        assert after == (before[0] + 1, before[1] + 1), day
    words = [text for _, text in _year(office)]
    assert all("makin dekat" in text for text in words[1:4])
    assert "mungkin sudah habis" in words[4]
    assert "tinggal 7 hari" in posted(office, "⏰")[-2]


def test_a_day_noted_by_hand_tells_her_as_well_and_a_corrected_one_again(
    office: Office, case: Case
) -> None:
    """Conciliation may fail without a change of stage; a wrong date is worse than none."""
    for on in (FAILED, "18 november 2026"):
        office.writes("joko", case, "/tenggat")
        office.writes("joko", case, "mediasi tak sepakat")
        office.writes("joko", case, on)
        sweep(office, "legal")
    assert [text.count("16 November 2027") for _, text in _year(office)] == [1, 0]
    assert "Kamis, 18 November 2027" in _year(office)[1][1]
    office.writes("joko", case, "/tenggat")
    office.writes("joko", case, "gugatan didaftarkan")
    office.writes("joko", case, "hari ini")
    hour_by_hour(office, "2027-08-20 07:00", "2027-08-20 10:00", "legal")
    assert len(_year(office)) == 2


def test_by_night_it_waits_for_the_morning_and_survives_the_next_stage(office: Office) -> None:
    """Her phone stays silent; the year is true in the next stage, too."""
    go(office, "2026-11-23 21:00")
    case = _in_mediation(office)
    office.writes("joko", case, "/tenggat")
    office.writes("joko", case, "mediasi tak sepakat")
    office.writes("joko", case, FAILED)
    sweep(office, "legal")
    assert _year(office) == []
    _to_court(office, case)
    hour_by_hour(office, "2026-11-24 07:00", "2026-11-24 09:00", "legal")
    assert [at for at, _ in _year(office)] == ["24.11. 08:00"]
    office.deliver()
    assert any("16 November 2027" in text for text in office.heard())


def test_who_wants_no_news_is_not_told_and_the_officers_know(office: Office, case: Case) -> None:
    """BERHENTI holds; a person must find another way then."""
    with office.database.transaction() as session:
        person = session.get_one(Person, office.case.person_id)
        person.pushes_on = False
        session.add(person)
    _to_court(office, case, FAILED)
    sweep(office, "legal")
    assert _year(office) == []
    assert posted(office, "pelapor tidak dikabari, karena pelapor mengetik BERHENTI")


def test_a_day_that_is_not_known_yet_is_not_guessed(office: Office, case: Case) -> None:
    """She hears that there is a year, and whom to ask."""
    _to_court(office, case)
    sweep(office, "legal")
    ((_, told),) = _year(office)
    assert office.texts("cases.further.year") in told


def test_a_suit_that_was_filed_has_no_year_any_more(office: Office, case: Case) -> None:
    """A number of the court means that it lies there."""
    _to_court(office, case, FAILED, "PHI Bandung", "14/Pdt.Sus-PHI/2026")
    sweep(office, "legal")
    assert _year(office) == []
    assert not posted(office, "⏰")


def test_who_got_nothing_hears_that_she_may_still_sue(office: Office, case: Case) -> None:
    """The union closes the case; her right goes on, and nobody else would tell her."""
    office.taps("joko", case, "close")
    office.chooses("joko", case, "to_selesai", "outcome", "tidak_tercapai")
    office.writes("joko", case, FAILED)
    office.chooses("joko", case, "to_selesai", "sentence")
    assert office.stored(case).status == "selesai"
    sweep(office, "legal")
    hour_by_hour(office, "2027-08-18 07:00", "2027-08-18 10:00", "legal")
    assert ["16 November 2027" in text for _, text in _year(office)] == [True, True]


@pytest.mark.parametrize(
    ("category", "outcome"), [("phk_pesangon", "tercapai"), ("upah", "tidak_tercapai")]
)
def test_nothing_is_asked_where_no_year_begins(
    office: Office, category: str, outcome: str
) -> None:
    """A question that does not fit the case is one tap too many."""
    go(office, "2026-11-23 10:00")
    case = _in_mediation(office, category)
    office.closes("joko", case, outcome)
    assert office.stored(case).status == "selesai"
    assert _year(office) == []


def test_a_mediation_that_failed_is_not_told_as_one_that_goes_on(
    office: Office, case: Case
) -> None:
    """Who reads that the mediator is at work waits, and the year to sue runs."""
    with office.database.transaction() as session:
        work, row = office.work(session), case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        for record, day in (("mediasi", 2), ("mediator", 3), ("not_agreed", 16)):
            keep_record(work, row, record, {}, officer_id=None, on_date=date(2026, 11, day))
        set_deadlines(work, row)
        assert [one.rule.name for one in deadlines_of(work, row)] == ["phk_claim"]
    before = len(pushed(office))
    hour_by_hour(office, "2026-11-23 11:00", "2026-12-18 12:00")
    told = [text for _, text in pushed(office)[before:] if "menggugat" not in text]
    assert told
    assert not any("penengah" in text or "30 hari" in text for text in told)
    assert "Sejak 16 Nov 2026: mediasi tidak sepakat." in told[0]


def test_there_is_nothing_to_choose_once_a_mediator_has_the_dispute(
    office: Office, case: Case
) -> None:
    """UU 2/2004 art. 4(4): it goes to the mediator because nobody chose."""
    with office.database.transaction() as session:
        work, row = office.work(session), case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        keep_record(work, row, "mediasi", {}, officer_id=None, on_date=date(2026, 11, 20))
        keep_record(work, row, "mediator", {}, officer_id=None, on_date=date(2026, 11, 23))
        assert [one.rule.name for one in deadlines_of(work, row)] == ["mediation"]


def test_what_was_lost_in_court_begins_no_year(office: Office, case: Case) -> None:
    """Her suit was heard; another one is not what she needs now."""
    _to_court(office, case, FAILED)
    office.closes("joko", case, "tidak_tercapai")
    sweep(office, "legal")
    assert _year(office) == []


def test_before_it_is_handed_on_the_day_is_asked_for(office: Office, case: Case) -> None:
    """Who takes the case over has to file the suit in time."""
    office.taps("joko", case, "to_stage", "dilimpahkan")
    for words in ("LBH Bandung", FAILED):
        office.writes("joko", case, words)
    sweep(office, "legal")
    assert _year(office) == []  # nothing counts before the last answer
    office.chooses("joko", case, "to_dilimpahkan", "sure", "ya")
    sweep(office, "legal")
    assert ["16 November 2027" in text for _, text in _year(office)] == [True]


def test_those_whose_cases_are_merged_hear_it_as_well(office: Office, case: Case) -> None:
    """They wait for the same mediation."""
    second = office.opens(category="phk_pesangon")
    with office.database.transaction() as session:
        row = case_by_id(session, second.id or 0, lock=True)
        main = case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        assert main is not None
        row.merged_into_id = case.id
        session.add(row)
        work = office.work(session)
        keep_record(work, main, "not_agreed", {}, officer_id=None, on_date=date(2026, 11, 16))
        set_deadlines(work, main)
    sweep(office, "legal")
    assert sorted(second.number in text for _, text in _year(office)) == [False, True]
