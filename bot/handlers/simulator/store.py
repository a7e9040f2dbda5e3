"""What stands on the simulator's screens: messages and topics, and the news about them.

All of it lives sealed in the table ``simulator_messages``. Beside the messages of each chat it
holds two sorts of rows of our own: topics (chat ``#topik``, thread = the chat they belong to)
and news (chat ``#kabar``), written in the transaction of what they tell. A page reads the news
on from the last one it saw, so it misses nothing, whichever process wrote it.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Table, bindparam, delete, func, insert, text
from sqlmodel import Session, col, select

from bot.clock import Clock
from bot.handlers.simulator.bell import Bell, Listener
from bot.handlers.simulator.files import SealedFiles
from bot.handlers.simulator.messages import (
    BOT,
    Message,
    News,
    Said,
    Ticks,
    Topic,
    TopicRecord,
)
from bot.handlers.simulator.wire import T, as_plain, from_plain
from storage.crypto import Vault
from storage.database import Database, is_postgres
from storage.tables.traffic import SimulatorMessage

_CONTEXT = "simulator_messages"
_TOPICS = "#topik"
_NEWS = "#kabar"
_NEWS_KEPT = 5000
_LOOK_BACK = 50

_table: Table = SimulatorMessage.__table__  # type: ignore[attr-defined]
# Made once: building a statement costs more than running it.
_INSERT = insert(_table).returning(_table.c.id)
_FORGET = delete(_table).where(_table.c.chat == _NEWS, _table.c.id < bindparam("oldest"))


class SimulatorStore:
    """The simulator's chats. Plain functions; the edges call them in threads.

    Args:
        folder: where files are kept (``DATA_DIR/simulator``).
    """

    def __init__(self, database: Database, vault: Vault, clock: Clock, folder: Path) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self.files = SealedFiles(vault, folder)
        self._bell = Bell()
        #: Seconds after which a page looks for news of other processes without being rung.
        self.patience = 15.0 if database.is_sqlite else 1.0

    def append(self, chat: str, said: Said, thread: str = "") -> Message:
        """Add a message; one with the ``client_id`` of a recent message is that message."""
        with self._writing() as session:
            if said.client_id and (known := self._by_client_id(session, chat, said.client_id)):
                return known
            row = SimulatorMessage(chat=chat, thread=thread, at=self._clock.now(), sealed=b"")
            if said.author == BOT:
                self._mark_read(session, chat)
            message = self._save(session, row, said)
        self._bell.ring()
        return message

    def edit(self, chat: str, message_id: str, change: Callable[[Said], Said]) -> Message | None:
        """Change a message of this chat; None when it is gone."""
        with self._writing() as session:
            row = _row(session, chat, message_id)
            if row is None:
                return None
            before = self._message(row)
            said = change(before.said)
            if said == before.said:
                return before
            message = self._save(session, row, said)
        self._bell.ring()
        return message

    def delete(self, chat: str, message_id: str) -> None:
        """Take a message off the screen; one that is gone is fine."""
        with self._writing() as session:
            row = _row(session, chat, message_id)
            if row is None:
                return
            row.deleted = True
            row.sealed = self._seal(Said(author=BOT))
            session.add(row)
            self._tell(session, News("gone", chat, row.thread, message_id))
        self._bell.ring()

    def get(self, chat: str, message_id: str) -> Message | None:
        """One message of this chat; None when there is none."""
        with self._database.reading() as session:
            row = _row(session, chat, message_id)
            return self._message(row) if row else None

    def sent_before(self, chat: str, client_id: str) -> Message | None:
        """The recent message that a page already posted under this id."""
        with self._database.reading() as session:
            return self._by_client_id(session, chat, client_id)

    def messages(
        self, chat: str, thread: str | None = "", *, before: int | None = None, limit: int = 200
    ) -> tuple[Message, ...]:
        """The newest messages of a chat, oldest first.

        ``thread`` is a topic id, empty for outside any topic, None for all; ``before`` leaves
        only messages older than that id.
        """
        query = select(SimulatorMessage).where(
            SimulatorMessage.chat == chat, col(SimulatorMessage.deleted).is_(False)
        )
        if thread is not None:
            query = query.where(SimulatorMessage.thread == thread)
        if before is not None:
            query = query.where(col(SimulatorMessage.id) < before)
        with self._database.reading() as session:
            rows = session.exec(query.order_by(col(SimulatorMessage.id).desc()).limit(limit))
            return tuple(self._message(row) for row in reversed(rows.all()))

    def latest(self) -> tuple[tuple[str, str, int], ...]:
        """Chat, thread and id of the newest message everywhere, for unread marks."""
        query = (
            select(SimulatorMessage.chat, SimulatorMessage.thread, func.max(SimulatorMessage.id))
            .where(
                col(SimulatorMessage.deleted).is_(False),
                col(SimulatorMessage.chat).not_in((_TOPICS, _NEWS)),
            )
            .group_by(col(SimulatorMessage.chat), col(SimulatorMessage.thread))
        )
        with self._database.reading() as session:
            return tuple((chat, thread, last or 0) for chat, thread, last in session.exec(query))

    def mark_read(self, chat: str) -> None:
        """The bot has read what the person wrote: her ticks say so."""
        with self._writing() as session:
            self._mark_read(session, chat)
        self._bell.ring()

    def open_topic(self, chat: str, title: str) -> Topic:
        """Make a topic."""
        with self._writing() as session:
            row = SimulatorMessage(chat=_TOPICS, thread=chat, at=self._clock.now(), sealed=b"")
            topic = self._save_topic(session, row, TopicRecord(title))
        self._bell.ring()
        return topic

    def edit_topic(
        self, chat: str, topic_id: str, *, title: str = "", closed: bool | None = None
    ) -> Topic | None:
        """Rename, close or reopen a topic; None when there is no such topic."""
        with self._writing() as session:
            row = _row(session, _TOPICS, topic_id)
            if row is None or row.thread != chat:
                return None
            before = self._open(TopicRecord, row)
            record = TopicRecord(
                title=title or before.title, closed=before.closed if closed is None else closed
            )
            topic = self._save_topic(session, row, record)
        self._bell.ring()
        return topic

    def topics(self, chat: str) -> tuple[Topic, ...]:
        """The topics of a group, oldest first."""
        query = select(SimulatorMessage).where(
            SimulatorMessage.chat == _TOPICS, SimulatorMessage.thread == chat
        )
        with self._database.reading() as session:
            rows = session.exec(query.order_by(col(SimulatorMessage.id))).all()
            return tuple(_topic(row, self._open(TopicRecord, row)) for row in rows)

    def topic(self, chat: str, topic_id: str) -> Topic | None:
        """One topic of a group; None when there is no such topic."""
        with self._database.reading() as session:
            row = _row(session, _TOPICS, topic_id)
            if row is None or row.thread != chat:
                return None
            return _topic(row, self._open(TopicRecord, row))

    def tell(self, news: News) -> None:
        """Show something that passes: a typing sign, an answer to a tap."""
        with self._writing() as session:
            self._tell(session, news)
        self._bell.ring()

    def news_since(self, news_id: int) -> tuple[tuple[int, News], ...]:
        """News after this one, oldest first, at most 200."""
        query = select(SimulatorMessage).where(
            SimulatorMessage.chat == _NEWS, col(SimulatorMessage.id) > news_id
        )
        with self._database.reading() as session:
            rows = session.exec(query.order_by(col(SimulatorMessage.id)).limit(200)).all()
            return tuple((row.id or 0, self._open(News, row)) for row in rows)

    def latest_news(self) -> int:
        """Id of the newest news, 0 when there is none."""
        query = select(func.max(SimulatorMessage.id)).where(SimulatorMessage.chat == _NEWS)
        with self._database.reading() as session:
            return session.exec(query).one() or 0

    def knows_news(self, news_id: int) -> bool:
        """Whether everything after this one is still kept."""
        with self._database.reading() as session:
            return news_id == 0 or _row(session, _NEWS, str(news_id)) is not None

    def has_room(self) -> bool:
        """Whether one more page may listen for news."""
        return self._bell.has_room()

    def subscribe(self) -> contextlib.AbstractContextManager[Listener]:
        """Be woken when there is news, for the length of the block."""
        return self._bell.listen()

    @property
    def closed(self) -> bool:
        """Whether pages should hang up because the program ends."""
        return self._bell.closed

    def close(self) -> None:
        """Let every listening page go, so that the server can end."""
        self._bell.close()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Session]:
        with self._database.transaction() as session:
            if is_postgres(session):  # news must become visible in the order of their ids
                session.connection().execute(text("SELECT pg_advisory_xact_lock(7243109)"))
            yield session

    def _by_client_id(self, session: Session, chat: str, client_id: str) -> Message | None:
        query = select(SimulatorMessage).where(SimulatorMessage.chat == chat)
        rows = session.exec(query.order_by(col(SimulatorMessage.id).desc()).limit(_LOOK_BACK))
        messages = (self._message(row) for row in rows)
        return next((each for each in messages if each.said.client_id == client_id), None)

    def _mark_read(self, session: Session, chat: str) -> None:
        query = select(SimulatorMessage).where(
            SimulatorMessage.chat == chat, col(SimulatorMessage.deleted).is_(False)
        )
        rows = session.exec(query.order_by(col(SimulatorMessage.id).desc()).limit(_LOOK_BACK))
        for row in rows.all():
            said = self._message(row).said
            if said.author == BOT:
                return  # what came before that was read by then
            if said.ticks != Ticks.READ:
                self._save(session, row, replace(said, ticks=Ticks.READ))

    def _save(self, session: Session, row: SimulatorMessage, said: Said) -> Message:
        row.sealed = self._seal(said)
        session.add(row)
        session.flush()
        message = self._message(row)
        self._tell(session, News("message", row.chat, row.thread, message.id))
        return message

    def _save_topic(self, session: Session, row: SimulatorMessage, record: TopicRecord) -> Topic:
        row.sealed = self._seal(record)
        session.add(row)
        session.flush()
        topic = _topic(row, record)
        self._tell(session, News("topic", row.thread, target=topic.id))
        return topic

    def _tell(self, session: Session, news: News) -> None:
        connection = session.connection()
        row = {"chat": _NEWS, "thread": "", "sealed": self._seal(news), "at": self._clock.now(),
               "deleted": False}  # fmt: skip
        news_id = connection.execute(_INSERT, row).scalar_one()
        connection.execute(_FORGET, {"oldest": news_id - _NEWS_KEPT})

    def _seal(self, value: Said | TopicRecord | News) -> bytes:
        return self._vault.seal_json(as_plain(value), _CONTEXT)

    def _open(self, kind: type[T], row: SimulatorMessage) -> T:
        return from_plain(kind, self._vault.open_json(row.sealed, _CONTEXT))

    def _message(self, row: SimulatorMessage) -> Message:
        return Message(str(row.id), row.chat, row.thread, row.at, self._open(Said, row))


def _row(session: Session, chat: str, row_id: str) -> SimulatorMessage | None:
    if not (row_id.isascii() and row_id.isdigit()) or len(row_id) > 18:  # noqa: PLR2004
        return None
    row = session.get(SimulatorMessage, int(row_id))
    return row if row is not None and row.chat == chat and not row.deleted else None


def _topic(row: SimulatorMessage, record: TopicRecord) -> Topic:
    return Topic(str(row.id), record.title, record.closed)
