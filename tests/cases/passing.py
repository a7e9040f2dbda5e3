"""Time that passes at the officers' desk: the clock in Jakarta, and what comes due."""

from datetime import UTC, datetime

from bot.cases.due_work import due_came
from bot.cases.promises import open_promise
from bot.events import DueCame
from storage.cases import case_by_id
from storage.due import take_due
from storage.tables import Case, Outbound
from tests.cases.office import Office


def go(office: Office, local: str) -> None:
    """Let it be this time in Jakarta, and nothing happen on the way."""
    at = datetime.fromisoformat(local).replace(tzinfo=office.zone).astimezone(UTC)
    office.clock.advance((at - office.clock.now()).total_seconds())


def sweep(office: Office, kind: str = "") -> list[str]:
    """Let everything happen that came due; the kinds, in their order.

    ``kind``: only this one happens.
    """
    swept = []
    while True:
        with office.database.transaction() as session:
            taken = take_due(session, office.clock.now())
        if not taken:
            return swept
        for row in taken:
            if row.case_id is None or not row.kind.startswith(kind):
                continue
            event = DueCame(row.kind, row.key, row.sequence, row.due_at, office.clock.now(),
                            row.case_id)  # fmt: skip
            with office.database.transaction() as session:
                due_came(office.work(session), event)
            swept.append(row.kind)


def promised(office: Office, case: Case) -> str:
    """Kind and local time of the promise that is open; empty without one."""
    with office.database.reading() as session:
        row = case_by_id(session, case.id or 0)
        assert row is not None
        promise = open_promise(office.work(session), row)
        if promise is None:
            return ""
        return f"{promise.kind} {promise.due_at.astimezone(office.zone):%d.%m. %H:%M}"


def hour_by_hour(office: Office, since: str, until: str, kind: str = "") -> None:
    """Let time pass in hours and everything happen that comes due meanwhile."""
    end = datetime.fromisoformat(until).replace(tzinfo=office.zone)
    go(office, since)
    while office.clock.now() < end:
        sweep(office, kind)
        office.clock.advance(3600)


def pushed(office: Office) -> list[tuple[str, str]]:
    """What the reporter is told, with the local time from which it may leave, oldest first."""
    return [
        (f"{row.available_at.astimezone(office.zone):%d.%m. %H:%M}", words(office, row))
        for row in office.rows("say")
        if row.status != "cancelled"
    ]


def words(office: Office, row: Outbound) -> str:
    """The words of a row."""
    return str(office.payload(row)["text"])


def posted(office: Office, part: str) -> list[str]:
    """What was posted in the groups with these words in it."""
    rows = office.rows("post", "announce")
    return [text for row in rows if part in (text := words(office, row))]


def whispered(office: Office, part: str) -> list[tuple[str, str]]:
    """To whom was whispered what, where these words stand in it."""
    rows = [office.payload(row) for row in office.rows("whisper")]
    return [(str(row["to"]), str(row["text"])) for row in rows if part in str(row["text"])]
