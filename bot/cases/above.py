"""What nobody in the union may decide goes one level up, never to the one it is about.

the only coordinator is named in a story, or nobody is left who may see a case
  ──► the federation's coordinators, each alone; where there is none
  ──► the operator, a line that tells nothing but the number; the card says which
"""

from collections.abc import Iterable
from dataclasses import replace

from sqlmodel import col, select

from bot.cases.markup import escaped
from bot.cases.roster import RosterOfficer, all_officers, officer_by_id
from bot.cases.sight import is_recused, may_see
from bot.cases.taps import button
from bot.cases.work import Work
from bot.log import get_logger
from bot.outbox.orders import OutboxWriter
from storage.cases import add_event, row_id
from storage.setup import DEFAULT_ORGANISATION, organisation_by_slug
from storage.tables import Case, CaseEvent, Organisation, Recusal

FEDERATION, OPERATOR, NOBODY = "federation", "operator", "nobody"
NAMED, NOBODY_LEFT = "named", "nobody_left"
_ASKED, _ANSWERED = "asked_above", ("recused", "readmitted", "dismissed_above")


def parent_of(work: Work) -> Organisation | None:
    """The federation above this union."""
    parent_id = work.organisation.parent_id
    return work.session.get(Organisation, parent_id) if parent_id is not None else None


def ask_above(work: Work, case: Case, named: RosterOfficer) -> None:
    """Ask somebody outside the union whether the case is about this officer."""
    _go_up(work, case, NAMED, named)


def call_above(work: Work, case: Case) -> None:
    """Tell somebody outside the union that nobody in it may see the case any more."""
    _go_up(work, case, NOBODY_LEFT)


def is_left_alone(work: Work, case: Case) -> bool:
    """Whether nobody of the union may see the case and act in it."""
    roster = all_officers(work.session, work.vault, case.organisation_id)
    return not any(one.may_act and may_see(work, one, case) for one in roster)


def those_above(work: Work, case: Case, *but: str) -> list[RosterOfficer]:
    """The federation's coordinators who may read what is confidential.

    Without those of these Telegram ids, and without whom the case is about.
    """
    parent = parent_of(work)
    if parent is None:
        return []
    recused = select(Recusal.officer_id).where(Recusal.case_id == case.id)
    about = {*but}
    for officer_id in work.session.exec(recused).all():
        officer = officer_by_id(work.session, work.vault, officer_id)
        about |= {officer.user_id} if officer is not None else set()
    return [
        one
        for one in all_officers(work.session, work.vault, parent.id or 0)
        if one.is_coordinator and one.confidential and one.user_id not in about
    ]


def in_name_of(work: Work, organisation: Organisation) -> Work:
    """The same piece of work for another union or federation, through its own bot."""
    writer = OutboxWriter(work.session, work.vault, organisation, work.now)
    return replace(work, organisation=organisation, write=writer)


def card_lines(work: Work, case: Case) -> list[str]:
    """That somebody outside the union was asked, as long as it waits for an answer."""
    asked = _waiting(work, case)
    return [work.texts(f"officers.above.card_{asked.after}")] if asked is not None else []


def awaits_federation(work: Work, case: Case) -> bool:
    """Whether the federation was asked and the case still waits for what it says."""
    asked = _waiting(work, case)
    return asked is not None and asked.after == FEDERATION


def awaits_decision(work: Work, case: Case) -> bool:
    """Whether somebody was asked, whoever it is, whether the case is about an officer."""
    asked = _waiting(work, case)
    return asked is not None and asked.before == NAMED


def named_in(work: Work, case: Case) -> set[int]:
    """The officers whose names stand in the story, by id."""
    found = select(CaseEvent.after).where(
        CaseEvent.case_id == case.id, CaseEvent.what == "names_officer"
    )
    return {int(value) for value in work.session.exec(found).all() if value.isdigit()}


def _waiting(work: Work, case: Case) -> CaseEvent | None:
    newest = work.session.exec(
        select(CaseEvent)
        .where(CaseEvent.case_id == case.id, col(CaseEvent.what).in_((_ASKED, *_ANSWERED)))
        .order_by(col(CaseEvent.id).desc())
        .limit(1)
    ).first()
    if newest is None or newest.what != _ASKED:
        return None
    if newest.before == NOBODY_LEFT and not is_left_alone(work, case):
        return None
    return newest


def _go_up(work: Work, case: Case, why: str, named: RosterOfficer | None = None) -> None:
    about = (named.user_id,) if named is not None else ()
    parent, asked = parent_of(work), those_above(work, case, *about)
    if parent is not None and asked:
        _tell_federation(work, case, parent, asked, why, named)
        whom = FEDERATION
    else:
        whom = OPERATOR if _tell_operator(work, case, why, *about) else NOBODY
    if whom == NOBODY:
        get_logger().error("a case waits for a decision and nobody outside can be told",
                           organisation=work.organisation.id)  # fmt: skip
    add_event(work.session, work.vault, case, _ASKED, work.now, before=why, after=whom)
    work.write.show_card(case)


def _tell_federation(
    work: Work,
    case: Case,
    parent: Organisation,
    asked: Iterable[RosterOfficer],
    why: str,
    named: RosterOfficer | None,
) -> None:
    there = in_name_of(work, parent)
    text = work.texts(
        f"officers.above.{why}",
        union=escaped(work.organisation.name),
        number=case.number,
        name=escaped(named.name) if named is not None else "",
    )
    actions = {"above_read": str(row_id(case))}
    if named is not None:
        actions |= {f"above_{word}": f"{row_id(case)}.{named.id}" for word in ("yes", "no")}
    choices = tuple(
        button(there, None, work.texts.label(f"officers.button.{action}"), action, value)
        for action, value in actions.items()
    )
    for officer in asked:
        there.write.whisper(officer.user_id, text, choices=choices, case_id=case.id)


def _tell_operator(work: Work, case: Case, why: str, *but: str) -> bool:
    """Whether the operator could be told; what it is about is not said."""
    about = {*but}
    for one in all_officers(work.session, work.vault, case.organisation_id):
        about |= {one.user_id} if is_recused(work, one, case) else set()
    default = organisation_by_slug(work.session, DEFAULT_ORGANISATION)
    if not work.operator_chat or work.operator_chat in about or default is None:
        return False
    own = work.organisation
    text = work.texts(
        f"officers.above.operator_{why}",
        union=escaped(own.name),
        number=case.number,
        slug=escaped(own.slug),
    )
    writer = OutboxWriter(work.session, work.vault, default, work.now)
    writer.whisper(work.operator_chat, text, case_id=case.id)
    return True
