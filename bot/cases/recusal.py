"""A case that is about an officer goes around that person: who it is, and what follows.

People decide: a coordinator says whom a case is about. When a story names somebody on the
roster, the coordinators whom it does not name are asked, in their private chats; where there is
none, the federation is, or the operator (``bot.cases.above``). Whoever is named says nothing
about it, of herself or of others, until somebody else has decided about her.
"""

import re
from collections.abc import Sequence

from sqlmodel import select

from bot.cases.above import ask_above, call_above, deciders, in_question, is_left_alone
from bot.cases.act import Act
from bot.cases.confidential import keep_confidential, release_if_unseen, withdraw
from bot.cases.markup import escaped
from bot.cases.parting import part
from bot.cases.roster import RosterOfficer, all_officers, officer_by_id
from bot.cases.sight import is_recused
from bot.cases.stages import NotPossible
from bot.cases.taps import button
from bot.cases.work import Work
from storage.cases import add_event, row_id
from storage.tables import Case, CaseEvent, Recusal

_WORDS_OF_A_FULL_NAME = 2
_WORD = re.compile(r"[^\W_]+")


def begin_recusal(act: Act) -> str:
    """Ask in the coordinator's private chat whom the case is about; the group reads no name.

    A typed message that names somebody is taken away from the group. Nor does the group read
    that somebody is named in the story and cannot decide.
    """
    work, case = act.work, act.case
    if act.words and act.message:
        work.write.erase(case.chat_id, [act.message], case)
    _must_coordinate(act)
    named = _named(work, act.words) if act.words else None
    if act.officer.id in in_question(work, case):
        _answer_privately(act, work.texts("officers.recusal.undecided"))
        return ""
    if named is not None:
        keep_away(work, case, named, by=act.officer)
        name = escaped(named.name)
        told = work.texts("officers.recusal.kept_away", number=case.number, name=name)
        _answer_privately(act, told)
        return work.texts("officers.recusal.done")
    _ask_whom(act)
    return work.texts("officers.recusal.asked")


def recuse(act: Act) -> str:
    """The case is about this officer."""
    _must_decide(act)
    officer = officer_by_id(act.work.session, act.work.vault, int(act.tap.value))
    if officer is None:
        raise NotPossible("officers.refused.old_button")
    keep_away(act.work, act.case, officer, by=act.officer)
    name = escaped(officer.name)
    told = act.work.texts("officers.recusal.kept_away", number=act.case.number, name=name)
    _answer_privately(act, told)
    return act.work.texts("officers.recusal.done")


def readmit(act: Act) -> str:
    """The case is not about this officer; it stays confidential."""
    _must_decide(act)
    row = act.work.session.exec(
        select(Recusal).where(
            Recusal.case_id == act.case.id, Recusal.officer_id == int(act.tap.value)
        )
    ).first()
    if row is None:
        raise NotPossible("officers.refused.old_button")
    act.work.session.delete(row)
    _log(act, "readmitted", row.officer_id)
    _answer_privately(act, act.work.texts("officers.recusal.readmitted", number=act.case.number))
    return act.work.texts("officers.recusal.done")


def dismiss(act: Act) -> str:
    """The name in the story is that of somebody else; without a value, all the names are."""
    _must_decide(act)
    open_now = in_question(act.work, act.case)
    meant = {int(act.tap.value)} if act.tap.value else open_now
    for officer_id in sorted(open_now & meant):
        _log(act, "dismissed_above", officer_id)
        act.work.write.show_card(act.case)
    _answer_privately(act, act.work.texts("officers.recusal.dismissed", number=act.case.number))
    return ""


def suggest_recusal(work: Work, case: Case, *told: str) -> None:
    """Ask the other coordinators, once a name, when one of these texts names an officer in full.

    Where all of them are named, somebody outside the union is asked.
    """
    spoken = [words for text in told if (words := _words(text)).strip()]
    if not spoken:
        return
    named = [
        officer
        for officer in all_officers(work.session, work.vault, case.organisation_id)
        if _is_named(officer, spoken)
        and not is_recused(work, officer, case)
        and not _asked_before(work, case, officer)
    ]
    for officer in named:
        add_event(work.session, work.vault, case, "names_officer", work.now,
                  after=str(officer.id))  # fmt: skip
    if named:
        _ask_about(work, case, named)


