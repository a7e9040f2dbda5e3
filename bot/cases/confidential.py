"""What keeps a story of violence out of the officers' group, also when it is told late."""

from collections.abc import Callable

from sqlmodel import select

from bot.cases.markup import escaped
from bot.cases.moving import move_home
from bot.cases.parting import part
from bot.cases.private_reply import hide_replies
from bot.cases.roster import RosterOfficer, all_officers, officer_by_id
from bot.cases.showing import show_message
from bot.cases.sight import may_see
from bot.cases.taps import button
from bot.cases.work import Work
from bot.cases.workplaces import remember_workplace
from bot.flows.alarm import WORDS_TO_JUDGE_BY
from bot.flows.knowledge import Understanding
from bot.flows.rules import ELSEWHERE
from bot.flows.words import length_in_words
from nlp.danger import find_danger
from storage.cases import add_event, content_of, messages_of, row_id
from storage.tables import Case, Recusal

Understand = Callable[[str], Understanding]
_VIOLENCE = frozenset({"kekerasan_seksual", "kekerasan", "anak_dalam_bahaya"})  # of danger.toml


def keep_confidential(work: Work, case: Case) -> None:
    """From now on the big group does not read the story, and what stands there is taken away.

    With a small group the case moves there. An owner without the right to confidential cases
    has it no longer.
    """
    if case.sensitive:
        return
    stood = bool(case.chat_id)
    if case.id is not None:
        part(work, case)  # what is confidential is never merged with what is open
    case.sensitive = True
    work.session.add(case)
    remember_workplace(work, case)
    release_if_unseen(work, case)
    withdraw(work, case)
    if work.organisation.sensitive_chat and not stood:
        work.write.announce(work.texts("officers.moved.apart", number=case.number,
                                       region=_from(work, case)))  # fmt: skip


def withdraw(work: Work, case: Case) -> None:
    """Take away what stands of the story, and show the case as it may be seen from now on."""
    work.write.erase_posts(case)
    move_home(work, case)
    for message in messages_of(work.session, row_id(case)):
        if message.direction == "reporter":
            show_message(work, case, message)
    work.write.show_card(case)
    work.write.set_topic(case)
    if work.hides(case):
        hide_replies(work, case)
        _call_those_who_may(work, case)


def lift_confidence(work: Work, case: Case, coordinator: RosterOfficer) -> None:
    """The case was marked confidential by mistake: from now on the big group reads it.

    What came before is not posted; it is read in the private chat as until now. A case about
    an officer stays confidential.
    """
    if work.session.exec(select(Recusal.id).where(Recusal.case_id == case.id)).first():
        return
    part(work, case)  # what it answered for stays confidential
    case.sensitive = False
    work.session.add(case)
    remember_workplace(work, case)
    add_event(work.session, work.vault, case, "confidence_lifted", work.now, actor="officer",
              officer_id=coordinator.id)  # fmt: skip
    move_home(work, case)
    work.write.show_card(case)


def release_if_unseen(work: Work, case: Case) -> None:
    """Nobody is in charge of a case that he may not see."""
    owner = officer_by_id(work.session, work.vault, case.owner_id)
    if owner is None or may_see(work, owner, case):
        return
    case.owner_id = None
    work.session.add(case)
    add_event(work.session, work.vault, case, "released", work.now, officer_id=owner.id)


def _call_those_who_may(work: Work, case: Case) -> None:
    """A neutral word to each who may read it, in their private chats."""
    text = work.texts("officers.whisper.confidential", number=case.number)
    read = button(work, case, work.texts.label("officers.button.read_case"), "read_case")
    for officer in all_officers(work.session, work.vault, case.organisation_id):
        if officer.may_act and may_see(work, officer, case):
            work.write.whisper(officer.user_id, text, choices=(read,), case_id=case.id)


def _from(work: Work, case: Case) -> str:
    region = content_of(work.vault, case).region_name
    return f" {work.texts('officers.moved.from', region=escaped(region))}" if region else ""


def keep_close(work: Work, case: Case, understand: Understand, *texts: str) -> None:
    """Make the case confidential before new words of violence are shown to the group."""
    if not case.sensitive and any(_tells_of_violence(work, understand, text) for text in texts):
        keep_confidential(work, case)


def _tells_of_violence(work: Work, understand: Understand, text: str) -> bool:
    if names_violence(text):
        return True
    if length_in_words(text) < WORDS_TO_JUDGE_BY:
        return False
    said = understand(text)
    tells = not said.abstain and said.category != ELSEWHERE  # "baik, besok saya kirim" does not
    return tells and work.is_sensitive(said.category, said.tags)


def names_violence(text: str) -> bool:
    """Whether reviewed expressions of violence stand in the text."""
    return any(trigger.rule in _VIOLENCE for trigger in find_danger(text))
