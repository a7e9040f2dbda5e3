"""A reporter's turn: she said something, or a timer of her conversation fired.

What the turn needs is looked up and measured outside any transaction, the flows decide, and
then everything that follows is saved in one. Where her conversation moved on in between, the
turn begins anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.cases.meaning import Meaning, measure_new
from bot.cases.work import Work
from bot.commands import Command, OpenCase, Reply, SetTimer
from bot.events import MessageReceived, ReporterEvent, TimerFired
from bot.flows.engine import advance
from bot.flows.knowledge import Knowledge
from bot.flows.script import Turn
from bot.flows.state import State
from bot.inbox.carry_out import CarryOut, conversation_state, save_conversation
from bot.inbox.received_files import file_key, store_files
from bot.inbox.reporters import known_reporter, reporter_of_turn
from bot.inbox.unasked import QUIET, UNFINISHED, fitting_time, hours_of
from bot.inbox.understanding import Companies, Understander, gather_knowledge
from bot.inbox.workshop import Overtaken, Workshop
from bot.outbox.templates import REMINDER
from bot.outbox.window import opened
from storage.due import is_current, set_due
from storage.evidence import EvidenceStore, remove_deleted
from storage.inbound import ClaimedInbound
from storage.people import Reporter, unite_reporters
from storage.tables import Organisation

_TRIES = 3


@dataclass(frozen=True, slots=True)
class _Before:
    """What is known before a turn; ``reporter`` is None when she writes for the first time."""

    reporter: Reporter | None
    state: State | None
    understander: Understander
    knowledge: Knowledge

    @property
    def revision(self) -> int:
        """Rises with every turn of her conversation."""
        return self.reporter.conversation.revision if self.reporter else 0


class ConversationTurns:
    """Runs the turns of reporters.

    Args:
        evidence: where files lie; those that a turn deletes are removed after it.
    """

    def __init__(self, workshop: Workshop, evidence: EvidenceStore) -> None:
        self._workshop = workshop
        self._evidence = evidence
        self._companies = Companies(workshop.vault)

    def run(self, row: ClaimedInbound, event: ReporterEvent) -> None:
        """Run the turn of one event.

        Raises:
            Overtaken: the conversation keeps moving on, or another worker has the event.
        """
        if isinstance(event, MessageReceived) and event.aliases:
            with self._workshop.database.transaction() as session:
                known = (event.address, *event.aliases)
                unite_reporters(session, self._workshop.vault, row.organisation_id, known)
        for attempt in range(1, _TRIES + 1):
            try:
                self._try(row, event)
            except Overtaken:
                if attempt == _TRIES:
                    raise
            else:
                return

    def _try(self, row: ClaimedInbound, event: ReporterEvent) -> None:
        now = self._workshop.clock.now()
        before = self._look_up(row, event, now)
        if before is None:
            self._workshop.let_pass(row)
            return
        if isinstance(event, TimerFired):
            at = self._fitting(event, before, now)
            if at > now:
                self._fire_later(row, event, at, now)
                return
        turn = advance(before.state, event, before.knowledge)
        _explain(turn.commands, before)
        meanings = measure_new(
            self._workshop.database,
            self._workshop.vault,
            self._workshop.minds.classifier,
            row.organisation_id,
            turn.commands,
        )
        self._save(row, event, before, turn, meanings, now)

    def _look_up(self, row: ClaimedInbound, event: ReporterEvent, now: datetime) -> _Before | None:
        """What is known before the turn; None for a timer that was stopped or set anew."""
        vault, minds = self._workshop.vault, self._workshop.minds
        files = event.media if isinstance(event, MessageReceived) else ()
        with self._workshop.database.reading() as session:
            reporter = known_reporter(session, vault, row, event)
            if isinstance(event, TimerFired) and (
                reporter is None or not is_current(session, _key_of(event), event.sequence)
            ):
                return None
            understander = Understander(
                minds.classifier,
                self._companies.index(session, row.organisation_id),
                now.astimezone(minds.zone).date(),
            )
            knowledge = gather_knowledge(
                session,
                vault,
                organisation=session.get_one(Organisation, row.organisation_id),
                reporter=reporter,
                texts=minds.texts,
                taxonomy=minds.taxonomy,
                rights=minds.rights,
                understander=understander,
                attachments=tuple(file_key(row, index) for index in range(len(files))),
                zone=minds.zone,
                now=now,
            )
        return _Before(reporter, conversation_state(vault, reporter), understander, knowledge)

    def _fitting(self, event: TimerFired, before: _Before, now: datetime) -> datetime:
        """When a timer may ring her phone; one of her own silence rings none."""
        if event.kind == QUIET or before.reporter is None:
            return now
        zone = self._workshop.minds.zone
        return fitting_time(self._workshop.vault, before.reporter, before.state, zone, now)

    def _fire_later(
        self, row: ClaimedInbound, event: TimerFired, at: datetime, now: datetime
    ) -> None:
        """Let a timer that would ring her phone at a bad hour fire when it may."""
        with self._workshop.turn(row, now) as session:
            set_due(
                session,
                organisation_id=row.organisation_id,
                kind=event.kind,
                key=_key_of(event),
                lane=row.lane,
                due_at=at,
                conversation_id=event.conversation_id,
            )

    def _save(
        self,
        row: ClaimedInbound,
        event: ReporterEvent,
        before: _Before,
        turn: Turn,
        meanings: Mapping[str, Meaning],
        now: datetime,
    ) -> None:
        with self._workshop.turn(row, now) as session:
            work = self._workshop.work_on(session, row, now)
            reporter = reporter_of_turn(session, work.vault, row, event, now)
            if reporter is None or reporter.conversation.revision != before.revision:
                raise Overtaken
            if isinstance(event, MessageReceived):
                person_id, channel = reporter.person.id or 0, event.address.channel
                store_files(work, row, event.media, channel, person_id)
                opened(session, person_id, channel, now)
            carry = CarryOut(
                work=work,
                reporter=reporter,
                lane=row.lane,
                understander=before.understander,
                model=self._workshop.minds.classifier.model,
                quiet_seconds=self._workshop.minds.quiet_seconds,
                meanings=meanings,
                state=turn.state,
                template=_template_of(event),
                unasked=_unasked_hours(work, event, reporter, before.state),
            )
            for command in turn.commands:
                carry.out(command)
            _show_typing(work, event, turn.commands, reporter.person.id)
            if not carry.forgotten:
                save_conversation(work, reporter, turn.state)
        if carry.files_to_remove:
            remove_deleted(self._workshop.database, self._evidence)


def _key_of(event: TimerFired) -> str:
    return f"{event.kind}:{event.conversation_id}"


def _explain(commands: tuple[Command, ...], before: _Before) -> None:
    """Ask the classifier for its reasons while no transaction waits, and once for each story."""
    state = before.state
    shown = state.parts if state is not None and "opened" in state.answers else None
    for command in commands:
        if isinstance(command, OpenCase) and command.report.parts != shown:
            before.understander.explain(command.report)


def _unasked_hours(
    work: Work, event: ReporterEvent, reporter: Reporter, state: State | None
) -> tuple[str, str] | None:
    """Her time zone and safe hours, where what follows keeps to them when it leaves, too.

    Who wants no news is asked by an officer all the same, for her case waits for the answer.
    """
    if not isinstance(event, TimerFired) or event.kind == QUIET:
        return None
    if event.kind != UNFINISHED and not reporter.person.pushes_on:
        return None
    zone, safe_hours = hours_of(work.vault, reporter, state, work.zone)
    return zone.key, safe_hours


def _template_of(event: ReporterEvent) -> str:
    """The form that asks her to open WhatsApp, if her window is shut by then."""
    return REMINDER.key if isinstance(event, TimerFired) and event.kind == UNFINISHED else ""


def _show_typing(
    work: Work, event: ReporterEvent, commands: tuple[Command, ...], person_id: int | None
) -> None:
    """Show that her words are read: while a burst is waited out, and at once after a tap.

    Telegram lets a tapped button glow until it is answered; showing typing answers it.
    """
    if not isinstance(event, MessageReceived):
        return
    waits = any(isinstance(command, SetTimer) and command.kind == QUIET for command in commands)
    speaks = any(isinstance(command, Reply) for command in commands)
    glows = event.choice is not None and event.address.channel == "telegram"
    if glows or (waits and not speaks):
        work.write.show_typing(event.address, event.external_id, person_id=person_id)
