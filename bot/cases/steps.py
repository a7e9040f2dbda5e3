"""The next steps that the taxonomy recommends for a case, and ticking them off."""

import hashlib
from collections.abc import Callable

from sqlmodel import col, delete, select

from bot.cases.act import Act, must_act
from bot.cases.markup import escaped, shortened
from bot.cases.stages import CLOSED, NotPossible
from bot.cases.taps import buttons
from bot.cases.work import Work
from nlp.labels import NextStep
from storage.cases import add_event, row_id
from storage.tables import Case, DoneStep

_OFFERED = 6
_ON_CARD = 3
_DONE_SHOWN = 70
_OPEN, _DONE = "☐", "☑"


def recommended(work: Work, case: Case) -> tuple[NextStep, ...]:
    """The steps for the case as it stands; none for a closed case, a wish or a question."""
    if case.status in CLOSED or case.kind != "pengaduan":
        return ()
    return work.taxonomy.next_steps_for(
        case.category,
        stage=case.status,
        tags=tuple(filter(None, case.tags.split(","))),
        urgency=case.urgency,
        limit=_OFFERED,
    )


def key_of(step: NextStep) -> str:
    """What a step is called where it was ticked off: the same as long as its words are."""
    return hashlib.sha256(step.text.encode()).hexdigest()[:16]


def advice(work: Work, case: Case) -> list[str]:
    """The steps as the card lists them: a few that are open in full, what is done in short."""
    steps = () if work.hides(case) else recommended(work, case)
    if not steps:
        return []
    done = _done(work, case)
    opened = [step for step in steps if key_of(step) not in done]
    lines = [f"{_OPEN} {escaped(step.sentence)}" for step in opened[:_ON_CARD]]
    lines += [
        f"{_DONE} {escaped(shortened(step.text, _DONE_SHOWN))}"
        for step in steps
        if key_of(step) in done
    ]
    further = len(opened) - _ON_CARD
    if further > 0:
        lines.append(work.texts("officers.card.more", count=further))
    return [work.texts("officers.card.advice"), *lines]


def offer_steps(act: Act) -> str:
    """Show the steps with a button each."""
    must_act(act)
    _offer(act, edits="")
    return ""


def step_done(act: Act) -> str:
    """Tick a step off; done by somebody already is fine."""
    return _set(act, _tick, "officers.done.step")


def step_open(act: Act) -> str:
    """Take the tick away again."""
    return _set(act, _untick, "officers.done.step_open")


def _offer(act: Act, *, edits: str) -> None:
    work, case = act.work, act.case
    steps = () if work.hides(case) else recommended(work, case)
    if not steps:
        raise NotPossible("cases.refused.no_steps")
    done = _done(work, case)
    lines, toggles = [work.texts("officers.ask.steps")], []
    for index, step in enumerate(steps, start=1):
        is_done = key_of(step) in done
        mark = _DONE if is_done else _OPEN
        lines.append(f"{mark} {index}. {escaped(step.sentence)}")
        toggles.append((f"{mark} {index}", "step_open" if is_done else "step_done", key_of(step)))
    choices = buttons(work, case, toggles)
    work.write.post(case, "\n".join(lines), choices=choices, edits=edits)


def _set(act: Act, change: Callable[[Act, NextStep], None], told: str) -> str:
    must_act(act)
    work, case, key = act.work, act.case, act.tap.value
    step = next((step for step in recommended(work, case) if key_of(step) == key), None)
    if step is None or work.hides(case):
        raise NotPossible("officers.refused.old_button")
    change(act, step)
    work.session.flush()
    _offer(act, edits=act.topic_post)
    return work.texts(told)


def _tick(act: Act, step: NextStep) -> None:
    work, case = act.work, act.case
    if key_of(step) in _done(work, case):
        return
    work.session.add(
        DoneStep(
            organisation_id=case.organisation_id,
            case_id=row_id(case),
            step=key_of(step),
            officer_id=act.officer.id,
            at=work.now,
        )
    )
    _log(act, "step_done", step)


def _untick(act: Act, step: NextStep) -> None:
    work, case, key = act.work, act.case, key_of(step)
    if key not in _done(work, case):
        return
    work.session.execute(
        delete(DoneStep).where(col(DoneStep.case_id) == case.id, col(DoneStep.step) == key)
    )
    _log(act, "step_open", step)


def _log(act: Act, what: str, step: NextStep) -> None:
    work = act.work
    add_event(work.session, work.vault, act.case, what, work.now, actor="officer",
              officer_id=act.officer.id, after=shortened(step.text, 200))  # fmt: skip
    work.write.show_card(act.case)


def _done(work: Work, case: Case) -> frozenset[str]:
    keys = select(DoneStep.step).where(DoneStep.case_id == case.id)
    return frozenset(work.session.exec(keys).all())
