"""A year in a union: hundreds of reports, officers quick and slow, and time that goes on.

Each case is a generator that does one thing after the other and says when it goes on. The clock
steps from what is due to what is done next, never by minutes. Rounds of the officers (digests
and summaries) have their own tests and are left out.
"""

import asyncio
import heapq
import itertools
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import literal_column
from sqlmodel import col, select

from bot.cases import appointments, assignment
from bot.cases.due_work import due_came
from bot.cases.work import Work
from bot.events import DueCame
from storage.database import Database
from storage.due import take_due
from storage.tables import Case, Due
from tests.cases.year_acts import Someone, YearActs

DAYS, CASES_A_PERSON = 365, 1.2
REPORTS_FOR = 300
"""Days in which reports come in; the rest of the year brings them to their end."""
_BATCHES = (time(9), time(19, 15))
_WAITING: Any = literal_column("'waiting'")  # so that SQLite sees that its partial index fits
_NEXT_DUE = select(Due.due_at).where(Due.status == _WAITING).order_by(col(Due.due_at)).limit(1)
_DAY = timedelta(days=1)
_QUICK, _SLOW, _DEAD = (0.5, 7.0), (30.0, 120.0), (300.0, 500.0)

Life = Iterator[datetime]


class _Here(ThreadPoolExecutor):
    """Does everything at once and here: a year has no time to wait for threads."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it now."""
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


