"""What can be ordered to be sent, and how it is written into the queue.

``say``, ``send_file``, ``typing`` and ``template`` go to a reporter. ``card`` and ``reply`` are
living posts in the officers' group: shown from the database when they are sent, edited in place
afterwards, merged while they wait. ``post``, ``post_file``, ``topic`` go into a case's topic,
``erase`` takes posts away again, ``leave`` closes the topic of a case that moves to the other
group, ``announce`` goes beside the topics, ``whisper`` to one officer's private chat, ``tap``
answers a tap.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from bot.commands import Choice, Promise
from bot.events import Address
from bot.outbox.split import split_text
from bot.outbox.validity import ALWAYS, Validity
from bot.outbox.validity import KEY as VALID
from bot.outbox.whereabouts import group_of
from storage.crypto import Vault
from storage.database import is_postgres
from storage.tables import Case, Organisation, Outbound

_outbox: sa.Table = Outbound.__table__  # type: ignore[attr-defined]


def _merging(insert: Any) -> Any:
    """Write a living post, or let the one that waits stand for it: as urgent, as soon."""
    waiting, new = _outbox.c, insert.excluded
    urgent = waiting.priority < new.priority
    sooner = waiting.available_at < new.available_at
    return insert.on_conflict_do_update(
        index_elements=["merge_key"],
        index_where=sa.text("status = 'queued' AND merge_key <> ''"),
        set_={
            "priority": sa.case((urgent, waiting.priority), else_=new.priority),
            "available_at": sa.case((sooner, waiting.available_at), else_=new.available_at),
            "chat": new.chat,
        },
    )


# Made once: building a statement costs more than running it.
_INSERT = sa.insert(_outbox)
_MERGE_ON_POSTGRES = _merging(postgresql.insert(_outbox))
_MERGE_ON_SQLITE = _merging(sqlite.insert(_outbox))

DANGER, ANSWER, CASEWORK, ROUTINE = 1, 3, 5, 7
LATER = "later:"
"""Begins the lane of what waits for an hour at which a reporter's phone may ring."""

TEXT_LIMITS = {"whatsapp": 1600, "sim-whatsapp": 1600}
_TELEGRAM_LIMIT = 4096
_CHOICE_LIMIT = 1024  # WhatsApp's limit for a body with buttons or a list


