"""Who comes into the union's groups and who leaves them, and what follows for the roster."""

from collections.abc import Sequence
from datetime import timedelta

from bot.cases.group_act import GroupAct
from bot.cases.groups import is_big_group, is_small_group
from bot.cases.markup import escaped, shortened
from bot.cases.releasing import release_cases
from bot.cases.roster import (
    ROLES,
    RosterOfficer,
    add_officer,
    all_officers,
    change_officer,
    find_officer,
    remove_officer,
)
from bot.cases.roster_trail import note, stranger_of, times_noted
from bot.cases.sight import may_see
from bot.cases.stages import NotPossible
from bot.cases.taps import button
from bot.cases.work import Work
from bot.events import GroupChanged, Officer
from storage.tables import Case

_TOLD_TWICE = timedelta(minutes=10)  # Telegram tells of one person in two ways
_TOLD_OF_AUTHOR = timedelta(days=30)
_NAME_SHOWN = 40


def member_joined(work: Work, event: GroupChanged) -> None:
    """Raise an alarm when somebody comes into a group of ours who is not known there."""
    for person in (event.officer, *event.others):
        known = find_officer(work.session, work.vault, _org(work), person.user_id)
        if is_small_group(work, event.chat_id):
            if known is None or not known.confidential:
                _alarm(work, event.chat_id, person, known)
        elif is_big_group(work, event.chat_id) and known is None:
            _alarm(work, event.chat_id, person, None)


def watch_author(work: Work, chat: str, author: Officer, known: RosterOfficer | None) -> None:
    """Raise the alarm once for somebody who writes in a group of ours without belonging there.

    Who came before the bot did, or while it was away, is noticed in no other way.
    """
    small = is_small_group(work, chat)
    belongs = known is not None and (known.confidential or not small)
    if belongs or not author.user_id:
        return
    if not times_noted(work, "joined", f"{chat}:{author.user_id}", _TOLD_OF_AUTHOR):
        _alarm(work, chat, author, known)


def member_left(work: Work, event: GroupChanged) -> None:
    """Rights end with the membership, at once; open cases go to others."""
    officer = find_officer(work.session, work.vault, _org(work), event.officer.user_id)
    if officer is not None:
        left(work, event.chat_id, officer)


def left(work: Work, chat: str, officer: RosterOfficer) -> None:
    """The same of somebody on the roster, however it was found out."""
    if is_big_group(work, chat):
        remove_officer(work.session, work.vault, _org(work), officer.user_id, work.now)
        note(work, "left", officer_id=officer.id, before=officer.role)
        text = work.texts("officers.group.officer_left")
        work.write.announce(text)
        if work.organisation.sensitive_chat:
            work.write.announce(text, chat=work.organisation.sensitive_chat)
        _warn_without_coordinator(work)
        release(work, officer)
    elif officer.confidential:
        change_officer(work.session, work.vault, officer, confidential=False)
        note(work, "confidential", officer_id=officer.id, before="yes", after="no")
        work.write.announce(work.texts("officers.group.left_small"), chat=chat)
        release(work, officer, confidential_only=True)


def add_member(act: GroupAct) -> str:
    """A coordinator says who the newcomer is; in the small group that includes its right."""
    if not act.officer.is_coordinator:
        raise NotPossible("cases.refused.coordinators_only")
    work = act.work
    role, event_id, *small = act.words.split(".")
    person = stranger_of(work, int(event_id))
    if person is None or role not in ROLES:
        raise NotPossible("officers.refused.old_button")
    if find_officer(work.session, work.vault, _org(work), person.user_id) is not None:
        raise NotPossible("officers.group.known_already")
    added = add_officer(
        work.session, work.vault, _org(work), user_id=person.user_id,
        name=person.name or "-", role=role, now=work.now,
        confidential=True if small else None,
    )  # fmt: skip
    note(work, "added", by=act.officer, officer_id=added.id, after=role)
    role_label = work.texts(f"officers.role.{role}")
    act.answer(work.texts("officers.group.added", name=_name(added.name), role=role_label))
    return work.texts("officers.staff.done")


def release(work: Work, officer: RosterOfficer, *, confidential_only: bool = False) -> None:
    """Free the open cases of an officer and list them to the coordinators."""
    released = release_cases(
        work.session, work.vault, work.write, officer.id, work.now,
        confidential_only=confidential_only,
    )  # fmt: skip
    if not released:
        return
    for coordinator in all_officers(work.session, work.vault, _org(work)):
        if coordinator.is_coordinator and coordinator.id != officer.id:
            _list_released(work, coordinator, officer, released)


def _list_released(
    work: Work, coordinator: RosterOfficer, officer: RosterOfficer, released: Sequence[Case]
) -> None:
    lines = []
    for case in released:
        if not may_see(work, coordinator, case):
            continue
        subject = work.texts("officers.card.sensitive_title")
        if not case.sensitive:
            subject = escaped(work.category_label(case.category))
        lines.append(f"<b>{case.number}</b> · {subject}")
    if lines:
        head = work.texts("officers.group.released", name=_name(officer.name))
        work.write.whisper(coordinator.user_id, "\n".join([head, *lines]))


def _alarm(work: Work, chat: str, person: Officer, known: RosterOfficer | None) -> None:
    subject = f"{chat}:{person.user_id}"
    if times_noted(work, "joined", subject, _TOLD_TWICE):
        return
    name = _name(person.name)
    if known is not None:
        note(work, "joined", officer_id=known.id, subject=subject)
        work.write.announce(work.texts("officers.group.no_right", name=name), chat=chat)
        return
    event = note(work, "joined", subject=subject, stranger=person)
    small = ".c" if is_small_group(work, chat) else ""
    choices = tuple(
        button(work, None, work.texts.label(f"officers.button.add_{role}"), "add_member",
               f"{role}.{event.id}{small}")
        for role in ROLES
    )  # fmt: skip
    work.write.announce(work.texts("officers.group.stranger", name=name), choices=choices,
                        chat=chat)  # fmt: skip


def _warn_without_coordinator(work: Work) -> None:
    roster = all_officers(work.session, work.vault, _org(work))
    if not any(one.is_coordinator for one in roster):
        work.write.announce(work.texts("officers.group.no_coordinator"))


def _name(name: str) -> str:
    return escaped(shortened(name, _NAME_SHOWN)) or "-"


def _org(work: Work) -> int:
    return work.organisation.id or 0
