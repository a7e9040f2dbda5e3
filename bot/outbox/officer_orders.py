"""Orders for the officers: living posts, a case's topic, the group beside it, private chats.

``card`` and ``reply`` are living posts: shown from the database when they are sent, edited in
place afterwards, merged while they wait.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.commands import Choice, Promise
from bot.outbox.queue import ANSWER, CASEWORK, DANGER, ROUTINE, QueueWriter, as_payload
from bot.outbox.whereabouts import group_of
from storage.tables import Case, Outbound

_outbox: sa.Table = Outbound.__table__  # type: ignore[attr-defined]


class OfficerOrders(QueueWriter):
    """What goes to the officers: into their group, or to one of them."""

    __slots__ = ()

    def show_card(
        self, case: Case, *, priority: int = CASEWORK, later: timedelta = timedelta(0)
    ) -> None:
        """Show the case's card as it is when it is sent.

        ``later`` gathers what follows in the next seconds into one edit; a card that does not
        stand yet is not made by it.
        """
        self._living("card", case, None, priority, later)

    def show_reply(
        self,
        case: Case,
        message_id: int,
        *,
        priority: int = ANSWER,
        later: timedelta = timedelta(0),
    ) -> None:
        """Show an officer's reply with its state: preview, on its way, arrived, failed."""
        self._living("reply", case, message_id, priority, later)

    def post(
        self,
        case: Case,
        html: str,
        *,
        choices: tuple[Choice, ...] = (),
        priority: int = CASEWORK,
        silent: bool = False,
        reply_to: str = "",
        edits: str = "",
        about: int | None = None,
    ) -> None:
        """Write into the case's topic; ``html`` is Telegram HTML with people's words escaped.

        ``edits`` is the id of an earlier post that these words take the place of; ``about`` is
        the reporter's message that they show. What is urgent takes along what stands before it.
        """
        if priority == DANGER:
            self._hurry(f"case:{case.id}")
        self._group(
            "post",
            f"case:{case.id}",
            priority,
            {
                "text": html,
                "choices": as_payload(choices),
                "silent": silent,
                "reply_to": reply_to,
                "edits": edits,
            },
            case=case,
            about=about,
        )

    def post_file(
        self,
        case: Case,
        attachment_id: int,
        caption: str,
        *,
        about: int | None = None,
        album: str = "",
        delay: timedelta = timedelta(0),
    ) -> None:
        """Put a stored file into the case's topic, in its turn.

        Files of one ``album`` that stand behind each other go together.

        What comes after it waits some seconds for a file that is still being fetched.
        """
        payload = {"attachment": attachment_id, "caption": caption}
        self._group("post_file", f"case:{case.id}", CASEWORK,
                    payload | ({"album": album} if album else {}),
                    case=case, about=about, delay=delay)  # fmt: skip

    def set_topic(self, case: Case, *, closed: bool | None = None) -> None:
        """Bring the topic's title up to date and close or reopen it."""
        payload = {"closed": closed}
        self._group("topic", f"case:{case.id}", CASEWORK, payload, case=case)

    def announce(
        self,
        html: str,
        *,
        choices: tuple[Choice, ...] = (),
        priority: int = ROUTINE,
        edits: str = "",
        chat: str = "",
    ) -> None:
        """Write into the officers' group beside all topics; an alarm waits for nothing else.

        ``chat`` is another group than the big one.
        """
        payload = {"text": html, "choices": as_payload(choices),
                   "edits": edits}  # fmt: skip
        lane = "alarm" if priority == DANGER else "group"
        place = chat if chat != self.organisation.officer_chat else ""
        self._group("announce", f"{lane}:{place or self.organisation.id}", priority, payload,
                    chat=chat)  # fmt: skip

    def announce_file(self, attachment_id: int, caption: str) -> None:
        """Put a file into the officers' group beside all topics; nothing else waits for it.

        Where the file cannot be had the caption, Telegram HTML, goes alone.
        """
        payload = {"attachment": attachment_id, "caption": caption}
        self._group("announce", f"file:{attachment_id}", ROUTINE, payload)

    def erase_posts(self, case: Case) -> None:
        """Remove from the groups what was posted there of this case, but for the card."""
        kinds = _outbox.c.kind.in_(("post", "post_file"))
        of_case = _outbox.c.case_id == case.id
        posted = sa.select(_outbox.c.chat, _outbox.c.external_id).where(
            of_case, kinds, _outbox.c.external_id != ""
        )
        posts: dict[str, list[str]] = {}
        for chat, external_id in self.session.execute(posted):
            posts.setdefault(chat, []).append(external_id)
        waiting = sa.update(_outbox).where(of_case, kinds, _outbox.c.status == "queued")
        self.session.execute(waiting.values(status="cancelled", settled_at=self.now))
        for chat, external_ids in posts.items():
            self.erase(chat, external_ids, case)

    def erase(self, chat: str, external_ids: list[str], case: Case) -> None:
        """Remove these messages from a group."""
        lane = f"erase:{case.id}:{chat}"
        self._group("erase", lane, ANSWER, {"posts": external_ids}, case=case, chat=chat)

    def leave(self, case: Case, html: str, title: str) -> None:
        """Close the topic in which the case stands; these words take the place of its card.

        It is about where the case stands now, whatever becomes of it afterwards.
        """
        payload = {"thread": case.thread_id, "card": case.card_id, "text": html, "title": title}
        chat = case.chat_id
        self._group("leave", f"leave:{case.id}:{chat}", ANSWER, payload, case=case, chat=chat)

    def whisper(
        self,
        user_id: str,
        html: str,
        *,
        choices: tuple[Choice, ...] = (),
        case_id: int | None = None,
        attachment_id: int = 0,
        edits: str = "",
        delay: timedelta = timedelta(0),
        merge_key: str = "",
    ) -> None:
        """Write to one officer's private chat; ``merge_key`` tells what waits from all else."""
        payload = {"text": html, "choices": as_payload(choices), "attachment": attachment_id,
                   "edits": edits}  # fmt: skip
        self._privately(user_id, payload, case_id, delay, merge_key=merge_key)

    def show_in_private(
        self, case: Case, message_id: int, user_id: str, post: str, *, later: timedelta
    ) -> None:
        """Bring a reply in its author's private chat up to date; without ``post``: tell anew."""
        sort = "private" if post else "private_news"
        key = f"{sort}:{message_id}"
        payload = {"message": message_id, "edits": post}
        self._privately(user_id, payload, case.id, later, merge_key=key, lane=f"refresh:{key}")

    def answer_tap(self, tap_id: str, text: str = "", *, alert: bool = False) -> None:
        """Tell an officer who tapped what became of it."""
        self._write(
            "tap",
            self.organisation.officer_channel,
            lane=f"tap:{self.vault.lookup(tap_id)[:40]}",
            chat=f"tap:{self.vault.lookup(tap_id)[:40]}",
            promise=Promise.NOTICE,
            priority=DANGER,
            payload={"tap": tap_id, "text": text, "alert": alert},
        )

    def _privately(
        self,
        user_id: str,
        payload: Mapping[str, Any],
        case_id: int | None,
        delay: timedelta,
        *,
        merge_key: str,
        lane: str = "",
    ) -> None:
        """Into one officer's chat; in a lane of its own it waits for nothing and is no hurry."""
        chat = self.vault.lookup(user_id)
        self._write(
            "whisper",
            self.organisation.officer_channel,
            lane=lane or f"whisper:{chat[:40]}",
            chat=chat,
            promise=Promise.RECEIPT,
            priority=ROUTINE if lane else ANSWER,
            payload={"to": user_id, **payload},
            case_id=case_id,
            delay=delay,
            merge_key=merge_key,
        )

    def _living(
        self, kind: str, case: Case, message_id: int | None, priority: int, later: timedelta
    ) -> None:
        self._group(
            kind,
            f"refresh:{kind}:{message_id or case.id}" if later else f"case:{case.id}",
            priority,
            {"refreshes": True} if later else {},
            case=case,
            post_of=message_id,
            merge_key=f"{kind}:{message_id or case.id}",
            delay=later,
        )

    def _group(
        self,
        kind: str,
        lane: str,
        priority: int,
        payload: Mapping[str, Any],
        *,
        case: Case | None = None,
        chat: str = "",
        post_of: int | None = None,
        merge_key: str = "",
        delay: timedelta = timedelta(0),
        about: int | None = None,
    ) -> None:
        home = group_of(self.organisation, case) if case else self.organisation.officer_chat
        chat = chat or home
        if not chat:
            return
        self._write(
            kind,
            self.organisation.officer_channel,
            lane=lane,
            chat=chat,
            promise=Promise.QUESTION,
            priority=priority,
            payload=dict(payload) | ({"message": post_of} if post_of else {}),
            case_id=case.id if case else None,
            message_id=about,
            merge_key=merge_key,
            delay=delay,
            paced=self.organisation.officer_channel == "telegram",
        )
