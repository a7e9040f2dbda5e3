"""What keeps a story of violence out of the officers' group, also when it is told late."""

from collections.abc import Callable

from bot.cases.roster import RosterOfficer
from bot.cases.taps import button
from bot.cases.work import Work
from bot.cases.workplaces import remember_workplace
from bot.commands import Choice
from bot.flows.alarm import WORDS_TO_JUDGE_BY
from bot.flows.knowledge import Understanding
from bot.flows.rules import ELSEWHERE
from bot.flows.words import length_in_words
from nlp.danger import find_danger
from storage.cases import add_event, messages_of, row_id
from storage.tables import Case, CaseMessage

Understand = Callable[[str], Understanding]
_VIOLENCE = frozenset({"kekerasan_seksual", "kekerasan", "anak_dalam_bahaya"})  # of danger.toml


def keep_confidential(work: Work, case: Case) -> None:
    """From now on the story stays out of the group, and what stands there is taken away."""
    if case.sensitive:
        return
    case.sensitive = True
    remember_workplace(work, case)
    work.write.erase_posts(case)
    for message in messages_of(work.session, row_id(case)):
        if message.direction == "reporter":
            post_sealed(work, case, "officers.post.sensitive", message)
    work.write.show_card(case)
    work.write.set_topic(case)


def lift_confidence(work: Work, case: Case, coordinator: RosterOfficer) -> None:
    """The case was marked confidential by mistake: from now on the group reads it.

    What came before is not posted; it is read in the private chat as until now.
    """
    case.sensitive = False
    work.session.add(case)
    remember_workplace(work, case)
    add_event(work.session, work.vault, case, "confidence_lifted", work.now, actor="officer",
              officer_id=coordinator.id)  # fmt: skip
    work.write.show_card(case)


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


def post_sealed(work: Work, case: Case, key: str, message: CaseMessage) -> None:
    """A line without the words; they go to the handling officer's private chat on a tap."""
    label = work.texts.label("officers.button.read")
    read: tuple[Choice, ...] = (button(work, case, label, "read", message_id=message.id),)
    work.write.post(case, work.texts(key), choices=read)
