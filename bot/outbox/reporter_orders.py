"""Orders for a reporter: words, a file, a template, the sign that she is being read."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.commands import Choice, Promise
from bot.events import Address
from bot.outbox.queue import ANSWER, LATER, QueueWriter, as_payload
from bot.outbox.split import split_text
from bot.outbox.validity import ALWAYS, Validity
from bot.outbox.validity import KEY as VALID
from storage.tables import Case, Outbound

_outbox: sa.Table = Outbound.__table__  # type: ignore[attr-defined]
_ABOUT = "about"
_TEXT_LIMITS = {"whatsapp": 1600, "sim-whatsapp": 1600}
_TELEGRAM_LIMIT = 4096
_CHOICE_LIMIT = 1024  # WhatsApp's limit for a body with buttons or a list


class ReporterOrders(QueueWriter):
    """What goes to a reporter."""

    __slots__ = ()

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
        about: str = "",
    ) -> None:
        """Say something to a reporter; long texts become several messages.

        ``message_id`` is the officer's reply that these words are; it may wait (``delay``) for
        its undo time, or other words for a fitting hour, without holding up anything else.
        ``template`` is the key of the form that asks her to open WhatsApp if her window is shut.
        ``unasked``: the name of her time zone and her safe hours; it leaves only when they allow.
        ``valid``: when it may still be said; what waited for longer is not said at all.
        ``about``: the matter that it is news of, see :meth:`unsay`.
        """
        limit = _TEXT_LIMITS.get(to.channel, _TELEGRAM_LIMIT)
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
                    "choices": as_payload(choices) if last else [],
                    "list_label": list_label,
                    "reply_to": reply_to if index == 0 else "",
                }
                | ({"template": template} if template else {})
                | ({"unasked": unasked} if unasked else {})
                | ({_ABOUT: about} if about else {})
                | valid.as_payload(),
                person_id=person_id,
                case_id=case_id,
                message_id=message_id,
                delay=delay,
            )

    def unsay(
        self, case_id: int, *matters: str, keep: Collection[str] = (), leaving: bool = False
    ) -> set[str]:
        """Let what waits for the reporter of a case about these matters not be said any more.

        Newer news takes its place, or it is true no longer. A matter takes its parts along, as
        ``appointment:7`` does ``appointment:7:reminder``; those to ``keep`` stay. What never
        had to wait is called back only where ``leaving`` says so.

        Returns:
            The matters that something waited about.
        """
        held, queued = _outbox.c.status == "held", _outbox.c.status == "queued"
        waited = _outbox.c.available_at > _outbox.c.created_at
        waits = held | (queued if leaving else queued & waited)
        waiting = sa.select(_outbox.c.id, _outbox.c.sealed).where(
            _outbox.c.case_id == case_id, _outbox.c.kind == "say", waits
        )
        over = {}
        for row_id, sealed in self.session.execute(waiting):
            about = str(self.vault.open_json(sealed, "outbox").get(_ABOUT, ""))
            if about not in keep and any(f"{about}:".startswith(f"{one}:") for one in matters):
                over[row_id] = about
        if over:
            taken_back = sa.update(_outbox).where(_outbox.c.id.in_(over), waits)
            values = {"status": "cancelled", "settled_at": self.now}
            self.session.execute(taken_back.values(values))
        return set(over.values())

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
        album: str = "",
    ) -> None:
        """Send a stored file to a reporter; those of one ``album`` go together."""
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
            }
            | ({"album": album} if album else {}),
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
