"""What a conversation may know at its turn: gathered from the classifier and the database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, func, select

from bot.cases.aftercare_known import open_check_ins, open_surveys
from bot.cases.collective import waiting_invitations
from bot.cases.referral import waiting_referrals
from bot.cases.stages import CLOSED, REOPEN_WITHIN
from bot.commands import Report
from bot.flows.knowledge import Candidate, Knowledge, Match, Option, OwnCase, Understanding
from bot.outbox.unasked import is_void
from bot.texts import Texts
from nlp.classifier import Classifier
from nlp.extraction import Workplace, extract
from nlp.matching import (
    CompanyIndex,
    Region,
    RegionMatch,
    index_companies,
    match_company,
    match_region,
)
from nlp.rights_finder import RightsFinder
from nlp.taxonomy import Taxonomy
from storage.cases import cases_of_person, company_names
from storage.crypto import Vault
from storage.held import held_of, is_held_for
from storage.numbers import new_case_number
from storage.people import Reporter
from storage.tables import Case, Company, Organisation


@dataclass(slots=True)
class Companies:
    """The workplaces known to each organisation, read again when one came or went."""

    vault: Vault
    _known: dict[int, tuple[tuple[int | None, int], CompanyIndex]] = field(default_factory=dict)

    def index(self, session: Session, organisation_id: int) -> CompanyIndex:
        """All known names of this organisation, ready for matching."""
        newest, count = session.exec(
            select(func.max(Company.id), func.count()).where(
                Company.organisation_id == organisation_id
            )
        ).one()
        cached = self._known.get(organisation_id)
        if cached is None or cached[0] != (newest, count):
            names = company_names(session, self.vault, organisation_id)
            cached = ((newest, count), index_companies(names))
            self._known[organisation_id] = cached
        return cached[1]


@dataclass(slots=True)
class Understander:
    """Understands texts for one turn and remembers what it said of the last story."""

    classifier: Classifier
    companies: CompanyIndex
    today: date
    last: Understanding | None = None
    _seen: dict[str, Understanding] = field(default_factory=dict)
    _reasons: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def __call__(self, text: str) -> Understanding:
        """What the classifier and the readers of places and times make of a text."""
        if text not in self._seen:
            self._seen[text] = self._read(text)
        self.last = self._seen[text]
        return self.last

    def explain(self, report: Report) -> None:
        """Look for the words behind a category that nobody chose: it takes a moment."""
        story = "\n".join(part.text for part in report.parts if part.text)
        if story and not report.confirmed:
            words = self.classifier.reasons(story, report.category)
            self._reasons[(story, report.category)] = words

    def explained(self, story: str, category: str) -> tuple[str, ...]:
        """The words that were found, the strongest first; none where nobody looked."""
        return self._reasons.get((story, category), ())

    def _read(self, text: str) -> Understanding:
        said = self.classifier.classify(text)
        alarmed_by = said.danger
        if said.urgency == "darurat" and not said.danger:
            alarmed_by = self.classifier.reasons(text, "darurat", "urgencies")
        found = extract(text, self.companies, self.today)
        region = _certain_region(found.place.match) if found.place else None
        return Understanding(
            kind=said.kind,
            category=said.category,
            candidates=tuple(Candidate(c.category, c.probability) for c in said.candidates),
            tags=said.tags,
            urgency=said.urgency,
            abstain=said.abstain,
            danger=said.danger,
            alarmed_by=alarmed_by,
            workplace=_workplace(found.workplace) if found.workplace else "",
            region_code=region.code if region else "",
            region_name=region.name if region else "",
            happened=found.when.words if found.when else "",
            affected=found.people.words if found.people else "",
        )


def gather_knowledge(
    session: Session,
    vault: Vault,
    *,
    organisation: Organisation,
    reporter: Reporter | None,
    texts: Texts,
    taxonomy: Taxonomy,
    rights: RightsFinder,
    understander: Understander,
    attachments: tuple[str, ...],
    zone: ZoneInfo,
    now: datetime,
) -> Knowledge:
    """Everything that the flows may know at this turn."""
    cases: Sequence[Case] = ()
    if reporter is not None:
        cases = cases_of_person(session, reporter.person.id or 0)
    until = reporter.conversation.officer_speaks_until if reporter else None
    heard = reporter.address.last_inbound_at if reporter else None
    return Knowledge(
        organisation=organisation.name,
        texts=texts,
        taxonomy=taxonomy,
        understand=understander,
        find_company=_company_finder(understander.companies),
        find_region=find_region,
        find_rights=rights.find,
        cases=tuple(_own_case(case, texts, taxonomy, zone, now) for case in cases),
        consented=bool(reporter and reporter.person.consented_version),
        officer_speaks=until is not None and until > now,
        fresh_number=new_case_number(),
        attachments=attachments,
        pushes_on=reporter.person.pushes_on if reporter else True,
        referrals=waiting_referrals(session, vault, cases),
        invitations=waiting_invitations(session, cases),
        surveys=open_surveys(session, cases, heard, now),
        check_ins=open_check_ins(session, cases, heard),
        waiting=reporter is not None and _is_waited_for(session, vault, reporter, now),
    )


def _is_waited_for(session: Session, vault: Vault, reporter: Reporter, now: datetime) -> bool:
    """Whether something held will be said now that she wrote: it may be true no more."""
    whose = reporter.person.id or 0, reporter.address.channel
    if not is_held_for(session, *whose):
        return False
    held = held_of(session, *whose)
    return not all(
        is_void(session, row, vault.open_json(row.sealed, "outbox"), now) for row in held
    )


def find_region(text: str) -> Match:
    """The kabupaten or kota that a text names, or those to choose from."""
    found = match_region(text)
    options = tuple(Option(region.code, region.short_name) for region in found.candidates)
    certain = _certain_region(found)
    return Match(Option(certain.code, certain.name) if certain else None, options)


def _certain_region(found: RegionMatch) -> Region | None:
    return found.candidates[0] if found.decision == "certain" else None


def _workplace(found: Workplace) -> str:
    """The known company's own name where it is meant for sure, else the reporter's words."""
    if found.match.decision == "preselected":
        return found.match.candidates[0].name
    return found.words


def _company_finder(companies: CompanyIndex) -> Callable[[str], Match]:
    def find(text: str) -> Match:
        found = match_company(text, companies)
        options = tuple(Option(candidate.name, candidate.name) for candidate in found.candidates)
        same = options and options[0].label.casefold() == text.strip().casefold()
        return Match(options[0] if same else None, options)

    return find


def _own_case(
    case: Case, texts: Texts, taxonomy: Taxonomy, zone: ZoneInfo, now: datetime
) -> OwnCase:
    label = texts("cases.own_sensitive")
    if not case.sensitive:
        label = taxonomy.category(case.category).list_label
    return OwnCase(
        number=case.number,
        label=label,
        status=texts(f"cases.stage.{case.status}.plain"),
        since=case.status_since.astimezone(zone).date(),
        next_step=texts(f"cases.stage.{case.status}.next"),
        open=case.status not in CLOSED,
        closed_lately=_is_closed_lately(case, now),
    )


def _is_closed_lately(case: Case, now: datetime) -> bool:
    may_go_on = case.status in {"selesai", "ditolak"} and case.merged_into_id is None
    return may_go_on and case.closed_at is not None and now - case.closed_at <= REOPEN_WITHIN
