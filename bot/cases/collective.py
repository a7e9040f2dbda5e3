"""Collective cases: several reporters of one workplace with the same matter, asked one by one.

Each is asked in her own chat and joins or not; nobody learns another's name or number. Below
:data:`FEWEST` reporters nobody is asked: who knows of so few could tell who they are.
"""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from bot.cases import replies
from bot.cases.act import Act, must_act, said
from bot.cases.alike import find_alike, same_workplace
from bot.cases.pushes import fitting_time
from bot.cases.stages import CLOSED, NotPossible
from bot.cases.taps import button
from bot.cases.together import (
    COLLECTIVE,
    joined_cases,
    linked_cases,
    members_of,
    merged_into,
    open_collective,
)
from bot.cases.work import Work, reach_of
from bot.commands import Choice
from storage.cases import add_event, case_by_id, content_of, row_id
from storage.due import set_due
from storage.tables import Case, Collective, CollectiveMember, Conversation

FEWEST = 3
"""So many reporters there must be: in a smaller group each could be singled out."""
DUE = "joining"
"""The due row of a conversation that lets the bot ask; the flow of the same name does."""


def invite_button(act: Act) -> list[Choice]:
    """The button that invites, where there are enough reporters and a coordinator asks."""
    if not act.officer.is_coordinator or not _enough(_group(act.work, act.case)):
        return []
    label = act.work.texts.label("officers.button.invite")
    return [button(act.work, act.case, label, "invite")]


def invite(act: Act) -> str:
    """Ask each reporter who was not asked yet whether she joins.

    Raises:
        NotPossible: no coordinator, a confidential case, or too few reporters.
    """
    must_act(act)
    work, case = act.work, act.case
    if not act.officer.is_coordinator:
        raise NotPossible("cases.refused.coordinator_only")
    group = _group(work, case)
    if not _enough(group):
        raise NotPossible("cases.refused.too_few", fewest=FEWEST)
    collective = open_collective(work, case) or _opened(act)
    known = {_person_of(work, member) for member in members_of(work, collective)}
    asked = []
    for each in group:  # a reporter is asked once, however many cases she has
        if each.person_id not in known and _ask(work, collective, each):
            known.add(each.person_id)
            asked.append(each)
    add_event(work.session, work.vault, case, "collective_invited", work.now, actor="officer",
              officer_id=act.officer.id, after=str(len(asked)))  # fmt: skip
    for each in (case, *asked):
        work.write.show_card(each)
    return said(act, work.texts("officers.done.invited", count=len(asked)))


def answer_all(act: Act) -> str:
    """Preview a reply to everybody who joined; each will get it alone, with her own number.

    Raises:
        NotPossible: it leads no collective case, nobody joined yet, or there are no words.
    """
    work, case = act.work, act.case
    if open_collective(work, case) is None:
        raise NotPossible("cases.refused.no_collective")
    if not joined_cases(work, case):
        raise NotPossible("cases.refused.nobody_joined")
    if not (act.words or act.attachment_id is not None):
        raise NotPossible("cases.refused.collective_words")
    preview = replies.preview_reply(
        work,
        case,
        act.officer,
        act.words,
        attachment_id=act.attachment_id,
        album=act.album,
        post=act.message,
        source=act.source,
    )
    preview.audience = COLLECTIVE
    work.session.add(preview)
    return ""


def take_answer(work: Work, case: Case, *, joins: bool) -> None:
    """Her answer, once; the lead's card shows it."""
    asked = _asked(work.session, [row_id(case)])
    if not asked or case.status in CLOSED:
        _tell(work, case, "over")
        return
    member = asked[0]
    member.state, member.answered_at = "joined" if joins else "declined", work.now
    work.session.add(member)
    add_event(work.session, work.vault, case, f"collective_{member.state}", work.now,
              actor="reporter")  # fmt: skip
    work.session.flush()
    work.write.show_card(case)
    collective = work.session.get_one(Collective, member.collective_id)
    lead = case_by_id(work.session, collective.lead_id)
    if lead is not None and lead.id != case.id:
        work.write.show_card(lead)
    _tell(work, case, "joined" if joins else "declined")


def waiting_invitations(session: Session, cases: Iterable[Case]) -> tuple[str, ...]:
    """The numbers of these cases whose reporter was asked and said nothing yet, newest first."""
    by_id = {row_id(case): case for case in cases if case.status not in CLOSED}
    return tuple(by_id[member.case_id].number for member in _asked(session, list(by_id)))


def _asked(session: Session, case_ids: list[int]) -> Sequence[CollectiveMember]:
    if not case_ids:
        return ()
    query = (
        select(CollectiveMember)
        .join(Collective, col(Collective.id) == col(CollectiveMember.collective_id))
        .where(
            col(CollectiveMember.case_id).in_(case_ids),
            CollectiveMember.state == "asked",
            col(Collective.closed_at).is_(None),
        )
        .order_by(col(CollectiveMember.id).desc())
    )
    return session.exec(query).all()


def _group(work: Work, case: Case) -> list[Case]:
    """The open cases of the same company and category: merged, linked or suggested."""
    if case.sensitive:
        return []
    near = [*merged_into(work, case), *linked_cases(work, case)]
    near += [alike.case for alike in find_alike(work, case)]
    mine = content_of(work.vault, case)
    group = {case.id: case}
    for other in near:
        fits = not other.sensitive and other.category == case.category
        open_here = other.status not in CLOSED and other.person_id is not None
        there = content_of(work.vault, other)
        if fits and open_here and same_workplace(case, mine, other, there):
            group[other.id] = other
    return list(group.values())


def _enough(group: Sequence[Case]) -> bool:
    return len({case.person_id for case in group if case.person_id is not None}) >= FEWEST


def _person_of(work: Work, member: CollectiveMember) -> int | None:
    case = case_by_id(work.session, member.case_id)
    return case.person_id if case is not None else None


def _opened(act: Act) -> Collective:
    collective = Collective(
        organisation_id=act.case.organisation_id,
        lead_id=row_id(act.case),
        officer_id=act.officer.id,
        opened_at=act.work.now,
    )
    act.work.session.add(collective)
    act.work.session.flush()
    return collective


def _ask(work: Work, collective: Collective, case: Case) -> bool:
    """Let the bot ask her, unless she wants no such messages or belongs elsewhere."""
    reach = reach_of(work, case)
    conversation = work.session.exec(
        select(Conversation).where(Conversation.person_id == case.person_id)
    ).first()
    elsewhere = select(CollectiveMember.id).where(CollectiveMember.case_id == case.id)
    if reach is None or conversation is None or reach.unreachable or not reach.person.pushes_on:
        return False
    if work.session.exec(elsewhere).first() is not None:
        return False
    work.session.add(
        CollectiveMember(
            organisation_id=case.organisation_id,
            collective_id=collective.id or 0,
            case_id=row_id(case),
            state="asked",
            asked_at=work.now,
        )
    )
    work.session.flush()
    key = f"{DUE}:{conversation.id}"
    set_due(work.session, organisation_id=case.organisation_id, kind=DUE, key=key,
            lane=work.vault.lookup(key), due_at=fitting_time(work, case, work.now),
            conversation_id=conversation.id)  # fmt: skip
    return True


def _tell(work: Work, case: Case, answer: str) -> None:
    reach = reach_of(work, case)
    if reach is None:
        return
    text = work.texts(f"cases.joining.{answer}", number=case.number)
    work.write.say(reach.address, text, person_id=reach.person.id, case_id=case.id)
