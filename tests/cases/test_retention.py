"""What is kept too long goes, after a warning, once, and never because a clock was wrong."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bot.cases import card
from bot.cases.opening import open_case
from bot.cases.retention import Step, carry_out
from bot.cases.retention_rules import RetentionProblem, RetentionRules, load_retention_rules
from bot.retention import Retention
from bot.worktime.calendar import WorkCalendar
from nlp.taxonomy import load_taxonomy
from storage.cases import content_of, events_of
from storage.people import Reporter
from storage.seen_time import note_time, trust
from storage.tables import (
    Attachment,
    Case,
    CaseMessage,
    CaseVector,
    Conversation,
    Correction,
    Deletion,
    Due,
    Outbound,
    Person,
    PersonAddress,
)
from tests.cases.office import REPORT, Office
from tests.cases.several import means, opens
from tests.cases.telling import MARK, tells_everything
from tests.cases.test_own_data import readable
from tests.outbox.scripted import GROUP_CHAT
from tests.world import World

DAY = 86400.0


def sweeps(office: Office, rules: RetentionRules | None = None, days: float = 0) -> list[Step]:
    """Let days pass, then do what is due."""
    office.clock.advance(days * DAY)
    return _retention(office, rules).sweep(office.clock.now())


def _retention(office: Office, rules: RetentionRules | None = None) -> Retention:
    return Retention(
        office.database, office.vault, office.texts, office.taxonomy, office.zone,
        WorkCalendar(), rules or RetentionRules(),
    )  # fmt: skip


def did(steps: Sequence[Step]) -> list[tuple[str, str, str]]:
    """What was done to which case."""
    return [(step.action, step.what, step.number) for step in steps]


def receipts(office: Office) -> list[Deletion]:
    """The receipts of what was deleted."""
    with office.database.reading() as session:
        return list(session.exec(select(Deletion).order_by(Deletion.id)).all())  # type: ignore[arg-type]


def card_of(office: Office, case: Case) -> str:
    """The card as officers see it."""
    with office.database.transaction() as session:
        return card.card(office.work(session), session.get_one(Case, case.id)).text


def closed(office: Office, **changes: object) -> Case:
    """A case that was taken, answered and closed."""
    case = office.opens(REPORT, **changes)
    office.taps("ratna", case, "take")
    office.closes("ratna", case, "tercapai")
    office.deliver(120)
    return case


def attached(office: Office, case: Case) -> None:
    """A photo of the case."""
    path, _ = office.evidence.keep(b"foto")
    with office.database.transaction() as session:
        session.add(
            Attachment(
                key=f"k{case.id}", organisation_id=office.organisation_id, case_id=case.id,
                person_id=case.person_id, channel="whatsapp", kind="photo", state="stored",
                path=path, due_at=office.clock.now(), created_at=office.clock.now(),
                sealed=office.vault.seal_json({"reference": "r", "name": "n"}, "attachments"),
            )
        )  # fmt: skip


def test_a_closed_case_is_warned_of_a_month_before_and_deleted_after_two_years(
    office: Office,
) -> None:
    """Officers must have the time to say that a court still needs it."""
    case = closed(office)
    heard = len(office.heard())
    assert sweeps(office, days=699) == []
    assert did(sweeps(office, days=1)) == [("warn", "case", case.number)]
    office.deliver(120)
    assert "/tahan" in office.newest_in(GROUP_CHAT)
    assert "Akan dihapus" in card_of(office, case)
    assert sweeps(office) == []
    assert sweeps(office, days=29) == []
    assert did(sweeps(office, days=1)) == [("delete", "case", case.number)]
    office.deliver(120)
    stored = office.stored(case)
    assert (stored.person_id, stored.status, stored.outcome) == (None, "selesai", "tercapai")
    assert content_of(office.vault, stored).story == ""
    assert "Masa simpan kasus ini sudah habis" in office.newest_in(GROUP_CHAT)
    assert "Akan dihapus" not in card_of(office, case)
    [receipt] = receipts(office)
    assert (receipt.what, receipt.number, receipt.rule) == ("case", case.number, "status:selesai")
    assert len(office.heard()) == heard
    assert sweeps(office, days=800) == []


def test_nothing_but_numbers_and_the_trail_without_words_stays(world: World) -> None:
    """What a union promised to delete, the holder of the keys must not find."""
    sri, ratna = world.worker(), world.officer()
    tells_everything(world, sri)
    case = world.cases()[-1]
    ratna.taps(case, "Saya tangani")
    ratna.writes(case, f"ibu {MARK}nama takut mandornya")
    ratna.writes(case, f"/balas Ibu {MARK}nama, kami bantu")
    ratna.taps(case, "Kirim")
    world.wait(21)
    with world.app.database.transaction() as session:
        stored = session.get_one(Case, case.id)
        stored.status, stored.closed_at = "selesai", world.clock.now()
        session.add(stored)
    world.wait(100 * DAY)
    assert MARK in readable(world)["cases"]
    retention = world.app.jobs.retention
    for _ in range(60):
        world.wait(15 * DAY)
        retention.sweep(world.clock.now())
    world.settle()
    world.app.jobs.take_back_lost()
    left = {
        place: text
        for place, text in readable(world).items()
        if MARK in text or "sim-whatsapp" in text or '"sri"' in text
    }
    assert left == {}
    with world.app.database.reading() as session:
        assert session.exec(select(PersonAddress)).all() == []
        assert session.exec(select(Conversation)).all() == []
        assert session.exec(select(Person.pseudonym)).all() == [""]
        done = session.exec(select(Deletion.what).order_by(Deletion.id)).all()  # type: ignore[arg-type]
        assert sorted(done) == ["case", "files", "person"]
    trail = trail_of(world, case)
    assert {"files_warned", "files_deleted", "retention_warned", "content_deleted"} <= trail


def trail_of(world: World, case: Case) -> set[str]:
    """What was done in the case."""
    with world.app.database.reading() as session:
        return {event.what for event in events_of(session, case.id or 0)}


def test_a_warning_that_comes_late_gives_its_whole_time(office: Office) -> None:
    """After a year without the program nobody may find cases gone that were never announced."""
    case = closed(office)
    assert did(sweeps(office, days=2000)) == [("warn", "case", case.number)]
    assert sweeps(office, days=29.9) == []
    assert did(sweeps(office, days=0.2)) == [("delete", "case", case.number)]


def test_a_held_case_is_neither_warned_of_nor_deleted(office: Office) -> None:
    """A court may need it; only coordinators decide that."""
    case = closed(office)
    office.writes("joko", case, "/tahan")
    assert not office.stored(case).legal_hold
    office.writes("ratna", case, "/tahan sidang di PHI")
    assert office.stored(case).legal_hold
    assert "Ditahan" in card_of(office, case)
    assert sweeps(office, days=3000) == []
    office.writes("ratna", case, "/lepas_tahan")
    assert did(sweeps(office)) == [("warn", "case", case.number)]
    office.writes("ratna", case, "/tahan")
    assert sweeps(office, days=40) == []
    office.writes("ratna", case, "/lepas_tahan")
    assert did(sweeps(office)) == [("warn", "case", case.number)], "told anew"
    assert {"held", "hold_ended"} <= {event.what for event in office.trail(case)}


def test_holding_twice_or_letting_go_of_what_is_free_is_refused(office: Office) -> None:
    """Who types it must learn how it stands."""
    case = closed(office)
    office.writes("ratna", case, "/lepas_tahan")
    office.deliver(60)
    assert "memang tidak ditahan" in office.newest_in(GROUP_CHAT)
    office.writes("ratna", case, "/tahan")
    office.writes("ratna", case, "/tahan")
    office.deliver(60)
    assert "sudah ditahan" in office.newest_in(GROUP_CHAT)


def test_a_case_merged_into_a_held_one_is_kept_with_it(office: Office) -> None:
    """It is the same matter; the hold stands where officers work."""
    main, other = opens(office, "SRI"), opens(office, "DEWI")
    office.taps("ratna", main, "take")
    office.taps("ratna", other, "merge", str(main.id))
    office.closes("ratna", main, "sebagian")
    with office.database.transaction() as session:
        stored = session.get_one(Case, main.id)
        stored.legal_hold = True
        session.add(stored)
    assert sweeps(office, days=3000) == []


def test_merged_cases_go_together_with_links_and_vectors(office: Office) -> None:
    """Neither may keep the other's words."""
    main, other = opens(office, "SRI"), opens(office, "DEWI")
    office.taps("ratna", main, "take")
    office.taps("ratna", other, "merge", str(main.id))
    office.closes("ratna", main, "sebagian")
    for case in (main, other):
        means(office, case, [1.0, 0.0])
    sweeps(office, days=730)
    assert len(did(sweeps(office, days=30))) == 2
    with office.database.reading() as session:
        assert session.exec(select(CaseVector)).all() == []
        assert all(case.merged_into_id is None for case in session.exec(select(Case)).all())


