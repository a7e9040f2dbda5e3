"""Results of surveys: what is shown, and that nobody can be picked out."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from bot.cases import card
from bot.cases.survey_answers import ANSWERS, answer_of, forget_comments, own_answers, take_answer
from bot.cases.survey_results import (
    FEWEST,
    UNKNOWN,
    Results,
    Row,
    Tally,
    hidden_among,
    shown_of,
    survey_results,
    told_apart,
)
from storage.cases import link_company
from storage.tables import Case, Survey, SurveyAnswer
from tests.cases.office import Office
from tests.patience import UNHURRIED


def answered(
    office: Office,
    session: Session,
    *,
    count: int,
    officer: str = "joko",
    solved: str = "ya",
    score: int | None = 4,
    at: datetime | None = None,
    **changes: object,
) -> list[Case]:
    """So many closed cases whose reporters all answered the same."""
    at = at or office.clock.now()
    cases = []
    for _ in range(count):
        case = Case(**(office.case.model_dump(exclude={"id", "number"}) | changes),
                    number=f"KB-{id(office) % 9999}-{len(session.new) + next(_numbers):04d}"[:12])  # fmt: skip
        session.add(case)
        session.flush()
        session.add(
            Survey(
                organisation_id=office.organisation_id, case_id=case.id, closure=0,
                officer_id=office.officers[officer].id, state="answered", solved=solved,
                score=score, planned_at=at, asked_at=at, answered_at=at,
            )
        )  # fmt: skip
        cases.append(case)
    return cases


_numbers = iter(range(1, 10_000))


def found(office: Office, session: Session, by: str) -> Results:
    """The results of the office's organisation."""
    session.flush()
    return survey_results(session, office.vault, [office.organisation_id], by, office.zone)


def test_groups_are_named_counted_and_averaged(office: Office) -> None:
    """A coordinator must see where people are content and where not."""
    with office.database.transaction() as session:
        answered(office, session, count=3, score=5)
        answered(office, session, count=3, score=4, solved="belum")
        answered(office, session, count=5, officer="maria", score=2)
        results = found(office, session, "officer")
    rows = {row.name: (row.answered, row.solved_share, row.score) for row in results.rows}
    assert rows == {"Joko": (6, 0.5, 4.5), "Maria": (5, 1.0, 2.0)}
    assert results.total is not None
    assert (results.total.answered, results.hidden) == (11, 0)


@pytest.mark.parametrize(
    ("by", "names"),
    [("category", {"upah", "k3"}), ("organisation", {"uji"}), ("month", {"2026-11"}),
     ("company", {UNKNOWN, "PT Maju"})],
)  # fmt: skip
def test_every_way_to_group(office: Office, by: str, names: set[str]) -> None:
    """Each question of the union has its table."""
    with office.database.transaction() as session:
        answered(office, session, count=5)
        for case in answered(office, session, count=5, category="k3"):
            link_company(session, office.vault, case, "PT Maju", office.clock.now())
        assert {row.name for row in found(office, session, by).rows} == names


def test_a_small_group_is_hidden_with_the_next_one_so_that_the_total_tells_nothing(
    office: Office,
) -> None:
    """Total minus the one visible group would be the answer of a single person."""
    with office.database.transaction() as session:
        answered(office, session, count=1, officer="maria", score=1)
        answered(office, session, count=6)
        answered(office, session, count=9, officer="ratna")
        results = found(office, session, "officer")
    assert [row.name for row in results.rows] == ["Ratna"]
    assert results.hidden == 2
    assert results.total is not None
    assert results.total.answered == 16


def test_with_too_few_answers_in_all_nothing_is_shown(office: Office) -> None:
    """Four people in all are known by name in any union."""
    with office.database.transaction() as session:
        answered(office, session, count=4)
        results = found(office, session, "officer")
    assert (results.rows, results.total, results.hidden) == ((), None, 1)


def test_a_mean_of_fewer_than_five_scores_is_hidden_though_more_answered(office: Office) -> None:
    """Five who said that it is solved, of whom one gave a score: the mean is that one's score."""
    with office.database.transaction() as session:
        answered(office, session, count=4, score=None)
        answered(office, session, count=1, score=1)
        (row,) = found(office, session, "officer").rows
    assert (row.answered, row.solved_share, row.score) == (5, 1.0, None)


def test_what_was_not_sent_is_counted_by_its_reason(office: Office) -> None:
    """Silence of people who were never asked is no discontent."""
    with office.database.transaction() as session:
        for closure, reason in enumerate(("stopped", "stopped", "deleted")):
            session.add(
                Survey(
                    organisation_id=office.organisation_id, case_id=office.case.id,
                    closure=closure, state="not_sent", reason=reason,
                    planned_at=office.clock.now(),
                )
            )  # fmt: skip
        results = found(office, session, "officer")
    assert dict(results.not_sent) == {"deleted": 1, "stopped": 2}


