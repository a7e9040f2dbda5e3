"""What a message means at the wait where it arrives. Nothing that was said is thrown away."""

from dataclasses import replace

from bot.commands import Choice, Command, Part
from bot.events import MediaKind, MessageReceived
from bot.flows.asking_back import asked_back, is_about, is_question
from bot.flows.catalogue import flow_of
from bot.flows.choosing import chosen
from bot.flows.knowledge import Knowledge, Match
from bot.flows.obeying import obey
from bot.flows.script import Ask, Choose, State, Turn
from bot.flows.speaking import DOOR, PATIENCE_WITH_MISSES, clip, heard, is_which, option_of
from bot.flows.walking import LISTEN, found, go_on, jump, land, repeat, walk
from bot.flows.words import (
    Word,
    is_denial,
    is_done,
    is_hail,
    is_skip,
    is_start,
    is_visible,
    is_why,
    length_in_words,
    wants_secrecy,
)

Commands = tuple[Command, ...]

WORDS_OF_MORE_STORY = 6
"""So many words where a choice was expected are more of the story, no misunderstanding."""
WORDS_TO_READ = 2
"""So many words are read anew where a step does that; one alone is a misunderstanding."""
LONGEST_ANSWER = 200
"""Characters of an answer to a short question; longer ones also join the story whole."""

_SPOKEN = frozenset({MediaKind.VOICE, MediaKind.VIDEO})


def answer(state: State, event: MessageReceived, knowledge: Knowledge) -> Turn:
    """One message at the step where the conversation waits."""
    step = flow_of(state).step(state.step)
    if has_only_words(event):
        if is_start(event.text):
            return repeat(state, knowledge)
        if is_hail(event.text) and isinstance(step, Ask) and not step.gathers:
            return repeat(state, knowledge)
        if is_why(event.text) and not (isinstance(step, Ask) and step.mute):
            return repeat(state, knowledge, manner="why")
        if not is_visible(event.text):
            return Turn(state)
        topic = asked_back(event.text)
        if topic and isinstance(step, Ask) and not (step.mute or state.unheard):
            return repeat(state, knowledge, preface=f"common.asked.{topic}")
    match step:
        case Ask() if step.gathers:
            return _gather(state, step, event, knowledge)
        case Ask():
            return _take(state, step, event, knowledge)
        case Choose():
            return _pick(state, step, event, knowledge)
        case _:
            return walk(state, knowledge)


def tap(state: State, choice: Choice, knowledge: Knowledge) -> Turn:
    """She tapped, or plainly named, one of the offered choices."""
    if choice.id.startswith(DOOR):
        return obey(Word(choice.id.removeprefix(DOOR)), state, knowledge)
    step = flow_of(state).step(state.step)
    option = option_of(choice, state)
    match step:
        case Ask() if is_which(state, step):
            return _pick_found(state, step, choice, knowledge)
        case Ask() if step.gathers:
            return go_on(state, step, "done", knowledge)
        case Ask():
            return go_on(state, step, "", knowledge)
        case Choose(obeys=True):
            return obey(Word(option), state, knowledge)
        case Choose(leads=True):
            return land(state, option, knowledge)
        case Choose() if option in step.jump:
            return jump(state, step.jump[option], knowledge)
        case Choose():
            return go_on(state, step, option, knowledge)
        case _:
            return walk(state, knowledge)


def has_only_words(event: MessageReceived) -> bool:
    """A message of text alone."""
    return not (event.media or event.location or event.contact)


def pieces(event: MessageReceived, knowledge: Knowledge) -> tuple[Part, ...]:
    """What a message says and carries: the words with the first file, each further one alone."""
    words = "\n".join(
        text for text in (event.text, place(event, knowledge), _contact(event, knowledge)) if text
    )
    files = knowledge.attachments if event.media else ()
    first = Part(
        words,
        event.external_id,
        files[0] if files else "",
        at=event.at.isoformat(),
        answers=event.reply_to or "",
        album=event.album or "",
        channel=event.address.channel,
    )
    if files:
        return (first, *(replace(first, text="", attachment=file) for file in files[1:]))
    return (first,) if is_visible(words) else ()