def test_a_category_has_its_own_time(office: Office) -> None:
    """Some matters must be kept longer than others."""
    case = closed(office)
    rules = RetentionRules(category={"upah": 60})
    assert did(sweeps(office, rules, days=31)) == [("warn", "case", case.number)]
    assert did(sweeps(office, rules, days=30)) == [("delete", "case", case.number)]
    assert receipts(office)[0].rule == "category:upah"


def test_files_go_a_year_after_closing_the_story_stays(office: Office) -> None:
    """Photos of people tell the most and are needed the shortest."""
    case = closed(office)
    attached(office, case)
    assert sweeps(office, days=330) == []
    assert did(sweeps(office, days=5)) == [("warn", "files", case.number)]
    assert sweeps(office, days=29) == []
    assert did(sweeps(office, days=1)) == [("delete", "files", case.number)]
    office.deliver(120)
    with office.database.reading() as session:
        assert session.exec(select(Attachment.state)).all() == ["deleted"]
    [receipt] = receipts(office)
    assert (receipt.what, receipt.files) == ("files", 1)
    assert content_of(office.vault, office.stored(case)).story != ""
    assert "1 berkas" in office.newest_in(GROUP_CHAT)


def _draft(office: Office, session: Session) -> tuple[Case, Reporter]:
    """A report that she did not finish."""
    reporter = office.meet(session)
    case = open_case(
        office.work(session), reporter.person, "KB-AAAA-9999", REPORT,
        complete=False, predicted=None,
    )  # fmt: skip
    return case, reporter


