"""Whether messages flow: in on every channel, out of the queue, through WhatsApp's templates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot.accounts import OrganisationAccounts
from bot.doctor.findings import Checks, Finding, ok, warning
from bot.settings import Settings
from bot.worktime.calendar import FOLDER, load_calendar
from bot.worktime.service import working_time_between
from storage.alarms import ringing
from storage.flow import last_inbound, stuck_outbound
from storage.tables import MessageTemplate

STUCK = timedelta(minutes=5)
_STOPPED = {"paused": "dihentikan sementara", "disabled": "dimatikan", "rejected": "ditolak"}
_LONGEST = timedelta(days=60)  # no need to count the hours of a longer silence


@dataclass(frozen=True, slots=True)
class Check:
    """A named look at something."""

    name: str
    look: Checks


def outbox(session: Session, now: datetime) -> Iterator[Finding]:
    """Whether what is to be sent leaves."""
    stuck = stuck_outbound(session, now - STUCK)
    if stuck:
        yield warning(
            "outbox",
            f"{stuck} pesan keluar tertahan lebih dari 5 menit",
            "Pastikan program berjalan; lihat di catatannya penyedia mana yang menolak.",
        )
    else:
        yield ok("outbox", "tidak ada pesan keluar yang tertahan")


def alarms(session: Session, settings: Settings) -> Iterator[Finding]:
    """What the running program told the operator and is not over yet."""
    rows = ringing(session)
    if rows:
        listed = ", ".join(
            f"{row.name} sejak {row.since.astimezone(settings.zone):%d-%m %H.%M}" for row in rows
        )
        yield warning("alarms", listed, "Lihat artinya di docs/operator.md, bagian Alarm.")
    else:
        yield ok("alarms", "tidak ada alarm yang menyala")


def channels(
    session: Session, settings: Settings, own: OrganisationAccounts, now: datetime
) -> Iterator[Check]:
    """The checks of one organisation."""
    if own.telegram is not None or own.whatsapp is not None:
        yield Check("inbound", lambda: inbound(session, settings, own, now))
    if own.whatsapp is not None:
        yield Check("templates", lambda: templates(session, own.organisation_id))


def inbound(
    session: Session, settings: Settings, own: OrganisationAccounts, now: datetime
) -> Iterator[Finding]:
    """Whether something came in lately; a channel on which nothing ever came is not silent."""
    if not settings.inbound_silence_hours:
        yield ok("inbound", "tidak diperiksa (INBOUND_SILENCE_HOURS=0)")
        return
    calendar = load_calendar(settings.data_dir / FOLDER)
    configured = {"Telegram": ("telegram", own.telegram), "WhatsApp": ("twilio", own.whatsapp)}
    silent = False
    for name, (source, account) in configured.items():
        last = last_inbound(session, own.organisation_id, source) if account else None
        if last is None or last > now:
            continue
        since = max(last, now - _LONGEST)
        hours = working_time_between(calendar, since, now, settings.zone) / timedelta(hours=1)
        if hours >= settings.inbound_silence_hours:
            silent = True
            yield warning(
                "inbound",
                f"{hours:.0f} jam kerja tanpa satu pesan pun lewat {name}",
                "Kirim satu pesan ke nomor atau bot itu. Kalau tidak sampai, periksa webhook "
                "dan token.",
            )
    if not silent:
        yield ok("inbound", "pesan masuk seperti biasa")


def templates(session: Session, organisation_id: int) -> Iterator[Finding]:
    """Whether WhatsApp stopped a template that we need outside the service window."""
    rows = session.exec(
        select(MessageTemplate)
        .where(
            MessageTemplate.organisation_id == organisation_id,
            col(MessageTemplate.status).in_(_STOPPED),
        )
        .order_by(col(MessageTemplate.name))
    ).all()
    if rows:
        listed = ", ".join(f"{row.name} {_STOPPED[row.status]}" for row in rows)
        yield warning(
            "templates",
            listed,
            "Lihat sebabnya dengan templates status; yang ditolak perlu kata-kata baru.",
        )
    else:
        yield ok("templates", "tidak ada contoh pesan yang dihentikan")