def test_another_union_is_not_in_it(office: Office) -> None:
    """Each query keeps to its organisation."""
    with office.database.transaction() as session:
        answered(office, session, count=5)
        session.flush()
        others = survey_results(session, office.vault, [office.organisation_id + 1], "officer",
                                office.zone)  # fmt: skip
    assert (others.rows, others.total) == ((), None)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12), max_size=8))
@settings(UNHURRIED, max_examples=400)
def test_no_difference_to_the_total_tells_of_fewer_than_five(counts: dict[str, int]) -> None:
    """Whatever the counts, hidden groups stay hidden also by subtraction."""
    hidden = hidden_among(counts)
    assert all(counts[name] >= FEWEST for name in counts if name not in hidden)
    kept_back = [counts[name] for name in hidden if counts[name]]
    whole_is_shown = sum(counts.values()) >= FEWEST
    if whole_is_shown and kept_back:
        assert sum(kept_back) >= FEWEST
        assert len(kept_back) > 1


def test_the_results_of_one_union_do_not_give_away_those_of_another(office: Office) -> None:
    """All unions less the one whose results are told apart: two people of the other one."""
    large = {"upah": Tally(8, 8, 8, 8, 8, 32), "k3": Tally(7, 7, 7, 7, 7, 28)}
    small = {"upah": Tally(2, 2, 2, 0, 2, 2)}
    smaller = {"upah": Tally(3, 3, 3, 0, 3, 3), "k3": Tally(6, 6, 6, 6, 6, 6)}
    for others in ([small], [smaller], [small, {"upah": Tally(1, 1, 1, 1, 1, 1)}]):
        alone, together = shown_of(large), shown_of(*told_apart([large, *others]))
        assert alone.total is not None
        assert together.total is not None
        for before, after in ((alone.total, together.total), *_pairs(alone, together)):
            assert after.answered - before.answered not in range(1, FEWEST)
    together = shown_of(*told_apart([large, small, {"upah": Tally(4, 4, 4, 4, 4, 16)}]))
    assert together.total is not None
    assert together.total.answered == 21, "small unions are told together"


def _pairs(alone: Results, together: Results) -> list[tuple[Row, Row]]:
    """The same group alone and together with others."""
    others = {row.name: row for row in together.rows}
    return [(row, others[row.name]) for row in alone.rows]


def test_the_sex_is_known_to_the_counts_and_to_her_and_goes_with_her_data(office: Office) -> None:
    """She was told that no officer sees it."""
    with office.database.transaction() as session:
        (case,) = answered(office, session, count=1)
        survey = session.exec(select(Survey).where(Survey.case_id == case.id)).one()
        work = office.work(session)
        for sex in ("laki-laki", "perempuan"):
            take_answer(work, case, survey.id or 0, "sex", sex)
        session.flush()
        stored = select(SurveyAnswer).where(SurveyAnswer.survey_id == survey.id)
        (kept,) = session.exec(stored).all()
        assert answer_of(office.vault, kept) == "perempuan", "the last word alone is kept"
        assert b"perempuan" not in kept.sealed
        assert "Untuk hitungan survei: perempuan" in own_answers(work, case)
        assert "perempuan" not in card.card(work, case).text
        take_answer(work, case, survey.id or 0, "sex", "")
        assert session.exec(stored).all() == [], "she would rather not say it after all"
        take_answer(work, case, survey.id or 0, "sex", "perempuan")
        forget_comments(work, case)
        assert session.exec(stored).all() == []
    assert "perempuan" not in str([office.payload(row) for row in office.rows()])


def test_by_sex_counts_who_told_it(office: Office) -> None:
    """Half of a workforce may be served worse than the other."""
    with office.database.transaction() as session:
        for sex, score in (("perempuan", 2), ("laki-laki", 5)):
            for case in answered(office, session, count=5, score=score):
                survey = session.exec(select(Survey).where(Survey.case_id == case.id)).one()
                session.add(SurveyAnswer(
                    organisation_id=office.organisation_id, survey_id=survey.id, field="sex",
                    sealed=office.vault.seal(sex.encode(), ANSWERS), at=office.clock.now(),
                ))  # fmt: skip
        answered(office, session, count=6)
        results = found(office, session, "sex")
    assert {row.name: row.score for row in results.rows} == {
        "perempuan": 2.0, "laki-laki": 5.0, UNKNOWN: 4.0,
    }  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from("abcdef"),
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)),
        max_size=6,
    )
)
@settings(UNHURRIED, max_examples=300)
def test_shares_and_means_are_protected_like_the_counts(
    groups: dict[str, tuple[int, int, int]],
) -> None:
    """A hidden score must not be found by subtracting the shown ones from the total."""
    tallies = {
        name: Tally(asked=9, answered=max(parts), solved=parts[1], yes=0, rated=parts[2],
                    points=parts[2])
        for name, parts in groups.items()
    }  # fmt: skip
    results = shown_of(tallies)
    shown = {row.name for row in results.rows if row.score is not None}
    assert all(tallies[name].rated >= FEWEST for name in shown)
    if results.total is not None and results.total.score is not None:
        rest = [t.rated for name, t in tallies.items() if name not in shown and t.rated]
        assert not rest or sum(rest) >= FEWEST