@dataclass(slots=True)
class OutboxWriter:
    """Writes orders into the queue inside the transaction of their cause.

    Args:
        inbox_id: the event that caused them; with a running ordinal it makes each order unique.
        forgets: what is said to persons from now on is blanked as soon as it was sent.
    """

    session: Session
    vault: Vault
    organisation: Organisation
    now: datetime
    inbox_id: int | None = None
    forgets: bool = False
    _ordinal: int = field(default=0, init=False)

    def say(
        self,
        to: Address,
        text: str,
        *,
        person_id: int | None = None,
        choices: tuple[Choice, ...] = (),
        list_label: str = "",
        promise: Promise = Promise.QUESTION,
        case_id: int | None = None,
        message_id: int | None = None,
        priority: int = ANSWER,
        delay: timedelta = timedelta(0),
        reply_to: str = "",
        template: str = "",
        unasked: tuple[str, str] | None = None,
        valid: Validity = ALWAYS,
    ) -> None:
        """Say something to a reporter; long texts become several messages.

        ``message_id`` is the officer's reply that these words are; it may wait (``delay``) for
        its undo time, or other words for a fitting hour, without holding up anything else.
        ``template`` is the key of the form that asks her to open WhatsApp if her window is shut.
        ``unasked``: the name of her time zone and her safe hours; it leaves only when they allow.
        ``valid``: when it may still be said; what waited for longer is not said at all.
        """
        limit = TEXT_LIMITS.get(to.channel, _TELEGRAM_LIMIT)
        pieces = split_text(text, min(limit, _CHOICE_LIMIT) if choices else limit)
        chat = self.vault.lookup(str(to))
        lane = f"{LATER}{chat[:40]}" if delay else chat
        for index, piece in enumerate(pieces):
            last = index == len(pieces) - 1
            self._write(
                "say",
                to.channel,
                lane=f"reply:{message_id}" if message_id else lane,
                chat=chat,
                promise=promise,
                priority=priority,
                payload={
                    "to": to.path,
                    "text": piece,
                    "choices": [_choice(choice) for choice in choices] if last else [],
                    "list_label": list_label,
                    "reply_to": reply_to if index == 0 else "",
                }
                | ({"template": template} if template else {})
                | ({"unasked": unasked} if unasked else {})
                | valid.as_payload(),
                person_id=person_id,
                case_id=case_id,
                message_id=message_id,
                delay=delay,
            )

    def send_file(
        self,
        to: Address,
        attachment_id: int,
        *,
        caption: str = "",
        person_id: int | None = None,
        case_id: int | None = None,
        message_id: int | None = None,
        delay: timedelta = timedelta(0),
        reply_to: str = "",
    ) -> None:
        """Send a stored file to a reporter."""
        self._write(
            "send_file",
            to.channel,
            lane=f"reply:{message_id}" if message_id else self.vault.lookup(str(to)),
            chat=self.vault.lookup(str(to)),
            promise=Promise.RECEIPT,
            priority=ANSWER,
            payload={
                "to": to.path,
                "attachment": attachment_id,
                "caption": caption,
                "reply_to": reply_to,
            },
            person_id=person_id,
            case_id=case_id,
            message_id=message_id,
            delay=delay,
        )

    def send_template(
        self,
        to: Address,
        name: str,
        content_id: str,
        variables: tuple[str, ...],
        *,
        person_id: int,
        case: Case,
        behind: Mapping[str, Any],
    ) -> None:
        """Send an approved template about a case; one that still waits stands for it.

        ``behind``: the order that is held behind it; what that one minds, the template minds too.
        """
        self._write(
            "template",
            to.channel,
            lane=f"template:{case.id}",
            chat=self.vault.lookup(str(to)),
            promise=Promise.QUESTION,
            priority=ANSWER,
            payload={"to": to.path, "template": name, "content": content_id,
                     "variables": list(variables)}
            | {key: behind[key] for key in ("unasked", VALID) if key in behind},
            person_id=person_id,
            case_id=case.id,
            merge_key=f"template:{case.id}",
        )  # fmt: skip

    def show_typing(self, to: Address, inbound_id: str, *, person_id: int | None = None) -> None:
        """Let the reporter see that her message is being read."""
        self._write(
            "typing",
            to.channel,
            lane=f"typing:{self.vault.lookup(str(to))[:40]}",
            chat=self.vault.lookup(str(to)),
            promise=Promise.NOTICE,
            priority=ANSWER,
            payload={"to": to.path, "inbound": inbound_id},
            person_id=person_id,
        )

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
                "choices": [_choice(choice) for choice in choices],
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
        payload = {"text": html, "choices": [_choice(choice) for choice in choices],
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
    ) -> None:
        """Write to one officer's private chat."""
        self._write(
            "whisper",
            self.organisation.officer_channel,
            lane=f"whisper:{self.vault.lookup(user_id)[:40]}",
            chat=self.vault.lookup(user_id),
            promise=Promise.RECEIPT,
            priority=ANSWER,
            payload={
                "to": user_id,
                "text": html,
                "choices": [_choice(choice) for choice in choices],
                "attachment": attachment_id,
                "edits": edits,
            },
            case_id=case_id,
        )

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

    def _hurry(self, lane: str) -> None:
        """Let what waits in a lane be as urgent as what is about to stand behind it."""
        waiting = sa.and_(_outbox.c.lane == lane, _outbox.c.status == "queued")
        later = _outbox.c.priority > DANGER
        self.session.execute(sa.update(_outbox).where(waiting, later).values(priority=DANGER))

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

    def _write(
        self,
        kind: str,
        channel: str,
        *,
        lane: str,
        chat: str,
        promise: Promise,
        priority: int,
        payload: Mapping[str, Any],
        person_id: int | None = None,
        case_id: int | None = None,
        message_id: int | None = None,
        delay: timedelta = timedelta(0),
        merge_key: str = "",
        paced: bool = False,
    ) -> None:
        row = {
            "organisation_id": self.organisation.id,
            "inbox_id": self.inbox_id,
            "ordinal": self._ordinal,
            "channel": channel,
            "lane": lane,
            "chat": chat,
            "paced": paced,
            "kind": kind,
            "promise": promise.value,
            "priority": priority,
            "merge_key": merge_key,
            "person_id": person_id,
            "case_id": case_id,
            "message_id": message_id,
            "status": "queued",
            "attempts": 0,
            "available_at": self.now + delay,
            "external_id": "",
            "error": "",
            "forget": self.forgets and not paced,
            "sealed": self.vault.seal_json(dict(payload), "outbox"),
            "created_at": self.now,
        }
        if merge_key:
            merging = _MERGE_ON_POSTGRES if is_postgres(self.session) else _MERGE_ON_SQLITE
            self.session.execute(merging, row)
        else:
            self.session.execute(_INSERT, row)
        self._ordinal += 1


def _choice(choice: Choice) -> list[str]:
    return [choice.id, choice.label, choice.detail]
