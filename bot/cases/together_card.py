"""What a card says about cases that belong together."""

from sqlmodel import col, select

from bot.cases.alike import find_alike
from bot.cases.case_lines import case_link
from bot.cases.stages import CLOSED
from bot.cases.together import (
    linked_cases,
    main_of,
    members_of,
    merged_into,
    open_collective,
    ties_of,
)
from bot.cases.work import Work
from storage.tables import Case, Collective, CollectiveMember

_NUMBERS = 2


def card_lines(work: Work, case: Case) -> list[str]:
    """Merged with, linked with, collective case, and what may be the same; a line each."""
    texts = work.texts
    main = main_of(work, case)
    if main is not None:
        return [texts("officers.together.card_main", number=case_link(main))]
    lines, ties = [], ties_of(work, case)
    linked = linked_cases(work, case) if ties.linked else []
    if ties.merged:
        merged = merged_into(work, case)
        lines.append(texts("officers.together.card_merged", numbers=_numbers(list(merged))))
    if linked:
        lines.append(texts("officers.together.card_linked", numbers=_numbers(linked)))
    if ties.leads or ties.joined:
        lines += _collective(work, case)
    if case.status in CLOSED or case.sensitive or case.status == "belum_lengkap":
        return lines
    known = {other.id for other in linked}
    alike = [found.case for found in find_alike(work, case) if found.case.id not in known]
    if alike:
        numbers = _numbers(alike[:_NUMBERS])
        lines.append(texts("officers.together.card_alike", numbers=numbers, count=len(alike)))
    return lines


def _numbers(cases: list[Case]) -> str:
    return ", ".join(case_link(case) for case in cases)


def _collective(work: Work, case: Case) -> list[str]:
    collective = open_collective(work, case)
    if collective is not None:
        states = [member.state for member in members_of(work, collective)]
        counts = {state: states.count(state) for state in ("joined", "declined", "asked")}
        return [work.texts("officers.together.card_collective", **counts)]
    lead = _lead_of(work, case)
    if lead is None:
        return []
    return [work.texts("officers.together.card_member", number=case_link(lead))]


def _lead_of(work: Work, case: Case) -> Case | None:
    return work.session.exec(
        select(Case)
        .join(Collective, col(Collective.lead_id) == col(Case.id))
        .join(CollectiveMember, col(CollectiveMember.collective_id) == col(Collective.id))
        .where(CollectiveMember.case_id == case.id, CollectiveMember.state == "joined")
    ).first()
