"""A group begins to work: the bot explains itself, says what it still needs, takes the code.

A code is made by an operator, binds one group and then is worth nothing. Whoever guesses is
made to wait.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, select

from bot.cases.act import command_of
from bot.cases.confidential import withdraw
from bot.cases.groups import is_big_group, is_our_group, is_small_group
from bot.cases.markup import escaped, shortened
from bot.cases.moving import move_home
from bot.cases.roster import adopt_administrators, all_officers
from bot.cases.roster_trail import note, times_noted
from bot.cases.rounds import plan_rounds
from bot.cases.work import Work
from bot.channels import Members
from bot.events import TOPICS_ON, GroupChange, GroupChanged, OfficerTapped, OfficerWrote
from bot.outbox.whereabouts import group_of
from storage.cases import OPEN_STATUSES, case_for_officer
from storage.invitations import find_invitation, use_invitation
from storage.tables import Case

COMMAND = "/mulai_grup"
_TRIES = 5
_PARKED = timedelta(hours=1)
_NAME_SHOWN = 40
_NEEDED = ("can_manage_topics", "can_pin_messages", "can_delete_messages")


def introduce(work: Work, event: GroupChanged) -> None:
    """Tell a group that the bot came into what it is for and what it lacks there."""
    came = event.change == GroupChange.BOT_ADDED
    ours = is_our_group(work, event.chat_id)
    lines = []
    if came:
        kind = "welcome" if ours else "stranger"
        name = escaped(work.organisation.name)
        lines.append(work.texts(f"officers.onboarding.{kind}", name=name))
    missing = _missing(work, event.value)
    lines.append("\n".join(missing) if missing else work.texts("officers.onboarding.complete"))
    work.write.announce("\n\n".join(lines), chat=event.chat_id)


def begins_group(event: OfficerWrote | OfficerTapped | GroupChanged) -> bool:
    """Whether somebody wants to bind this group."""
    return isinstance(event, OfficerWrote) and command_of(event.text)[0] == COMMAND


def begin_group(work: Work, event: OfficerWrote) -> None:
    """Bind the group with the code that was typed, or say politely why not."""
    chat, guesser = event.chat_id, _guesser(event)
    code = _code(event)
    if is_our_group(work, chat):
        _say(work, chat, "already")
    elif not code:
        _say(work, chat, "no_code")
    elif _is_parked(work, guesser):
        _say(work, chat, "parked")
    else:
        purpose = use_invitation(
            work.session, work.vault, work.organisation.id or 0, code, work.now
        )
        if purpose is None:
            _wrong_code(work, chat, guesser)
        else:
            _bind(work, chat, purpose)


def would_bind(work: Work, event: OfficerWrote) -> bool:
    """Whether this makes a group ours; who only guesses must cost nothing outside."""
    code = _code(event) if begins_group(event) and not event.edited else ""
    if not code or is_our_group(work, event.chat_id) or _is_parked(work, _guesser(event)):
        return False
    organisation_id = work.organisation.id or 0
    return find_invitation(work.session, work.vault, organisation_id, code, work.now) is not None


def tell_of_unknown(work: Work, chat_id: str, members: Members) -> None:
    """Warn in a group of ours that more people are in it than officers who may read it.

    Who was there before the bot came is heard of in no other way.
    """
    if not is_our_group(work, chat_id):
        return
    small = is_small_group(work, chat_id)
    roster = all_officers(work.session, work.vault, work.organisation.id or 0)
    known = [one for one in roster if one.user_id in members.inside]
    known = [one for one in known if one.confidential] if small else known
    unknown = members.count - len(known) - 1  # the bot itself is a member
    if unknown > 0:
        key = "unknown_sensitive" if small else "unknown_group"
        text = work.texts(f"officers.onboarding.{key}", count=unknown)
        work.write.announce(text, chat=chat_id)
    absent = [one for one in roster if one.user_id not in members.inside]
    if absent and members.count and not small:
        names = ", ".join(escaped(shortened(one.name, _NAME_SHOWN)) for one in absent)
        work.write.announce(work.texts("officers.onboarding.absent", names=names), chat=chat_id)


def adopt(work: Work, chat_id: str, administrators: Sequence[tuple[str, str]]) -> None:
    """The administrators of our group become coordinators of an empty roster, and are told."""
    if not (administrators and is_big_group(work, chat_id)):
        return
    adopted = adopt_administrators(
        work.session, work.vault, work.organisation.id or 0, administrators, work.now
    )
    for officer in adopted:
        note(work, "added", officer_id=officer.id, after=officer.role)
    if adopted:
        names = ", ".join(escaped(shortened(one.name, _NAME_SHOWN)) for one in adopted)
        work.write.announce(work.texts("officers.onboarding.adopted", names=names))


def unbind_small_group(work: Work) -> None:
    """The bot was put out of the small group: confidential cases are handled privately again."""
    work.organisation.sensitive_chat = ""
    work.session.add(work.organisation)
    note(work, "bound", before="sensitive")
    work.write.announce(work.texts("officers.onboarding.small_group_gone"))
    _resettle(work)


def _bind(work: Work, chat: str, purpose: str) -> None:
    organisation = work.organisation
    if purpose == "sensitive":
        before, organisation.sensitive_chat = organisation.sensitive_chat, chat
    else:
        before, organisation.officer_chat = organisation.officer_chat, chat
    if before:  # whoever is there must know, most of all when it was none of them
        work.write.announce(work.texts("officers.onboarding.moved_away"), chat=before)
    work.session.add(organisation)
    note(work, "bound", after=purpose, subject=f"chat:{chat}")
    text = work.texts(f"officers.onboarding.bound_{purpose}", name=escaped(organisation.name))
    work.write.announce(text, chat=chat)
    plan_rounds(work.session, organisation, work.calendar, work.zone, work.now)
    _resettle(work)


def _resettle(work: Work) -> None:
    """Show every open case in the group where it lives from now on."""
    open_cases = select(Case.id).where(
        Case.organisation_id == work.organisation.id, col(Case.status).in_(OPEN_STATUSES)
    )
    for case_id in work.session.exec(open_cases.order_by(col(Case.id))).all():
        case = case_for_officer(work.session, case_id or 0)
        if case is None or case.chat_id == group_of(work.organisation, case):
            continue
        if case.sensitive:
            withdraw(work, case)
        else:
            move_home(work, case)
            work.write.show_card(case)


def _wrong_code(work: Work, chat: str, guesser: str) -> None:
    note(work, "wrong_code", subject=guesser)
    if times_noted(work, "wrong_code", guesser, _PARKED) >= _TRIES:
        note(work, "parked", subject=guesser)
    _say(work, chat, "wrong_code")


def _is_parked(work: Work, guesser: str) -> bool:
    return times_noted(work, "parked", guesser, _PARKED) > 0


def _guesser(event: OfficerWrote) -> str:
    return f"chat:{event.chat_id}"


def _missing(work: Work, value: str) -> list[str]:
    """What has to be set in the group, one line each, with where to set it."""
    has = set(value.split(",")) - {""}
    missing = [] if TOPICS_ON in has else [TOPICS_ON]
    rights = has - {TOPICS_ON}
    missing += [right for right in _NEEDED if right not in rights] if rights else ["admin"]
    if not missing:
        return []
    lines = [work.texts(f"officers.onboarding.missing.{one}") for one in missing]
    return [work.texts("officers.onboarding.missing.head"), *lines]


def _code(event: OfficerWrote) -> str:
    return command_of(event.text)[1]


def _say(work: Work, chat: str, key: str) -> None:
    work.write.announce(work.texts(f"officers.onboarding.{key}"), chat=chat)
