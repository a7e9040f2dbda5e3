"""A case in a few lines for who takes it over, from the timeline; never who the reporter is."""

from collections.abc import Sequence

from bot.cases.markup import escaped
from bot.cases.roster import officer_by_id
from bot.cases.stage_records import card_lines
from bot.cases.work import Work
from storage.cases import attachments_of, events_of, messages_of, row_id
from storage.tables import Case, CaseEvent, CaseMessage

_SENT = ("queued", "released")
_STAGES_SHOWN = 8


def summary(work: Work, case: Case) -> str:
    """When it began, its stages, who wrote last and when, files, what the stages told.

    Telegram HTML without a word of the reporter's: it may stand in any group of the case.
    """
    messages = messages_of(work.session, row_id(case))
    hers = [message for message in messages if message.direction == "reporter"]
    replies = [m for m in messages if m.direction == "reply" and m.state in _SENT]
    notes = sum(message.direction == "note" for message in messages)
    lines = [
        work.texts("officers.summary.title"),
        work.texts("officers.summary.opened", at=work.local(case.opened_at)),
        *_stages(work, events_of(work.session, row_id(case))),
        work.texts("officers.summary.messages", hers=len(hers), replies=len(replies), notes=notes),
        *_last_word(work, hers, replies),
    ]
    files = len(attachments_of(work.session, row_id(case)))
    if files:
        lines.append(work.texts("officers.summary.files", count=files))
    if case.waiting_since is not None:
        lines.append(work.texts("officers.card.waiting", since=work.local(case.waiting_since)))
    return "\n".join([*lines, *card_lines(work, case)])


def _stages(work: Work, events: Sequence[CaseEvent]) -> list[str]:
    moves = [event for event in events if event.what == "stage"][-_STAGES_SHOWN:]
    if not moves:
        return []
    steps = [
        work.texts(
            "officers.summary.stage",
            stage=work.texts(f"cases.stage.{event.after.partition(':')[0]}.label"),
            at=work.local(event.at),
        )
        for event in moves
    ]
    return [work.texts("officers.summary.stages", steps=" → ".join(steps))]


def _last_word(
    work: Work, hers: Sequence[CaseMessage], replies: Sequence[CaseMessage]
) -> list[str]:
    last = max((*hers, *replies), key=lambda message: (message.at, message.id), default=None)
    if last is None:
        return []
    at = work.local(last.at)
    if last.direction == "reporter":
        return [work.texts("officers.summary.last_hers", at=at)]
    officer = officer_by_id(work.session, work.vault, last.officer_id)
    name = escaped(officer.name) if officer else "-"
    return [work.texts("officers.summary.last_ours", at=at, name=name)]
