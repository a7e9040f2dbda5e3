"""Cases about the same matter: shown, linked, merged, taken apart. People decide, all is undone.

A merged case keeps its number and its reporter. Its topic is closed and leads to the other one:
there stands what its reporter writes from now on, and one answer goes to each reporter alone.
"""

from bot.cases.act import Act, said
from bot.cases.alike import find_alike
from bot.cases.case_lines import case_line, case_link
from bot.cases.collective import invite_button
from bot.cases.ownership import must_handle
from bot.cases.parting import show_here_too
from bot.cases.sight import is_about_officer, may_see, must_see
from bot.cases.stages import CLOSED, NotPossible, follow_stage
from bot.cases.taps import button
from bot.cases.together import (
    linked_cases,
    links_of,
    main_of,
    merged_into,
    take_apart,
)
from bot.cases.work import Work
from bot.commands import Choice
from storage.cases import add_event, case_by_id, case_by_number, row_id
from storage.numbers import read_case_number
from storage.tables import Case, CaseLink, Tap

_TWO_CASES = frozenset({"link", "merge", "split"})
_TWO_CASES_TYPED = frozenset({"/kaitkan", "/gabungkan", "/pisahkan"})
SHOWN = 3
"""So many suggestions are shown at once."""


def show_alike(act: Act) -> str:
    """The cases that may be about the same matter, with what can be done about each."""
    work, case = act.work, act.case
    alike = [
        found.case for found in find_alike(work, case) if may_see(work, act.officer, found.case)
    ]
    linked = [other for other in linked_cases(work, case) if may_see(work, act.officer, other)]
    known = {other.id for other in linked}
    fresh = [other for other in alike if other.id not in known][:SHOWN]
    merged = list(merged_into(work, case))
    if not (fresh or linked or merged):
        work.write.post(case, work.texts("officers.together.none"))
        return ""
    blocks = []
    for key, cases in (("alike", fresh), ("linked", linked), ("merged", merged)):
        lines = [case_line(work, other, private=False) for other in cases]
        blocks += [work.texts(f"officers.together.{key}_title"), *lines] if lines else []
    choices = [choice for other in fresh for choice in _offers(work, case, other, "link", "merge")]
    choices += [c for other in linked for c in _offers(work, case, other, "merge", "split")]
    choices += [c for other in merged for c in _offers(work, case, other, "split")]
    choices += invite_button(act)
    work.write.post(case, "\n".join(blocks), choices=tuple(choices))
    return ""


def link(act: Act) -> str:
    """Both cards name the other case from now on."""
    work, case = act.work, act.case
    other = _partner(act)
    _keep_link(act, other, "linked")
    for one, another in ((case, other), (other, case)):
        add_event(work.session, work.vault, one, "linked", work.now, actor="officer",
                  officer_id=act.officer.id, after=another.number)  # fmt: skip
        work.write.show_card(one)
    return said(act, work.texts("officers.done.linked", number=other.number))


def merge(act: Act) -> str:
    """This case is answered in the topic of the other one from now on."""
    work, case = act.work, act.case
    other = _partner(act)
    must_handle(work, other, act.officer)
    _must_be_mergeable(work, case, other)
    _keep_link(act, other, "merged")
    case.merged_into_id = other.id
    work.session.add(case)
    for one, another, what in ((case, other, "merged"), (other, case, "takes_in")):
        add_event(work.session, work.vault, one, what, work.now, actor="officer",
                  officer_id=act.officer.id, after=another.number)  # fmt: skip
    work.session.flush()
    follow_stage(work, case, other, other.status, officer=act.officer)
    split = _offers(work, case, other, "split")
    text = work.texts("officers.together.merged_here", number=case_link(other))
    work.write.post(case, text, choices=split)
    work.write.set_topic(case, closed=True)
    count = 1 + len(merged_into(work, other))
    work.write.post(
        other, work.texts("officers.together.merged_there", number=case.number, count=count)
    )
    work.write.show_card(case)
    work.write.show_card(other)
    return work.texts("officers.done.merged", number=other.number)


def split(act: Act) -> str:
    """Undo a link or a merge; typed without a number, the only one there is."""
    work, case = act.work, act.case
    _may_decide(act)
    other = _partner(act, together=True)
    must_see(work, act.officer, other)
    if case.merged_into_id == other.id:
        take_apart(work, other, case, act.officer.id)
        show_here_too(work, case)
    elif other.merged_into_id == case.id:
        take_apart(work, case, other, act.officer.id)
        show_here_too(work, other)
    else:
        _end_link(act, other)
        return said(act, work.texts("officers.done.split", number=other.number))
    return work.texts("officers.done.split", number=other.number)


