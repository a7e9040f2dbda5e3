"""Silence alarms: the checks of ``doctor`` that matter while nobody looks, looked at all the time.

Each alarm is told to the operator's chat once when it begins and once when it is over; which
ones ring stands in the database, so any number of processes may look. What cannot be known right
now (the network is away) changes nothing.
"""

import platform
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.accounts import OrganisationAccounts
from bot.cases.markup import escaped
from bot.clock import Clock
from bot.doctor import certificate, flow, machine, stored, telegram
from bot.doctor.asking import Asker
from bot.doctor.findings import Finding, Status, warning
from bot.doctor.twilio import is_public
from bot.log import get_logger
from bot.metrics import Metrics
from bot.outbox.orders import OutboxWriter
from bot.settings import Settings
from bot.texts import Texts
from storage.alarms import forget_unseen, note_alarm, ringing
from storage.crypto import Vault
from storage.database import Database
from storage.setup import DEFAULT_ORGANISATION, organisation_by_slug
from storage.tables import Organisation

CHECKS = (
    "inbound", "outbox", "dead_letters", "queue", "templates", "telegram_webhook",
    "telegram_pending", "disk", "spool", "certificate", "clock", "retention",
)  # fmt: skip
"""What is looked after; titles and meanings stand in the texts ``officers.watch``."""
JUMP = timedelta(seconds=60)
"""A clock that moved so much more, or less, than time went by has jumped."""
JUMP_TOLD_FOR = 3600.0
"""Seconds for which a jump counts: it is a moment, and its traces need a person."""
_OK = 200
_NODE_SHOWN = 60


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a look found; ``trouble`` is None where all is well."""

    check: str
    trouble: Finding | None
    whose: str = ""

    @property
    def name(self) -> str:
        """The alarm's name in the database."""
        return f"{self.check}{self.whose}"


