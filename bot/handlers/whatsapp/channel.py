"""The channel to WhatsApp: messages, buttons, files and typing through Twilio's API."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import anyio
import anyio.to_thread
from twilio.base.exceptions import TwilioException
from twilio.rest.content.v1.content import ContentList

from bot.channels import (
    Capabilities,
    ContentRejected,
    File,
    OutcomeUnknown,
    Place,
    SendFailure,
    Template,
    Text,
    TryLater,
)
from bot.events import Media, MediaKind
from bot.handlers.whatsapp.account import WhatsAppAccount
from bot.handlers.whatsapp.client import Transport, twilio_client
from bot.handlers.whatsapp.content import (
    BUTTONS,
    LIST_ITEMS,
    Content,
    ContentStore,
    content_for,
    numbered,
    same_words,
)
from bot.handlers.whatsapp.failures import failure_of
from bot.handlers.whatsapp.media import MediaFetcher
from bot.handlers.whatsapp.routes import STATUS_PATH

_TEXT_LIMIT = 1600
_THREADS = 16
_LOOK_BACK = timedelta(seconds=60)
_LOOK_AT = 50
_NO_SUCH_CONTENT = "21655"
_MEGABYTE = 1024 * 1024
_PHOTO_LIMIT = 5 * _MEGABYTE
_CAPABILITIES = Capabilities(
    text_limit=_TEXT_LIMIT,
    buttons=BUTTONS,
    list_items=LIST_ITEMS,
    media_limit=16 * _MEGABYTE,
    window_hours=24,
)
_T = TypeVar("_T")


class WhatsAppChannel:
    """Sends to WhatsApp as one sender of one Twilio account.

    The library is synchronous; its calls run in a few threads of their own, so that a slow
    Twilio never holds back the storing of webhooks.

    Args:
        config: the account.
        contents: remembers contents made at Twilio, for all processes.
        media_link: gives the address at which Twilio may fetch a stored file for a while.
    """

    def __init__(
        self,
        config: WhatsAppAccount,
        contents: ContentStore,
        media_link: Callable[[str], str],
    ) -> None:
        self._config = config
        self._contents = contents
        self._media_link = media_link
        self._transport = Transport(config.api_base_url)
        self._client = twilio_client(config, self._transport)
        self._media = MediaFetcher(config)
        self._threads = anyio.CapacityLimiter(_THREADS)
        self._known: dict[str, str] = {}

    async def close(self) -> None:
        """Close the open connections."""
        await self._media.close()
        self._transport.close()

    @property
    def capabilities(self) -> Capabilities:
        """What WhatsApp can show and carry."""
        return _CAPABILITIES

    async def send_text(self, place: Place, text: Text) -> str:
        """Send words; choices as buttons or a list, or as numbers where that is impossible."""
        content = content_for(text) if text.choices else None
        if content is not None:
            sent = await self._send_content(place, content)
            if sent:
                return sent
        sid = ""
        for part in numbered(text, _TEXT_LIMIT):
            sid = await self._create(place, body=part)
        return sid

    async def send_file(self, place: Place, file: File, caption: Text) -> str:
        """Send a file by its link.

        WhatsApp shows a caption only under photos and videos (Twilio drops others), and no
        buttons: such words go ahead as a message of their own, so at worst they come twice.
        """
        if file.kind is MediaKind.PHOTO and len(file.content) > _PHOTO_LIMIT:
            raise ContentRejected("photo_too_large")
        shown = file.kind in {MediaKind.PHOTO, MediaKind.VIDEO} and not caption.choices
        link = {"media_url": [self._media_link(file.attachment)]}
        if shown and caption.text:
            return await self._create(place, body=caption.text, **link)
        if caption.text:
            await self.send_text(place, caption)
        return await self._create(place, **link)

    async def send_template(self, place: Place, template: Template) -> str:
        """Send an approved template; the service window may be shut."""
        variables = {str(n): value for n, value in enumerate(template.variables, start=1)}
        return await self._create(
            place,
            content_sid=template.content_id,
            content_variables=json.dumps(variables, ensure_ascii=False),
        )

    async def show_typing(self, place: Place, inbound_id: str) -> None:  # noqa: ARG002 - port
        """Show that an answer is on its way, and the message as read. Never fails."""
        indicators = self._client.messaging.v2.typing_indicator
        try:
            await self._call(lambda: indicators.create(channel="whatsapp", message_id=inbound_id))
        except SendFailure:
            return

    async def fetch(self, media: Media, limit: int) -> bytes:
        """The bytes of a file that a person sent. See :meth:`MediaFetcher.fetch`."""
        return await self._media.fetch(media.reference, limit)

    async def was_sent(self, place: Place, text: str, since: str) -> str | None:
        """The id of a message with these words that Twilio took since then, or None.

        Raises:
            OutcomeUnknown: the list could not be read, or there are no words to look for.
        """
        if not text.strip():
            raise OutcomeUnknown("no_words")
        earliest = datetime.fromisoformat(since).astimezone(UTC) - _LOOK_BACK
        try:
            # No filter by date: it goes by the date of sending, which queued messages lack.
            found = await self._call(
                lambda: self._client.messages.list(to=_wire(place), limit=_LOOK_AT)
            )
        except SendFailure as failure:
            raise OutcomeUnknown(failure.code) from None
        for message in found:
            made = message.date_created
            young = made is None or made.astimezone(UTC) >= earliest
            if young and message.sid and same_words(text, message.body or ""):
                return str(message.sid)
        return None

    async def _send_content(self, place: Place, content: Content) -> str | None:
        """Send a message with choices; None when Twilio does not take it in that form."""
        known = await self._known_content(content)
        for content_id in (known, None) if known else (None,):  # a new one if that is gone
            try:
                return await self._create(
                    place,
                    content_sid=content_id or await self._made_content(content),
                    content_variables=content.variables,
                )
            except ContentRejected as refused:
                if content_id is None or refused.code != _NO_SUCH_CONTENT:
                    return None
        return None

    async def _known_content(self, content: Content) -> str | None:
        """The id of a content that was made before."""
        fingerprint = content.fingerprint
        if fingerprint not in self._known:
            found = await anyio.to_thread.run_sync(
                self._contents.find, self._config.account_sid, fingerprint, limiter=self._threads
            )
            if found is None:
                return None
            self._known[fingerprint] = found
        return self._known[fingerprint]

    async def _made_content(self, content: Content) -> str:
        """Make the content at Twilio; returns its id.

        Raises:
            TryLater: no connection.
            ContentRejected: Twilio does not make it; words and numbers can still go.
        """
        request = ContentList.ContentCreateRequest(content.request)
        try:
            made = await self._call(lambda: self._client.content.v1.contents.create(request))
        except TryLater:
            raise
        except SendFailure as failure:
            raise ContentRejected(failure.code) from None
        content_id = str(made.sid)
        await anyio.to_thread.run_sync(
            self._contents.remember,
            self._config.account_sid,
            content.fingerprint,
            content_id,
            limiter=self._threads,
        )
        self._known[content.fingerprint] = content_id
        return content_id

    async def _create(self, place: Place, **content: Any) -> str:
        service = self._config.messaging_service_sid
        origin = {"messaging_service_sid": service} if service else {"from_": self._config.sender}
        message = await self._call(
            lambda: self._client.messages.create(
                to=_wire(place),
                status_callback=self._config.public_base_url + STATUS_PATH,
                **origin,
                **content,
            )
        )
        if not message.sid:
            raise OutcomeUnknown("answer")
        return str(message.sid)

    async def _call(self, request: Callable[[], _T]) -> _T:
        """Run a call of the library in a thread; its errors become failures of the port."""
        try:
            return await anyio.to_thread.run_sync(request, limiter=self._threads)
        except TwilioException as error:
            raise failure_of(error) from None
        except ValueError:  # an answer that is no JSON
            raise OutcomeUnknown("answer") from None


def _wire(place: Place) -> str:
    """The address as Twilio takes it; user ids go as they came."""
    return str(place.address)
