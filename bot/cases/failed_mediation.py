"""The day on which mediation failed: asked when a dismissal leaves mediation without an agreement.

From that day on a suit must be filed within a year (:data:`bot.cases.legal_rules.PHK_CLAIM`);
the legal clock tells the reporter as soon as it is known.
"""

from datetime import date

from bot.cases.act import Act
from bot.cases.dates import told_day
from bot.cases.form_fields import Answers, Field
from bot.cases.legal_dates import is_dismissal
from bot.cases.stage_days import just_now, read_day, today
from bot.cases.stage_records import keep_record, newest_record
from bot.cases.work import Work
from storage.tables import Case

ENDS = "ends_mediation"
"""Among the answers of a form: it takes a dismissal out of mediation."""
_RECORD, _SUIT = "not_agreed", "filed"


def known_of(act: Act) -> Answers:
    """What a form knows of it when it begins: whether the day is to be asked for."""
    case = act.case
    leaves = case.status == "mediasi" and is_dismissal(case)
    if not leaves or newest_record(act.work, case, _RECORD) is not None:
        return {}
    return {ENDS: "ya"}


def _is_asked(answers: Answers) -> bool:
    lost = answers.get("outcome", "tidak_tercapai") == "tidak_tercapai"
    return bool(answers.get(ENDS)) and lost


FAILED = Field(_RECORD, read_day, just_now, optional=True, asked=_is_asked, told=told_day)
"""The question for the day; who does not know it yet skips it."""


def keep_days(act: Act, answers: Answers) -> None:
    """Note the day, and that the suit was filed where the court has given it a number."""
    work, case, by = act.work, act.case, act.officer.id
    if answers.get(_RECORD):
        on = date.fromisoformat(answers[_RECORD])
        keep_record(work, case, _RECORD, {}, officer_id=by, on_date=on)
    if answers.get("docket") and is_dismissal(case):
        keep_record(work, case, _SUIT, {}, officer_id=by, on_date=today(act))


def failed_on(work: Work, case: Case) -> date | None:
    """The day on which the mediation that the case is in still was declared failed."""
    failed, recorded = newest_record(work, case, _RECORD), newest_record(work, case, "mediasi")
    if case.status != "mediasi" or failed is None or failed.on_date is None:
        return None
    begun = recorded.on_date if recorded is not None else None
    return failed.on_date if begun is None or begun <= failed.on_date else None


def words_of_year(act: Act, answers: Answers) -> str:
    """For the reporter, where the day is not known yet: that there is a year, and to ask."""
    skipped = answers.get(_RECORD) == "" and not answers.get("docket")
    return act.work.texts("cases.further.year") if skipped else ""
