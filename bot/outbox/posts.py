"""What stands in the officers' group, read from the database at the moment of sending."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from bot.channels import File, Text
from bot.commands import Choice
from bot.events import MediaKind
from bot.outbox.whereabouts import case_and_union, lives_elsewhere
from storage.crypto import Vault
from storage.database import Database
from storage.evidence import EvidenceStore
from storage.joining import sealed_at
from storage.outbound import ClaimedOutbound
from storage.tables import Attachment, Case, CaseMessage, Organisation


@dataclass(frozen=True, slots=True)
class Post:
    """One post of a case: what it says and where the case stands in the group.

    Attributes:
        title: the topic's title.
        wants_topic: a topic should be made if there is none.
        post_id: the message to edit, empty to send a new one.
    """

    text: Text
    title: str
    thread_id: str
    card_id: str
    post_id: str
    wants_topic: bool


@dataclass(frozen=True, slots=True)
class Renderers:
    """How cases look to officers; given by ``bot.cases``."""

    title: Callable[[Session, Organisation, Case], str]
    card: Callable[[Session, Organisation, Case], Text]
    reply: Callable[[Session, Organisation, Case, CaseMessage], Text]
    private: Callable[[Session, Organisation, Case, CaseMessage], Text]
    private_news: Callable[[Session, Organisation, Case, CaseMessage], Text]


class PostReader:
    """Reads posts and files for the sender, each in a short transaction of its own."""

    def __init__(
        self, database: Database, vault: Vault, evidence: EvidenceStore, renderers: Renderers
    ) -> None:
        self._database = database
        self._vault = vault
        self._evidence = evidence
        self._renderers = renderers

    def read(self, row: ClaimedOutbound, payload: dict[str, Any]) -> Post | None:
        """The post that a row stands for; None when its case is gone or has moved."""
        with self._looking_at(row) as session:
            found = self._case_here(session, row)
            if found is None:
                return None
            case, union = found
            in_this_chat = case.chat_id in {"", row.chat}
            thread = case.thread_id if in_this_chat else ""
            card_id = case.card_id if in_this_chat else ""
            text, post_id = self._text(session, union, case, row, payload, card_id)
            if text is None:
                return None
            return Post(
                text=text,
                title=self._renderers.title(session, union, case),
                thread_id=thread,
                card_id=card_id,
                post_id=post_id,
                wants_topic=not card_id,
            )

    def private(self, row: ClaimedOutbound, payload: dict[str, Any]) -> Text | None:
        """What a reply's author sees of it in his private chat; None when it is gone."""
        with self._database.transaction() as session:
            found = case_and_union(session, row.case_id or 0)
            message = session.get(CaseMessage, payload["message"])
            if found is None or message is None:
                return None
            show = self._renderers.private if payload["edits"] else self._renderers.private_news
            return show(session, found[1], found[0], message)

    def card(self, row: ClaimedOutbound) -> Text | None:
        """The card of the row's case; None when the case is gone or has moved."""
        with self._database.transaction() as session:
            found = self._case_here(session, row)
            return None if found is None else self._renderers.card(session, found[1], found[0])

    def card_shown(self, row: ClaimedOutbound, thread_id: str, card_id: str) -> None:
        """Remember where a case's topic and card stand, as soon as they do."""
        with self._database.transaction() as session:
            found = self._case_here(session, row, lock=True)
            if found is not None:
                case, _union = found
                case.chat_id, case.thread_id, case.card_id = row.chat, thread_id, card_id
                session.add(case)

    def topic_made(self, row: ClaimedOutbound, thread_id: str) -> None:
        """Remember a case's new topic before its card stands, so that no second one is made."""
        with self._database.transaction() as session:
            found = self._case_here(session, row, lock=True)
            if found is not None:
                case, _union = found
                case.chat_id, case.thread_id, case.card_id = row.chat, thread_id, ""
                case.topic_state = "open"
                session.add(case)

    def _looking_at(self, row: ClaimedOutbound) -> AbstractContextManager[Session]:
        """Living posts store what their buttons mean; everything else is only read."""
        living = row.kind in {"card", "reply"}
        return self._database.transaction() if living else self._database.reading()

    def _case_here(
        self, session: Session, row: ClaimedOutbound, *, lock: bool = False
    ) -> tuple[Case, Organisation] | None:
        """The row's case and its union, unless the case went to the other group meanwhile."""
        found = case_and_union(session, row.case_id or 0, lock=lock)
        if found is None or lives_elsewhere(found[1], found[0], row.chat):
            return None
        return found

    def file(self, attachment_id: int) -> File | None:
        """A stored file; None while it is being fetched; without content when it is lost."""
        with self._database.reading() as session:
            row = session.get(Attachment, attachment_id)
        if row is None:
            return File(MediaKind.DOCUMENT, b"", "", "")
        if row.state == "pending":
            return None
        name = str(self._vault.open_json(row.sealed, "attachments").get("name", ""))
        content = b""
        if row.state == "stored":
            try:
                content = self._evidence.read(row.path)
            except FileNotFoundError:
                content = b""
        return File(MediaKind(row.kind), content, row.content_type, name, row.key)

    def _is_shared(self, session: Session, chat: str, external_id: str) -> bool:
        """Whether a post shows the words of more than one row; later versions do not count."""
        said = sealed_at(session, chat, external_id)
        first_versions = (self._vault.open_json(sealed, "outbox") for sealed in said)
        return sum(not payload.get("edits") for payload in first_versions) > 1

    def _text(
        self,
        session: Session,
        union: Organisation,
        case: Case,
        row: ClaimedOutbound,
        payload: dict[str, Any],
        card_id: str,
    ) -> tuple[Text | None, str]:
        if row.kind == "card":
            return self._renderers.card(session, union, case), card_id
        if row.kind == "reply":
            message = session.get(CaseMessage, payload["message"])
            if message is None:
                return None, ""
            return self._renderers.reply(session, union, case, message), message.preview_id
        choices = tuple(Choice(*choice) for choice in payload.get("choices", ()))
        text = Text(
            payload.get("text", ""),
            choices=choices,
            html=True,
            rows=2,
            silent=payload.get("silent", False),
            reply_to=payload.get("reply_to", ""),
        )
        edits = payload.get("edits", "")
        if edits and self._is_shared(session, row.chat, edits):
            edits = ""  # the words of others stand there too: the new version comes beside it
        return text, edits
