"""All checks in their order: what others rest on comes first."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from bot.accounts import OrganisationAccounts, stored_accounts
from bot.cases.roster import all_officers
from bot.clock import Clock
from bot.doctor import certificate, flow, machine, stored, telegram, twilio
from bot.doctor.asking import Asker
from bot.doctor.findings import Finding, Status, fault, guarded, ok, warning
from bot.settings import Settings
from storage.crypto import Vault
from storage.database import Database
from storage.tables import Organisation

_CLOCK_OFF = 60.0


def examine(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Every finding, one after the other; asking the providers takes a few seconds."""
    now = clock.now()
    yield ok("settings", "pengaturan terbaca")
    yield from guarded("data_dir", lambda: machine.data_directory(settings))
    yield from guarded("disk", lambda: machine.disk(settings))
    yield from guarded("spool", lambda: machine.spool(settings, now))
    yield from guarded("classifier", lambda: machine.classifier(settings))
    yield from guarded("rights", machine.rights)
    database, data_exist, findings = stored.database(settings)
    yield from findings
    vault, finding = stored.keys(settings, data_exist=data_exist)
    yield finding
    if database is not None:
        try:
            if vault is not None:
                yield from _inside(settings, clock, database, vault)
        finally:
            database.dispose()


def _inside(
    settings: Settings, clock: Clock, database: Database, vault: Vault
) -> Iterator[Finding]:
    """What can be told only with an open database and its keys."""
    now = clock.now()
    fits = stored.fitting(database, vault)
    yield fits
    with database.reading() as session:
        yield from guarded("queue", lambda: stored.queues(session, now))
        yield from guarded("evidence", lambda: stored.evidence(session, settings))
        yield from guarded("clock_stored", lambda: stored.clock(session, now))
        yield from guarded("outbox", lambda: flow.outbox(session, now))
        yield from guarded("alarms", lambda: flow.alarms(session, settings))
    if fits.status is not Status.OK:
        return
    with database.reading() as session:
        yield from guarded("clock_trusted", lambda: stored.trusted_clock(session, vault, now))
    with database.transaction() as session:
        accounts = stored_accounts(session, settings, vault)
    with database.reading() as session:
        for organisation, own in accounts:
            if own.telegram is not None or own.whatsapp is not None:
                yield replace(_roster(session, vault, own), organisation=organisation.slug)
                for finding in _flowing(session, settings, own, now):
                    yield replace(finding, organisation=organisation.slug)
    yield from _channels(settings, clock, accounts)


def _flowing(
    session: Session, settings: Settings, own: OrganisationAccounts, now: datetime
) -> Iterator[Finding]:
    """Whether messages come in and templates may be sent."""
    for check in flow.channels(session, settings, own, now):
        yield from guarded(check.name, check.look)


def _roster(session: Session, vault: Vault, own: OrganisationAccounts) -> Finding:
    count = len(all_officers(session, vault, own.organisation_id))
    if count:
        return ok("roster", f"{count} petugas terdaftar")
    return warning(
        "roster",
        "daftar petugas kosong; admin grup akan menjadi koordinator",
        "Tambahkan petugas dengan officers add.",
    )


def _channels(
    settings: Settings, clock: Clock, accounts: list[tuple[Organisation, OrganisationAccounts]]
) -> Iterator[Finding]:
    if all(own.telegram is None and own.whatsapp is None for _, own in accounts):
        yield warning(
            "channels",
            "belum ada kanal; pekerja belum bisa menulis",
            "Isi token Telegram atau akun Twilio di .env (lihat .env.example).",
        )
        return
    with Asker(clock) as ask:
        for organisation, own in accounts:
            for finding in _providers(ask, settings, clock, organisation, own):
                yield replace(finding, organisation=organisation.slug)
        yield from _public(ask, settings, accounts, clock.now())
        yield from _compared(ask)


def _providers(
    ask: Asker,
    settings: Settings,
    clock: Clock,
    organisation: Organisation,
    own: OrganisationAccounts,
) -> Iterator[Finding]:
    bot, sender = own.telegram, own.whatsapp
    if bot is not None:
        here = organisation.officer_channel == "telegram"
        group, small = (
            chat if here else ""
            for chat in (organisation.officer_chat, organisation.sensitive_chat)
        )
        yield from guarded(
            "telegram_token",
            lambda: telegram.examine(ask, settings, bot, group, clock.now(), small),
        )
    if sender is not None:
        yield from guarded("twilio_account", lambda: twilio.examine(ask, sender))


def _public(
    ask: Asker,
    settings: Settings,
    accounts: list[tuple[Organisation, OrganisationAccounts]],
    now: datetime,
) -> Iterator[Finding]:
    """Our own address, where a provider has to reach us."""
    called = settings.telegram_mode == "webhook" and any(own.telegram for _, own in accounts)
    if not called and not any(own.whatsapp for _, own in accounts):
        return
    address = twilio.webhook_address(settings)
    yield address
    if address.status is Status.OK:
        yield twilio.reachable(ask, settings)
        yield from certificate.examine(settings.public_url, now)


def _compared(ask: Asker) -> Iterator[Finding]:
    if not ask.ahead:
        yield warning(
            "clock_provider", "jam belum dibandingkan dengan penyedia", "Perlu internet."
        )
        return
    off = min(ask.ahead, key=abs)
    if abs(off) > _CLOCK_OFF:
        side = "di depan" if off > 0 else "di belakang"
        yield fault(
            "clock_provider",
            f"jam mesin {abs(off):.0f} detik {side} jam penyedia",
            stored.SET_THE_CLOCK,
        )
    else:
        yield ok("clock_provider", "jam sama dengan jam penyedia")
