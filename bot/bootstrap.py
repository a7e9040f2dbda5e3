"""The composition root: the only file that knows every concrete class.

:func:`build` opens the database, proves the keys, brings the schema up to date and wires the
parts together. Nothing runs yet; ``bot.web`` and ``bot.transcript`` let it run.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar

from sqlmodel import Session

from bot.accounts import (
    SIMULATED_ORGANISATION,
    OrganisationAccounts,
    stored_accounts,
)
from bot.alarm_watch import AlarmWatch
from bot.app import App
from bot.cases import card, reply_posts
from bot.cases.retention_rules import load_retention_rules
from bot.cases.roster import add_officer, all_officers
from bot.cases.rounds import plan_all_rounds
from bot.cases.work import Work
from bot.channels import GroupChannel, Members, Misconfigured
from bot.charts.painter import CHART, Painter
from bot.clock import Clock, SystemClock
from bot.handlers.simulator.channel import SimulatorChannel
from bot.handlers.simulator.people import (
    CONFIDENTIAL_OFFICERS,
    GROUP_CHAT,
    SIMULATED_OFFICERS,
    TELEGRAM,
    WHATSAPP,
)
from bot.handlers.simulator.store import SimulatorStore
from bot.handlers.simulator.wire import event_from_json
from bot.handlers.telegram.channel import TelegramChannel
from bot.handlers.telegram.updates import parse as parse_telegram
from bot.handlers.whatsapp.channel import WhatsAppChannel
from bot.handlers.whatsapp.failures import report_failure
from bot.handlers.whatsapp.parse import parse as parse_whatsapp
from bot.inbox.accept import Acceptor
from bot.inbox.fetch import Fetcher
from bot.inbox.officers_ahead import GroupAsker
from bot.inbox.spool import Spool
from bot.inbox.turns import Minds, TurnRunner
from bot.jobs import Jobs
from bot.media_links import MediaLinks
from bot.metrics import Metrics
from bot.outbox.deliver import Deliverer
from bot.outbox.orders import OutboxWriter
from bot.outbox.posts import PostReader, Renderers
from bot.retention import Retention
from bot.settings import Settings, SettingsProblem
from bot.template_watch import TemplateWatch
from bot.texts import Texts, load_texts
from bot.worktime.calendar import FOLDER, WorkCalendar, load_calendar
from nlp.classifier import load_classifier
from nlp.rights import load_rights
from nlp.rights_finder import load_rights_finder
from nlp.taxonomy import Taxonomy, load_taxonomy
from storage.contents import DatabaseContentStore
from storage.crypto import Vault
from storage.database import Database, sqlite_path
from storage.evidence import EvidenceStore
from storage.keyring import open_vault
from storage.migrate import current_revision, upgrade
from storage.setup import (
    DEFAULT_ORGANISATION,
    apply_officer_chat,
    ensure_lookup_key,
    ensure_organisation,
)
from storage.tables import Organisation

_Answer = TypeVar("_Answer")


def open_store(settings: Settings, *, clock: Clock) -> tuple[Database, Vault]:
    """The database with its schema up to date, and the vault with proven keys.

    Raises:
        KeyProblem: a key is missing or wrong.
        DatabaseDown: the database cannot be reached, or its file is damaged.
        SchemaTooNew: a newer program made the database.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database)
    path = sqlite_path(settings.database)
    if path is None or path.exists():
        database.check()
    may_create = not path.exists() if path is not None else current_revision(database) is None
    vault = open_vault(
        settings.encryption_keys.get_secret_value(),
        settings.data_dir / "keys",
        may_create=may_create,
    )
    upgrade(database)
    with database.transaction() as session:
        ensure_lookup_key(session, vault)
        default = ensure_organisation(
            session, slug=DEFAULT_ORGANISATION, name="Serikat Pekerja", now=clock.now()
        )
        apply_officer_chat(session, vault, default, settings.officer_chat_id)
    return database, vault


def read_minds(settings: Settings) -> Minds:
    """Words, labels, the classifier, the answers about rights, the calendar.

    Raises:
        ModelError, TaxonomyError, RightsError, CalendarProblem: with what is wrong.
    """
    texts, taxonomy = load_texts(), load_taxonomy()
    classifier = load_classifier(settings.classifier, taxonomy)
    return Minds(
        texts,
        taxonomy,
        classifier,
        load_rights_finder(classifier, load_rights(taxonomy=taxonomy)),
        settings.zone,
        settings.quiet_seconds,
        load_calendar(settings.data_dir / FOLDER),
        settings.silent_days,
        settings.silent_stages,
        settings.operator_chat_id if settings.telegram_bot_token else "",
    )


