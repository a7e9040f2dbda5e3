"""The whole program under the eyes of the alarm watch, for its tests."""

from pathlib import Path

from sqlmodel import select

from bot.alarm_watch import AlarmWatch
from bot.metrics import Metrics
from storage.setup import DEFAULT_ORGANISATION, organisation_by_slug
from storage.tables import Inbound, MessageTemplate, Outbound
from tests.world import START, World

OPERATOR = "4242"
PUBLIC = "https://kawan.invalid"


class Watched:
    """The program with a bot and a sender, watched; its steady clock follows the other one."""

    def __init__(self, url: str, folder: Path, **settings: str) -> None:
        given = {
            "telegram_bot_token": "123456789:AAKENARI", "operator_chat_id": OPERATOR,
            "telegram_api_base_url": "http://127.0.0.1:1", "twilio_account_sid": "AC1",
            "twilio_auth_token": "x", "twilio_whatsapp_from": "+6281100000000",
            "public_base_url": PUBLIC,
        } | settings  # fmt: skip
        self.world = World(url, folder, **given)
        self.jumped = 0.0
        self.watch = self.another()
        self.begin()

    def another(self) -> AlarmWatch:
        """A watch as another process has it."""
        app = self.world.app
        return AlarmWatch(app.settings, app.database, app.vault, app.clock, Metrics(), app.texts,
                          app.accounts, self.seconds)  # fmt: skip

    def seconds(self) -> float:
        """Time as it really goes by."""
        return (self.world.clock.now() - START).total_seconds() - self.jumped

    def begin(self) -> None:
        """What this machine has of its own, such as a full disk, must not count here."""
        self.watch.look()
        self.skipped = len(self.told())

    def told(self) -> list[str]:
        """What the operator was told, oldest first."""
        app = self.world.app
        with app.database.reading() as session:
            rows = session.exec(select(Outbound).where(Outbound.kind == "whisper"))
            told = [app.vault.open_json(row.sealed, "outbox")
                    for row in sorted(rows, key=lambda row: row.id or 0)]  # fmt: skip
        assert {one["to"] for one in told} <= {OPERATOR}
        return [str(one["text"]) for one in told]

    def news(self, check: str) -> list[str]:
        """What was told of one check."""
        title = self.world.app.texts(f"officers.watch.title.{check}")
        return [text for text in self.told() if f"<b>{title}" in text]

    def looks(self, minutes: float = 0) -> None:
        """Time passes, then the watch looks."""
        self.world.clock.advance(minutes * 60)
        self.watch.look()

    def rings(self, check: str) -> bool:
        """Whether the alarm rings, by its gauge."""
        return bool(self.watch.metrics.registry.get_sample_value("kawan_alarms", {"check": check}))

    def organisation_id(self) -> int:
        """The default organisation."""
        with self.world.app.database.reading() as session:
            found = organisation_by_slug(session, DEFAULT_ORGANISATION)
        assert found is not None
        return found.id or 0

    def keeps(self, row: Outbound | Inbound | MessageTemplate) -> int:
        """Store a row; its id."""
        with self.world.app.database.transaction() as session:
            session.add(row)
            session.flush()
            return row.id or 0

    def queued(self, **fields: object) -> Outbound:
        """Something that waits to be sent."""
        now = self.world.clock.now()
        given: dict[str, object] = {"status": "queued", "available_at": now, "created_at": now}
        return Outbound(
            organisation_id=self.organisation_id(), channel="whatsapp", lane="x", chat="x",
            kind="say", promise="receipt", **given | fields,
            sealed=self.world.app.vault.seal_json({}, "outbox"),
        )  # fmt: skip

    def came(self, source: str, **fields: object) -> Inbound:
        """Something that came in now."""
        now = self.world.clock.now()
        given: dict[str, object] = {"status": "done", "received_at": now, "available_at": now}
        return Inbound(organisation_id=self.organisation_id(), source=source, account=source,
                       external_id=f"{now}", lane="x", **given | fields)  # fmt: skip
