"""Moving a case to a stage: what each stage asks for, and what the reporter is told of it.

The bipartite talks and the mediation each have thirty working days (UU 2/2004 art. 3 and 15),
so their first day must be known; all else may be skipped. What goes to the reporter in an
officer's own words is shown and confirmed first. A meeting or hearing that lies ahead becomes an
appointment: she is reminded of it as of any other.
"""

from collections.abc import Mapping
from datetime import date

from bot.cases import asking
from bot.cases.act import Act, chosen, must_act, offer, said
from bot.cases.appointment_forms import read_hour
from bot.cases.checklist import has_checklist, offer_checklist
from bot.cases.dates import long_date, told_day, told_hour
from bot.cases.failed_mediation import ENDS, FAILED, keep_days, known_of, words_of_year
from bot.cases.form_fields import Answers, Field, Form
from bot.cases.legal_clock import set_deadlines
from bot.cases.markup import escaped
from bot.cases.referral import ask_consent
from bot.cases.stage_days import (
    HOUR,
    TODAY,
    is_heard_ahead,
    just_now,
    meets_ahead,
    read_day,
    remind,
    reminded_line,
    soon,
    today,
    when_she_comes,
)
from bot.cases.stage_records import DATES, keep_record
from bot.cases.stages import CLOSED, OUTCOMES, NotPossible, change_stage, next_stages

BEFORE = "before"
"""Among the answers of a form: the stage of the case when it began."""
_SURE = "sure"
_NOT_KEPT = frozenset({BEFORE, TODAY, _SURE, ENDS, FAILED.name})
_LONGEST_WORDS = 600


def offer_stages(act: Act) -> str:
    """Which stage comes next?"""
    must_act(act)
    if not next_stages(act.case):
        raise NotPossible("cases.refused.already_closed")
    texts = act.work.texts
    stages = {s: texts.label(f"cases.stage.{s}.label") for s in next_stages(act.case)}
    return offer(act, "stage", "to_stage", stages)


def to_stage(act: Act) -> str:
    """To this stage; one that needs to know something asks first."""
    must_act(act)
    stage = chosen(act)
    if stage in FORMS:
        return _begin(act, FORMS[stage])
    change_stage(act.work, act.case, stage, officer=act.officer)
    if has_checklist(act.case):
        offer_checklist(act, edits=act.spent)
        return stage_done(act)
    return said(act, stage_done(act))


def stage_done(act: Act) -> str:
    """What is said when the case has come to another stage."""
    label = act.work.texts(f"cases.stage.{act.case.status}.label")
    return act.work.texts("officers.done.stage", stage=label)


def close(act: Act) -> str:
    """Close the case: how did it end?"""
    must_act(act)
    if act.case.status in CLOSED:
        raise NotPossible("cases.refused.already_closed")
    if "selesai" not in next_stages(act.case):
        label = act.work.texts.label("cases.stage.selesai.label")
        raise NotPossible("cases.refused.stage", stage=label)
    return _begin(act, FORMS["selesai"])


def _begin(act: Act, form: Form) -> str:
    known = {BEFORE: act.case.status, TODAY: today(act).isoformat(), **known_of(act)}
    return asking.begin(act, form, known)


def _must_be_as_it_was(act: Act, answers: Answers) -> None:
    """Refuse when somebody else moved the case while this form was filled in."""
    must_act(act)
    if answers[BEFORE] != act.case.status:
        label = act.work.texts.label(f"cases.stage.{act.case.status}.label")
        raise NotPossible("cases.refused.moved_on", stage=label)


def _move(act: Act, answers: Answers, stage: str, *further: str) -> str:
    _must_be_as_it_was(act, answers)
    work, case = act.work, act.case
    further = (*further, words_of_year(act, answers))
    change_stage(work, case, stage, officer=act.officer, outcome=answers.get("outcome", ""),
                 further="\n".join(filter(None, further)))  # fmt: skip
    keep_days(act, answers)
    days = [date.fromisoformat(answers[name]) for name in DATES if answers.get(name)]
    kept = {name: value for name, value in answers.items() if name not in _NOT_KEPT}
    keep_record(work, case, stage, kept, officer_id=act.officer.id,
                on_date=days[0] if days else None)  # fmt: skip
    set_deadlines(work, case)
    return work.texts("officers.done.closed") if stage == "selesai" else stage_done(act)


def _to_bipartit(act: Act, answers: Answers) -> str:
    when = when_she_comes(act, answers, "meeting")
    told = act.work.texts("cases.further.meeting", date=when)
    reminded = reminded_line(act, answers, "bipartit", "meeting")
    done = _move(act, answers, "bipartit", told, reminded)
    return remind(act, answers, "bipartit", "meeting", done)


def _to_mediasi(act: Act, answers: Answers) -> str:
    return _move(act, answers, "mediasi", _recorded_words(act, answers))


def _to_phi(act: Act, answers: Answers) -> str:
    done = _move(act, answers, "phi", _suit_words(act, answers))
    return remind(act, answers, "sidang", "hearing", done)