def place(event: MessageReceived, knowledge: Knowledge) -> str:
    """A shared location in words."""
    if event.location is None:
        return ""
    where = event.location
    line = knowledge.texts(
        "common.location",
        nama=where.label,
        lintang=f"{where.latitude:.5f}",
        bujur=f"{where.longitude:.5f}",
    )
    return " ".join(line.split())


def keep(
    state: State, event: MessageReceived, knowledge: Knowledge, into: str = ""
) -> tuple[State, Commands]:
    """Add the message to the story or the evidence, and raise the alarm if it tells of danger.

    Args:
        state: where she stands.
        event: her message.
        knowledge: with the ids of the stored files.
        into: ``parts`` or ``evidence``; empty: photos and papers are evidence, all else story.
    """
    news = pieces(event, knowledge)
    is_told = not event.media or is_spoken(event)
    match into or ("parts" if is_told else "evidence"):
        case "parts":
            state = replace(state, parts=state.parts + news)
        case _:
            state = replace(state, evidence=state.evidence + news)
    if is_spoken(event):
        state = state.knowing(spoken="yes")
    state = replace(state, unheard=state.unheard + len(news))
    watch = flow_of(state).watch
    return watch(state, knowledge, event.text) if watch else (state, ())


def is_spoken(event: MessageReceived) -> bool:
    """A voice note or a video: it may tell everything."""
    return any(media.kind in _SPOKEN for media in event.media)


def _gather(state: State, step: Ask, event: MessageReceived, knowledge: Knowledge) -> Turn:
    """At a step that collects: keep it and wait for silence, unless she says it is all."""
    if has_only_words(event) and not step.mute:
        is_empty = not (state.parts or state.evidence)
        if is_done(event.text) and is_empty and not step.offers:
            return repeat(state, knowledge, manner="again")
        if is_done(event.text) or (step.offers and is_skip(event.text)):
            return go_on(state, step, "done", knowledge)
    return _kept(state, keep(state, event, knowledge, step.gathers), knowledge)


def _take(state: State, step: Ask, event: MessageReceived, knowledge: Knowledge) -> Turn:
    """At a plain question: the message is the answer."""
    if has_only_words(event):
        choice = chosen(event.text, state.offered) if is_which(state, step) else None
        if choice:
            return tap(state, choice, knowledge)
        if step.hides and wants_secrecy(event.text):
            return go_on(state.knowing(**{step.hides: "secret"}), step, "", knowledge)
        if step.offers and is_skip(event.text):
            return go_on(state, step, "", knowledge)
    kept, commands = keep(state, event, knowledge)
    if commands:
        return _kept(state, (kept, commands), knowledge)
    if step.private and has_only_words(event):
        kept = state
    if is_spoken(event):
        return go_on(kept, step, knowledge.texts("common.spoken"), knowledge)
    if event.media or event.contact:
        return _kept(state, (kept, ()), knowledge)
    if is_denial(event.text) and not state.misses:  # "tidak ada bukti" answers another question
        return repeat(replace(kept, misses=1), knowledge, manner="why")
    text = " ".join(t for t in (event.text.strip(), place(event, knowledge)) if t)
    if not any(sign.isalnum() for sign in text):  # a sigh in emoji names nothing
        return _kept(state, (kept, ()), knowledge)
    if step.find is not None:
        named = event.location.label if event.location and event.location.label else text
        return _look_up(state, kept, step, text, step.find(knowledge)(named), knowledge)
    answered = kept if len(text) > LONGEST_ANSWER else state
    return go_on(answered, step, clip(text, LONGEST_ANSWER), knowledge)


