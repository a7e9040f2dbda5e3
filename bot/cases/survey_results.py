"""What surveys say, by group, so that nobody can be picked out.

A number about fewer than five answers is hidden. So is a number that would give a hidden one
away as the difference to the total: then the next smallest group is hidden with it. Who answered
is known to nobody but the officers of that case; the sex that some told afterwards, not to them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from bot.cases.survey_answers import answer_of
from bot.flows.survey import SEX
from storage.crypto import Vault
from storage.tables import Case, Company, OfficerAccount, Organisation, Survey, SurveyAnswer

FEWEST = 5
"""So many answers a number must be about."""
UNKNOWN = "tidak dicatat"
WAYS = ("officer", "category", "company", "organisation", "sex", "month")


@dataclass(slots=True)
class Tally:
    """Counts of one group.

    Attributes:
        solved: who said whether it is solved, ``yes`` of them yes.
        rated: who gave a score; ``points`` is the sum.
    """

    asked: int = 0
    answered: int = 0
    solved: int = 0
    yes: int = 0
    rated: int = 0
    points: int = 0

    def add(self, survey: Survey) -> None:
        """Count one survey that was asked."""
        self.asked += 1
        self.answered += survey.state == "answered"
        self.solved += bool(survey.solved)
        self.yes += survey.solved == "ya"
        self.rated += survey.score is not None
        self.points += survey.score or 0

    def told(self, *, solved: bool, rated: bool) -> "Tally":
        """The same without what must not be told."""
        return Tally(
            self.asked,
            self.answered,
            self.solved if solved else 0,
            self.yes if solved else 0,
            self.rated if rated else 0,
            self.points if rated else 0,
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One group as it may be shown; None where a number is hidden.

    Attributes:
        solved_share: part that said it is solved, 0 to 1; ``score`` the mean, 1 to 5.
    """

    name: str
    asked: int
    answered: int
    solved_share: float | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Results:
    """All that may be shown.

    Attributes:
        rows: the groups with enough answers, by name.
        hidden: how many groups are not shown, or not those of every union.
        total: of all groups together, None with too few answers.
        waiting: surveys that were planned or asked and have no answer yet.
        not_sent: how many were not sent, by reason.
    """

    rows: tuple[Row, ...]
    hidden: int
    total: Row | None
    waiting: int = 0
    lapsed: int = 0
    not_sent: Mapping[str, int] = field(default_factory=dict)


def survey_results(
    session: Session, vault: Vault, organisations: Iterable[int], by: str, zone: ZoneInfo
) -> Results:
    """The results of these organisations, grouped ``by`` one of :data:`WAYS`."""
    rows = session.exec(
        select(Survey, Case)
        .join(Case, col(Case.id) == col(Survey.case_id))
        .where(col(Survey.organisation_id).in_(list(organisations)))
    ).all()
    name_of = _namer(session, vault, by, zone)
    tallies: dict[int, dict[str, Tally]] = {}
    not_sent: dict[str, int] = {}
    for survey, case in rows:
        if survey.asked_at is not None:
            own = tallies.setdefault(survey.organisation_id, {})
            own.setdefault(name_of(survey, case), Tally()).add(survey)
        elif survey.state == "not_sent":
            not_sent[survey.reason] = not_sent.get(survey.reason, 0) + 1
    shown = shown_of(*told_apart(tallies.values()))
    states = [survey.state for survey, _ in rows]
    waiting = states.count("planned") + states.count("asked")
    return Results(shown.rows, shown.hidden, shown.total, waiting, states.count("lapsed"),
                   dict(sorted(not_sent.items())))  # fmt: skip


def told_apart(unions: Iterable[Mapping[str, Tally]]) -> list[Mapping[str, Tally]]:
    """The unions' groups as they are told: each large union alone, the small ones as if one.

    What is told of all unions is the sum of what is told of each, so that who also has the
    results of one learns nothing by the difference.
    """
    large, small = [], dict[str, Tally]()
    for tallies in unions:
        if _sum(tallies.values()).answered >= FEWEST:
            large.append(tallies)
            continue
        for name, tally in tallies.items():
            small[name] = _sum([small.get(name, Tally()), tally])
    return [*large, small] if small else list(large)


