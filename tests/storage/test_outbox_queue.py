"""The outbox queue: urgent first, in order of each place, within each chat's limits."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from storage.backlog import outbox_counts
from storage.delivery_reports import apply_report
from storage.held import release_held
from storage.outbound import (
    GROUP_LIMIT,
    LEASE,
    ClaimedOutbound,
    claim_outbound,
    expired_sends,
    forget_settled,
    park_chat,
    settle_outbound,
    uncertain_sends,
)
from storage.tables import DeliveryReport, Outbound, Person
from tests.storage.rows import NOW, Ground, later


def test_urgent_rows_leave_first_and_each_lane_keeps_its_order(ground: Ground) -> None:
    """Danger must not wait behind routine, but a card must stand before what hangs on it."""
    with ground.database.transaction() as session:
        routine = ground.outbound(session, "a", priority=7)
        urgent = ground.outbound(session, "a", priority=1)
        other = ground.outbound(session, "b", priority=5)
        danger = ground.outbound(session, "c", priority=1)
    assert _ids(_claim(ground)) == [danger, other, routine]
    assert _claim(ground) == []
    _settle(ground, routine, "sent")
    assert _ids(_claim(ground)) == [urgent]


def test_a_row_that_waits_for_its_time_holds_up_no_other_lane(ground: Ground) -> None:
    """An officer's reply in its undo time must not delay anybody else."""
    with ground.database.transaction() as session:
        waiting = ground.outbound(session, "reply:1", available_at=later(20))
        others = [ground.outbound(session, f"l{n}") for n in range(3)]
    assert _ids(_claim(ground)) == others
    assert _ids(_claim(ground, 20)) == [waiting]


def test_a_group_gets_twenty_messages_a_minute_and_people_are_not_held_up(ground: Ground) -> None:
    """More than that Telegram refuses for the whole group."""
    with ground.database.transaction() as session:
        for number in range(30):
            ground.outbound(session, f"case:{number}", chat="-100", paced=True, priority=3)
        person = ground.outbound(session, "sri", priority=7)
    first = _claim(ground, limit=10)
    rest = _claim(ground, limit=32)
    assert (len(first), len(rest)) == (10, 11)
    assert person in _ids(rest)
    assert _claim(ground, 59) == []
    assert len(_claim(ground, 60.5)) == 10


def test_a_full_group_at_the_head_of_the_queue_hides_nobody_behind_it(ground: Ground) -> None:
    """All candidates of one look may belong to the group that is full."""
    with ground.database.transaction() as session:
        for number in range(GROUP_LIMIT + 40):
            ground.outbound(session, f"case:{number}", chat="-100", paced=True, priority=1)
        person = ground.outbound(session, "sri", priority=7)
    assert len(_claim(ground, limit=GROUP_LIMIT)) == GROUP_LIMIT
    assert _ids(_claim(ground, limit=10)) == [person]


def test_a_parked_chat_waits_alone(ground: Ground) -> None:
    """One chat's 429 is nobody else's matter."""
    with ground.database.transaction() as session:
        parked = ground.outbound(session, "a")
        free = ground.outbound(session, "b")
        park_chat(session, "a", later(30))
    assert _ids(_claim(ground)) == [free]
    with ground.database.transaction() as session:
        park_chat(session, "a", later(10))
    assert _claim(ground, 11) == [], "the longest pause that was asked for counts"
    assert _ids(_claim(ground, 31)) == [parked]


def test_a_sender_that_lost_its_row_cannot_settle_it_except_as_sent(ground: Ground) -> None:
    """Its late failure would send again what another sender has in hand."""
    with ground.database.transaction() as session:
        row_id = ground.outbound(session, "a")
    (slow,) = _claim(ground)
    with ground.database.transaction() as session:
        assert expired_sends(session, NOW + LEASE) == []
        assert _ids(expired_sends(session, NOW + LEASE * 2)) == [row_id]
        assert settle_outbound(session, slow, "queued", NOW, available_at=NOW)
    (quick,) = _claim(ground)
    assert quick.attempts == 2
    with ground.database.transaction() as session:
        assert not settle_outbound(session, slow, "queued", NOW, available_at=NOW)
        assert not settle_outbound(session, slow, "failed", NOW)
    assert _status(ground, row_id) == "sending"
    with ground.database.transaction() as session:
        assert settle_outbound(session, slow, "sent", NOW, external_id="x1")
        assert not settle_outbound(session, quick, "queued", NOW, available_at=NOW)
    assert _status(ground, row_id) == "sent"


