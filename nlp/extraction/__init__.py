"""What a story already says, so that nobody is asked for it again.

Precision before recall: a question too many is a nuisance, a question wrongly left out loses
what the officers need. Whatever can be read in two ways is not reported. Spans are character
offsets in the original text.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from nlp.companies import CompanyIndex, index_companies
from nlp.extraction.money import Money, find_money
from nlp.extraction.people import People, find_people
from nlp.extraction.place import Place, find_place
from nlp.extraction.when import When, find_when
from nlp.extraction.workplace import Workplace, find_workplace

__all__ = ["Extraction", "Money", "People", "Place", "When", "Workplace", "extract"]

_Part = TypeVar("_Part")
MAX_CHARACTERS = 8_000
"""Only the beginning of a longer story is read."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was found for sure; None where the person must be asked.

    A ``place`` whose match says ``choose`` (kabupaten or kota of one name) must be asked too,
    with its candidates as choices.
    """

    workplace: Workplace | None
    place: Place | None
    when: When | None
    people: People | None
    money: tuple[Money, ...]


def extract(text: str, known_companies: CompanyIndex | Sequence[str], today: date) -> Extraction:
    """What the story says about workplace, region, time, people and amounts.

    Args:
        text: the story, as typed; several messages joined by line breaks.
        known_companies: names that the union knows, or an index of them.
        today: the date in the worker's time zone, for "kemarin" and dates without a year.
    """
    if not isinstance(known_companies, CompanyIndex):
        known_companies = index_companies(known_companies)
    companies, story = known_companies, text[:MAX_CHARACTERS]
    return Extraction(
        workplace=_found(lambda: find_workplace(story, companies)),
        place=_found(lambda: find_place(story)),
        when=_found(lambda: find_when(story, today)),
        people=_found(lambda: find_people(story)),
        money=_found(lambda: find_money(story)) or (),
    )


def _found(read: Callable[[], _Part]) -> _Part | None:
    """What a reader found; one that fails has found nothing, the person is asked instead."""
    try:
        return read()
    except Exception as defect:  # noqa: BLE001 - no text may keep its writer from being heard
        # Its class only: the message may hold what the person wrote.
        logging.getLogger(__name__).error("a reader failed: %s", type(defect).__name__)  # noqa: TRY400
        return None
