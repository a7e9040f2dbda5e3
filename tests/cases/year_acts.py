"""What officers and reporters do in a year: each deed in a transaction of its own."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import event
from sqlmodel import Session, col, select

from bot.cases import check_ins, opening, survey_answers
from bot.cases.legal_clock import set_deadlines
from bot.cases.promises import refresh
from bot.cases.pushes import drop_waiting
from bot.cases.replies import preview_reply, send_reply
from bot.cases.stage_records import keep_record
from bot.cases.stages import CLOSED, change_stage
from bot.cases.survey_reopening import reopen_case
from bot.cases.work import Work
from bot.commands import Part, Report
from bot.events import Address
from bot.flows.knowledge import Understanding
from bot.outbox.templates import SURVEY, UPDATE
from bot.outbox.window import opened
from storage.cases import add_event, case_for_officer, row_id
from storage.database import Database
from storage.people import Reporter, meet_reporter
from storage.setup import ensure_organisation
from storage.tables import Case, CaseMessage, CheckIn, MessageTemplate, Organisation, Survey
from tests.cases.office import Office

REGIONS = {"32.16": 7, "73.71": 8, "91.71": 9}
"""Region codes and the hours that they are ahead of UTC."""
EVENINGS = "malam setelah jam 7"
CATEGORIES = (
    "upah",
    "upah",
    "k3",
    "k3",
    "lembur_jam_kerja",
    "phk_pesangon",
    "pelecehan_kekerasan",
)
_UNSURE = Understanding("pengaduan", "upah", abstain=True)


@dataclass
class Someone:
    """A reporter. ``stops``: from when to when she wants no news, the last one open."""

    address: Address
    region: str
    safe_hours: str
    id: int = 0
    stops: list[list[datetime]] = field(default_factory=list)


class YearActs(Office):
    """An office with a federation above it, approved templates, and many reporters.

    Nobody reads in its group: posts and cards have tests of their own and take half of the time.

    ``acted``: who did something when; what she is told at that moment is an answer.
    """

    def __init__(self, database: Database, folder: Path, seed: int, persons: int) -> None:
        @event.listens_for(database.engine, "connect")
        def hurry(connection: object, _record: object) -> None:
            connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]

        database.engine.dispose()
        super().__init__(database, folder)
        self.chance = random.Random(seed)  # noqa: S311
        self.people = [self._someone(number) for number in range(persons)]
        self.acted: set[tuple[int, datetime]] = set()
        self._found()

    def reports(self, number: int, she: Someone) -> int:
        """She reports something; the id of the case."""
        urgency = self.chance.choices(("normal", "tinggi", "darurat"), (85, 12, 3))[0]
        report = Report(
            kind="pengaduan",
            category=self.chance.choice(CATEGORIES),
            urgency=urgency,
            parts=(Part("gaji belum dibayar", source=f"s:{number}"),),
            identity="nama",
            name="Sri",
            region_code=she.region,
            safe_hours=she.safe_hours,
        )
        made: list[Case] = []

        def report_it(work: Work, hers: Reporter) -> None:
            case = opening.open_case(work, hers.person, f"KB-{number:04d}-{number % 9973:04d}",
                                     report, complete=True, predicted=None)  # fmt: skip
            made.append(case)

        self.she_acts(she, report_it)
        return row_id(made[0])

    def act(
        self, case_id: int, deed: Callable[[Work, Case], object], *, closed: bool = False
    ) -> None:
        """Something is done in a case, unless it came to its end meanwhile."""
        with self.database.transaction() as session:
            case = case_for_officer(session, case_id)
            if case is not None and (closed or case.status not in CLOSED):
                deed(self.work(session), case)

    def she_acts(self, she: Someone, deed: Callable[[Work, Reporter], object]) -> None:
        """She writes or taps: what was held for her leaves, and she is answered."""
        now = self.clock.now()
        with self.database.transaction() as session:
            hers = meet_reporter(session, self.vault, self.organisation_id, she.address, (), now)
            she.id = hers.person.id or 0
            opened(session, she.id, she.address.channel, now)
            self.acted.add((she.id, now))
            deed(self.work(session), hers)

    def tells(self, case_id: int, she: Someone, words: str) -> None:
        """She writes into her case."""

        def tell(work: Work, _hers: Reporter) -> None:
            case = case_for_officer(work.session, case_id)
            assert case is not None
            opening.add_to_case(work, case, (Part(words),), lambda _words: _UNSURE)

        self.she_acts(she, tell)

    def wants_news(self, she: Someone, *, on: bool) -> None:
        """She writes BERHENTI or MULAI."""

        def change(work: Work, hers: Reporter) -> None:
            hers.person.pushes_on = on
            work.session.add(hers.person)
            if not on:
                drop_waiting(work, hers.person)

        self.she_acts(she, change)
        now = self.clock.now()
        if on:
            she.stops[-1][1] = now
        else:
            she.stops.append([now, datetime.max.replace(tzinfo=now.tzinfo)])

    def replies(self, case_id: int, who: str) -> None:
        """An officer answers her."""

        def reply(work: Work, case: Case) -> None:
            preview_reply(work, case, self.officers[who], "Kami hubungi HRD.")
            mine = select(CaseMessage).where(
                CaseMessage.case_id == case.id, CaseMessage.state == "preview"
            )
            newest = work.session.exec(mine.order_by(col(CaseMessage.id).desc())).first()
            assert newest is not None
            send_reply(work, case, newest, self.officers[who])

        self.act(case_id, reply)

    def moves(self, case_id: int, who: str, stage: str, outcome: str = "") -> None:
        """An officer moves a case to another stage, closes it or opens it again."""

        def move(work: Work, case: Case) -> None:
            if case.status != stage:
                change_stage(work, case, stage, officer=self.officers[who], outcome=outcome)

        self.act(case_id, move, closed=stage == "ditangani")

    def records(self, case_id: int, stage: str) -> None:
        """An officer notes that it was today: a first meeting, a letter, a hearing."""

        def record(work: Work, case: Case) -> None:
            on = work.now.astimezone(work.zone).date()
            keep_record(work, case, stage, {}, officer_id=None, on_date=on)
            set_deadlines(work, case)

        self.act(case_id, record)

    def waits(self, case_id: int) -> None:
        """The officers asked her something and cannot go on without it."""

        def wait(work: Work, case: Case) -> None:
            if case.waiting_since is None:
                case.waiting_since = work.now
                work.session.add(case)
                add_event(work.session, work.vault, case, "waits_for_reporter", work.now,
                          actor="officer")  # fmt: skip
                refresh(work, case)

        self.act(case_id, wait)

    def answers_survey(self, case_id: int, she: Someone) -> bool:
        """She answers, if she was asked; whether her case was opened again for it."""
        again: list[bool] = []

        def answer(work: Work, _hers: Reporter) -> None:
            case = case_for_officer(work.session, case_id)
            survey = self._asked(work.session, case_id)
            if case is None or survey is None:
                return
            solved = self.chance.choice(("ya", "ya", "belum"))
            survey_answers.take_answer(work, case, survey.id or 0, "solved", solved)
            score = str(self.chance.randint(1, 5))
            survey_answers.take_answer(work, case, survey.id or 0, "score", score)
            if solved == "belum" and case.reopened == 0:
                reopen_case(work, case)
                again.append(case.status not in CLOSED)

        self.she_acts(she, answer)
        return any(again)

    def answers_check_in(self, case_id: int, she: Someone) -> None:
        """She says whether she is safe, if she was asked."""

        def answer(work: Work, _hers: Reporter) -> None:
            case = case_for_officer(work.session, case_id)
            query = select(CheckIn).where(CheckIn.case_id == case_id, CheckIn.state == "asked")
            asked = work.session.exec(query).first()
            if case is not None and asked is not None:
                safe = self.chance.random() < 0.8
                number = f"KB-9{case_id:03d}-{asked.id:04d}"
                check_ins.take_answer(work, case, asked.id or 0, number, safe=safe)

        self.she_acts(she, answer)

    def _asked(self, session: Session, case_id: int) -> Survey | None:
        query = select(Survey).where(Survey.case_id == case_id, Survey.state == "asked")
        return session.exec(query).first()

    def _someone(self, number: int) -> Someone:
        channel = "telegram" if number % 2 else "whatsapp"
        path = str(7000 + number) if number % 2 else f"+62812{number:08d}"
        region = tuple(REGIONS)[number % 3]
        return Someone(Address(channel, path), region, EVENINGS if number % 10 == 0 else "")

    def _found(self) -> None:
        """A federation above, and what WhatsApp approved."""
        with self.database.transaction() as session:
            above = ensure_organisation(session, slug="fed", name="Federasi", now=self.clock.now())
            above.officer_chat = "-1009"
            session.add(above)
            session.flush()
            own = session.get_one(Organisation, self.organisation_id)
            own.parent_id, own.officer_chat = above.id, ""
            session.add(own)
            for form in (UPDATE, SURVEY):
                session.add(MessageTemplate(
                    organisation_id=self.organisation_id, name=form.name, status="approved",
                    content_sid=f"HX{form.key}", checked_at=self.clock.now(),
                ))  # fmt: skip