def meant_by_tap(tap: Tap) -> tuple[int, ...]:
    """The other case of a button, by id, so that both are locked in one order."""
    return (int(tap.value),) if tap.action in _TWO_CASES and tap.value.isdigit() else ()


def meant_by_words(work: Work, text: str) -> tuple[int, ...]:
    """The same of a typed command."""
    command, *words = text.split()[:2] or [""]
    number = read_case_number(words[0]) if words and command in _TWO_CASES_TYPED else None
    found = case_by_number(work.session, work.organisation.id or 0, number) if number else None
    return (row_id(found),) if found is not None else ()


def _offers(work: Work, case: Case, other: Case, *actions: str) -> tuple[Choice, ...]:
    return tuple(
        button(work, case, work.texts(f"officers.together.button_{action}", number=other.number),
               action, str(other.id))
        for action in actions
    )  # fmt: skip


def _partner(act: Act, *, together: bool = False) -> Case:
    """The other case, locked: of the tapped button, or by its typed number.

    Raises:
        NotPossible: there is none, it is this case itself, or not for this officer.
    """
    work, case = act.work, act.case
    if not together:
        must_handle(work, case, act.officer)
    other = None
    if act.words:
        number = read_case_number(act.words.split()[0])
        organisation_id = work.organisation.id or 0
        if number:
            other = case_by_number(work.session, organisation_id, number, lock=True)
    elif act.tap.value.isdigit():
        other = case_by_id(work.session, int(act.tap.value), lock=True)
    elif together:
        other = _only_one(work, case)
    if other is None or other.id == case.id:
        raise NotPossible("cases.refused.which_case")
    if other.organisation_id != case.organisation_id:
        raise NotPossible("officers.refused.old_button")
    must_see(work, act.officer, other)
    if other.sensitive != case.sensitive:
        raise NotPossible("cases.refused.not_with_secret")
    if not together and is_about_officer(work, case, other):
        raise NotPossible("cases.refused.about_officer")
    return other


def _only_one(work: Work, case: Case) -> Case | None:
    main = main_of(work, case)
    put = [main] if main is not None else [*merged_into(work, case), *linked_cases(work, case)]
    return put[0] if len(put) == 1 else None


def _must_be_mergeable(work: Work, case: Case, other: Case) -> None:
    if {case.status, other.status} & (CLOSED | {"belum_lengkap"}):
        raise NotPossible("cases.refused.only_open")
    if case.person_id is None or other.person_id is None:
        raise NotPossible("cases.refused.nobody")
    if other.merged_into_id is not None:
        main = main_of(work, other)
        number = main.number if main is not None else other.number
        raise NotPossible("cases.refused.merged", number=number)
    if merged_into(work, case):
        raise NotPossible("cases.refused.takes_in", number=other.number)


def _keep_link(act: Act, other: Case, kind: str) -> None:
    work, case = act.work, act.case
    _forget_link(work, case, other)
    work.session.add(
        CaseLink(
            organisation_id=case.organisation_id,
            first_id=row_id(case),
            second_id=row_id(other),
            kind=kind,
            officer_id=act.officer.id,
            at=work.now,
        )
    )
    work.session.flush()


def _end_link(act: Act, other: Case) -> None:
    work, case = act.work, act.case
    if not _forget_link(work, case, other):
        raise NotPossible("cases.refused.which_case")
    for one, another in ((case, other), (other, case)):
        add_event(work.session, work.vault, one, "unlinked", work.now, actor="officer",
                  officer_id=act.officer.id, before=another.number)  # fmt: skip
        work.write.show_card(one)


def _forget_link(work: Work, case: Case, other: Case) -> bool:
    found = [link for link in links_of(work, case) if other.id in {link.first_id, link.second_id}]
    for one in found:
        work.session.delete(one)
    work.session.flush()
    return bool(found)


def _may_decide(act: Act) -> None:
    """A merged case has no other acts, so its owner, or that of the main case, may undo it."""
    officer, main = act.officer, main_of(act.work, act.case)
    if not officer.may_act:
        raise NotPossible("cases.refused.readonly")
    if main is None:
        must_handle(act.work, act.case, officer)
        return
    owners = {act.case.owner_id, main.owner_id} - {None}
    if owners and officer.id not in owners and not officer.is_coordinator:
        raise NotPossible("cases.refused.not_your_merge")
