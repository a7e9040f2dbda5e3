"""How far WhatsApp's approval of our templates is: kept in the database, told when it changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from bot.accounts import OrganisationAccounts
from bot.channels import SendFailure
from bot.clock import Clock
from bot.handlers.whatsapp.account import WhatsAppAccount
from bot.handlers.whatsapp.templates import Approval, TemplateDesk
from bot.log import get_logger
from bot.metrics import Metrics
from bot.outbox.orders import OutboxWriter
from bot.outbox.queue import ANSWER
from bot.outbox.templates import APPROVED, FORMS
from bot.outbox.window import ask_all_who_wait
from bot.texts import Texts
from storage.contents import DatabaseContentStore
from storage.crypto import Vault
from storage.database import Database
from storage.tables import MessageTemplate, Organisation

_BAD = {"rejected": "rejected", "disabled": "rejected", "paused": "paused"}
_REASON_KEPT = 200


@dataclass(frozen=True, slots=True)
class TemplateWatch:
    """Pushes templates and looks after them, for every organisation with a WhatsApp sender."""

    database: Database
    vault: Vault
    clock: Clock
    metrics: Metrics
    texts: Texts
    accounts: Sequence[OrganisationAccounts]

    def push(self, organisation_id: int, account: WhatsAppAccount) -> list[MessageTemplate]:
        """Make what is missing and ask for approval; how far each template is then.

        Raises:
            SendFailure: Twilio does not answer or refuses.
            TemplateChanged: words were changed without a new version.
        """
        desk = self._desk(account)
        try:
            for form in FORMS:
                content_id, approval = desk.push(form)
                self._keep(organisation_id, form.name, content_id, approval)
        finally:
            desk.close()
        return self.stored(organisation_id)

    def refresh(self, organisation_id: int, account: WhatsAppAccount) -> list[MessageTemplate]:
        """Ask how far each template is that was handed in.

        Raises:
            SendFailure: Twilio does not answer or refuses.
        """
        desk = self._desk(account)
        try:
            for row in self.stored(organisation_id):
                if row.content_sid:
                    approval = desk.approval(row.content_sid)
                    self._keep(organisation_id, row.name, row.content_sid, approval)
        finally:
            desk.close()
        return self.stored(organisation_id)

    def look(self) -> None:
        """Refresh all, and count how many there are of each status; one that fails waits."""
        counts: dict[str, int] = {}
        for own in self.accounts:
            if own.whatsapp is None:
                continue
            try:
                rows = self.refresh(own.organisation_id, own.whatsapp)
            except SendFailure as failure:
                get_logger().warning("templates not refreshed", code=failure.code)
                rows = self.stored(own.organisation_id)
            for row in rows:
                counts[row.status] = counts.get(row.status, 0) + 1
        self.metrics.templates.clear()
        for status, count in counts.items():
            self.metrics.templates.labels(status).set(count)

    def stored(self, organisation_id: int) -> list[MessageTemplate]:
        """How far each template of an organisation was when last asked."""
        with self.database.reading() as session:
            found = select(MessageTemplate).where(
                MessageTemplate.organisation_id == organisation_id
            )
            return sorted(session.exec(found), key=lambda row: row.name)

    def _desk(self, account: WhatsAppAccount) -> TemplateDesk:
        contents = DatabaseContentStore(self.database, self.clock)
        return TemplateDesk(account, contents, self.texts)

    def _keep(self, organisation_id: int, name: str, content_id: str, approval: Approval) -> None:
        """Write down how far a template is; what changed is told once, whoever saw it first."""
        now = self.clock.now()
        with self.database.transaction() as session:
            row = session.exec(
                select(MessageTemplate)
                .where(
                    MessageTemplate.organisation_id == organisation_id,
                    MessageTemplate.name == name,
                )
                .with_for_update()
            ).first() or MessageTemplate(
                organisation_id=organisation_id, name=name, checked_at=now
            )
            before = Approval(row.status, row.category)
            row.content_sid, row.status = content_id, approval.status
            row.category = approval.category or row.category
            row.reason, row.checked_at = approval.reason[:_REASON_KEPT], now
            session.add(row)
            session.flush()
            self._tell(session, row, before, now)

    def _title(self, name: str) -> str:
        form = next(form for form in FORMS if name in form.names)
        return self.texts(f"templates.{form.key}.title")

    def _tell(
        self, session: Session, row: MessageTemplate, before: Approval, now: datetime
    ) -> None:
        news = _news(row, before)
        if not news:
            return
        get_logger().warning(
            "template changed", name=row.name, status=row.status, category=row.category
        )
        organisation = session.get_one(Organisation, row.organisation_id)
        writer = OutboxWriter(session, self.vault, organisation, now)
        for key in news:
            text = self.texts(f"officers.alarm.template_{key}", name=self._title(row.name))
            writer.announce(text, priority=ANSWER)
        if "approved" in news:
            ask_all_who_wait(session, self.vault, row.organisation_id, now)


def _news(row: MessageTemplate, before: Approval) -> list[str]:
    """What is worth telling: refused, stopped, allowed again, counted as advertising."""
    news = []
    if row.status != before.status:
        if row.status in _BAD:
            news.append(_BAD[row.status])
        elif row.status == APPROVED:
            news.append("approved")
    if row.category == "MARKETING" != before.category:
        news.append("marketing")
    return news