def _recorded_words(act: Act, answers: Answers) -> str:
    texts = act.work.texts
    when = long_date(date.fromisoformat(answers["recorded"]))
    recorded = texts("cases.further.recorded", office=answers["office"], date=when)
    number = answers["registration"]
    registration = texts("cases.further.registration", number=number) if number else ""
    return "\n".join(filter(None, (recorded, registration)))


def _suit_words(act: Act, answers: Answers) -> str:
    texts = act.work.texts
    further = [
        texts(f"cases.further.{name}", value=answers[name])
        for name in ("court", "docket")
        if answers[name]
    ]
    if answers["hearing"]:
        when = when_she_comes(act, answers, "hearing")
        further.append(texts("cases.further.hearing", value=when))
        further.append(reminded_line(act, answers, "sidang", "hearing"))
    return "\n".join(filter(None, further))


def _to_selesai(act: Act, answers: Answers) -> str:
    return _move(act, answers, "selesai", _closing_words(act, answers))


def _to_ditolak(act: Act, answers: Answers) -> str:
    return _move(act, answers, "ditolak", _refusing_words(act, answers))


def _to_dilimpahkan(act: Act, answers: Answers) -> str:
    _must_be_as_it_was(act, answers)
    done = ask_consent(act, answers["body"])
    keep_days(act, answers)
    set_deadlines(act.work, act.case)
    return done


def _closing_words(act: Act, answers: Answers) -> str:
    sentence = answers["sentence"]
    return act.work.texts("cases.further.sentence", text=sentence) if sentence else ""


def _refusing_words(act: Act, answers: Answers) -> str:
    texts, instead = act.work.texts, answers["instead"]
    words = texts("cases.further.reason", text=answers["reason"])
    return f"{words}\n{texts('cases.further.instead', text=instead)}" if instead else words


def _shown_recording(act: Act, answers: Answers) -> Mapping[str, str]:
    return {"text": escaped(_recorded_words(act, answers))}


def _shown_suit(act: Act, answers: Answers) -> Mapping[str, str]:
    return {"text": escaped(_suit_words(act, answers))}


def _shown_closing(act: Act, answers: Answers) -> Mapping[str, str]:
    return {"text": escaped(_closing_words(act, answers))}


def _shown_refusal(act: Act, answers: Answers) -> Mapping[str, str]:
    return {"text": escaped(_refusing_words(act, answers))}


def _shown_body(_act: Act, answers: Answers) -> Mapping[str, str]:
    return {"text": escaped(answers["body"])}


def _has_sentence(answers: Answers) -> bool:
    return bool(answers.get("sentence"))


def _names_the_suit(answers: Answers) -> bool:
    return bool(answers.get("court") or answers.get("docket"))


def _read_words(_act: Act, text: str) -> str:
    words = text.strip()
    if len(words) > _LONGEST_WORDS:
        raise NotPossible("officers.form.too_long", most=_LONGEST_WORDS)
    return words


def _outcomes(act: Act) -> Mapping[str, str]:
    label = act.work.texts.label
    return {outcome: label(f"cases.outcome.{outcome}.label") for outcome in OUTCOMES}


def _send(act: Act) -> Mapping[str, str]:
    return {"ya": act.work.texts.label("officers.button.reply_send")}


def _only_by_tap(_act: Act, _text: str) -> str:
    raise NotPossible("officers.form.tap")


FORMS = {
    "bipartit": Form(
        "to_bipartit",
        (
            Field("meeting", read_day, soon, told=told_day),
            Field(HOUR, read_hour, optional=True, asked=meets_ahead, told=told_hour),
            Field("participants", _read_words, optional=True),
        ),
        _to_bipartit,
    ),
    "mediasi": Form(
        "to_mediasi",
        (
            Field("office", _read_words),
            Field("recorded", read_day, just_now, told=told_day),
            Field("registration", _read_words, optional=True),
            Field(_SURE, _only_by_tap, _send, fill=_shown_recording),
        ),
        _to_mediasi,
    ),
    "phi": Form(
        "to_phi",
        (
            FAILED,
            Field("court", _read_words, optional=True),
            Field("docket", _read_words, optional=True),
            Field("hearing", read_day, optional=True, told=told_day),
            Field(HOUR, read_hour, optional=True, asked=is_heard_ahead, told=told_hour),
            Field(_SURE, _only_by_tap, _send, asked=_names_the_suit, fill=_shown_suit),
        ),
        _to_phi,
    ),
    "selesai": Form(
        "to_selesai",
        (
            Field("outcome", _only_by_tap, _outcomes),
            FAILED,
            Field("sentence", _read_words, optional=True),
            Field(_SURE, _only_by_tap, _send, asked=_has_sentence, fill=_shown_closing),
        ),
        _to_selesai,
    ),
    "ditolak": Form(
        "to_ditolak",
        (
            Field("reason", _read_words),
            Field("instead", _read_words, optional=True),
            Field(_SURE, _only_by_tap, _send, fill=_shown_refusal),
        ),
        _to_ditolak,
    ),
    "dilimpahkan": Form(
        "to_dilimpahkan",
        (
            Field("body", _read_words),
            FAILED,
            Field(_SURE, _only_by_tap, _send, fill=_shown_body),
        ),
        _to_dilimpahkan,
    ),
}
"""The forms by the stage that they lead to."""
