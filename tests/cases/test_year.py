"""A year of life: what was promised is kept or escalated, and nobody is asked or woken twice."""

import gc
import shutil
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.log import configure_logging
from bot.outbox.queue import DANGER
from storage.database import Database
from storage.tables import (
    Case,
    CaseEvent,
    CheckIn,
    Outbound,
    ServicePromise,
    StageRecord,
    Survey,
)
from tests.cases.year import Year
from tests.cases.year_acts import EVENINGS, REGIONS
from tests.worktime.reckoning import eight, next_working_moment, working_day

CASES = 500
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_CLOSED = {"selesai", "ditolak", "arsip"}
_LADDER = {"baru", "verifikasi", "ditangani", "bipartit"}
# Which working day of a term rings, counted by hand from what the issue asks: half, 5 and 1 days
# left, and passed. Where two fall on one day the later one rings.
_TERMS = {
    "bipartit": ("bipartit", {"bipartit"}, "", {15: "half", 25: "five", 29: "one", 31: "passed"}),
    "mediasi": ("choice", {"mediasi"}, "chosen anjuran",
                {2: "five", 4: "half", 6: "one", 8: "passed"}),
    "mediasi+": ("mediation", {"mediasi"}, "",
                 {15: "half", 25: "five", 29: "one", 31: "passed"}),
    "anjuran": ("anjuran", {"mediasi"}, "anjuran_answered", {5: "five", 9: "one", 11: "passed"}),
    "phi": ("phi", {"phi"}, "", {25: "half", 45: "five", 49: "one", 51: "passed"}),
    "phk_notice": ("phk_notice", _LADDER, "",
                   {7: "half", 9: "five", 13: "one", 15: "passed"}),
    "phk_notice+": ("phk_answer", _LADDER, "phk_answered",
                    {2: "five", 4: "half", 6: "one", 8: "passed"}),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # fork beside threads
def test_a_year_of_five_hundred_cases(tmp_path: Path, migrated_sqlite: Path) -> None:
    """Promises, surveys, alarms, quiet hours and stops, all at once and for long.

    Two unions of 250 cases each live it side by side, in processes of their own: one after the
    other it would take twice the time.
    """
    folders = [tmp_path / name for name in ("timur", "barat")]
    for folder in folders:
        folder.mkdir()
        shutil.copy(migrated_sqlite, folder / "year.db")
    with ProcessPoolExecutor(len(folders), get_context("fork")) as unions:
        audited = list(unions.map(_live_and_audit, folders, (2026, 2027)))
    assert sum(audited) >= CASES  # those that grew out of check-ins count as well


def _live_and_audit(folder: Path, seed: int) -> int:
    """A year of one union; how many cases it had."""
    configure_logging("WARNING", json_lines=True)
    database = Database(f"sqlite:///{folder / 'year.db'}")
    gc.disable()
    year = Year(database, folder, seed, CASES // 2)
    year.live()
    books = _Books(year)
    books.audit()
    database.dispose()
    return len(books.cases)


class _Books:
    """All that stands in the database at the end of the year."""

    def __init__(self, year: Year) -> None:
        self.year = year
        with year.database.reading() as session:
            self.cases = {case.id or 0: case for case in session.exec(select(Case)).all()}
            self.promises = session.exec(select(ServicePromise)).all()
            self.surveys = session.exec(select(Survey)).all()
            self.check_ins = session.exec(select(CheckIn)).all()
            self.records = session.exec(select(StageRecord)).all()
            said = select(Outbound).where(Outbound.kind == "say").order_by(col(Outbound.id))
            self.said = session.exec(said).all()
            events = session.exec(select(CaseEvent).order_by(col(CaseEvent.id))).all()
        self.events: dict[tuple[int, str], list[CaseEvent]] = defaultdict(list)
        for event in events:
            self.events[event.case_id, event.what].append(event)
        self.words = {row.id: str(year.payload(row)["text"]) for row in self.said}
        self.people = {she.id: she for she in year.people}

    def audit(self) -> None:
        """Look at everything that was promised for the year."""
        self.the_year_was_full()
        self.nothing_unasked_in_quiet_hours()
        self.nobody_hears_who_wants_no_news()
        self.still_at_most_once_a_week()
        self.each_survey_once()
        self.each_check_in_once()
        self.promises_are_kept_or_escalated()
        self.legal_alarms_ring_on_their_days()

    def the_year_was_full(self) -> None:
        """All stages, both ways of closing, reopening: else the rest shows nothing."""
        stages = {e.after.partition(":")[0] for (_, what), some in self.events.items()
                  if what == "stage" for e in some}  # fmt: skip
        assert stages >= {"verifikasi", "ditangani", "bipartit", "mediasi", "phi",
                          "dilimpahkan", "selesai", "ditolak"}  # fmt: skip
        kinds = Counter(self.year.swept)
        assert all(kinds[kind] for kind in (
            "promise", "still", "survey", "check_in", "legal", "legal_tell", "legal_day",
            "appointment_day", "appointment_soon", "unopened",
        )), kinds  # fmt: skip
        assert {survey.state for survey in self.surveys} >= {"answered", "lapsed", "not_sent"}
        assert sum(case.reopened > 0 for case in self.cases.values()) >= 10

    def nothing_unasked_in_quiet_hours(self) -> None:
        """But for danger: the clock of her region by another reckoning."""
        for row in self._unasked():
            she = self.people[row.person_id or 0]
            case = self.cases[row.case_id or 0]
            if row.priority == DANGER:
                assert case.urgency == "darurat"
                continue
            hour = (row.available_at.astimezone(UTC).hour + REGIONS[case.region_code]) % 24
            hours = range(19, 22) if she.safe_hours == EVENINGS else range(8, 20)
            assert hour in hours, (case.id, row.available_at, self.words[row.id])
            assert row.sent_at is None or row.sent_at >= row.available_at

    def nobody_hears_who_wants_no_news(self) -> None:
        """Neither what came up meanwhile nor what waited for the morning."""
        stopped = 0
        for row in self._unasked():
            for since, until in self.people[row.person_id or 0].stops:
                stopped += row.available_at > since
                assert not since < row.created_at < until, self.words[row.id]
                assert not since < row.available_at < until, self.words[row.id]
        assert stopped

    def still_at_most_once_a_week(self) -> None:
        """And it is said at all, where nothing moved for longer than a week."""
        told: dict[int, list[datetime]] = defaultdict(list)
        for row in self.said:
            if "masih diproses" in self.words[row.id]:
                told[row.case_id or 0].append(row.created_at)
        assert told
        for times in told.values():
            assert all(later - sooner >= _WEEK for sooner, later in pairwise(sorted(times)))

    def each_survey_once(self) -> None:
        """One for each closing, asked a day later at a fitting hour, reminded of once."""
        closings = Counter(
            case_id
            for (case_id, what), events in self.events.items() if what == "stage"
            for e in events if e.after.partition(":")[0] in _CLOSED and e.before not in _CLOSED
        )  # fmt: skip
        assert Counter(survey.case_id for survey in self.surveys) == closings
        asked = Counter(s.case_id for s in self.surveys if s.asked_at)
        reminded = Counter(s.case_id for s in self.surveys if s.reminded_at)
        sent = Counter(row.case_id for row in self.said
                       if self.year.payload(row).get("template") == "survey")  # fmt: skip
        for case_id in closings:
            assert len(self.events[case_id, "survey_asked"]) == asked[case_id]
            assert asked[case_id] <= sent[case_id] <= asked[case_id] + reminded[case_id]
        for survey in self.surveys:
            if survey.asked_at is not None:
                assert _DAY <= survey.asked_at - survey.planned_at <= 2 * _DAY
            else:
                over = self.year.until - survey.planned_at < 2 * _DAY
                assert over or survey.reason in {"refused", "reopened", "stopped"}
            if survey.reminded_at is not None:
                assert survey.asked_at is not None
                waited = survey.reminded_at - survey.asked_at
                assert 3 * _DAY <= waited <= 4 * _DAY
            over = self.year.until - survey.planned_at > 17 * _DAY
            assert survey.closed_at is not None or not over

    def each_check_in_once(self) -> None:
        """7, 30 and 90 days after the closing, or told why not."""
        keys = [(c.case_id, c.closure, c.day) for c in self.check_ins]
        assert len(set(keys)) == len(keys)
        asked = Counter(c.case_id for c in self.check_ins if c.asked_at)
        for case_id, count in asked.items():
            assert len(self.events[case_id, "check_in_asked"]) == count
        for one in self.check_ins:
            closed_at = self._closed_at(one.case_id, one.closure)
            due = closed_at + timedelta(days=one.day)
            if one.asked_at is not None:
                assert timedelta(0) <= one.asked_at - due <= _DAY
            elif due < self.year.until - _DAY:
                assert one.state == "not_sent"
                assert one.reason

    def promises_are_kept_or_escalated(self) -> None:
        """Late is what was not done when working time went on after its end."""
        late = 0
        for promise in self.promises:
            case = self.cases[promise.case_id]
            ended = min(promise.kept_at or self.year.until, self.year.until)
            if any(since <= ended and until > promise.due_at
                   for since, until in self._waits(promise.case_id)):  # fmt: skip
                continue
            always = promise.kind == "first_answer" and case.urgency == "darurat"
            rings = promise.due_at if always else next_working_moment(promise.due_at)
            escalated = [e for e in self.events[promise.case_id, "promise_late"]
                         if promise.made_at < e.at <= ended and e.before == promise.kind]  # fmt: skip
            levels = [int(e.after) for e in escalated]
            assert levels == list(range(1, len(levels) + 1)), (promise, levels)
            assert bool(levels) == (ended > rings), (promise, ended, rings)
            if levels:
                late += 1
                assert escalated[0].at == rings
        assert late

    def legal_alarms_ring_on_their_days(self) -> None:
        """At eight in Jakarta on the day that another calendar counts, and on no other."""
        expected = set()
        by_case: dict[int, list[StageRecord]] = defaultdict(list)
        for record in self.records:
            by_case[record.case_id].append(record)
        for case_id, records in by_case.items():
            for record in records:
                for sign in ("", "+"):
                    if (key := record.stage + sign) in _TERMS and record.on_date:
                        expected |= self._rings(case_id, record, records, key)
        rang = {
            (case_id, *event.after.split(" "), event.at)
            for (case_id, what), events in self.events.items() if what == "deadline_alarm"
            for event in events if not event.after.startswith("phk_claim")
        }  # fmt: skip
        assert rang == expected
        assert len({name for _, name, *_ in rang}) >= 5

    def _rings(
        self, case_id: int, record: StageRecord, records: list[StageRecord], key: str
    ) -> set[tuple[object, ...]]:
        name, stages, ended_by, points = _TERMS[key]
        newer = [r.at for r in records if r.stage == record.stage and r.at > record.at]
        ended = [r.at for r in records if r.stage in ended_by.split() and r.at >= record.at]
        until = min([*newer, *ended, self.year.until])
        rings: set[tuple[object, ...]] = set()
        for nth, point in points.items():
            at = eight(working_day(record.on_date, nth))
            if record.at < at < until and self._stage_at(case_id, at) in stages:
                rings.add((case_id, name, f"{record.on_date}", point, at))
        return rings

    def _unasked(self) -> list[Outbound]:
        """What reporters were told that is no answer: neither an officer's nor to their own act."""
        return [
            row for row in self.said
            if row.message_id is None and row.status != "cancelled"
            and (row.person_id or 0, row.created_at) not in self.year.acted
            and (row.person_id or 0, row.available_at) not in self.year.acted
        ]  # fmt: skip

    def _stage_at(self, case_id: int, at: datetime) -> str:
        stage = "baru"
        for event in self.events[case_id, "stage"]:
            if event.at <= at:
                stage = event.after.partition(":")[0]
        return stage

    def _closed_at(self, case_id: int, closure: int) -> datetime:
        closings = [e.at for e in self.events[case_id, "stage"]
                    if e.after.partition(":")[0] in _CLOSED and e.before not in _CLOSED]  # fmt: skip
        return closings[closure]

    def _waits(self, case_id: int) -> list[tuple[datetime, datetime]]:
        over = [e.at for e in self.events[case_id, "waits_no_more"]]
        return [
            (e.at, next((at for at in over if at > e.at), self.year.until))
            for e in self.events[case_id, "waits_for_reporter"]
        ]