def test_a_delivery_state_never_goes_back(ground: Ground) -> None:
    """Reports overtake each other on the way."""
    reports = ("read", "delivered", "sent", "failed", "read")
    assert _after(ground, *reports) == ["read"] * 5
    assert _after(ground, "sent", "delivered", "failed") == ["sent", "delivered", "delivered"]
    assert _after(ground, "failed", "delivered", "failed") == ["failed"] * 3


def test_held_rows_go_when_the_person_writes_on_that_channel(ground: Ground) -> None:
    """WhatsApp opens its window only for the one who wrote, there where she wrote."""
    with ground.database.transaction() as session:
        people = [
            Person(organisation_id=ground.organisation_id, pseudonym="M", created_at=NOW)
            for _ in range(2)
        ]
        session.add_all(people)
        session.flush()
        sri, dewi = (person.id for person in people)
        hers = ground.outbound(session, "a", status="held", person_id=sri, channel="whatsapp")
        ground.outbound(session, "b", status="held", person_id=sri, channel="telegram")
        ground.outbound(session, "c", status="held", person_id=dewi, channel="whatsapp")
        assert release_held(session, sri or 0, "whatsapp", NOW) == 1
    assert _ids(_claim(ground)) == [hers]


def test_only_what_is_uncertain_for_minutes_is_looked_up_and_not_for_ever(ground: Ground) -> None:
    """Twilio lists a message late; and after an hour a person has to decide."""
    with ground.database.transaction() as session:
        ground.outbound(session, "a", status="uncertain", sent_at=NOW)
        ground.outbound(session, "b", status="uncertain", sent_at=NOW, kind="card")
    for before, expected in ((0, 0), (1, 1), (59, 1), (61, 0)):
        with ground.database.reading() as session:
            found = uncertain_sends(session, NOW + timedelta(minutes=before))
        assert [row.chat for row in found] == ["a"] * expected


def test_what_is_to_be_forgotten_is_blanked_at_its_end_and_not_before(ground: Ground) -> None:
    """The receipt of a deletion must still go out, and then leave nothing."""
    empty = ground.vault.seal_json({}, "outbox")
    words = ground.vault.seal_json({"text": "sudah dihapus"}, "outbox")
    statuses = ("queued", "sending", "sent", "failed", "uncertain")
    with ground.database.transaction() as session:
        for status in statuses:
            ground.outbound(session, status, status=status, forget=True, sealed=words, sent_at=NOW)
        ground.outbound(session, "other", status="sent", sealed=words)
        forget_settled(session, empty, NOW)
        assert _blank(session, empty) == {"sent", "failed"}
        forget_settled(session, empty, NOW + timedelta(hours=2))
        assert _blank(session, empty) == {"sent", "failed", "uncertain"}


def test_open_rows_are_counted_by_status(ground: Ground) -> None:
    """The gauges that an alarm hangs on must be right."""
    with ground.database.transaction() as session:
        for status in ("queued", "queued", "held", "dead", "sent"):
            ground.outbound(session, "a", status=status)
    with ground.database.reading() as session:
        assert outbox_counts(session) == {
            "queued": 2, "held": 1, "sending": 0, "uncertain": 0, "dead": 1,
        }  # fmt: skip


def _claim(ground: Ground, seconds: float = 0, limit: int = 10) -> list[ClaimedOutbound]:
    with ground.database.transaction() as session:
        return claim_outbound(session, later(seconds), limit)


def _settle(ground: Ground, row_id: int, status: str, at: datetime = NOW) -> None:
    with ground.database.transaction() as session:
        row = session.get_one(Outbound, row_id)
        row.status, row.settled_at = status, at
        session.add(row)


def _after(ground: Ground, *reports: str) -> list[str]:
    """The row's status after each of these reports."""
    with ground.database.transaction() as session:
        row_id = ground.outbound(session, "a", status="sent", external_id=f"SM{reports}")
    found = []
    for status in reports:
        report = DeliveryReport(
            organisation_id=ground.organisation_id, channel="telegram",
            external_id=f"SM{reports}", status=status, at=NOW,
        )  # fmt: skip
        with ground.database.transaction() as session:
            apply_report(session, report, NOW)
        found.append(_status(ground, row_id))
    return found


def _status(ground: Ground, row_id: int) -> str:
    with ground.database.reading() as session:
        return session.get_one(Outbound, row_id).status


def _ids(rows: list[ClaimedOutbound]) -> list[int]:
    return [row.id for row in rows]


def _blank(session: Session, empty: bytes) -> set[str]:
    rows = session.exec(select(Outbound.lane).where(Outbound.sealed == empty))
    return set(rows)
