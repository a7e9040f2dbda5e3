"""What turns think with: read once at the start, the same for every turn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.settings import Settings
from bot.texts import Texts, load_texts
from bot.worktime.calendar import FOLDER, WorkCalendar, load_calendar
from nlp.classifier import Classifier, load_classifier
from nlp.rights import load_rights
from nlp.rights_finder import RightsFinder, load_rights_finder
from nlp.taxonomy import Taxonomy, load_taxonomy


@dataclass(frozen=True, slots=True)
class Minds:
    """Words, labels, the classifier, the answers about rights, the calendar."""

    texts: Texts
    taxonomy: Taxonomy
    classifier: Classifier
    rights: RightsFinder
    zone: ZoneInfo
    quiet_seconds: float
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    silent_days: int = 7
    silent_stages: Mapping[str, int] = field(default_factory=dict)
    operator_chat: str = ""


def read_minds(settings: Settings) -> Minds:
    """What the settings ask for; takes a second or two.

    Raises:
        ModelError, TaxonomyError, RightsError, CalendarProblem: with what is wrong.
    """
    taxonomy = load_taxonomy()
    classifier = load_classifier(settings.classifier, taxonomy)
    return Minds(
        texts=load_texts(),
        taxonomy=taxonomy,
        classifier=classifier,
        rights=load_rights_finder(classifier, load_rights(taxonomy=taxonomy)),
        zone=settings.zone,
        quiet_seconds=settings.quiet_seconds,
        calendar=load_calendar(settings.data_dir / FOLDER),
        silent_days=settings.silent_days,
        silent_stages=settings.silent_stages,
        operator_chat=settings.operator_chat_id if settings.telegram_bot_token else "",
    )
