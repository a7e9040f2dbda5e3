"""Several reporters at one office, each with her own phone and her own case."""

from dataclasses import replace

from bot.cases import card
from bot.cases.meaning import Meaning, keep_meaning
from bot.cases.opening import add_to_case, open_case
from bot.commands import Part, Report
from bot.events import Address
from bot.flows.knowledge import Understanding
from storage.cases import case_by_id
from storage.people import meet_reporter
from storage.tables import Case, Outbound
from tests.cases.office import Office

STORY = "gaji bulan ini belum dibayar padahal sudah lewat tanggal sepuluh"
REPORT = Report(
    kind="pengaduan", category="upah", parts=(Part(STORY),), workplace="PT Maju Jaya Garmindo",
    identity="nama",
)  # fmt: skip
CALM = Understanding("pengaduan", "upah", abstain=True)


def address_of(name: str) -> Address:
    """Her phone."""
    return Address("whatsapp", f"+62-KENARI-{name}")


def opens(office: Office, name: str, report: Report = REPORT, **changes: object) -> Case:
    """A complete case of this reporter, under her name."""
    office._count += 1
    with office.database.transaction() as session:
        reporter = meet_reporter(
            session, office.vault, office.organisation_id, address_of(name), (),
            office.clock.now(),
        )  # fmt: skip
        number = f"KB-BBBB-{office._count:04d}"
        told = replace(report, name=f"KENARI{name}", **changes)  # type: ignore[arg-type]
        return open_case(
            office.work(session), reporter.person, number, told, complete=True, predicted=None
        )


def writes(office: Office, case: Case, text: str) -> None:
    """The reporter adds something to her case."""
    office._count += 1
    with office.database.transaction() as session:
        stored = case_by_id(session, case.id or 0, lock=True)
        assert stored is not None
        part = Part(text, source=f"s{office._count}")
        add_to_case(office.work(session), stored, (part,), lambda _text: CALM)


def means(office: Office, case: Case, vector: list[float], model: str = "m1") -> None:
    """Let its story mean this, as a model of this name sees it."""
    with office.database.transaction() as session:
        stored = session.get_one(Case, case.id)
        keep_meaning(session, office.vault, stored, Meaning(model, vector), office.clock.now())  # type: ignore[arg-type]


def told_to(office: Office, name: str) -> list[str]:
    """All words that are on their way to this reporter, or went out."""
    path = address_of(name).path
    rows = [row for row in office.rows("say") if row.status != "cancelled"]
    return [str(p["text"]) for row in rows if (p := office.payload(row)).get("to") == path]


def posts_in(office: Office, case: Case) -> list[str]:
    """What was written into the topic of a case."""
    return [str(office.payload(row)["text"]) for row in office.rows("post") if _of(row, case)]


def buttons_in(office: Office, case: Case) -> list[str]:
    """The labels under the newest post of the topic."""
    row = [row for row in office.rows("post") if _of(row, case)][-1]
    return [choice[1] for choice in office.payload(row)["choices"]]  # type: ignore[attr-defined]


def card_of(office: Office, case: Case) -> str:
    """The card as it would be shown now."""
    with office.database.transaction() as session:
        stored = session.get_one(Case, case.id)
        return card.card(office.work(session), stored).text


def _of(row: Outbound, case: Case) -> bool:
    return row.case_id == case.id
