"""What is done when time has come: one function a kind of due row.

Each runs in one transaction, once; it looks at the case as it is now, for much may have happened
since the row was set.
"""

from collections.abc import Callable

from bot.cases import aftercare, check_ins, legal_alarms, legal_clock, survey
from bot.cases.escalation import promise_due
from bot.cases.morning import digest_due
from bot.cases.promises import PROMISE
from bot.cases.reminder_times import REMINDERS
from bot.cases.reminders import appointment_due
from bot.cases.roll_call import roll_due
from bot.cases.rounds import DIGEST, MEMBERS, PICTURE, WEEKLY
from bot.cases.silence import STILL
from bot.cases.unopened import alarm_unopened
from bot.cases.updates import still_due
from bot.cases.weekly import picture_due, summary_due
from bot.cases.work import Work
from bot.events import DueCame
from bot.outbox.window import UNOPENED
from storage.due import is_current

DUES: dict[str, Callable[[Work, DueCame], None]] = {
    UNOPENED: alarm_unopened,
    PROMISE: promise_due,
    STILL: still_due,
    **dict.fromkeys(REMINDERS, appointment_due),
    aftercare.SURVEY: survey.survey_due,
    aftercare.CHECK_IN: check_ins.check_in_due,
    legal_clock.ALARM: legal_alarms.ring,
    legal_clock.TELLING: legal_alarms.tell,
    legal_clock.COUNTING: legal_alarms.show_day,
    DIGEST: digest_due,
    WEEKLY: summary_due,
    PICTURE: picture_due,
    MEMBERS: roll_due,
}


def due_came(work: Work, event: DueCame) -> None:
    """Do what was due, unless the row was set anew or cancelled since."""
    if is_current(work.session, event.key, event.sequence):
        DUES[event.kind](work, event)
