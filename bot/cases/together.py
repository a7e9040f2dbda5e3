"""Cases that belong together: merged, linked, or members of one collective case.

What stands here only reads and undoes, so that everything else may ask it: whom a reply goes to,
where a reporter's words are shown, how a case gets out of it all again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import delete
from sqlmodel import and_, col, or_, select

from bot.cases.delivery import rows_of, whole_line
from bot.cases.parted_stage import restore_stage
from bot.cases.promises import refresh
from bot.cases.work import Work, reach_of
from storage.cases import add_event, case_by_id, row_id
from storage.tables import (
    Case,
    CaseLink,
    CaseMessage,
    CaseVector,
    Collective,
    CollectiveMember,
    Outbound,
)

COLLECTIVE = "collective"
"""``audience`` of a reply that goes to all who joined the collective case."""


@dataclass(frozen=True, slots=True)
class Ties:
    """What a case was put together with: most with nothing."""

    merged: bool
    linked: bool
    leads: bool
    joined: bool


def ties_of(work: Work, case: Case) -> Ties:
    """Which ties there are, all looked up in one statement."""
    links = or_(col(CaseLink.first_id) == case.id, col(CaseLink.second_id) == case.id)
    leads = and_(col(Collective.lead_id) == case.id, col(Collective.closed_at).is_(None))
    member = col(CollectiveMember.case_id) == case.id
    row = work.session.execute(
        sa.select(
            sa.exists().where(col(Case.merged_into_id) == case.id),
            sa.exists().where(links, col(CaseLink.kind) == "linked"),
            sa.exists().where(leads),
            sa.exists().where(member, col(CollectiveMember.state) == "joined"),
        )
    ).one()
    return Ties(*map(bool, row))


def merged_into(work: Work, case: Case, *, lock: bool = False) -> Sequence[Case]:
    """The cases that this one answers for, in the order of their ids."""
    query = select(Case).where(Case.merged_into_id == case.id).order_by(col(Case.id))
    return work.session.exec(query.with_for_update() if lock else query).all()


def main_of(work: Work, case: Case, *, lock: bool = False) -> Case | None:
    """The case that answers for this one."""
    if not case.merged_into_id:
        return None
    return case_by_id(work.session, case.merged_into_id, lock=lock)


def shown_in(work: Work, case: Case) -> tuple[Case, str]:
    """In whose topic the reporter's words stand, and the mark that says whose they are."""
    main = main_of(work, case)
    return (main, f"{case.number} · ") if main is not None else (case, "")


def audience_of(work: Work, case: Case, message: CaseMessage) -> list[Case]:
    """The cases whose reporters get this reply, each person once, the case itself first.

    Whoever cannot be reached any more is left out.
    """
    reached: dict[int, Case] = {}
    meant = joined_cases(work, case) if message.audience == COLLECTIVE else [
        case, *merged_into(work, case)
    ]  # fmt: skip
    for each in meant:
        if each.person_id is not None and reach_of(work, each) is not None:
            reached.setdefault(each.person_id, each)
    return list(reached.values())


def audience_lines(work: Work, case: Case, message: CaseMessage) -> list[str]:
    """For the preview: to how many the reply goes; nothing where there is one reporter."""
    count = len(audience_of(work, case, message))
    if count <= 1 and message.audience != COLLECTIVE:
        return []
    return [work.texts("officers.together.audience", count=count)]


def delivery_lines(work: Work, message: CaseMessage) -> list[str]:
    """How far a reply came with each reporter; nothing where it went to one only."""
    rows = work.session.exec(
        select(Outbound.case_id)
        .where(Outbound.message_id == message.id, Outbound.status != "cancelled")
        .distinct()
    ).all()
    case_ids = sorted(case_id for case_id in rows if case_id is not None)
    if len(case_ids) <= 1:
        return []
    lines = []
    for case_id in case_ids:
        state = whole_line(work, rows_of(work.session, message.id, case_id))
        number = work.session.get_one(Case, case_id).number
        lines.append(work.texts("officers.together.delivery", number=number, state=state))
    return lines


def links_of(work: Work, case: Case) -> Sequence[CaseLink]:
    """What this case was put together with, in the order of the ids."""
    query = select(CaseLink).where(
        or_(col(CaseLink.first_id) == case.id, col(CaseLink.second_id) == case.id)
    )
    return work.session.exec(query.order_by(col(CaseLink.id))).all()


def linked_cases(work: Work, case: Case) -> list[Case]:
    """The cases that were linked with this one, without those it was merged with."""
    either = or_(
        and_(col(CaseLink.first_id) == case.id, col(CaseLink.second_id) == col(Case.id)),
        and_(col(CaseLink.second_id) == case.id, col(CaseLink.first_id) == col(Case.id)),
    )
    query = select(Case).join(CaseLink, either).where(CaseLink.kind == "linked")
    return list(work.session.exec(query.order_by(col(CaseLink.id))).all())


def open_collective(work: Work, case: Case) -> Collective | None:
    """The collective case that this case leads."""
    return work.session.exec(
        select(Collective).where(
            Collective.lead_id == case.id, col(Collective.closed_at).is_(None)
        )
    ).first()


def members_of(work: Work, collective: Collective) -> Sequence[CollectiveMember]:
    """Who was asked, in the order of asking."""
    query = select(CollectiveMember).where(CollectiveMember.collective_id == collective.id)
    return work.session.exec(query.order_by(col(CollectiveMember.id))).all()


