"""What nobody in the union may decide goes one level up, never to the one it is about.

all coordinators are named in a story, or nobody is left who may see a case
  ──► the federation's coordinators, each alone; where there is none
  ──► the operator, a line that tells nothing but the number; the card says which
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import col, select

from bot.cases.markup import escaped
from bot.cases.roster import RosterOfficer, all_officers, officer_by_id
from bot.cases.sight import may_see
from bot.cases.taps import button
from bot.cases.work import Work
from bot.log import get_logger
from bot.outbox.orders import OutboxWriter
from storage.cases import add_event, row_id
from storage.setup import DEFAULT_ORGANISATION, organisation_by_slug
from storage.tables import Case, CaseEvent, Organisation, Recusal

FEDERATION, OPERATOR, NOBODY = "federation", "operator", "nobody"
_NOBODY_LEFT = "nobody_left"
_NAMED, _ASKED = "names_officer", "asked_above"
_ANSWERS = ("recused", "readmitted", "dismissed_above")


def parent_of(work: Work) -> Organisation | None:
    """The federation above this union."""
    parent_id = work.organisation.parent_id
    return work.session.get(Organisation, parent_id) if parent_id is not None else None


def in_question(work: Work, case: Case) -> set[int]:
    """The officers, by id, whose names the story tells and of whom nobody decided anything yet.

    Until then they decide about nobody: neither about themselves nor about who is named beside.
    """
    told = col(CaseEvent.what).in_((_NAMED, *_ANSWERS))
    query = select(CaseEvent.what, CaseEvent.after).where(CaseEvent.case_id == case.id, told)
    waiting: set[str] = set()
    for what, about in work.session.exec(query.order_by(col(CaseEvent.id))).all():
        if what == _NAMED:
            waiting.add(about)
        else:
            waiting.discard(about)
    return {int(about) for about in waiting}


def deciders(work: Work, case: Case) -> list[RosterOfficer]:
    """The coordinators of the union who may say whom the case is about."""
    roster = all_officers(work.session, work.vault, case.organisation_id)
    named = in_question(work, case)
    able = (one for one in roster if one.is_coordinator and one.id not in named)
    return [one for one in able if may_see(work, one, case)]


def ask_above(work: Work, case: Case) -> None:
    """Ask somebody outside the union about each officer in question, each asked about once."""
    named, before = in_question(work, case), {asked.before for asked in _asked(work, case)}
    roster = all_officers(work.session, work.vault, case.organisation_id)
    new = [one for one in roster if one.id in named and str(one.id) not in before]
    if new:
        _go_up(work, case, new)


def call_above(work: Work, case: Case) -> None:
    """Tell somebody outside the union that nobody in it may see the case any more."""
    _go_up(work, case)


def is_left_alone(work: Work, case: Case) -> bool:
    """Whether nobody of the union may see the case and act in it."""
    roster = all_officers(work.session, work.vault, case.organisation_id)
    return not any(one.may_act and may_see(work, one, case) for one in roster)


def those_above(work: Work, case: Case) -> list[RosterOfficer]:
    """The federation's coordinators who may read what is confidential and are not concerned."""
    parent = parent_of(work)
    if parent is None:
        return []
    concerned = _concerned(work, case)
    return [
        one
        for one in all_officers(work.session, work.vault, parent.id or 0)
        if one.is_coordinator and one.confidential and one.user_id not in concerned
    ]


def in_name_of(work: Work, organisation: Organisation) -> Work:
    """The same piece of work for another union or federation, through its own bot."""
    writer = OutboxWriter(work.session, work.vault, organisation, work.now)
    return replace(work, organisation=organisation, write=writer)


def card_lines(work: Work, case: Case) -> list[str]:
    """Who outside the union was asked, as long as an answer is waited for."""
    asked = dict.fromkeys(asked.after for asked in _waiting(work, case))
    return [work.texts(f"officers.above.card_{whom}") for whom in asked]


def awaits_federation(work: Work, case: Case, named: RosterOfficer | None) -> bool:
    """Whether the federation was asked, about this officer or at all, and nobody answered yet."""
    return any(
        asked.after == FEDERATION and (named is None or asked.before == str(named.id))
        for asked in _waiting(work, case)
    )


def _asked(work: Work, case: Case) -> Sequence[CaseEvent]:
    """Whom was asked outside the union (``after``), and about whom (``before``)."""
    asked = select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.what == _ASKED)
    return work.session.exec(asked.order_by(col(CaseEvent.id))).all()


def _waiting(work: Work, case: Case) -> list[CaseEvent]:
    asked = _asked(work, case)
    if not asked:
        return []
    unanswered = {str(officer_id) for officer_id in in_question(work, case)}
    unanswered |= {_NOBODY_LEFT} if is_left_alone(work, case) else set()
    return [each for each in asked if each.before in unanswered]


def _concerned(work: Work, case: Case) -> set[str]:
    """The Telegram ids of whom the case is about, or may be as long as nobody decided."""
    recused = select(Recusal.officer_id).where(Recusal.case_id == case.id)
    ids = {*work.session.exec(recused).all(), *in_question(work, case)}
    officers = (officer_by_id(work.session, work.vault, officer_id) for officer_id in ids)
    return {officer.user_id for officer in officers if officer is not None}


def _go_up(work: Work, case: Case, named: Sequence[RosterOfficer] = ()) -> None:
    """Ask about those named; without any, tell that nobody is left."""
    parent, asked = parent_of(work), those_above(work, case)
    if parent is not None and asked:
        for officer in named or (None,):
            _tell_federation(work, case, parent, asked, officer)
        whom = FEDERATION
    else:
        why = "named" if named else _NOBODY_LEFT
        whom = OPERATOR if _tell_operator(work, case, why) else NOBODY
    if whom == NOBODY:
        get_logger().error("a case waits for a decision and nobody outside can be told",
                           organisation=work.organisation.id)  # fmt: skip
    for about in [str(officer.id) for officer in named] or [_NOBODY_LEFT]:
        add_event(work.session, work.vault, case, _ASKED, work.now, before=about, after=whom)
    work.write.show_card(case)


def _tell_federation(
    work: Work,
    case: Case,
    parent: Organisation,
    asked: Sequence[RosterOfficer],
    named: RosterOfficer | None,
) -> None:
    there = in_name_of(work, parent)
    text = work.texts(
        f"officers.above.{'named' if named is not None else _NOBODY_LEFT}",
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


def _tell_operator(work: Work, case: Case, why: str) -> bool:
    """Whether the operator could be told; what it is about is not said."""
    default, own = organisation_by_slug(work.session, DEFAULT_ORGANISATION), work.organisation
    if not work.operator_chat or default is None:
        return False
    if work.operator_chat in _concerned(work, case):
        return False
    text = work.texts(
        f"officers.above.operator_{why}",
        union=escaped(own.name),
        number=case.number,
        slug=escaped(own.slug),
    )
    writer = OutboxWriter(work.session, work.vault, default, work.now)
    writer.whisper(work.operator_chat, text, case_id=case.id)
    return True
