"""How a case looks in the officers' group: the topic's title and the card, line by line.

Names and addresses never stand here; neither does the story of a sensitive case.
"""

from collections.abc import Iterable, Sequence

from bot.cases import (
    above,
    aftercare_card,
    appointments,
    legal_hold,
    promises,
    stage_records,
    together_card,
    waiting,
)
from bot.cases.card_buttons import card_buttons
from bot.cases.card_files import files
from bot.cases.card_people import people
from bot.cases.card_subject import STATUS_MARKS, URGENCY_MARKS, facts, headline, subject
from bot.cases.deadlines import deadlines_on_card
from bot.cases.delivery import last_delivery
from bot.cases.markup import shortened, visible
from bot.cases.stages import CLOSED
from bot.cases.steps import advice
from bot.cases.work import Work
from bot.channels import Text
from bot.outbox.split import units
from storage.cases import content_of
from storage.tables import Case

_TITLE_LIMIT = 128
_CARD_LIMIT = 4096


def title(work: Work, case: Case) -> str:
    """The topic's title: mark, number, subject and workplace, at most 128 characters."""
    parts = [case.number]
    if work.hides(case):
        parts.append(work.texts("officers.card.sensitive_title"))
    else:
        parts.append(work.category_label(case.category))
        workplace = content_of(work.vault, case).workplace
        if workplace:
            parts.append(workplace)
    mark = URGENCY_MARKS[case.urgency].strip() if case.status not in CLOSED else ""
    whole = f"{STATUS_MARKS[case.status]}{mark} " + " · ".join(parts)
    return shortened(" ".join(visible(whole).split()), _TITLE_LIMIT)


def card(work: Work, case: Case) -> Text:
    """The card on top of the topic, with the buttons that make sense now."""
    content = content_of(work.vault, case)
    # How much each part matters; where there is too much, what matters least is cut first.
    parts = (
        (9, headline(work, case)),
        (8, subject(work, case, content)),
        (8, legal_hold.card_lines(work, case)),
        (5, facts(work, case, content)),
        (6, ["", *people(work, case, content)]),
        (7, last_delivery(work, case)),
        (8, above.card_lines(work, case)),
        (7, waiting.card_lines(work, case)),
        (7, promises.card_lines(work, case)),
        (7, appointments.card_lines(work, case)),
        (7, deadlines_on_card(work, case)),
        (5, together_card.card_lines(work, case)),
        (4, stage_records.card_lines(work, case)),
        (4, aftercare_card.card_lines(work, case)),
        (2, _apart(files(work, case))),
        (3, _apart(advice(work, case))),
    )
    return Text(fitted(parts), choices=card_buttons(work, case), html=True, rows=2)


def fitted(parts: Iterable[tuple[int, Sequence[str]]], limit: int = _CARD_LIMIT) -> str:
    """The lines of all parts, whole ones left out from the end of what matters least.

    Counted with all markup and in UTF-16 units, which is more than Telegram counts.
    """
    kept = [(weight, list(lines)) for weight, lines in parts]
    while units(whole := "\n".join(line for _, lines in kept for line in lines)) > limit:
        filled = [part for part in kept if part[1]]
        least = min(filled, key=lambda part: part[0])
        least[1].pop()
    return whole


def _apart(lines: list[str]) -> list[str]:
    return ["", *lines] if lines else []
