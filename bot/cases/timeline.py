"""``/riwayat``: who did what in a case, when, in plain words; each look at what is hidden too.

It stands in the topic, so of a case whose story is hidden there it names no category and no tag,
and never the officer that a case is about.
"""

from collections.abc import Callable

from bot.cases.act import Act
from bot.cases.markup import escaped, shortened
from bot.cases.roster import officer_by_id
from bot.cases.taps import button
from bot.cases.work import Work
from storage.cases import events_of, row_id
from storage.tables import Case, CaseEvent

_PAGE = 10
_NAME_SHOWN = 40
_NAMELESS = frozenset(
    {"released", "names_officer", "recused", "readmitted", "asked_above", "dismissed_above"}
)
_TELLS_OF_THE_STORY = frozenset({"kind", "category", "tags", "step_done", "step_open"})


def show_trail(act: Act) -> str:
    """The newest page of the trail."""
    _show(act, 0)
    return ""


def turn_trail(act: Act) -> str:
    """Another page, in the place of the one that was tapped."""
    _show(act, int(act.tap.value))
    return ""


def _show(act: Act, page: int) -> None:
    work, case = act.work, act.case
    work.session.flush()
    events = list(reversed(events_of(work.session, row_id(case))))
    pages = max(1, -(-len(events) // _PAGE))
    page = min(page, pages - 1)
    head = work.texts(
        "officers.trail.title", number=case.number, page=str(page + 1), pages=str(pages)
    )
    lines = [_line(work, case, event) for event in events[page * _PAGE : (page + 1) * _PAGE]]
    turns = [("older", page + 1)] if page + 1 < pages else []
    turns += [("newer", page - 1)] if page else []
    choices = tuple(
        button(work, case, work.texts.label(f"officers.button.{word}"), "trail", str(to))
        for word, to in turns
    )
    work.write.post(case, "\n".join([head, *lines]), choices=choices, edits=act.post)


def _line(work: Work, case: Case, event: CaseEvent) -> str:
    who = work.texts(f"officers.trail.{event.actor}")
    if event.what in _NAMELESS:
        who = work.texts("officers.trail.system")
    elif event.actor == "officer":
        officer = officer_by_id(work.session, work.vault, event.officer_id)
        if officer is not None:
            who = escaped(shortened(officer.name, _NAME_SHOWN))
    what = _what(work, case, event)
    return work.texts("officers.trail.line", at=work.local(event.at), who=who, what=what)


def _what(work: Work, case: Case, event: CaseEvent) -> str:
    key = f"officers.trail.what.{event.what}"
    if event.what in _TELLS_OF_THE_STORY and work.hides(case):
        key += "_hidden"
    if key not in work.texts.keys():  # noqa: SIM118 - Texts is no mapping
        key = "officers.trail.what.other"
    words = {"before": event.before, "after": event.after}
    label = _LABELS.get(event.what)
    if label is not None:
        words = {name: label(work, value) for name, value in words.items()}
    return work.texts(key, **{name: escaped(value) or "-" for name, value in words.items()})


def _stage(work: Work, value: str) -> str:
    stage, _, outcome = value.partition(":")
    label = work.texts(f"cases.stage.{stage}.label") if stage else ""
    return f"{label} ({work.texts(f'cases.outcome.{outcome}.label')})" if outcome else label


def _tags(work: Work, value: str) -> str:
    return ", ".join(work.taxonomy.tags.get(tag, tag) for tag in value.split(",") if tag)


def _check(work: Work, value: str) -> str:
    return work.texts.label(f"officers.check.{value}") if value else ""


_LABELS: dict[str, Callable[[Work, str], str]] = {
    "stage": _stage,
    "stage_restored": _stage,
    "opened": _stage,
    "kind": lambda work, value: work.texts.label(f"cases.kind.{value}") if value else "",
    "category": lambda work, value: work.category_label(value) if value else "",
    "urgency": lambda work, value: work.texts(f"cases.urgency.{value}") if value else "",
    "tags": _tags,
    "checked": _check,
    "unchecked": _check,
}