def _ask_about(work: Work, case: Case, named: Sequence[RosterOfficer]) -> None:
    asked = deciders(work, case)
    for coordinator in asked:
        for officer in named:
            _suggest(work, case, coordinator, officer)
    if not asked:
        ask_above(work, case)


def _suggest(work: Work, case: Case, coordinator: RosterOfficer, officer: RosterOfficer) -> None:
    label = work.texts.label
    value = str(officer.id)
    choices = (
        button(work, case, label("officers.button.recuse"), "recuse", value),
        button(work, case, label("officers.button.recuse_no"), "recuse_no", value),
    )
    text = work.texts("officers.recusal.named", number=case.number, name=escaped(officer.name))
    work.write.whisper(coordinator.user_id, text, choices=choices, case_id=case.id)


def _ask_whom(act: Act) -> None:
    work, case = act.work, act.case
    named = in_question(work, case)
    choices = []
    for officer in all_officers(work.session, work.vault, case.organisation_id):
        away = is_recused(work, officer, case)
        mark = "away" if away else "named_there" if officer.id in named else ""
        name = officer.name
        label = work.texts(f"officers.recusal.{mark}", name=name) if mark else name
        action = "readmit" if away else "recuse"
        choices.append(button(work, case, label, action, str(officer.id)))
    if named:
        label = work.texts.label("officers.button.recuse_nobody")
        choices.append(button(work, case, label, "recuse_no"))
    text = work.texts("officers.recusal.whom", number=case.number)
    work.write.whisper(act.officer.user_id, text, choices=tuple(choices), case_id=case.id)


def keep_away(work: Work, case: Case, officer: RosterOfficer, *, by: RosterOfficer) -> None:
    """The case goes around this officer from now on; ``by`` decided it.

    Raises:
        NotPossible: it does already.
    """
    if is_recused(work, officer, case):
        raise NotPossible("officers.recusal.already")
    work.session.add(
        Recusal(
            organisation_id=case.organisation_id,
            case_id=row_id(case),
            officer_id=officer.id,
            at=work.now,
        )
    )
    work.session.flush()
    add_event(work.session, work.vault, case, "recused", work.now, actor="officer",
              officer_id=by.id, after=str(officer.id))  # fmt: skip
    if case.sensitive:
        part(work, case)  # its words stand in no other topic, and nobody answers from there
        release_if_unseen(work, case)
        withdraw(work, case)
    else:
        keep_confidential(work, case)
    if is_left_alone(work, case):
        call_above(work, case)
    if not deciders(work, case):  # who was asked about others may be kept away now
        ask_above(work, case)


def _named(work: Work, words: str) -> RosterOfficer | None:
    """The only officer whose name this is, or begins like this; None when it is not clear."""
    wanted = _words(words)
    roster = all_officers(work.session, work.vault, work.organisation.id or 0)
    exact = [one for one in roster if _words(one.name) == wanted]
    found = exact or [one for one in roster if _words(one.name).startswith(wanted)]
    return found[0] if len(found) == 1 else None


def _words(text: str) -> str:
    """Letters and digits, each word between single spaces."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _must_coordinate(act: Act) -> None:
    if not act.officer.is_coordinator:
        raise NotPossible("cases.refused.coordinators_only")


def _must_decide(act: Act) -> None:
    _must_coordinate(act)
    if act.officer.id in in_question(act.work, act.case):
        raise NotPossible("officers.recusal.undecided")


def _is_named(officer: RosterOfficer, spoken: Sequence[str]) -> bool:
    name = _words(officer.name)
    full = len(name.split()) >= _WORDS_OF_A_FULL_NAME
    return full and any(name in words for words in spoken)


def _asked_before(work: Work, case: Case, officer: RosterOfficer) -> bool:
    asked = select(CaseEvent.id).where(
        CaseEvent.case_id == case.id,
        CaseEvent.what == "names_officer",
        CaseEvent.after == str(officer.id),
    )
    return work.session.exec(asked.limit(1)).first() is not None


def _answer_privately(act: Act, html: str) -> None:
    act.work.write.whisper(act.officer.user_id, html, case_id=act.case.id, edits=act.post)


def _log(act: Act, what: str, officer_id: int) -> None:
    add_event(act.work.session, act.work.vault, act.case, what, act.work.now, actor="officer",
              officer_id=act.officer.id, after=str(officer_id))  # fmt: skip