def shown_of(*unions: Mapping[str, Tally]) -> Results:
    """What may be shown of these groups, those of several unions together."""
    rows: dict[str, Tally] = {}
    totals: list[Tally] = []
    hidden: set[str] = set()
    for tallies in unions:
        visible = _visible(tallies)
        hidden |= set(tallies) - set(visible)
        for name, tally in visible.items():
            rows[name] = _sum([rows.get(name, Tally()), tally])
        whole = _sum(tallies.values())
        if whole.answered >= FEWEST:
            totals.append(whole.told(solved=whole.solved >= FEWEST, rated=whole.rated >= FEWEST))
    return Results(
        tuple(_row(name, tally) for name, tally in sorted(rows.items())),
        len(hidden),
        _row("", _sum(totals)) if totals else None,
    )


def _visible(tallies: Mapping[str, Tally]) -> dict[str, Tally]:
    """The groups of one union that are large enough, without the numbers that are not."""
    hidden = hidden_among({name: tally.answered for name, tally in tallies.items()})
    unsolved = hidden_among({name: tally.solved for name, tally in tallies.items()})
    unrated = hidden_among({name: tally.rated for name, tally in tallies.items()})
    return {
        name: tally.told(solved=name not in unsolved, rated=name not in unrated)
        for name, tally in tallies.items()
        if name not in hidden
    }


def hidden_among(counts: Mapping[str, int]) -> frozenset[str]:
    """The groups of which no number may be shown beside the total.

    All that are too small; and as many of the next larger ones as it takes until what is hidden
    is several groups with enough answers together.
    """
    ordered = sorted(counts, key=lambda name: (counts[name], name))
    hidden = [name for name in ordered if counts[name] < FEWEST]
    told = [name for name in ordered if counts[name] >= FEWEST]
    while told and _gives_away(counts[name] for name in hidden):
        hidden.append(told.pop(0))
    return frozenset(hidden)


def _gives_away(counts: Iterable[int]) -> bool:
    """Whether the difference between the total and all other groups tells of too few."""
    answered = [count for count in counts if count]
    return bool(answered) and (len(answered) == 1 or sum(answered) < FEWEST)


def _row(name: str, tally: Tally) -> Row:
    share = round(tally.yes / tally.solved, 2) if tally.solved else None
    mean = round(tally.points / tally.rated, 1) if tally.rated else None
    return Row(name, tally.asked, tally.answered, share, mean)


def _sum(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        for name in Tally.__dataclass_fields__:
            setattr(whole, name, getattr(whole, name) + getattr(tally, name))
    return whole


def _namer(
    session: Session, vault: Vault, by: str, zone: ZoneInfo
) -> Callable[[Survey, Case], str]:
    """What the group of a survey is called."""
    match by:
        case "officer":
            officers = {
                row.id: str(vault.open_json(row.sealed, "officers")["name"])
                for row in session.exec(select(OfficerAccount))
            }
            return lambda survey, _case: officers.get(survey.officer_id, UNKNOWN)
        case "company":
            companies = {
                row.id: vault.open(row.sealed, "companies").decode()
                for row in session.exec(select(Company))
            }
            return lambda _survey, case: companies.get(case.company_id, UNKNOWN)
        case "sex":
            told = select(SurveyAnswer).where(SurveyAnswer.field == SEX)
            sexes = {row.survey_id: answer_of(vault, row) for row in session.exec(told)}
            return lambda survey, _case: sexes.get(survey.id or 0, UNKNOWN)
        case "category":
            return lambda _survey, case: case.category
        case "month":
            return lambda survey, _case: f"{survey.planned_at.astimezone(zone):%Y-%m}"
        case _:
            slugs = {row.id: row.slug for row in session.exec(select(Organisation))}
            return lambda survey, _case: slugs[survey.organisation_id]