@dataclass(slots=True)
class AlarmWatch:
    """Looks, and tells what began or ended.

    Attributes:
        seconds: a clock that nobody sets, to find jumps of the other one.
    """

    settings: Settings
    database: Database
    vault: Vault
    clock: Clock
    metrics: Metrics
    texts: Texts
    accounts: Sequence[OrganisationAccounts]
    seconds: Callable[[], float] = time.monotonic
    _before: tuple[datetime, float] | None = field(default=None, init=False)
    _jumped: tuple[Finding, float] | None = field(default=None, init=False)

    def look(self) -> None:
        """Look at what can be known here: queues, disk, clock. Every minute or so."""
        now = self.clock.now()
        jump = self._look_at_clock(now)
        with self.database.reading() as session:
            seen = [*self._here(session, now, jump), *self._everywhere(session, now)]
        self._tell(seen, now)

    def ask(self) -> None:
        """Ask what only the network knows: webhooks, the certificate. Every hour or so."""
        now = self.clock.now()
        seen: list[_Seen] = []
        if self.settings.telegram_mode == "webhook":
            with self.database.reading() as session:
                whose = [_of(session, own) for own in self.accounts]
            with Asker(self.clock) as asker:
                for own, name in zip(self.accounts, whose, strict=True):
                    seen += self._webhook(asker, own, name, now)
        if is_public(self.settings.public_url):
            found = list(certificate.examine(self.settings.public_url, now))
            seen += [_Seen("certificate", _trouble(found))] if found else []
        self._tell(seen, now)

    def _here(self, session: Session, now: datetime, jump: Finding | None) -> Iterator[_Seen]:
        """What belongs to this machine alone."""
        node = f"@{platform.node()[:_NODE_SHOWN]}"
        yield _Seen("disk", _trouble(machine.disk(self.settings)), node)
        yield _Seen("spool", _trouble(machine.spool(self.settings, now)), node)
        yield _Seen("clock", jump or _trouble(stored.clock(session, now)), node)

    def _everywhere(self, session: Session, now: datetime) -> Iterator[_Seen]:
        yield _Seen("outbox", _trouble(flow.outbox(session, now)))
        yield _Seen("retention", _trouble(stored.trusted_clock(session, self.vault, now)))
        queues = list(stored.queues(session, now))
        for check in ("dead_letters", "queue"):
            yield _Seen(check, _trouble(one for one in queues if one.check == check))
        for own in self.accounts:
            whose = _of(session, own)
            for look in flow.channels(session, self.settings, own, now):
                yield _Seen(look.name, _trouble(look.look()), whose)

    def _webhook(
        self, asker: Asker, own: OrganisationAccounts, whose: str, now: datetime
    ) -> Iterator[_Seen]:
        answer = asker.telegram(own.telegram, "getWebhookInfo") if own.telegram else None
        if answer is None or answer.status != _OK:
            return
        found = list(telegram.webhook(self.settings, answer.result, now))
        for check in ("telegram_webhook", "telegram_pending"):
            trouble = _trouble(one for one in found if one.check == check)
            yield _Seen(check, trouble, whose)

    def _look_at_clock(self, now: datetime) -> Finding | None:
        """Whether the clock jumped since the last look, or not long ago."""
        seconds = self.seconds()
        before, self._before = self._before, (now, seconds)
        if before is not None:
            off = (now - before[0]) - timedelta(seconds=seconds - before[1])
            if abs(off) > JUMP:
                way = "maju" if off > timedelta(0) else "mundur"
                far = int(abs(off).total_seconds())
                jump = warning("clock", f"jam mesin meloncat {way} {far} detik",
                               stored.SET_THE_CLOCK)  # fmt: skip
                self._jumped = (jump, seconds)
        if self._jumped is None or seconds - self._jumped[1] > JUMP_TOLD_FOR:
            return None
        return self._jumped[0]

    def _tell(self, seen: Iterable[_Seen], now: datetime) -> None:
        """Write down what rings, and tell in the same transaction what began or ended."""
        with self.database.transaction() as session:
            forget_unseen(session, now)
            known = {alarm.name for alarm in ringing(session)}
            write = self._writer(session, now)
            for one in sorted(seen, key=lambda one: one.name):
                if one.trouble is None and one.name not in known:
                    continue
                change = note_alarm(session, one.name, now, rings=one.trouble is not None)
                if change.news:
                    self._say(write, one, change.since)
            names = [alarm.name for alarm in ringing(session)]
        for check in CHECKS:
            count = sum(name == check or name.startswith((f"{check}@", f"{check}:"))
                        for name in names)  # fmt: skip
            self.metrics.alarms.labels(check).set(count)

    def _say(self, write: OutboxWriter | None, one: _Seen, since: datetime) -> None:
        trouble = one.trouble
        if trouble is None:
            get_logger().warning("alarm is over", what=one.name)
        else:
            get_logger().error("alarm", what=one.name)
        if write is None:
            return
        title = self.texts(f"officers.watch.title.{one.check}")
        if one.whose.startswith(":"):
            title += f" ({escaped(one.whose[1:])})"
        if trouble is None:
            at = since.astimezone(self.settings.zone)
            text = self.texts("officers.watch.over", title=title, since=f"{at:%d-%m %H.%M}")
        else:
            text = self.texts(
                "officers.watch.begun",
                title=title,
                what=escaped(trouble.message),
                meaning=self.texts(f"officers.watch.meaning.{one.check}"),
                action=escaped(trouble.action),
            )
        write.whisper(self.settings.operator_chat_id, text)

    def _writer(self, session: Session, now: datetime) -> OutboxWriter | None:
        """What writes to the operator; None where there is no chat or no bot to do it."""
        default = organisation_by_slug(session, DEFAULT_ORGANISATION)
        if default is None or not self.settings.operator_chat_id:
            return None
        has_bot = any(
            own.telegram is not None and own.organisation_id == default.id for own in self.accounts
        )
        return OutboxWriter(session, self.vault, default, now) if has_bot else None


def _trouble(found: Iterable[Finding]) -> Finding | None:
    """The first finding that is not well."""
    return next((one for one in found if one.status is not Status.OK), None)


def _of(session: Session, own: OrganisationAccounts) -> str:
    return f":{session.get_one(Organisation, own.organisation_id).slug}"
