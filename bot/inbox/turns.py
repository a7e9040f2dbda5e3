"""A turn: one stored event, carried through once, in one transaction.

    claim ─► parse ─► look up and classify ─► advance (pure) ─► one transaction: apply, enqueue,
    save the conversation, mark the event done

This module claims, says whose turn it is, and gives back what fails. The turns themselves:

    a reporter's words, a timer of her conversation     ``bot.inbox.conversation_turns``
    officers' words and taps, changes of their group    ``bot.inbox.officers_turns``
    what came due for a case                            ``bot.cases.due_work``
    delivery reports, blocked or unblocked, unknown     ``bot.inbox.notices``

A worker that dies in between leaves a claim that ends by itself; the turn then runs again from
the start. A turn that keeps failing becomes a dead letter with an alarm to the officers.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.cases.due_work import due_came
from bot.events import (
    DeliveryReported,
    DueCame,
    Event,
    GroupChanged,
    MessageReceived,
    NotUnderstood,
    OfficerTapped,
    OfficerWrote,
    ReporterUnreachable,
    TimerFired,
)
from bot.inbox.conversation_turns import ConversationTurns
from bot.inbox.firing import parse_due
from bot.inbox.notices import Notices
from bot.inbox.officers_turns import OfficersTurns
from bot.inbox.workshop import Workshop
from bot.log import get_logger, place_of
from bot.metrics import Metrics
from bot.outbox.orders import OutboxWriter
from bot.outbox.queue import DANGER
from storage.inbound import ClaimedInbound, claim_inbound, return_inbound
from storage.tables import Organisation

Parser = Callable[[bytes, datetime], Event]


class TurnRunner:
    """Runs the turns that wait.

    Args:
        parsers: what reads the raw events of each source that is not a timer.
        wake_outbox: called after a turn was committed.
        wake_fetcher: called after a turn that may have brought files.
    """

    def __init__(
        self,
        *,
        workshop: Workshop,
        metrics: Metrics,
        parsers: Mapping[str, Parser],
        conversations: ConversationTurns,
        officers: OfficersTurns,
        notices: Notices,
        wake_outbox: Callable[[], None],
        wake_fetcher: Callable[[], None],
    ) -> None:
        self._workshop = workshop
        self._metrics = metrics
        self._parsers = {"timer": parse_due, **parsers}
        self._conversations = conversations
        self._officers = officers
        self._notices = notices
        self._wake_outbox = wake_outbox
        self._wake_fetcher = wake_fetcher

    def run(self, wake: threading.Event, stopping: Callable[[], bool]) -> None:
        """Work until told to stop; the turn in hand is finished."""
        while not stopping():
            wake.clear()
            try:
                worked = self.run_next()
            except Exception as failure:  # noqa: BLE001 - the database may be away for a while
                get_logger().error("no turn possible", exc_info=failure)
                worked = False
                time.sleep(1)
            if not worked:
                wake.wait(0.5)

    def run_next(self) -> bool:
        """Claim the next event and run its turn; whether there was one.

        One at a time: what waited beside an event that kills its worker would count as tried.
        """
        with self._workshop.database.transaction() as session:
            claimed = claim_inbound(session, self._workshop.clock.now())
        for row in claimed:
            self._run_one(row)
        return bool(claimed)

    def _run_one(self, row: ClaimedInbound) -> None:
        started = time.perf_counter()
        try:
            kind = self._turn(row)
        except Exception as failure:  # noqa: BLE001 - a poisoned event must not stop the others
            self._give_back(row, failure)
            return
        seconds = time.perf_counter() - started
        self._metrics.turns.labels(kind).inc()
        self._metrics.turn_seconds.observe(seconds)
        get_logger().info(
            "turn", inbox_id=row.id, source=row.source, kind=kind, seconds=round(seconds, 4)
        )
        self._wake_outbox()

    def _turn(self, row: ClaimedInbound) -> str:
        """Run the turn of one event; returns what sort of event it was."""
        if row.sealed is None:  # revived after its words were deleted
            self._workshop.let_pass(row)
            return "Forgotten"
        raw = self._workshop.vault.open(row.sealed, "inbox")
        event = self._parsers[row.source](raw, row.received_at)
        if isinstance(event, MessageReceived):
            event = self._officers.own_word(row, event) or event
        match event:
            case MessageReceived() | TimerFired():
                self._conversations.run(row, event)
            case OfficerWrote() | OfficerTapped() | GroupChanged():
                self._officers.run(row, event)
            case DueCame():
                inside, now = self._officers.inside(row, event), self._workshop.clock.now()
                with self._workshop.turn(row, now) as session:
                    work = replace(self._workshop.work_on(session, row, now), inside=inside)
                    due_came(work, event)
            case DeliveryReported() | ReporterUnreachable() | NotUnderstood():
                self._notices.take(row, event)
        if _may_bring_files(event):
            self._wake_fetcher()
        return type(event).__name__

    def _give_back(self, row: ClaimedInbound, failure: Exception) -> None:
        self._metrics.turn_failures.inc()
        workshop, now = self._workshop, self._workshop.clock.now()
        with workshop.database.transaction() as session:
            error = f"{type(failure).__name__} {place_of(failure)}"
            status = return_inbound(session, row, now, error)
            if status == "dead":
                organisation = session.get_one(Organisation, row.organisation_id)
                writer = OutboxWriter(session, workshop.vault, organisation, now)
                alarm = workshop.minds.texts("officers.alarm.dead_letter")
                writer.announce(alarm, priority=DANGER)
        get_logger().error(
            "turn failed", inbox_id=row.id, status=status, attempts=row.attempts, exc_info=failure
        )


def _may_bring_files(event: Event) -> bool:
    """Whether its turn may have stored rows of files: those that came, or a picture drawn."""
    if isinstance(event, MessageReceived | OfficerWrote):
        return bool(event.media)
    return isinstance(event, DueCame)
