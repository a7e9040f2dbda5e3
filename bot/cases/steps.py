"""The next steps that the taxonomy recommends for a case."""

from bot.cases.markup import escaped
from bot.cases.stages import CLOSED
from bot.cases.work import Work
from storage.tables import Case


def advice(work: Work, case: Case) -> list[str]:
    """The recommended steps, as the card lists them."""
    if case.status in CLOSED or case.kind != "pengaduan":
        return []
    steps = work.taxonomy.next_steps_for(
        case.category,
        stage=case.status,
        tags=tuple(filter(None, case.tags.split(","))),
        urgency=case.urgency,
        limit=3,
    )
    if not steps or case.sensitive:
        return []
    numbered = [f"{index}. {escaped(step.sentence)}" for index, step in enumerate(steps, 1)]
    return ["", work.texts("officers.card.advice"), *numbered]