def _look_up(
    state: State, kept: State, step: Ask, text: str, match: Match, knowledge: Knowledge
) -> Turn:
    """Take an answer as what it was found to mean; ask once when it can mean several things.

    A sentence that names nothing is more of the story, the first time at least.
    """
    is_sentence = length_in_words(text) >= WORDS_OF_MORE_STORY
    answered = kept if is_sentence or len(text) > LONGEST_ANSWER else state
    if match.certain:
        known = found(answered, step, match.certain.label, match.certain.id)
        return go_on(known, step, match.certain.label, knowledge)
    if match.options and not is_which(state, step) and not _is_literal(state, step):
        return repeat(answered.knowing(**{f"{step.answer}_said": text}), knowledge)
    if is_sentence and not state.misses:
        return _kept(state, (replace(kept, misses=1), ()), knowledge)
    return go_on(found(answered, step, text), step, clip(text, LONGEST_ANSWER), knowledge)


def _is_literal(state: State, step: Ask) -> bool:
    """She said that it was none of the things found."""
    return f"{step.answer}_literal" in state.answers


def _pick(state: State, step: Choose, event: MessageReceived, knowledge: Knowledge) -> Turn:
    """At a choice: a number, a label or a near miss; all else is kept."""
    into = "parts" if step.patient or step.rereads else ""
    if not has_only_words(event):
        return _kept(state, keep(state, event, knowledge, into), knowledge)
    choice = picked(state, step, event.text, knowledge)
    if choice:
        return tap(state, choice, knowledge)
    topic = asked_back(event.text)
    if topic:
        fresh = replace(state, misses=0)
        return repeat(fresh, knowledge, manner="again", preface=f"common.asked.{topic}")
    if step.whole and not step.rereads and is_about(event.text, state.offered):
        return repeat(state, knowledge, manner="why")
    if step.skips and (is_skip(event.text) or state.misses >= PATIENCE_WITH_MISSES):
        kept, commands = keep(state, event, knowledge)
        known = state if is_skip(event.text) else kept
        return go_on(known, step, "", knowledge, commands)
    kept, commands = keep(state, event, knowledge, into)
    if step.private and not commands:
        if length_in_words(event.text) >= WORDS_OF_MORE_STORY:
            return repeat(state, knowledge, manner="why")
        return repeat(replace(state, misses=state.misses + 1), knowledge, manner="again")
    if step.patient or _is_more(step, event.text):
        return _kept(state, (kept, commands), knowledge)
    if kept.step != state.step:
        return walk(kept, knowledge, commands)
    asked = repeat(replace(kept, misses=state.misses + 1), knowledge, manner="again")
    return Turn(asked.state, commands + asked.commands)


def _is_more(step: Choose, text: str) -> bool:
    """She goes on telling or asking; what is read anew needs no more than two words."""
    length = length_in_words(text)
    if step.rereads and (length >= WORDS_TO_READ or is_question(text)):
        return True
    return length >= WORDS_OF_MORE_STORY


def picked(state: State, step: Choose, text: str, knowledge: Knowledge) -> Choice | None:
    """The choice that a typed answer means here."""
    if step.whole:
        return None if is_question(text) else chosen(text, state.offered, whole=True)
    return chosen(text, state.offered) or chosen(text, heard(state, step, knowledge))


def _pick_found(state: State, step: Ask, choice: Choice, knowledge: Knowledge) -> Turn:
    """She chose among the things that were found, or none of them."""
    option = option_of(choice, state)
    if option == "other":
        literal = state.forgetting(f"{step.answer}_said")
        return repeat(literal.knowing(**{f"{step.answer}_literal": "yes"}), knowledge)
    label = choice.detail or choice.label
    return go_on(found(state, step, label, option), step, label, knowledge)


def _kept(before: State, kept: tuple[State, Commands], knowledge: Knowledge) -> Turn:
    """Wait for her silence; where an alarm moved the conversation, go on from there."""
    state, commands = kept
    if state.step != before.step:
        return walk(state, knowledge, commands)
    return Turn(state, (*commands, LISTEN))


def _contact(event: MessageReceived, knowledge: Knowledge) -> str:
    return knowledge.texts("common.contact", kontak=event.contact) if event.contact else ""