def test_an_unfinished_report_that_nobody_took_goes_after_a_month(office: Office) -> None:
    """She did not finish it; keeping it helps nobody."""
    with office.database.transaction() as session:
        case, reporter = _draft(office, session)
        reporter.conversation.draft_case_id = case.id
        reporter.conversation.updated_at = office.clock.now()
        session.add(reporter.conversation)
    assert sweeps(office, days=22) == []
    assert did(sweeps(office, days=1)) == [("warn", "draft", case.number)]
    assert sweeps(office, days=6) == []
    assert did(sweeps(office, days=1)) == [("delete", "draft", case.number)]
    stored = office.stored(case)
    assert (stored.status, stored.person_id) == ("arsip", None)
    with office.database.reading() as session:
        [conversation] = session.exec(select(Conversation)).all()
        assert (conversation.draft_case_id, conversation.flow, conversation.sealed) == (
            None, "", None,
        )  # fmt: skip
        waiting = select(Due).where(Due.case_id == case.id, Due.status == "waiting")
        assert session.exec(waiting).all() == []


def test_a_report_that_somebody_took_or_that_goes_on_is_no_draft(office: Office) -> None:
    """Officers help with such reports; her own words begin the month anew."""
    with office.database.transaction() as session:
        case, _ = _draft(office, session)
    assert did(sweeps(office, days=25)) == [("warn", "draft", case.number)]
    with office.database.transaction() as session:
        session.add(
            CaseMessage(
                organisation_id=office.organisation_id, case_id=case.id or 0,
                direction="reporter", sealed=office.vault.seal_json({}, "case_messages"),
                at=office.clock.now(),
            )
        )  # fmt: skip
    assert sweeps(office, days=8) == []
    with office.database.transaction() as session:
        stored = session.get_one(Case, case.id)
        stored.owner_id = office.officers["joko"].id
        session.add(stored)
    assert sweeps(office, days=300) == []


def test_posts_are_taken_out_of_the_group(office: Office) -> None:
    """The order to do so must not be blanked with the posts that it names."""
    case = closed(office)
    office.writes("ratna", case, "/status")
    office.deliver(60)
    standing = [post for post, text in office.posts_in(GROUP_CHAT).items()]
    sweeps(office, days=700)
    sweeps(office, days=30)
    office.deliver(200)
    assert set(standing) & set(office.telegram.deleted)
    assert REPORT.parts[0].text not in office.standing_in_the_group()


def test_a_step_that_makes_no_sense_any_more_is_not_done(office: Office) -> None:
    """Two processes see the same case; in between an officer may hold or reopen it."""
    case = closed(office)
    sweeps(office, days=700)
    office.clock.advance(30 * DAY)
    now, rules = office.clock.now(), RetentionRules()
    [step] = _retention(office).plan(now)
    with office.database.transaction() as session:
        stored = session.get_one(Case, case.id)
        stored.legal_hold = True
        session.add(stored)
    with office.database.transaction() as session:
        assert not carry_out(office.work(session), rules, step)
    with office.database.transaction() as session:
        stored = session.get_one(Case, case.id)
        stored.legal_hold = False
        session.add(stored)
    done = []
    for _ in range(2):
        with office.database.transaction() as session:
            done.append(carry_out(office.work(session), rules, step))
    assert done == [True, False]
    assert len(receipts(office)) == 1


