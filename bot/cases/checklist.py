"""The checklist of the verification: ticked by tapping, held up by nothing."""

from bot.cases.act import Act, must_act
from bot.cases.stage_records import CHECKS, answers_of, change_answers, keep_record, newest_record
from bot.cases.stages import CLOSED, NotPossible
from bot.cases.taps import buttons
from storage.cases import add_event
from storage.tables import Case

_TICKED = "✓ "


def has_checklist(case: Case) -> bool:
    """A wish or a question has no evidence to look at, and no workplace to find."""
    return case.status == "verifikasi" and case.kind == "pengaduan"


def offer_checklist(act: Act, *, edits: str = "") -> None:
    """Ask what is checked already; the post changes with each tap."""
    work, case = act.work, act.case
    record = newest_record(work, case, "verifikasi")
    done = answers_of(work, record) if record is not None else {}

    def toggle(check: str) -> tuple[str, str, str]:
        label = work.texts.label(f"officers.check.{check}")
        if done.get(check):
            return _TICKED + label, "uncheck", check
        return label, "check", check

    choices = buttons(work, case, map(toggle, CHECKS))
    work.write.post(case, work.texts("officers.check.ask"), choices=choices, edits=edits)


def check(act: Act) -> str:
    """This is checked."""
    return _set(act, "ya")


def uncheck(act: Act) -> str:
    """This is not checked after all."""
    return _set(act, "")


def _set(act: Act, value: str) -> str:
    must_act(act)
    work, case, name = act.work, act.case, act.tap.value
    if name not in CHECKS or case.status in CLOSED:
        raise NotPossible("officers.refused.old_button")
    record = newest_record(work, case, "verifikasi")
    before = answers_of(work, record).get(name, "") if record is not None else ""
    if before != value:
        if record is None:
            record = keep_record(work, case, "verifikasi", {}, officer_id=act.officer.id)
        change_answers(work, record, **{name: value})
        add_event(work.session, work.vault, case, "checked" if value else "unchecked", work.now,
                  actor="officer", officer_id=act.officer.id, after=name)  # fmt: skip
        work.session.flush()
        work.write.show_card(case)
    offer_checklist(act, edits=act.topic_post)
    return work.texts("officers.done.checked" if value else "officers.done.unchecked")
