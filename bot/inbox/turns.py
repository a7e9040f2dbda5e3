"""A turn: one stored event, carried through once, in one transaction.

    claim ─► parse ─► look up and classify ─► advance (pure) ─► one transaction: apply, enqueue,
    save the conversation, mark the event done

A worker that dies in between leaves a claim that ends by itself; the turn then runs again from
the start. A turn that keeps failing becomes a dead letter with an alarm to the officers.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from bot.cases import desk
from bot.cases.due_work import due_came
from bot.cases.group_changes import group_changed
from bot.cases.meaning import Meaning, measure_new
from bot.cases.onboarding import adopt, tell_of_unknown
from bot.cases.private_desk import as_officers_word, may_be_officers
from bot.cases.work import Work
from bot.clock import Clock
from bot.commands import OpenCase, Reply, SetTimer
from bot.events import (
    DeliveryReported,
    DueCame,
    Event,
    GroupChanged,
    Media,
    MessageReceived,
    NotUnderstood,
    OfficerTapped,
    OfficerWrote,
    ReporterUnreachable,
    TimerFired,
)
from bot.flows.engine import advance
from bot.flows.knowledge import Knowledge
from bot.flows.state import State
from bot.inbox.carry_out import CarryOut, conversation_state, save_conversation
from bot.inbox.officers_ahead import GroupAsker, Preparation
from bot.inbox.unasked import QUIET, UNFINISHED, fitting_time, hours_of
from bot.inbox.understanding import Companies, Understander, gather_knowledge
from bot.log import get_logger, place_of
from bot.metrics import Metrics
from bot.outbox.orders import OutboxWriter
from bot.outbox.queue import DANGER
from bot.outbox.results import ReadFailure, keep_report, report_delivery
from bot.outbox.templates import REMINDER
from bot.outbox.window import opened
from bot.texts import Texts
from bot.worktime.calendar import WorkCalendar
from nlp.classifier import Classifier
from nlp.rights_finder import RightsFinder
from nlp.taxonomy import Taxonomy
from storage.crypto import Vault
from storage.database import Database
from storage.due import is_current, set_due
from storage.evidence import EvidenceStore, remove_deleted
from storage.inbound import ClaimedInbound, claim_inbound, finish_inbound, return_inbound
from storage.people import (
    Reporter,
    find_reporter,
    meet_reporter,
    reporter_of_address,
    unite_reporters,
)
from storage.tables import Attachment, Conversation, Organisation, PersonAddress

Parser = Callable[[bytes, datetime], Event]
_TRIES_PER_TURN = 3


class _Overtaken(Exception):  # noqa: N818 - a reason to begin the turn anew
    """The conversation moved on between reading and saving."""


@dataclass(frozen=True, slots=True)
class Minds:
    """What turns think with: words, labels, the classifier, the answers about rights."""

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


class TurnRunner:
    """Runs the turns that wait.

    Args:
        parsers: what reads the raw events of each source.
        asker: asks the officers' channel about a group.
        wake_outbox: called after a turn was committed.
        wake_fetcher: called after a turn that may have brought files.
        read_failure: what the code in a delivery report means.
    """

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        clock: Clock,
        metrics: Metrics,
        minds: Minds,
        evidence: EvidenceStore,
        parsers: Mapping[str, Parser],
        asker: GroupAsker,
        wake_outbox: Callable[[], None],
        wake_fetcher: Callable[[], None],
        read_failure: ReadFailure,
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._metrics = metrics
        self._minds = minds
        self._evidence = evidence
        self._parsers = {"timer": _parse_timer, **parsers}
        self._preparation = Preparation(database, vault, minds.classifier, asker)
        self._wake_outbox = wake_outbox
        self._wake_fetcher = wake_fetcher
        self._read_failure = read_failure
        self._companies = Companies(vault)

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
        with self._database.transaction() as session:
            claimed = claim_inbound(session, self._clock.now())
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
        if row.sealed is None:  # revived after its words were deleted
            self._just_finish(row)
            return "Forgotten"
        raw = self._vault.open(row.sealed, "inbox")
        event = self._as_officers(row, self._parsers[row.source](raw, row.received_at))
        match event:
            case MessageReceived() | TimerFired():
                self._conversation_turn(row, event)
            case OfficerWrote() | OfficerTapped() | GroupChanged():
                self._officers_turn(row, event)
            case DueCame():
                self._due_turn(row, event)
            case DeliveryReported() | ReporterUnreachable() | NotUnderstood():
                self._notice(row, event)
        if _may_bring_files(event):
            self._wake_fetcher()
        return type(event).__name__

    def _as_officers(self, row: ClaimedInbound, event: Event) -> Event:
        """What an officer says to the bot in her private chat is hers, in the lane it came by."""
        if not isinstance(event, MessageReceived) or not may_be_officers(event):
            return event
        with self._database.reading() as session:
            work = self._work(session, row, self._clock.now())
            return as_officers_word(work, event) or event

    def _give_back(self, row: ClaimedInbound, failure: Exception) -> None:
        self._metrics.turn_failures.inc()
        now = self._clock.now()
        with self._database.transaction() as session:
            error = f"{type(failure).__name__} {place_of(failure)}"
            status = return_inbound(session, row, now, error)
            if status == "dead":
                organisation = session.get_one(Organisation, row.organisation_id)
                writer = OutboxWriter(session, self._vault, organisation, now)
                writer.announce(self._minds.texts("officers.alarm.dead_letter"), priority=DANGER)
        get_logger().error(
            "turn failed", inbox_id=row.id, status=status, attempts=row.attempts, exc_info=failure
        )

    def _conversation_turn(self, row: ClaimedInbound, event: MessageReceived | TimerFired) -> None:
        if isinstance(event, MessageReceived) and event.aliases:
            with self._database.transaction() as session:
                known = (event.address, *event.aliases)
                unite_reporters(session, self._vault, row.organisation_id, known)
        for attempt in range(_TRIES_PER_TURN):
            try:
                self._try_conversation_turn(row, event)
            except _Overtaken:
                if attempt == _TRIES_PER_TURN - 1:
                    raise
            else:
                return

    def _try_conversation_turn(
        self, row: ClaimedInbound, event: MessageReceived | TimerFired
    ) -> None:
        now = self._clock.now()
        files = event.media if isinstance(event, MessageReceived) else ()
        keys = tuple(f"{row.id}.{index}" for index in range(len(files)))
        with self._database.reading() as session:
            organisation = session.get_one(Organisation, row.organisation_id)
            reporter = self._known_reporter(session, row, event)
            if isinstance(event, TimerFired) and (
                reporter is None
                or not is_current(session, f"{event.kind}:{event.conversation_id}", event.sequence)
            ):
                reporter = None
            state = conversation_state(self._vault, reporter)
            revision = reporter.conversation.revision if reporter else 0
            understander = Understander(
                self._minds.classifier,
                self._companies.index(session, row.organisation_id),
                now.astimezone(self._minds.zone).date(),
            )
            knowledge = gather_knowledge(
                session,
                self._vault,
                organisation=organisation,
                reporter=reporter,
                texts=self._minds.texts,
                taxonomy=self._minds.taxonomy,
                rights=self._minds.rights,
                understander=understander,
                attachments=keys,
                zone=self._minds.zone,
                now=now,
            )
        if isinstance(event, TimerFired):
            if reporter is None:
                self._just_finish(row)
                return
            at = fitting_time(self._vault, reporter, state, self._minds.zone, now)
            if event.kind != QUIET and at > now:
                self._fire_later(row, event, at)
                return
        self._advance_and_save(row, event, state, knowledge, revision, understander, now)

    def _fire_later(self, row: ClaimedInbound, event: TimerFired, at: datetime) -> None:
        """Let a timer that would ring her phone at a bad hour fire when it may."""
        with self._database.transaction() as session:
            set_due(
                session,
                organisation_id=row.organisation_id,
                kind=event.kind,
                key=f"{event.kind}:{event.conversation_id}",
                lane=row.lane,
                due_at=at,
                conversation_id=event.conversation_id,
            )
            if not finish_inbound(session, row, self._clock.now()):
                raise _Overtaken

    def _advance_and_save(
        self,
        row: ClaimedInbound,
        event: MessageReceived | TimerFired,
        state: State | None,
        knowledge: Knowledge,
        revision: int,
        understander: Understander,
        now: datetime,
    ) -> None:
        turn = advance(state, event, knowledge)
        _explain(turn.commands, state, understander)
        meanings = self._meanings(row, turn.commands)
        with self._database.transaction() as session:
            work = self._work(session, row, now)
            reporter = self._reporter_to_save(session, row, event, now)
            if reporter.conversation.revision != revision:
                raise _Overtaken
            if isinstance(event, MessageReceived):
                self._store_files(session, row, event.media, event.address.channel, reporter, now)
                opened(session, reporter.person.id or 0, event.address.channel, now)
            carry = CarryOut(
                work=work,
                reporter=reporter,
                lane=row.lane,
                understander=understander,
                model=self._minds.classifier.model,
                quiet_seconds=self._minds.quiet_seconds,
                meanings=meanings,
                state=turn.state,
                template=_template_of(event),
            )
            if _is_unasked(event, reporter):
                hours = hours_of(self._vault, reporter, state, self._minds.zone)
                carry.unasked = (hours[0].key, hours[1])
            for command in turn.commands:
                carry.out(command)
            _show_typing(work, event, turn.commands, reporter.person.id)
            if not carry.forgotten:
                save_conversation(work, reporter, turn.state)
            if not finish_inbound(session, row, now):
                raise _Overtaken
        if carry.files_to_remove:
            remove_deleted(self._database, self._evidence)

    def _meanings(self, row: ClaimedInbound, commands: Sequence[object]) -> Mapping[str, Meaning]:
        """What new stories mean: measured while no transaction waits."""
        return measure_new(
            self._database, self._vault, self._minds.classifier, row.organisation_id, commands
        )

    def _known_reporter(
        self, session: Session, row: ClaimedInbound, event: MessageReceived | TimerFired
    ) -> Reporter | None:
        if isinstance(event, MessageReceived):
            addresses = (event.address, *event.aliases)
            return find_reporter(session, self._vault, row.organisation_id, addresses)
        return self._reporter_of(session, event.conversation_id)

    def _reporter_to_save(
        self,
        session: Session,
        row: ClaimedInbound,
        event: MessageReceived | TimerFired,
        now: datetime,
    ) -> Reporter:
        if isinstance(event, MessageReceived):
            # Her window counts from when she wrote, however late we come to read it.
            wrote = min(event.at, now)
            return meet_reporter(
                session, self._vault, row.organisation_id, event.address, event.aliases, wrote
            )
        reporter = self._reporter_of(session, event.conversation_id)
        if reporter is None:
            raise _Overtaken
        return reporter

    def _reporter_of(self, session: Session, conversation_id: int) -> Reporter | None:
        conversation = session.get(Conversation, conversation_id)
        if conversation is None:
            return None
        address = session.get_one(PersonAddress, conversation.address_id)
        return reporter_of_address(session, address)

    def _store_files(
        self,
        session: Session,
        row: ClaimedInbound,
        files: Sequence[Media],
        channel: str,
        reporter: Reporter | None,
        now: datetime,
    ) -> list[int]:
        """Make the rows of files that came; their bytes are fetched by ``bot.inbox.fetch``."""
        stored = []
        for index, media in enumerate(files):
            attachment = Attachment(
                key=f"{row.id}.{index}",
                organisation_id=row.organisation_id,
                person_id=reporter.person.id if reporter else None,
                channel=channel,
                kind=media.kind.value,
                content_type=media.content_type[:100],
                size=media.size,
                due_at=now,
                sealed=self._vault.seal_json(
                    {"reference": media.reference, "name": media.file_name}, "attachments"
                ),
                created_at=now,
            )
            session.add(attachment)
            session.flush()
            stored.append(attachment.id or 0)
        return stored

    def _officers_turn(
        self, row: ClaimedInbound, event: OfficerWrote | OfficerTapped | GroupChanged
    ) -> None:
        if self._preparation.calls_another_bot(row.organisation_id, event):
            self._just_finish(row)
            return
        now = self._clock.now()
        ahead = self._preparation.ahead(event, lambda session: self._work(session, row, now), now)
        with self._database.transaction() as session:
            work = replace(self._work(session, row, now), searched=ahead.searched)
            adopt(work, event.chat_id, ahead.administrators)
            match event:
                case OfficerWrote():
                    # A file of a stranger, or of a group that is not ours, is not even fetched.
                    media = event.media if desk.is_officers_word(work, event) else ()
                    files = self._store_files(session, row, media, event.channel, None, now)
                    desk.officer_wrote(work, event, files[0] if files else None)
                case OfficerTapped():
                    desk.officer_tapped(work, event)
                case GroupChanged():
                    group_changed(work, event)
            adopt(work, event.chat_id, ahead.administrators)  # the group may be ours only now
            if ahead.members is not None:
                tell_of_unknown(work, event.chat_id, ahead.members)
            if not finish_inbound(session, row, now):
                raise _Overtaken

    def _due_turn(self, row: ClaimedInbound, event: DueCame) -> None:
        now = self._clock.now()
        with self._database.transaction() as session:
            due_came(self._work(session, row, now), event)
            if not finish_inbound(session, row, now):
                raise _Overtaken

    def _notice(
        self, row: ClaimedInbound, event: DeliveryReported | ReporterUnreachable | NotUnderstood
    ) -> None:
        now = self._clock.now()
        with self._database.transaction() as session:
            match event:
                case DeliveryReported():
                    self._report(session, row, event, now)
                case ReporterUnreachable():
                    self._reachable(session, row, event)
                case NotUnderstood():
                    self._metrics.not_understood.labels(row.source).inc()
            if not finish_inbound(session, row, now):
                raise _Overtaken

    def _report(
        self, session: Session, row: ClaimedInbound, event: DeliveryReported, now: datetime
    ) -> None:
        told: dict[str, Any] = {
            "organisation_id": row.organisation_id,
            "channel": event.channel,
            "external_id": event.external_id,
            "status": event.status.value,
            "error": event.error_code,
        }
        read = self._read_failure
        if not report_delivery(session, self._vault, **told, now=now, read_failure=read):
            keep_report(session, self._vault, **told, now=now)

    def _reachable(
        self, session: Session, row: ClaimedInbound, event: ReporterUnreachable
    ) -> None:
        address = session.exec(
            select(PersonAddress).where(
                PersonAddress.organisation_id == row.organisation_id,
                PersonAddress.lookup == self._vault.lookup(str(event.address)),
            )
        ).first()
        if address is not None:
            address.unreachable = "" if event.reachable else "blocked"
            session.add(address)

    def _just_finish(self, row: ClaimedInbound) -> None:
        with self._database.transaction() as session:
            finish_inbound(session, row, self._clock.now())

    def _work(self, session: Session, row: ClaimedInbound, now: datetime) -> Work:
        organisation = session.get_one(Organisation, row.organisation_id)
        return Work(
            session=session,
            vault=self._vault,
            organisation=organisation,
            texts=self._minds.texts,
            taxonomy=self._minds.taxonomy,
            zone=self._minds.zone,
            now=now,
            write=OutboxWriter(session, self._vault, organisation, now, inbox_id=row.id),
            calendar=self._minds.calendar,
            silent_days=self._minds.silent_days,
            silent_stages=self._minds.silent_stages,
            operator_chat=self._minds.operator_chat,
        )


def _explain(commands: Sequence[object], before: State | None, understander: Understander) -> None:
    """Ask the classifier for its reasons while no transaction waits, and once for each story."""
    is_open = before is not None and "opened" in before.answers
    for command in commands:
        if not isinstance(command, OpenCase):
            continue
        if not (is_open and before is not None and before.parts == command.report.parts):
            understander.explain(command.report)


def _may_bring_files(event: Event) -> bool:
    """Whether its turn may have stored rows of files: those that came, or a picture drawn."""
    if isinstance(event, MessageReceived | OfficerWrote):
        return bool(event.media)
    return isinstance(event, DueCame)


def _is_unasked(event: MessageReceived | TimerFired, reporter: Reporter) -> bool:
    """Whether what follows keeps to her hours when it leaves, too.

    Who wants no news is asked by an officer all the same, for her case waits for the answer.
    """
    if not isinstance(event, TimerFired) or event.kind == QUIET:
        return False
    return event.kind == UNFINISHED or reporter.person.pushes_on


def _template_of(event: MessageReceived | TimerFired) -> str:
    """The form that asks her to open WhatsApp, if her window is shut by then."""
    return REMINDER.key if isinstance(event, TimerFired) and event.kind == UNFINISHED else ""


def _show_typing(
    work: Work,
    event: MessageReceived | TimerFired,
    commands: Sequence[object],
    person_id: int | None,
) -> None:
    """Show that her words are read: while a burst is waited out, and at once after a tap.

    Telegram lets a tapped button glow until it is answered; showing typing answers it.
    """
    if not isinstance(event, MessageReceived):
        return
    waits = any(isinstance(command, SetTimer) and command.kind == "quiet" for command in commands)
    speaks = any(isinstance(command, Reply) for command in commands)
    glows = event.choice is not None and event.address.channel == "telegram"
    if glows or (waits and not speaks):
        work.write.show_typing(event.address, event.external_id, person_id=person_id)


def _parse_timer(raw: bytes, at: datetime) -> TimerFired | DueCame:
    stored = json.loads(raw)
    if stored["conversation_id"] is not None:
        return TimerFired(stored["kind"], stored["conversation_id"], stored["sequence"], at)
    due_at = datetime.fromisoformat(stored["due_at"])
    return DueCame(
        stored["kind"], stored["key"], stored["sequence"], due_at, at, stored["case_id"]
    )


__all__ = ["Minds", "Parser", "TurnRunner"]