@pytest.mark.parametrize("leap", [timedelta(days=30), timedelta(hours=-1)])
def test_nothing_is_deleted_when_the_clock_leapt(office: Office, leap: timedelta) -> None:
    """What a wrong clock deletes cannot be brought back; a week of steady time heals it."""
    case = closed(office)
    retention = _retention(office)
    office.clock.advance(700 * DAY)
    with office.database.transaction() as session:
        trust(session, office.vault, office.clock.now())
    assert did(retention.tick(office.clock.now())) == [("warn", "case", case.number)]
    for _ in range(29):
        office.clock.advance(DAY)
        assert retention.tick(office.clock.now()) == []
    if leap < timedelta(0):  # it would be due in this hour
        office.clock.advance(DAY + 3600)
        with office.database.transaction() as session:
            note_time(session, office.vault, office.clock.now())
    office.clock.advance(leap.total_seconds())
    assert did(retention.plan(office.clock.now())) == [("delete", "case", case.number)]
    for _ in range(7):
        assert retention.tick(office.clock.now()) == []
        office.clock.advance(DAY)
    assert receipts(office) == []
    assert did(retention.tick(office.clock.now())) == [("delete", "case", case.number)]


def test_numbers_of_the_classifier_stay(office: Office) -> None:
    """They carry no words, and the next model is measured with them."""
    case = closed(office)
    with office.database.transaction() as session:
        session.add(
            Correction(
                organisation_id=office.organisation_id, case_id=case.id or 0, actor="officer",
                field="category", before="upah", after="lembur", at=office.clock.now(),
            )
        )  # fmt: skip
    sweeps(office, days=730)
    sweeps(office, days=30)
    with office.database.reading() as session:
        assert len(session.exec(select(Correction)).all()) == 1
        words = [office.payload(row) for row in session.exec(select(Outbound)).all()]
    assert REPORT.parts[0].text not in str(words)


def test_without_a_file_the_rules_are_those_of_the_table(tmp_path: Path) -> None:
    """Two years, a year, a month."""
    rules = load_retention_rules(tmp_path, load_taxonomy())
    assert (rules.draft, rules.media, rules.of_case("ditolak", "upah")) == (
        30, 365, (730, "status:ditolak"),
    )  # fmt: skip


def test_a_union_changes_what_it_names(tmp_path: Path) -> None:
    """All else stays as it is."""
    (tmp_path / "retensi.toml").write_text(
        "media = 90\n[status]\nditolak = 60\n[category]\nupah = 900"
    )
    rules = load_retention_rules(tmp_path, load_taxonomy())
    assert rules == replace(
        RetentionRules(media=90, category={"upah": 900}),
        status={"selesai": 730, "ditolak": 60, "arsip": 730},
    )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("media = ", "no TOML"),
        ("berkas = 3", "unknown berkas; known are"),
        ("media = 3", "media must be a number of days from 30"),
        ("media = true", "media must be"),
        ("draft = 99999999", "draft must be"),
        ("status = 90", r"write \[status\] as a table"),
        ("[status]\nbaru = 90", "unknown status baru"),
        ("[category]\ngaji = 90", "unknown category gaji"),
        ("[category]\nupah = 30", "category.upah must be"),
    ],
)
def test_a_wrong_file_stops_the_program_and_says_why(tmp_path: Path, told: str, said: str) -> None:
    """Half a rule would delete the wrong half."""
    (tmp_path / "retensi.toml").write_text(told)
    with pytest.raises(RetentionProblem, match=said):
        load_retention_rules(tmp_path, load_taxonomy())


def test_processes_that_sweep_at_once_delete_each_case_once(office: Office) -> None:
    """Every process has the same tick; nobody may read two receipts for one case."""
    cases = [office.opens(REPORT) for _ in range(12)]
    now = office.clock.now()
    with office.database.transaction() as session:
        for case in cases:
            stored = session.get_one(Case, case.id)
            stored.status, stored.closed_at = "selesai", now - timedelta(days=900)
            stored.warned_at = now - timedelta(days=31)
            session.add(stored)
    with ThreadPoolExecutor(max_workers=3) as pool:
        sweeps_at_once = [pool.submit(_retention(office).sweep, now) for _ in range(3)]
    done = [number for sweep in sweeps_at_once for _, _, number in did(sweep.result())]
    assert sorted(done) == sorted(case.number for case in cases)
    assert sorted(one.number for one in receipts(office)) == sorted(done)
