"""The composition root: makes every part and hands it those that it needs.

Nothing runs yet; ``bot.web`` and ``bot.transcript`` let it run.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from bot.accounts import OrganisationAccounts, owners_of, stored_accounts
from bot.alarm_watch import AlarmWatch
from bot.app import App
from bot.cases.renderers import renderers
from bot.cases.retention_rules import RetentionRules, load_retention_rules
from bot.cases.rounds import plan_all_rounds
from bot.charts.painter import CHART, Painter
from bot.clock import Clock, SystemClock
from bot.handlers.simulator.store import SimulatorStore
from bot.handlers.simulator.wire import event_from_json
from bot.handlers.telegram.updates import parse as parse_telegram
from bot.handlers.whatsapp.failures import report_failure
from bot.handlers.whatsapp.parse import parse as parse_whatsapp
from bot.inbox.accept import Acceptor
from bot.inbox.conversation_turns import ConversationTurns
from bot.inbox.fetch import Fetcher
from bot.inbox.minds import Minds, read_minds
from bot.inbox.notices import Notices
from bot.inbox.officers_ahead import GroupAsker
from bot.inbox.officers_turns import OfficersTurns
from bot.inbox.spool import Spool
from bot.inbox.turns import TurnRunner
from bot.inbox.workshop import Workshop
from bot.jobs import Jobs
from bot.media_links import MediaLinks
from bot.metrics import Metrics
from bot.officers_line import OfficersLine
from bot.open_channels import account_channels, find_channel, practice_channels
from bot.outbox.deliver import Deliverer
from bot.outbox.posts import PostReader
from bot.outbox.send import ChannelFinder
from bot.practice import ensure_practice_organisation
from bot.retention import Retention
from bot.settings import Settings
from bot.store import open_store
from bot.template_watch import TemplateWatch
from storage.contents import DatabaseContentStore
from storage.evidence import EvidenceStore


@dataclass(frozen=True, slots=True)
class _Bells:
    """Rung when something waits for turns, for the sender, for the fetcher."""

    inbox: threading.Event = field(default_factory=threading.Event)
    outbox: threading.Event = field(default_factory=threading.Event)
    fetcher: threading.Event = field(default_factory=threading.Event)


def build(settings: Settings, *, clock: Clock | None = None, minds: Minds | None = None) -> App:
    """Wire the whole program; ``minds`` are read when they are not given.

    Raises:
        KeyProblem, SettingsProblem, SpoolUnusable, ModelError, TaxonomyError, RightsError,
            CalendarProblem, RetentionProblem: with what is wrong and what to do.
    """
    clock = clock or SystemClock()
    minds = minds or read_minds(settings)
    rules = load_retention_rules(settings.data_dir, minds.taxonomy)
    database, vault = open_store(settings, clock=clock)
    try:
        return _wire(settings, Workshop(database, vault, clock, minds), rules)
    except Exception:
        database.dispose()
        raise


def _wire(settings: Settings, workshop: Workshop, rules: RetentionRules) -> App:
    """All parts, each made after those that it needs."""
    database, vault, clock = workshop.database, workshop.vault, workshop.clock
    texts, metrics, bells = workshop.minds.texts, Metrics(), _Bells()
    spool = Spool(settings.data_dir / "spool", vault)
    evidence = EvidenceStore(settings.data_dir / "evidence", vault)
    links = MediaLinks(vault, clock, settings.public_url)
    accounts, owners = _accounts(settings, workshop)
    channels = account_channels(accounts, DatabaseContentStore(database, clock), links.link)
    simulator = None
    if settings.simulator_on:
        simulator = SimulatorStore(database, vault, clock, settings.data_dir / "simulator")
        channels |= practice_channels(owners["simulator"], simulator, clock, texts)
    channel_of = partial(find_channel, channels)
    officers_line = OfficersLine(database, channel_of)
    shown = renderers(lambda session, union: workshop.work_for(session, union, clock.now()))
    posts = PostReader(database, vault, evidence, shown)
    acceptor, runner = _way_in(workshop, metrics, bells, spool, evidence, owners, officers_line)
    deliverer, fetcher = _way_out(workshop, metrics, bells, evidence, posts, channel_of)
    jobs = _jobs(
        settings, workshop, rules, metrics, bells, spool, evidence, accounts, acceptor, deliverer
    )
    return App(
        settings=settings,
        clock=clock,
        database=database,
        vault=vault,
        metrics=metrics,
        texts=texts,
        taxonomy=workshop.minds.taxonomy,
        spool=spool,
        evidence=evidence,
        acceptor=acceptor,
        runner=runner,
        deliverer=deliverer,
        fetcher=fetcher,
        jobs=jobs,
        links=links,
        posts=posts,
        accounts=accounts,
        channels=channels,
        officers_line=officers_line,
        simulator=simulator,
        wake_inbox=bells.inbox,
        wake_outbox=bells.outbox,
        wake_fetcher=bells.fetcher,
    )


def _accounts(
    settings: Settings, workshop: Workshop
) -> tuple[tuple[OrganisationAccounts, ...], dict[str, int]]:
    """All accounts at the providers, and whose each one is; the simulator's is one more.

    Raises:
        SettingsProblem: two organisations have the same account.
    """
    practice = {}
    with workshop.database.transaction() as session:
        if settings.simulator_on:
            practice["simulator"] = ensure_practice_organisation(
                session, workshop.vault, workshop.clock.now()
            )
        stored = stored_accounts(session, settings, workshop.vault)
    accounts = tuple(own for _, own in stored)
    return accounts, practice | owners_of(accounts)


def _way_in(
    workshop: Workshop,
    metrics: Metrics,
    bells: _Bells,
    spool: Spool,
    evidence: EvidenceStore,
    owners: Mapping[str, int],
    line: OfficersLine,
) -> tuple[Acceptor, TurnRunner]:
    """What stores events, and what runs their turns."""
    acceptor = Acceptor(
        database=workshop.database,
        vault=workshop.vault,
        spool=spool,
        clock=workshop.clock,
        metrics=metrics,
        organisation_of=owners.__getitem__,
        wake=bells.inbox.set,
    )
    asker = GroupAsker(line.administrators, line.members, line.own_name)
    runner = TurnRunner(
        workshop=workshop,
        metrics=metrics,
        parsers={
            "twilio": parse_whatsapp,
            "telegram": parse_telegram,
            "simulator": lambda raw, _at: event_from_json(raw),
        },
        conversations=ConversationTurns(workshop, evidence),
        officers=OfficersTurns(workshop, asker),
        notices=Notices(workshop, metrics, report_failure),
        wake_outbox=bells.outbox.set,
        wake_fetcher=bells.fetcher.set,
    )
    return acceptor, runner


def _way_out(
    workshop: Workshop,
    metrics: Metrics,
    bells: _Bells,
    evidence: EvidenceStore,
    posts: PostReader,
    channel_of: ChannelFinder,
) -> tuple[Deliverer, Fetcher]:
    """What sends, and what fetches the files to send on; pictures are drawn instead."""
    deliverer = Deliverer(
        database=workshop.database,
        vault=workshop.vault,
        clock=workshop.clock,
        metrics=metrics,
        channel_of=channel_of,
        posts=posts,
        wake=bells.outbox,
        read_failure=report_failure,
    )
    painter = Painter()
    fetcher = Fetcher(
        database=workshop.database,
        vault=workshop.vault,
        clock=workshop.clock,
        evidence=evidence,
        channel_of=lambda organisation_id, name: (
            painter if name == CHART else channel_of(organisation_id, name)
        ),
        wake_outbox=bells.outbox.set,
    )
    return deliverer, fetcher


def _jobs(
    settings: Settings,
    workshop: Workshop,
    rules: RetentionRules,
    metrics: Metrics,
    bells: _Bells,
    spool: Spool,
    evidence: EvidenceStore,
    accounts: Sequence[OrganisationAccounts],
    acceptor: Acceptor,
    deliverer: Deliverer,
) -> Jobs:
    """What recurs, with all that it watches and sweeps."""
    database, vault, clock = workshop.database, workshop.vault, workshop.clock
    texts, calendar = workshop.minds.texts, workshop.minds.calendar
    alarms = AlarmWatch(settings, database, vault, clock, metrics, texts, accounts)
    return Jobs(
        database=database,
        vault=vault,
        clock=clock,
        metrics=metrics,
        acceptor=acceptor,
        spool=spool,
        deliverer=deliverer,
        evidence=evidence,
        texts=texts,
        wake=bells.inbox.set,
        watch_templates=TemplateWatch(database, vault, clock, metrics, texts, accounts).look,
        plan_rounds=partial(plan_all_rounds, database, calendar, settings.zone, clock.now),
        watch_alarms=alarms.look,
        ask_for_alarms=alarms.ask,
        retention=Retention(
            database, vault, texts, workshop.minds.taxonomy, settings.zone, calendar, rules
        ),
    )
