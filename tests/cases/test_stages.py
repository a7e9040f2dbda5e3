"""Every change of stage: allowed or refused as the table says, told, and written down."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.cases.stages import CLOSED, OUTCOMES, TRANSITIONS, NotPossible, change_stage
from storage.cases import case_by_id
from storage.tables import CASE_STATUSES, Case
from tests.cases.office import Office

PAGE = Path(__file__).parents[2] / "docs" / "case-stages.md"


def _put(office: Office, case: Case, status: str) -> None:
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0)
        assert row is not None
        row.status = status
        row.closed_at = office.clock.now() if status in CLOSED else None
        session.add(row)


def _move(office: Office, case: Case, stage: str, **fields: object) -> None:
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        change_stage(office.work(session), row, stage, **fields)  # type: ignore[arg-type]


def test_the_table_names_every_stage_and_only_stages() -> None:
    """A stage without a line would make its cases unmovable with an error."""
    assert set(TRANSITIONS) == set(CASE_STATUSES)
    assert {stage for stages in TRANSITIONS.values() for stage in stages} <= set(CASE_STATUSES)


@pytest.mark.parametrize("before", CASE_STATUSES)
def test_each_pair_of_stages_is_allowed_or_refused_as_the_table_says(
    office: Office, before: str
) -> None:
    """What may follow what is law and habit; nobody may jump."""
    case = office.opens()
    for stage in CASE_STATUSES:
        _put(office, case, before)
        events = len(office.trail(case))
        if stage in TRANSITIONS[before]:
            _move(office, case, stage, outcome="tercapai" if stage == "selesai" else "")
            assert office.stored(case).status == stage
            assert len(office.trail(case)) == events + 1
            continue
        if stage != before:
            with pytest.raises(NotPossible, match="stage"):
                _move(office, case, stage, outcome="tercapai")
        else:
            _move(office, case, stage)
        assert office.stored(case).status == before
        assert len(office.trail(case)) == events


def test_closing_needs_an_outcome_and_stores_it(office: Office) -> None:
    """Without it nobody could ever say what the union achieved."""
    case = office.opens()
    for outcome in ("", "bagus"):
        with pytest.raises(NotPossible, match="outcome"):
            _move(office, case, "selesai", outcome=outcome)
    for outcome in OUTCOMES:
        _put(office, case, "baru")
        _move(office, case, "selesai", outcome=outcome)
        assert office.stored(case).outcome == outcome


def test_a_case_can_be_reopened_for_thirty_days_under_its_number(office: Office) -> None:
    """Promises are broken after the closing, too."""
    case = office.opens()
    _move(office, case, "selesai", outcome="tercapai")
    office.clock.advance(timedelta(days=30).total_seconds())
    _move(office, case, "ditangani")
    again = office.stored(case)
    assert (again.number, again.reopened, again.outcome, again.closed_at) == (
        case.number, 1, "", None,
    )  # fmt: skip
    _move(office, case, "ditolak")
    office.clock.advance(timedelta(days=30, seconds=1).total_seconds())
    with pytest.raises(NotPossible, match="too_late"):
        _move(office, case, "ditangani")


def test_the_reporter_is_told_each_step_unless_she_wants_no_such_messages(office: Office) -> None:
    """Silence is what made people give up on older complaint lines."""
    case = office.opens()
    _move(office, case, "verifikasi")
    office.deliver()
    assert len(office.heard()) == 1
    assert case.number in office.heard()[0]
    with office.database.transaction() as session:
        person = office.meet(session).person
        person.pushes_on = False
        session.add(person)
    _move(office, case, "ditangani")
    office.deliver()
    assert len(office.heard()) == 1


@pytest.mark.parametrize(
    ("command", "first", "stale"),
    [
        ("/status", "Ditangani", "Selesai"),
        ("/kategori", "Lembur", "PHK"),
        ("/urgensi", "Darurat", "Mendesak"),
    ],
)
def test_a_choice_counts_only_while_the_case_is_what_it_was_offered_for(
    office: Office, command: str, first: str, stale: str
) -> None:
    """Old questions stay in the topic; a thumb on one must not undo what was decided since."""
    case = office.opens()
    office.deliver()
    office.taps("joko", case, "take")
    office.writes("joko", case, command)
    asked = next(row for row in reversed(office.rows("post")) if office.payload(row)["choices"])
    choices = office.payload(asked)["choices"]
    buttons = {choice[1]: choice[0] for choice in choices}  # type: ignore[attr-defined]
    pick = {label: next(i for n, i in buttons.items() if label in n) for label in (first, stale)}
    assert not office.taps_payload("joko", pick[first]).alert
    decided = office.stored(case)
    answer = office.taps_payload("joko", pick[stale])
    assert (answer.text, answer.alert) == (office.texts("officers.refused.old_button"), True)
    now = office.stored(case)
    assert (now.status, now.category, now.urgency) == (
        decided.status, decided.category, decided.urgency,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "words"), [("aspirasi", "usul Anda"), ("pertanyaan", "pertanyaan Anda")]
)
def test_who_proposed_or_asked_is_not_told_of_a_report(
    office: Office, kind: str, words: str
) -> None:
    """She asked for a prayer room; "your report is being examined" would frighten her."""
    case = office.opens(kind=kind, category="fasilitas")
    for stage in ("verifikasi", "ditangani", "selesai"):
        _move(office, case, stage, outcome="tercapai" if stage == "selesai" else "")
        office.deliver()
    assert len(office.heard()) == 3
    assert all(words in said for said in office.heard())
    assert not any("laporan" in said or "kasus" in said for said in office.heard())


def test_the_drawing_of_the_stages_is_up_to_date() -> None:
    """Officers learn the ladder from it."""
    assert diagram() in PAGE.read_text(), "run: python -m tests.cases.draw_stages"


def diagram() -> str:
    """The table as a Mermaid diagram."""
    lines = ["stateDiagram-v2", "    [*] --> belum_lengkap", "    [*] --> baru"]
    for before, stages in TRANSITIONS.items():
        lines += [f"    {before} --> {stage}" for stage in stages]
    return "\n".join([*lines, "    arsip --> [*]"])
