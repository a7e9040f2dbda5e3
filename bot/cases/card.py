"""How a case looks in the officers' group: the topic's title and the card, line by line.

Names and addresses never stand here; neither does the story of a sensitive case.
"""

from bot.cases import stage_records, waiting
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
from storage.cases import content_of
from storage.tables import Case

_TITLE_LIMIT = 128


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
    lines = [
        headline(work, case),
        *subject(work, case, content),
        *facts(work, case, content),
        *people(work, case, content),
        *files(work, case),
        *last_delivery(work, case),
        *waiting.card_lines(work, case),
        *stage_records.card_lines(work, case),
        *deadlines_on_card(work, case),
        *advice(work, case),
    ]
    return Text("\n".join(lines), choices=card_buttons(work, case), html=True, rows=2)
