"""An urgent case that follows a closed one: she is not safe, or tells of danger again.

It is linked with the closed one and as confidential; whoever must not see the old one must not
see this one either.
"""

from dataclasses import replace

from sqlmodel import select

from bot.cases.confidential import Understand, keep_close
from bot.cases.opening import add_to_case
from bot.cases.promises import refresh
from bot.cases.work import Work
from bot.cases.workplaces import remember_workplace
from bot.commands import Part
from bot.outbox.queue import DANGER
from storage.cases import CaseContent, add_event, content_of, row_id, seal_content
from storage.tables import Case, CaseLink, Recusal

_COPIED = ("category", "also", "tags", "identity", "sensitive", "region_code")


def open_urgent(work: Work, case: Case, number: str, *, urgency: str, story: str = "") -> Case:
    """A case of the same person about the same workplace; the old story is not copied.

    What happened, and whom to call, the caller says in it.
    """
    told = content_of(work.vault, case)
    known = replace(
        CaseContent(story=story), workplace=told.workplace, region_name=told.region_name,
        name=told.name, member=told.member, safe_hours=told.safe_hours,
    )  # fmt: skip
    urgent = Case(
        number=number,
        organisation_id=case.organisation_id,
        person_id=case.person_id,
        kind="pengaduan",
        urgency=urgency,
        status="baru",
        status_since=work.now,
        opened_at=work.now,
        sealed=seal_content(work.vault, known),
        **{name: getattr(case, name) for name in _COPIED},
    )
    work.session.add(urgent)
    work.session.flush()
    remember_workplace(work, urgent)
    _link(work, case, urgent)
    add_event(work.session, work.vault, urgent, "opened", work.now, actor="reporter",
              after=urgent.status)  # fmt: skip
    refresh(work, urgent)
    work.write.show_card(urgent, priority=DANGER)
    return urgent


def open_for_danger(
    work: Work, case: Case, number: str, parts: tuple[Part, ...], understand: Understand
) -> Case:
    """What she writes after a closing tells of danger: it begins a case, the old topic says so."""
    story = "\n".join(part.text for part in parts if part.text)
    urgent = open_urgent(work, case, number, urgency="darurat", story=story)
    keep_close(work, urgent, understand, story)
    begun = work.texts("officers.urgent.begun", number=case.number)
    work.write.post(urgent, begun, priority=DANGER)
    add_to_case(work, urgent, parts, understand)
    work.write.post(case, work.texts("officers.urgent.opened", number=number))
    return urgent


def _link(work: Work, case: Case, urgent: Case) -> None:
    link = CaseLink(organisation_id=case.organisation_id, first_id=row_id(urgent),
                    second_id=row_id(case), kind="linked", at=work.now)  # fmt: skip
    work.session.add(link)
    kept_away = select(Recusal).where(Recusal.case_id == case.id)
    for recusal in work.session.exec(kept_away).all():
        again = Recusal(organisation_id=case.organisation_id, case_id=row_id(urgent),
                        officer_id=recusal.officer_id, at=work.now)  # fmt: skip
        work.session.add(again)
    work.session.flush()