def build(settings: Settings, *, clock: Clock | None = None, minds: Minds | None = None) -> App:
    """Wire the whole program; ``minds`` are read when they are not given.

    Raises:
        KeyProblem, SettingsProblem, SpoolUnusable, ModelError, TaxonomyError, RightsError,
            CalendarProblem, RetentionProblem: with what is wrong and what to do.
    """
    clock = clock or SystemClock()
    minds = minds or read_minds(settings)
    texts, taxonomy, calendar = minds.texts, minds.taxonomy, minds.calendar
    rules = load_retention_rules(settings.data_dir, taxonomy)
    database, vault = open_store(settings, clock=clock)
    data = settings.data_dir
    metrics = Metrics()
    spool = Spool(data / "spool", vault)
    evidence = EvidenceStore(data / "evidence", vault)
    wake_inbox, wake_outbox, wake_fetcher = (threading.Event() for _ in range(3))
    simulator = None
    if settings.simulator_on:
        simulator = SimulatorStore(database, vault, clock, data / "simulator")
    links = MediaLinks(vault, clock, settings.public_url)
    try:
        accounts, owners = _accounts(settings, database, vault, clock, simulator is not None)
    except SettingsProblem:
        database.dispose()
        raise
    channels = _channels(accounts, owners, database, clock, links, simulator, texts)

    def channel_of(organisation_id: int, name: str) -> GroupChannel:
        try:
            return channels[(organisation_id, name)]
        except KeyError:
            raise Misconfigured(f"{name} is off") from None

    renderers = _renderers(texts, taxonomy, settings, vault, clock, calendar)
    posts = PostReader(database, vault, evidence, renderers)
    painter = Painter()
    alarms = AlarmWatch(settings, database, vault, clock, metrics, texts, accounts)
    deliverer = Deliverer(
        database=database,
        vault=vault,
        clock=clock,
        metrics=metrics,
        channel_of=channel_of,
        posts=posts,
        wake=wake_outbox,
        read_failure=report_failure,
    )
    acceptor = Acceptor(
        database=database,
        vault=vault,
        spool=spool,
        clock=clock,
        metrics=metrics,
        organisation_of=owners.__getitem__,
        wake=wake_inbox.set,
    )
    app = App(
        settings=settings,
        clock=clock,
        database=database,
        vault=vault,
        metrics=metrics,
        texts=texts,
        taxonomy=taxonomy,
        spool=spool,
        evidence=evidence,
        acceptor=acceptor,
        runner=TurnRunner(
            database=database,
            vault=vault,
            clock=clock,
            metrics=metrics,
            minds=minds,
            evidence=evidence,
            parsers={
                "twilio": parse_whatsapp,
                "telegram": parse_telegram,
                "simulator": lambda raw, _at: event_from_json(raw),
            },
            asker=GroupAsker(
                administrators=lambda organisation, chat: _ask(
                    app, organisation, (), lambda channel: channel.administrators(chat)
                ),
                members=lambda organisation, chat, people: _ask(
                    app,
                    organisation,
                    Members(0, frozenset()),
                    lambda channel: channel.members(chat, people),
                ),
                own_name=lambda organisation: _ask(
                    app, organisation, "", lambda channel: channel.own_name()
                ),
            ),
            wake_outbox=wake_outbox.set,
            wake_fetcher=wake_fetcher.set,
            read_failure=report_failure,
        ),
        deliverer=deliverer,
        fetcher=Fetcher(
            database=database,
            vault=vault,
            clock=clock,
            evidence=evidence,
            channel_of=lambda organisation_id, name: (
                painter if name == CHART else channel_of(organisation_id, name)
            ),
            wake_outbox=wake_outbox.set,
        ),
        jobs=Jobs(
            database=database,
            vault=vault,
            clock=clock,
            metrics=metrics,
            acceptor=acceptor,
            spool=spool,
            deliverer=deliverer,
            evidence=evidence,
            texts=texts,
            wake=wake_inbox.set,
            watch_templates=TemplateWatch(database, vault, clock, metrics, texts, accounts).look,
            plan_rounds=partial(plan_all_rounds, database, calendar, settings.zone, clock.now),
            watch_alarms=alarms.look,
            ask_for_alarms=alarms.ask,
            retention=Retention(database, vault, texts, taxonomy, settings.zone, calendar, rules),
        ),
        links=links,
        posts=posts,
        accounts=accounts,
        channels=channels,
        simulator=simulator,
        wake_inbox=wake_inbox,
        wake_outbox=wake_outbox,
        wake_fetcher=wake_fetcher,
    )
    return app