class Year(YearActs):
    """The officers of an office and all who report to them, for a year.

    ``swept``: the kinds of what came due, in their order.
    """

    def __init__(self, database: Database, folder: Path, seed: int, cases: int) -> None:
        super().__init__(database, folder, seed, persons=int(cases / CASES_A_PERSON))
        self.begun, self.until = self.clock.now(), self.clock.now() + DAYS * _DAY
        self.swept: list[str] = []
        self._looks = database.engine.connect().execution_options(kawan_reading=True)
        self._order = itertools.count()
        self._lives: list[tuple[datetime, int, Life]] = [(self.until, -1, iter(()))]
        for number in range(cases):
            at = self.begun + timedelta(minutes=self.chance.randrange(REPORTS_FOR * 1440))
            self._begin(at, self._life(number, self.people[number % len(self.people)]))

    # --- time ---------------------------------------------------------------------------------

    def live(self) -> None:
        """Let the whole year happen, then send what waits."""
        batch = self._next_batch(self.begun)
        with asyncio.Runner() as runner:
            runner.get_loop().set_default_executor(_Here())
            while (at := min(due := self._next_due(), self._lives[0][0], batch)) < self.until:
                self._to(at)
                if due <= at:
                    self._sweep()
                while self._lives[0][0] <= at:
                    self._go_on(heapq.heappop(self._lives)[2])
                if at >= batch:
                    runner.run(self.deliverer.deliver_waiting())
                    batch = self._next_batch(at)
        self._looks.close()

    def _to(self, at: datetime) -> None:
        self.clock.advance(max(0.0, (at - self.clock.now()).total_seconds()))

    def _next_due(self) -> datetime:
        with self._looks.begin():
            at: datetime | None = self._looks.scalar(_NEXT_DUE)
        return at or self.until

    def _next_batch(self, after: datetime) -> datetime:
        day = after.astimezone(self.zone).date()
        moments = [
            datetime.combine(day + n * _DAY, at, self.zone) for n in (0, 1) for at in _BATCHES
        ]
        return next(at for at in moments if at > after).astimezone(UTC)

    def _sweep(self) -> None:
        with self.database.transaction() as session:
            rows = take_due(session, self.clock.now())
        for row in rows:
            event = DueCame(row.kind, row.key, row.sequence, row.due_at, self.clock.now(),
                            row.case_id)  # fmt: skip
            with self.database.transaction() as session:
                due_came(self.work(session), event)
            self.swept.append(row.kind)

    def _begin(self, at: datetime, life: Life) -> None:
        heapq.heappush(self._lives, (at, next(self._order), life))

    def _go_on(self, life: Life) -> None:
        at = next(life, None)
        if at is not None:
            self._begin(max(at, self.clock.now()), life)

    def _in(self, least: float, most: float) -> datetime:
        """Some hours from now."""
        return self.clock.now() + timedelta(hours=self.chance.uniform(least, most))

    def _at_work(self, least: float, most: float) -> datetime:
        """Some hours from now, mostly in an hour at which officers work."""
        at = self._in(least, most).astimezone(self.zone)
        if self.chance.random() < 0.1:
            return at.astimezone(UTC)
        while at.weekday() > 4 or not 8 <= at.hour < 17:
            at += timedelta(hours=1)
        return at.astimezone(UTC)

    # --- lives --------------------------------------------------------------------------------

    def _life(self, number: int, she: Someone) -> Life:
        """One case from its report to its closing."""
        chance = self.chance
        case_id = self.reports(number, she)
        if number % 9 == 0:
            self._begin(self._in(1, 900), self._stops(she))
        who = chance.choice(("joko", "ratna"))
        pace = chance.choices((_QUICK, _SLOW, _DEAD), (8, 2, 1))[0]
        yield self._at_work(*pace)
        self.act(case_id, lambda work, case: assignment.take(work, case, self.officers[who]))
        yield self._at_work(*pace)
        self.replies(case_id, who)
        yield self._at_work(1, 30)
        self.moves(case_id, who, "ditangani")
        yield from self._steps(case_id, who, she, pace)
        end = chance.choices(("selesai", "ditolak", "ladder", "dilimpahkan"), (65, 15, 10, 10))[0]
        if end == "ladder":
            yield from self._ladder(case_id, who)
        elif end == "dilimpahkan":
            self.moves(case_id, who, "dilimpahkan")
            yield self._at_work(24, 700)
        yield from self._close(case_id, who, she, "ditolak" if end == "ditolak" else "selesai")

    def _steps(self, case_id: int, who: str, she: Someone, pace: tuple[float, float]) -> Life:
        """What goes on between officer and reporter."""
        for _ in range(self.chance.randrange(2)):
            yield self._at_work(10 + pace[0], 60 + 2 * pace[1])
            what = self.chance.choice(("reply", "wait", "appointment", "evidence"))
            if what == "reply":
                self.replies(case_id, who)
            elif what == "wait":
                self.waits(case_id)
                yield self._in(2, 400)
                self.tells(case_id, she, "ini kak jawabannya")
            elif what == "evidence":
                self.tells(case_id, she, "besok saya kirim slip gajinya ya kak")
            else:
                yield from self._appointment(case_id)

    def _appointment(self, case_id: int) -> Life:
        local = self.clock.now().astimezone(self.zone) + self.chance.randrange(3, 20) * _DAY
        at = local.replace(hour=self.chance.choice((9, 10, 14)), minute=0, second=0, microsecond=0)
        self.act(case_id, lambda work, case: appointments.make(work, case, "mediasi", at))
        yield self._in(1, 60)
        what = self.chance.choice(("keep", "move", "call_off"))
        if what == "move":
            later = at + 7 * _DAY
            self.act(case_id, lambda work, case: self._move(work, case, later))
        elif what == "call_off":
            self.act(case_id, self._call_off)

    def _ladder(self, case_id: int, who: str) -> Life:
        """Bipartite talks, and where those fail mediation and the court."""
        if self.chance.random() < 0.5:
            self.records(case_id, "phk_notice")
            yield self._at_work(20, 300)
            self.records(case_id, "phk_answered")
            self.records(case_id, "phk")
        for stage in ("bipartit", "mediasi", "phi"):
            self.moves(case_id, who, stage)
            self.records(case_id, stage)
            yield self._at_work(200, 1300)
            if stage == "mediasi":
                self.records(case_id, "anjuran")
                yield self._at_work(20, 400)
                self.records(case_id, "anjuran_answered")
            if self.chance.random() < 0.5:
                return

    def _close(self, case_id: int, who: str, she: Someone, stage: str) -> Life:
        outcome = "tercapai" if stage == "selesai" else ""
        self.moves(case_id, who, stage, outcome=outcome)
        yield self._in(26, 90)
        if self.chance.random() < 0.06 and stage == "selesai":
            self.moves(case_id, who, "ditangani")
            yield self._at_work(5, 300)
            yield from self._close(case_id, "ratna", she, "selesai")
        elif self.chance.random() < 0.6 and self.answers_survey(case_id, she):
            yield self._at_work(1, 50)
            self.act(case_id, lambda work, case: assignment.take(
                work, case, self.officers["ratna"]))  # fmt: skip
            yield self._at_work(1, 50)
            self.replies(case_id, "ratna")
            yield self._at_work(24, 400)
            yield from self._close(case_id, "ratna", she, "selesai")
        else:
            yield self._in(150, 200)
            self.answers_check_in(case_id, she)

    def _stops(self, she: Someone) -> Life:
        """She wants no news for a while."""
        self.wants_news(she, on=False)
        yield self._in(100, 3000)
        self.wants_news(she, on=True)

    def _move(self, work: Work, case: Case, at: datetime) -> None:
        ahead = appointments.next_appointment(work, case)
        if ahead is not None:
            appointments.move(work, case, ahead, at)

    def _call_off(self, work: Work, case: Case) -> None:
        ahead = appointments.next_appointment(work, case)
        if ahead is not None:
            appointments.call_off(work, case, ahead)
