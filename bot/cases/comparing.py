"""Which cases an officer is about to compare: their meanings are brought up to date before."""

from bot.cases.alike import to_compare
from bot.cases.taps import meaning_of
from bot.cases.work import Work
from bot.events import OfficerTapped, OfficerWrote
from storage.cases import case_by_id, case_of_topic

_TAPS = frozenset({"alike", "invite"})
_COMMANDS = ("/kasus_serupa", "/ajak")


def compares(work: Work, event: OfficerWrote | OfficerTapped) -> list[int]:
    """The cases whose stories will be compared because of this event; mostly none."""
    organisation_id = work.organisation.id or 0
    case = None
    match event:
        case OfficerTapped():
            tap = meaning_of(work.session, organisation_id, event.payload)
            if tap is not None and tap.action in _TAPS and tap.case_id is not None:
                case = case_by_id(work.session, tap.case_id)
        case OfficerWrote(text=text) if text.lower().startswith(_COMMANDS):
            place = (event.chat_id, event.thread_id, event.reply_to)
            case = case_of_topic(work.session, organisation_id, *place)
    return to_compare(work.session, work.vault, case) if case is not None else []
