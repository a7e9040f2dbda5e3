"""What a story already says, so that nobody is asked for it again.

Precision before recall: a question too many is a nuisance, a question wrongly left out loses
what the officers need. Whatever can be read in two ways is not reported. Spans are character
offsets in the original text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from nlp.companies import CompanyIndex, index_companies
from nlp.extraction.money import Money, find_money
from nlp.extraction.people import People, find_people
from nlp.extraction.place import Place, find_place
from nlp.extraction.when import When, find_when
from nlp.extraction.workplace import Workplace, find_workplace

__all__ = ["Extraction", "Money", "People", "Place", "When", "Workplace", "extract"]

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
    story = text[:MAX_CHARACTERS]
    return Extraction(
        workplace=find_workplace(story, known_companies),
        place=find_place(story),
        when=find_when(story, today),
        people=find_people(story),
        money=find_money(story),
    )