def work_in(app: App, session: Session, organisation: Organisation) -> Work:
    """Casework outside a turn, for operators."""
    return Work(
        session=session,
        vault=app.vault,
        organisation=organisation,
        texts=app.texts,
        taxonomy=app.taxonomy,
        zone=app.settings.zone,
        now=app.clock.now(),
        write=OutboxWriter(session, app.vault, organisation, app.clock.now()),
        calendar=load_calendar(app.settings.data_dir / FOLDER),
    )


def _accounts(
    settings: Settings, database: Database, vault: Vault, clock: Clock, simulated: bool
) -> tuple[tuple[OrganisationAccounts, ...], dict[str, int]]:
    """All accounts and whose they are.

    Raises:
        SettingsProblem: two organisations have the same account.
    """
    with database.transaction() as session:
        owners = {}
        if simulated:
            owners["simulator"] = _ensure_simulated(session, vault, clock)
        found = tuple(accounts for _, accounts in stored_accounts(session, settings, vault))
    for accounts in found:
        names = (
            (accounts.telegram.name, "Telegram bot") if accounts.telegram else None,
            (accounts.whatsapp.sender, "WhatsApp sender") if accounts.whatsapp else None,
        )
        for name, what in filter(None, names):
            if owners.setdefault(name, accounts.organisation_id) != accounts.organisation_id:
                raise SettingsProblem(
                    f"Two organisations have the same {what} (organisations {owners[name]} and "
                    f"{accounts.organisation_id}). Messages to it could be given to the wrong "
                    "one. Give each organisation its own, or take it away from one of them."
                )
    return found, owners


def _ensure_simulated(session: Session, vault: Vault, clock: Clock) -> int:
    """The practice organisation with its roster; returns its id."""
    organisation = ensure_organisation(
        session,
        slug=SIMULATED_ORGANISATION,
        name="Serikat Latihan",
        now=clock.now(),
        officer_channel=TELEGRAM,
        officer_chat=GROUP_CHAT,
    )
    if not all_officers(session, vault, organisation.id or 0):
        for user_id, name, role in SIMULATED_OFFICERS:
            add_officer(
                session,
                vault,
                organisation.id or 0,
                user_id=user_id,
                name=name,
                role=role,
                now=clock.now(),
                confidential=user_id in CONFIDENTIAL_OFFICERS,
            )
    return organisation.id or 0


def _channels(
    accounts: Sequence[OrganisationAccounts],
    owners: dict[str, int],
    database: Database,
    clock: Clock,
    links: MediaLinks,
    simulator: SimulatorStore | None,
    texts: Texts,
) -> dict[tuple[int, str], GroupChannel]:
    channels: dict[tuple[int, str], GroupChannel] = {}
    for own in accounts:
        if own.telegram is not None:
            channels[(own.organisation_id, "telegram")] = TelegramChannel(
                own.telegram.token, own.telegram.api_base_url
            )
        if own.whatsapp is not None:
            contents = DatabaseContentStore(database, clock)
            whatsapp = WhatsAppChannel(own.whatsapp, contents, links.link)
            channels[(own.organisation_id, "whatsapp")] = whatsapp  # type: ignore[assignment]
    if simulator is not None:
        for look in (WHATSAPP, TELEGRAM):
            channels[(owners["simulator"], look)] = SimulatorChannel(look, simulator, clock, texts)
    return channels


def _renderers(
    texts: Texts, taxonomy: Taxonomy, settings: Settings, vault: Vault, clock: Clock,
    calendar: WorkCalendar,
) -> Renderers:  # fmt: skip
    def work(session: Session, organisation: Organisation) -> Work:
        now = clock.now()
        write = OutboxWriter(session, vault, organisation, now)
        return Work(session, vault, organisation, texts, taxonomy, settings.zone, now, write,
                    calendar)  # fmt: skip

    return Renderers(
        title=lambda session, union, case: card.title(work(session, union), case),
        card=lambda session, union, case: card.card(work(session, union), case),
        reply=lambda session, union, case, message: reply_posts.reply_post(
            work(session, union), case, message
        ),
    )


def _ask(
    app: App,
    organisation_id: int,
    otherwise: _Answer,
    question: Callable[[GroupChannel], Coroutine[Any, Any, _Answer]],
) -> _Answer:
    """Ask the officers' channel, from a worker's thread, on the loop that channels live on."""
    if app.loop is None:
        return otherwise
    with app.database.reading() as session:
        name = session.get_one(Organisation, organisation_id).officer_channel
    channel = app.channels[(organisation_id, name)]
    asked = asyncio.run_coroutine_threadsafe(question(channel), app.loop)
    return asked.result(timeout=20)
