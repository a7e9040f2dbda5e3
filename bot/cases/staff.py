"""``/petugas``: the roster by role, and what coordinators change in it by buttons.

Nobody changes her own entry: a second coordinator does, or an operator. So the last coordinator
stays, and nobody gives herself a right.
"""

from sqlmodel import col, func, select

from bot.cases.group_act import GroupAct
from bot.cases.leading import coordinators_only
from bot.cases.markup import escaped, shortened
from bot.cases.membership import release
from bot.cases.roster import (
    ROLES,
    RosterOfficer,
    all_officers,
    change_officer,
    remove_officer,
)
from bot.cases.roster_trail import note
from bot.cases.stages import NotPossible
from bot.cases.taps import button
from bot.cases.work import Work
from bot.commands import Choice
from storage.cases import OPEN_STATUSES
from storage.tables import Case, Organisation

_PAGE = 6
_NAME_SHOWN = 40
_BY_RANK = ("coordinator", "officer", "readonly")


def show_staff(act: GroupAct) -> None:
    """The roster: names, open cases, who may read confidential ones."""
    _show(act, 0)


def turn_page(act: GroupAct) -> str:
    """Another page of names to choose from."""
    _show(act, int(act.words))
    return ""


@coordinators_only
def show_member(act: GroupAct) -> str:
    """One officer, with what may be changed."""
    _show_one(act, _chosen(act, act.words))
    return ""


@coordinators_only
def set_role(act: GroupAct) -> str:
    """Give an officer another role; a coordinator gets the right to confidential cases too."""
    officer_id, role = act.words.split(".")
    officer = _to_change(act, officer_id)
    if role not in ROLES:
        raise NotPossible("officers.refused.old_button")
    right = True if role == "coordinator" else None
    changed = change_officer(
        act.work.session, act.work.vault, officer, role=role, confidential=right
    )
    note(act.work, "role", by=act.officer, officer_id=officer.id,
         before=officer.role, after=role)  # fmt: skip
    if not changed.may_act:
        release(act.work, changed)
    _show_one(act, changed)
    return act.work.texts("officers.staff.done")


@coordinators_only
def set_right(act: GroupAct) -> str:
    """Give or take the right to confidential cases."""
    officer_id, word = act.words.split(".")
    officer, given = _to_change(act, officer_id), word == "yes"
    changed = change_officer(act.work.session, act.work.vault, officer, confidential=given)
    note(act.work, "confidential", by=act.officer, officer_id=officer.id, after=word)
    if not given:
        release(act.work, changed, confidential_only=True)
    _show_one(act, changed)
    return act.work.texts("officers.staff.done")


@coordinators_only
def remove_member(act: GroupAct) -> str:
    """Take an officer off the roster; open cases go to others."""
    officer = _to_change(act, act.words)
    work = act.work
    remove_officer(work.session, work.vault, _org(work), officer.user_id, work.now)
    note(work, "removed", by=act.officer, officer_id=officer.id, before=officer.role)
    release(work, officer)
    act.answer(work.texts("officers.staff.removed", name=_name(officer)))
    return work.texts("officers.staff.done")


def _show(act: GroupAct, page: int) -> None:
    work = act.work
    roster = all_officers(work.session, work.vault, _org(work))
    ordered = [one for role in _BY_RANK for one in roster if one.role == role]
    lines = [work.texts("officers.staff.title")]
    for role in _BY_RANK:
        named = [_line(work, one) for one in roster if one.role == role]
        if named:
            lines += ["", f"<b>{work.texts(f'officers.staff.{role}')}</b>", *named]
    small = bool(work.organisation.sensitive_chat)
    where = "small_group" if small else "private"
    lines += ["", work.texts(f"officers.staff.secrets_{where}")]
    if act.officer.is_coordinator and not small:
        lines.append(work.texts("officers.staff.secrets_choose"))
    choices: list[Choice] = []
    if act.officer.is_coordinator:
        lines += ["", work.texts("officers.staff.how")]
        shown = ordered[page * _PAGE : (page + 1) * _PAGE]
        choices = [
            button(work, None, shortened(one.name, _NAME_SHOWN), "staff_member", str(one.id))
            for one in shown
        ]
        if len(ordered) > _PAGE:
            following = page + 1 if (page + 1) * _PAGE < len(ordered) else 0
            label = work.texts.label("officers.button.staff_more")
            choices.append(button(work, None, label, "staff", str(following)))
    act.answer("\n".join(lines), tuple(choices))


def _show_one(act: GroupAct, officer: RosterOfficer) -> None:
    work = act.work
    label = work.texts.label
    choices = [
        button(work, None, label(f"officers.button.add_{role}"), "staff_role",
               f"{officer.id}.{role}")
        for role in ROLES if role != officer.role
    ]  # fmt: skip
    word = "no" if officer.confidential else "yes"
    right = label(f"officers.button.right_{word}")
    choices += [
        button(work, None, right, "staff_right", f"{officer.id}.{word}"),
        button(work, None, label("officers.button.staff_remove"), "staff_remove", str(officer.id)),
        button(work, None, label("officers.button.staff_back"), "staff", "0"),
    ]
    role = work.texts(f"officers.role.{officer.role}")
    act.answer(f"{_line(work, officer)}\n{role}", tuple(choices))


def _line(work: Work, officer: RosterOfficer) -> str:
    count = work.session.exec(
        select(func.count(col(Case.id))).where(
            Case.owner_id == officer.id, col(Case.status).in_(OPEN_STATUSES)
        )
    ).one()
    mark = " 🔒" if officer.confidential else ""
    return work.texts("officers.staff.line", name=_name(officer), count=count, mark=mark)


def _chosen(act: GroupAct, officer_id: str) -> RosterOfficer:
    roster = all_officers(act.work.session, act.work.vault, _org(act.work))
    found = next((one for one in roster if str(one.id) == officer_id), None)
    if found is None:
        raise NotPossible("officers.refused.old_button")
    return found


def _to_change(act: GroupAct, officer_id: str) -> RosterOfficer:
    """Somebody else, while the roster is held: two who demote each other come one by one."""
    act.work.session.exec(
        select(Organisation.id).where(Organisation.id == _org(act.work)).with_for_update()
    ).all()
    act.work.session.expire_all()
    officer = _chosen(act, officer_id)
    if officer.id == act.officer.id:
        raise NotPossible("officers.staff.not_yourself")
    if _chosen(act, str(act.officer.id)).role != "coordinator":
        raise NotPossible("cases.refused.coordinators_only")
    return officer


def _name(officer: RosterOfficer) -> str:
    return escaped(shortened(officer.name, _NAME_SHOWN))


def _org(work: Work) -> int:
    return work.organisation.id or 0
