"""Finding cases: open ones, one's own, late ones, by number or words; five a page.

Answered where it was asked: in the group, or in the officer's private chat. Each page is made
anew with the rights of the one who turns it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, delete
from sqlmodel import col, select

from bot.cases.case_filters import Filter, read_filter
from bot.cases.case_lines import case_line
from bot.cases.group_act import GroupAct
from bot.cases.lateness import lateness, perhaps_late, waits_since
from bot.cases.markup import escaped, shortened
from bot.cases.searching import find_cases
from bot.cases.sight import may_see
from bot.cases.stages import NotPossible
from bot.cases.taps import button
from bot.cases.unanswered import needs_officers
from bot.cases.work import Work
from storage.cases import OPEN_STATUSES, add_event
from storage.tables import Case, OfficerSearch, Recusal

PAGE = 5
"""So many cases are shown at once."""
SEARCH = "search"
"""The list of what a search found."""
_MOST = 5000
_MOST_LATE = 300
_WORDS_SHOWN = 60
_STANDING = (col(Case.status).in_(OPEN_STATUSES), col(Case.merged_into_id).is_(None))


@dataclass(frozen=True, slots=True)
class _Found:
    """What a list holds: ids in order, its title, why a case stands in it, what was read."""

    ids: Sequence[int]
    title: str
    notes: Mapping[int, str] = field(default_factory=dict)
    read: frozenset[int] = frozenset()


def list_open(act: GroupAct) -> None:
    """``/kasus``: the open cases, newest first; words narrow the list."""
    wanted = read_filter(act.work, act.words)
    if wanted is None:
        words = escaped(shortened(act.words, _WORDS_SHOWN))
        raise NotPossible("officers.found.unknown_filter", words=words)
    _show(act, "open", wanted.as_text(), 1)


def search(act: GroupAct) -> None:
    """``/cari``: number, company or words of the story, open and closed."""
    if not any(sign.isalnum() for sign in act.words):
        raise NotPossible("officers.found.how_to_search")
    work, officer = act.work, act.officer
    session = work.session
    session.execute(delete(OfficerSearch).where(col(OfficerSearch.officer_id) == officer.id))
    session.add(
        OfficerSearch(
            organisation_id=work.organisation.id or 0,
            officer_id=officer.id,
            sealed=work.vault.seal_json({"words": act.words}, "officer_searches"),
            at=work.now,
        )
    )
    session.flush()
    _show(act, SEARCH, str(officer.id), 1)


def list_mine(act: GroupAct) -> None:
    """``/tugasku``: what this officer handles, the reporter who has waited longest first."""
    _show(act, "mine", str(act.officer.id), 1)


def list_late(act: GroupAct) -> None:
    """``/terlambat``: what has waited too long, and why."""
    _show(act, "late", "", 1)


def turn_page(act: GroupAct) -> str:
    """Another page in the place of the one that is shown."""
    name, page, spec = act.words.split("|", 2)
    if name not in _LISTS:
        raise NotPossible("officers.refused.old_button")
    _show(act, name, spec, int(page))
    return ""


def searched_words(work: Work, officer_id: str) -> str | None:
    """What this officer searched for last; None when it was forgotten."""
    searched = work.session.exec(
        select(OfficerSearch).where(
            OfficerSearch.officer_id == int(officer_id),
            OfficerSearch.organisation_id == work.organisation.id,
        )
    ).first()
    if searched is None:
        return None
    return str(work.vault.open_json(searched.sealed, "officer_searches")["words"])


def _show(act: GroupAct, name: str, spec: str, page: int) -> None:
    work = act.work
    found = _LISTS[name](act, spec)
    if not found.ids:
        act.answer(f"{found.title}\n{work.texts(f'officers.found.none_{name}')}")
        return
    pages = -(-len(found.ids) // PAGE)
    page = min(max(page, 1), pages)
    ids = found.ids[(page - 1) * PAGE : page * PAGE]
    rows = work.session.exec(select(Case).where(col(Case.id).in_(ids))).all()
    cases = [case for case in rows if may_see(work, act.officer, case)]
    cases.sort(key=lambda case: ids.index(case.id or 0))
    blocks = []
    for case in cases:
        note = found.notes.get(case.id or 0, "")
        line = case_line(work, case, private=act.private)
        blocks.append(f"{line}\n{note}" if note and line and not _hidden(act, case) else line)
        if case.sensitive and case.id in found.read:
            add_event(work.session, work.vault, case, "found_by_words", work.now,
                      actor="officer", officer_id=act.officer.id)  # fmt: skip
    foot = work.texts("officers.found.page", page=page, pages=pages) if pages > 1 else ""
    turns = [("back", page - 1)] * (page > 1) + [("on", page + 1)] * (page < pages)
    choices = tuple(
        button(work, None, work.texts.label(f"officers.button.page_{way}"), "found",
               f"{name}|{number}|{spec}")
        for way, number in turns
    )  # fmt: skip
    act.answer("\n\n".join(filter(None, (found.title, *blocks, foot))), choices)


def _hidden(act: GroupAct, case: Case) -> bool:
    return case.sensitive and not act.private


def _open(act: GroupAct, spec: str) -> _Found:
    work, wanted = act.work, Filter.from_text(spec)
    narrowed = wanted.conditions()
    if wanted.category and not act.private:  # the group would learn what a secret is about
        narrowed = (*narrowed, col(Case.sensitive).is_(False))
    ids = _ids(act, *_STANDING, *narrowed)
    title = work.texts("officers.found.open", filter=wanted.shown(work), count=len(ids))
    return _Found(ids, title)


def _search(act: GroupAct, spec: str) -> _Found:
    work = act.work
    words = searched_words(work, spec)
    if words is None:
        raise NotPossible("officers.refused.old_button")
    hits = find_cases(work, act.officer, words, private=act.private)
    shown = escaped(shortened(words, _WORDS_SHOWN))
    title = work.texts("officers.found.search", words=shown, count=len(hits))
    read = frozenset(hit.case_id for hit in hits if hit.by_words)
    return _Found([hit.case_id for hit in hits], title, read=read)


def _mine(act: GroupAct, spec: str) -> _Found:
    work = act.work
    ids = _ids(act, needs_officers(work), col(Case.owner_id) == int(spec))
    rows = work.session.exec(select(Case).where(col(Case.id).in_(ids))).all()
    waits = {case.id or 0: waits_since(work, case) for case in rows}
    notes = {
        case_id: work.texts("officers.found.waits", since=work.local(since))
        for case_id, since in waits.items()
        if since is not None
    }
    ordered = sorted(ids, key=lambda i: (waits[i] is None, waits[i] or work.now, i))
    return _Found(ordered, work.texts("officers.found.mine", count=len(ids)), notes)


def _late(act: GroupAct, _spec: str) -> _Found:
    work = act.work
    ids = _ids(act, perhaps_late(work), oldest_first=True)[:_MOST_LATE]
    rows = work.session.exec(
        select(Case).where(col(Case.id).in_(ids)).order_by(col(Case.id))
    ).all()
    why = {case.id or 0: lateness(work, case) for case in rows}
    notes = {case_id: reason for case_id, reason in why.items() if reason}
    return _Found(list(notes), work.texts("officers.found.late", count=len(notes)), notes)


def _ids(act: GroupAct, *conditions: ColumnElement[bool], oldest_first: bool = False) -> list[int]:
    """The cases of the union that fit and that the officer may see, see ``sight.may_see``."""
    recused = select(Recusal.case_id).where(Recusal.officer_id == act.officer.id)
    seen = [col(Case.id).not_in(recused)]
    if not act.officer.confidential:
        seen.append(col(Case.sensitive).is_(False))
    order = col(Case.id).asc() if oldest_first else col(Case.id).desc()
    query = select(Case.id).where(
        Case.organisation_id == act.work.organisation.id, *seen, *conditions
    )
    rows = act.work.session.exec(query.order_by(order).limit(_MOST)).all()
    return [case_id for case_id in rows if case_id is not None]


_LISTS: Mapping[str, Callable[[GroupAct, str], _Found]] = {
    "open": _open,
    SEARCH: _search,
    "mine": _mine,
    "late": _late,
}
