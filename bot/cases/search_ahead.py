"""Searching before the transaction: opening thousands of cases must not hold up writers."""

from bot.cases.act import command_of
from bot.cases.finding import SEARCH, searched_words
from bot.cases.found import Searched
from bot.cases.groups import is_our_group
from bot.cases.private_desk import is_private
from bot.cases.roster import find_officer
from bot.cases.searching import find_cases
from bot.cases.taps import meaning_of
from bot.cases.work import Work
from bot.events import OfficerTapped, OfficerWrote


def search_ahead(work: Work, event: OfficerWrote | OfficerTapped) -> Searched | None:
    """What this event will search for, found in a session that only reads; mostly None.

    Rights are looked at again when it is shown.
    """
    organisation_id = work.organisation.id or 0
    if isinstance(event, OfficerWrote):
        command, words = command_of(event.text)
        if command != "/cari" or event.edited:
            return None
        private = is_private(event)
    else:
        tap = meaning_of(work.session, organisation_id, event.payload)
        if tap is None or tap.action != "found" or not tap.value.startswith(f"{SEARCH}|"):
            return None
        words = searched_words(work, tap.value.rpartition("|")[2]) or ""
        private = not is_our_group(work, event.chat_id)
    officer = find_officer(work.session, work.vault, organisation_id, event.officer.user_id)
    if officer is None or not any(sign.isalnum() for sign in words):
        return None
    hits = find_cases(work, officer, words, private=private)
    return Searched(officer.id, words, private, hits)