def joined_cases(work: Work, case: Case) -> list[Case]:
    """The cases whose reporters joined the collective case that this one leads."""
    collective = open_collective(work, case)
    if collective is None:
        return []
    joined = [m.case_id for m in members_of(work, collective) if m.state == "joined"]
    return [each for i in joined if (each := case_by_id(work.session, i)) is not None]


def take_apart(work: Work, main: Case, merged: Case, officer_id: int | None) -> None:
    """Undo a merge: the case has its own topic and its own answers again.

    Where an officer says that they do not belong together, also its own stage; else what was
    done holds for both.
    """
    merged.merged_into_id = None
    work.session.add(merged)
    work.session.execute(
        delete(CaseLink).where(
            col(CaseLink.first_id) == merged.id, col(CaseLink.second_id) == main.id
        )
    )
    actor = "officer" if officer_id is not None else "system"
    for case, other in ((merged, main), (main, merged)):
        add_event(work.session, work.vault, case, "split", work.now, actor=actor,
                  officer_id=officer_id, before=other.number)  # fmt: skip
    if officer_id is not None:
        restore_stage(work, merged)
    refresh(work, merged)
    work.write.set_topic(merged, closed=False)
    work.write.post(merged, work.texts("officers.together.split_here", number=main.number))
    work.write.post(main, work.texts("officers.together.split_there", number=merged.number))
    work.write.show_card(merged)
    work.write.show_card(main)


def stand_alone(work: Work, case: Case) -> None:
    """Take the case out of everything it was put together with, and forget its meaning.

    For a case that became confidential, or whose reporter deleted her data.
    """
    take_back_words(work, case)
    if case.merged_into_id is None and not _touched(work, case):
        return
    main = main_of(work, case)
    if main is not None:
        take_apart(work, main, case, None)
    for merged in merged_into(work, case, lock=True):
        take_apart(work, case, merged, None)
    others = linked_cases(work, case)
    either = or_(col(CaseLink.first_id) == case.id, col(CaseLink.second_id) == case.id)
    work.session.execute(delete(CaseLink).where(either))
    work.session.execute(delete(CaseVector).where(col(CaseVector.case_id) == case.id))
    leads = _leave_collectives(work, case)
    for other in (*others, *leads):
        work.write.show_card(other)


def take_back_words(work: Work, case: Case) -> None:
    """Remove from other topics what the reporter wrote there while her case was merged."""
    hers = select(CaseMessage.id).where(CaseMessage.case_id == row_id(case))
    posts = work.session.exec(
        select(Outbound).where(
            col(Outbound.message_id).in_(hers),
            col(Outbound.kind).in_(("post", "post_file")),
            Outbound.case_id != case.id,
        )
    ).all()
    standing: dict[str, list[str]] = {}
    for row in posts:
        if row.status == "queued":
            row.status, row.settled_at = "cancelled", work.now
        elif row.external_id:
            standing.setdefault(row.chat, []).append(row.external_id)
        row.sealed = work.vault.seal_json({}, "outbox")
        work.session.add(row)
    work.session.flush()
    for chat, ids in standing.items():
        work.write.erase(chat, ids, case)
        _say_again(work, chat, ids, case)


def _say_again(work: Work, chat: str, ids: list[str], case: Case) -> None:
    """Words of others that were joined into a post which is taken away are posted again."""
    along = work.session.exec(
        select(Outbound).where(
            Outbound.chat == chat,
            col(Outbound.external_id).in_(ids),
            Outbound.kind == "post",
            Outbound.case_id != case.id,
        )
    ).all()
    hers = select(CaseMessage.id).where(CaseMessage.case_id == row_id(case))
    hidden = set(work.session.exec(hers).all())
    for row in along:
        if row.message_id in hidden:
            continue
        row.status, row.attempts, row.available_at = "queued", 0, work.now
        row.external_id, row.settled_at, row.sent_at = "", None, None
        row.paced = work.organisation.officer_channel == "telegram"
        work.session.add(row)


def _touched(work: Work, case: Case) -> bool:
    tables = (
        select(CaseLink.id).where(
            or_(col(CaseLink.first_id) == case.id, col(CaseLink.second_id) == case.id)
        ),
        select(CaseVector.id).where(CaseVector.case_id == case.id),
        select(CollectiveMember.id).where(CollectiveMember.case_id == case.id),
        select(Collective.id).where(Collective.lead_id == case.id),
        select(Case.id).where(Case.merged_into_id == case.id),
    )
    return any(work.session.exec(query.limit(1)).first() is not None for query in tables)


def _leave_collectives(work: Work, case: Case) -> list[Case]:
    """The case is a member no more; one that it led goes on under another that joined."""
    mine = select(CollectiveMember).where(CollectiveMember.case_id == case.id)
    leads = []
    for member in work.session.exec(mine).all():
        collective = work.session.get_one(Collective, member.collective_id)
        lead = case_by_id(work.session, collective.lead_id)
        work.session.delete(member)
        if lead is not None and lead.id != case.id:
            leads.append(lead)
    work.session.flush()
    led = work.session.exec(select(Collective).where(Collective.lead_id == case.id)).all()
    for collective in led:
        states = {m.case_id: m.state for m in members_of(work, collective)}
        heirs = sorted(states, key=lambda case_id: (states[case_id] != "joined", case_id))
        if not heirs:
            collective.closed_at = collective.closed_at or work.now
            work.session.add(collective)
            continue
        collective.lead_id = heirs[0]
        work.session.add(collective)
        lead = case_by_id(work.session, heirs[0])
        leads += [lead] if lead is not None else []
    work.session.flush()
    return leads
