"""The numbers of the weekly summary: of the last week, and where it says too little of four.

Nobody may be picked out: companies and regions are told from three cases on, without the
confidential ones; a confidential category from three on too, below that it counts among the
others; scores from five answers on (``survey_results``).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import TypeVar

from sqlmodel import col, func, or_, select

from bot.cases.rounds import monday_of
from bot.cases.survey_results import FEWEST
from bot.cases.work import Work
from nlp.regions import region_of
from storage.cases import OPEN_STATUSES
from storage.tables import Case, Company, Outbound, Survey

FEW = 3
"""A company, a region, a confidential category, a median must be about so many cases."""
WEEKS = 8
_TOLD = 4  # weeks for what one week has too few of
_WEEK = timedelta(days=7)
_TO_REPORTERS = ("say", "send_file", "template")

Bars = tuple[tuple[str, int], ...]
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that the summary tells.

    Attributes:
        since, until: first and last day of the week; what is counted over four weeks ends then.
        answer_days, closing_days: medians over four weeks, None of too few cases.
        score: 1 to 5, ``solved``: part that said it is solved, 0 to 1; None of too few answers.
        weeks: the Monday of each week, cases opened and closed in it, the oldest first.
    """

    since: date
    until: date
    opened: int
    closed: int
    open_now: int
    failed: int
    answer_days: float | None
    closing_days: float | None
    score: float | None
    solved: float | None
    categories: Bars
    companies: Bars
    regions: Bars
    weeks: tuple[tuple[date, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A case as the numbers need it."""

    status: str
    category: str
    sensitive: bool
    region_code: str
    company_id: int | None
    opened_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Span:
    """From one moment to another."""

    since: datetime
    until: datetime

    def has(self, at: datetime | None) -> bool:
        """Whether the moment lies in it."""
        return at is not None and self.since <= at < self.until


def figures_of(work: Work) -> Figures:
    """The numbers of the week before the one that it is now."""
    monday = monday_of(work.now.astimezone(work.zone).date())
    week, month = _span(work, monday, 1), _span(work, monday, _TOLD)
    rows = _rows(work, _span(work, monday, WEEKS))
    new, lately = ([row for row in rows if span.has(row.opened_at)] for span in (week, month))
    plain = [row for row in lately if not row.sensitive]
    score, solved = _satisfaction(work, month)
    return Figures(
        since=monday - _WEEK,
        until=monday - timedelta(days=1),
        opened=len(new),
        closed=sum(week.has(row.closed_at) for row in rows),
        open_now=_open_now(work),
        failed=_failed(work, week),
        answer_days=_median(_days(rows, month, lambda row: row.answered_at)),
        closing_days=_median(_days(rows, month, lambda row: row.closed_at)),
        score=score,
        solved=solved,
        categories=_categories(work, new),
        companies=_companies(work, plain),
        regions=_named(Counter(row.region_code for row in plain if row.region_code), _region),
        weeks=tuple(_by_week(work, rows, monday)),
    )


def _span(work: Work, monday: date, weeks: int) -> _Span:
    since, until = (
        datetime.combine(day, time(), work.zone).astimezone(UTC)
        for day in (monday - weeks * _WEEK, monday)
    )
    return _Span(since, until)


def _rows(work: Work, span: _Span) -> list[_Row]:
    """The whole cases that were opened, answered or closed in the span."""
    columns = [getattr(Case, name) for name in _Row.__dataclass_fields__]
    moments = (Case.opened_at, Case.answered_at, Case.closed_at)
    found = work.session.execute(
        select(*columns).where(
            Case.organisation_id == work.organisation.id,
            Case.status != "belum_lengkap",
            col(Case.merged_into_id).is_(None),
            or_(*(col(moment).between(span.since, span.until) for moment in moments)),
        )
    )
    return [_Row(*row) for row in found]


def _open_now(work: Work) -> int:
    return work.session.exec(
        select(func.count()).select_from(Case).where(
            Case.organisation_id == work.organisation.id,
            col(Case.status).in_(OPEN_STATUSES),
            Case.status != "belum_lengkap",
            col(Case.merged_into_id).is_(None),
        )
    ).one()  # fmt: skip


def _failed(work: Work, week: _Span) -> int:
    """Messages to reporters that did not arrive."""
    return work.session.exec(
        select(func.count()).select_from(Outbound).where(
            Outbound.organisation_id == work.organisation.id,
            col(Outbound.kind).in_(_TO_REPORTERS),
            col(Outbound.status).in_(("failed", "dead")),
            col(Outbound.settled_at) >= week.since,
            col(Outbound.settled_at) < week.until,
        )
    ).one()  # fmt: skip


def _days(
    rows: Iterable[_Row], span: _Span, moment: Callable[[_Row], datetime | None]
) -> list[float]:
    """How many days after its opening it came to each case in the span."""
    return [
        max(0.0, (at - row.opened_at) / timedelta(days=1))
        for row in rows
        if (at := moment(row)) is not None and span.has(at)
    ]


def _median(days: Sequence[float]) -> float | None:
    return median(days) if len(days) >= FEW else None


def _satisfaction(work: Work, month: _Span) -> tuple[float | None, float | None]:
    answers = work.session.exec(
        select(Survey.score, Survey.solved).where(
            Survey.organisation_id == work.organisation.id,
            col(Survey.answered_at) >= month.since,
            col(Survey.answered_at) < month.until,
        )
    ).all()
    scores = [score for score, _ in answers if score is not None]
    solved = [said == "ya" for _, said in answers if said]
    return (
        sum(scores) / len(scores) if len(scores) >= FEWEST else None,
        sum(solved) / len(solved) if len(solved) >= FEWEST else None,
    )


def _categories(work: Work, new: Iterable[_Row]) -> Bars:
    counts = Counter((row.category, row.sensitive) for row in new)
    named = Counter[str]()
    others = work.texts("officers.weekly.others")
    for (slug, sensitive), count in counts.items():
        told = slug and not (sensitive and count < FEW)
        named[work.category_label(slug) if told else others] += count
    last = named.pop(others, 0)
    return _ordered(named) + (((others, last),) if last else ())


def _companies(work: Work, rows: Iterable[_Row]) -> Bars:
    counts = Counter(row.company_id for row in rows if row.company_id is not None)
    enough = [company for company, count in counts.items() if count >= FEW]
    stored = work.session.exec(select(Company).where(col(Company.id).in_(enough))).all()
    names = {row.id: work.vault.open(row.sealed, "companies").decode() for row in stored}
    return _named(counts, names.get)


def _region(code: str) -> str | None:
    region = region_of(code)
    return region.short_name if region is not None else None


def _named(counts: Mapping[_Key, int], name_of: Callable[[_Key], str | None]) -> Bars:
    """Groups that are large enough, by their names."""
    named = Counter[str]()
    for key, count in counts.items():
        name = name_of(key) if count >= FEW else None
        if name:
            named[name] += count
    return _ordered(named)


def _ordered(named: Mapping[str, int]) -> Bars:
    return tuple(sorted(named.items(), key=lambda item: (-item[1], item[0])))


def _by_week(work: Work, rows: Sequence[_Row], monday: date) -> Iterable[tuple[date, int, int]]:
    for back in range(WEEKS, 0, -1):
        first = monday - back * _WEEK
        span = _span(work, first + _WEEK, 1)
        opened = sum(span.has(row.opened_at) for row in rows)
        yield first, opened, sum(span.has(row.closed_at) for row in rows)
