"""The simulator as a channel: what the bot sends appears on the page's screens.

It refuses what WhatsApp (through Twilio) and Telegram would refuse, so that a text that works
here works there. Ids of messages, topics and files are the store's own.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from starlette.concurrency import run_in_threadpool

from bot.channels import (
    Capabilities,
    ContentRejected,
    File,
    FileGone,
    FileTooLarge,
    Members,
    NotAllowed,
    Place,
    TargetGone,
    Template,
    Text,
    TopicGone,
    Unreachable,
    WindowClosed,
)
from bot.clock import Clock
from bot.events import Address, Media
from bot.handlers.simulator.markup import BadMarkup, parse_html, plain_text
from bot.handlers.simulator.messages import BOT, Attached, News, Said, Ticks
from bot.handlers.simulator.people import (
    GROUP_CHAT,
    SIMULATED_OFFICERS,
    TELEGRAM,
    WHATSAPP,
    Look,
    is_officers_side,
    is_phone,
)
from bot.handlers.simulator.store import SimulatorStore
from bot.outbox.templates import as_text
from bot.texts import Texts

_MEGABYTE = 1024 * 1024
CAPABILITIES = {
    WHATSAPP: Capabilities(
        text_limit=1600, buttons=3, list_items=10, media_limit=16 * _MEGABYTE, window_hours=24
    ),
    TELEGRAM: Capabilities(
        text_limit=4096, buttons=100, list_items=0, media_limit=50 * _MEGABYTE, html=True
    ),
}
_BUTTON_LABEL = 20
_LIST_LABEL = 24
_CAPTION = 1024


class SimulatorChannel:
    """Implements :class:`bot.channels.GroupChannel` over the store.

    Args:
        look: which provider's manners it keeps; only ``sim-telegram`` has the group.
        texts: the words of templates; without them none can be shown.
    """

    def __init__(
        self, look: Look, store: SimulatorStore, clock: Clock, texts: Texts | None = None
    ) -> None:
        self._look = look
        self._store = store
        self._clock = clock
        self._texts = texts

    @property
    def capabilities(self) -> Capabilities:
        """What the look can show and carry."""
        return CAPABILITIES[self._look]

    async def send_text(self, place: Place, text: Text) -> str:
        """Show words; returns the message's id."""
        self._refuse_bad_text(text, self.capabilities.text_limit)
        return await run_in_threadpool(self._append, place, text, None)

    async def send_file(self, place: Place, file: File, caption: Text) -> str:
        """Show a file; returns the message's id."""
        if len(file.content) > self.capabilities.media_limit:
            raise ContentRejected("file too big")
        self._refuse_bad_text(caption, _CAPTION)
        return await run_in_threadpool(self._append, place, caption, file)

    async def send_template(self, place: Place, template: Template) -> str:
        """Show a template, as one that WhatsApp approved; returns the message's id."""
        shown = as_text(self._texts, template) if self._texts else None
        if shown is None or self.capabilities.window_hours is None:
            raise ContentRejected("no templates here")
        return await run_in_threadpool(self._append, place, shown, None, windowed=False)

    async def show_typing(self, place: Place, inbound_id: str) -> None:  # noqa: ARG002
        """Show the typing sign and that what she wrote was read."""
        if self._is_here(place.address):
            await run_in_threadpool(self._typing, str(place.address), place.thread)

    async def fetch(self, media: Media, limit: int) -> bytes:
        """The bytes of a file that someone sent on the page.

        Raises:
            FileTooLarge: it has more than ``limit`` bytes.
            FileGone: it is not in the store.
        """
        found = await run_in_threadpool(self._store.files.read, media.reference)
        if found is None:
            raise FileGone
        if len(found[1]) > limit:
            raise FileTooLarge
        return found[1]

    async def was_sent(self, place: Place, text: str, since: str) -> str | None:
        """Id of our message with this text since then, or None. ``since``: ISO time."""
        found = await run_in_threadpool(
            self._store.messages, str(place.address), place.thread, limit=50
        )
        start = datetime.fromisoformat(since)
        ours = (each for each in found if each.said.author == BOT and each.at >= start)
        return next((each.id for each in ours if each.said.text == text), None)

    async def edit_text(self, place: Place, external_id: str, text: Text) -> None:
        """Change a message of ours."""
        self._refuse_bad_text(text, self.capabilities.text_limit)

        def change(said: Said) -> Said:
            return replace(
                said,
                text=text.text,
                html=text.html,
                choices=text.choices,
                rows=text.rows,
                list_label=text.list_label,
                edited=said.edited or said.text != text.text,
            )

        chat = str(place.address)
        if await run_in_threadpool(self._store.edit, chat, external_id, change) is None:
            raise TargetGone("message to edit not found")

    async def delete_message(self, place: Place, external_id: str) -> None:
        """Remove a message; one that is gone is fine."""
        await run_in_threadpool(self._store.delete, str(place.address), external_id)

    async def answer_tap(self, tap_id: str, text: str, *, alert: bool) -> None:
        """Show on the page of the one who tapped what became of it."""
        news = News("toast", target=tap_id, text=text, alert=alert)
        await run_in_threadpool(self._store.tell, news)

    async def open_topic(self, place: Place, title: str) -> str:
        """Make a topic in the group and return its id."""
        if self._look != TELEGRAM or place.address.path != GROUP_CHAT:
            raise NotAllowed("no topics here")
        topic = await run_in_threadpool(self._store.open_topic, str(place.address), title)
        return topic.id

    async def edit_topic(
        self, place: Place, *, title: str = "", closed: bool | None = None
    ) -> None:
        """Rename, close or reopen a topic; no change is fine."""
        topic = await run_in_threadpool(
            self._store.edit_topic, str(place.address), place.thread, title=title, closed=closed
        )
        if topic is None:
            raise TopicGone("topic not found")

    async def pin(self, place: Place, external_id: str) -> None:
        """Pin a message on top of its topic."""
        chat = str(place.address)
        if await run_in_threadpool(self._store.edit, chat, external_id, _pinned) is None:
            raise TargetGone("message to pin not found")

    async def administrators(self, chat_id: str) -> tuple[tuple[str, str], ...]:
        """User id and name of the group's coordinators."""
        if chat_id != GROUP_CHAT:
            return ()
        return tuple(
            (user_id, name) for user_id, name, role in SIMULATED_OFFICERS if role == "coordinator"
        )

    async def members(self, chat_id: str, user_ids: Sequence[str]) -> Members:  # noqa: ARG002
        """Everybody is who he says he is here, and nobody else is there."""
        return Members(0, frozenset(user_ids))

    async def own_name(self) -> str:
        """Commands call no bot by name here."""
        return ""

    def _append(
        self, place: Place, text: Text, file: File | None, *, windowed: bool = True
    ) -> str:
        chat = str(place.address)
        self._refuse_place(place)
        if windowed:
            self._refuse_shut_window(place.address)
        said = Said(
            author=BOT,
            text=text.text,
            html=text.html,
            choices=text.choices,
            rows=text.rows,
            list_label=text.list_label,
            media=self._keep(file) if file else None,
            reply_to=text.reply_to,
            ticks=Ticks.SENT,
        )
        return self._store.append(chat, said, place.thread).id

    def _keep(self, file: File) -> Attached:
        media = Media(file.kind, "", file.content_type, len(file.content), file.file_name)
        return self._store.files.keep(file.content, media)

    def _typing(self, chat: str, thread: str) -> None:
        self._store.mark_read(chat)
        self._store.tell(News("typing", chat, thread))

    def _is_here(self, address: Address) -> bool:
        return address.channel == self._look and (is_phone(address) or is_officers_side(address))

    def _refuse_place(self, place: Place) -> None:
        address = place.address
        if not self._is_here(address):
            raise Unreachable("chat not found")
        if place.thread and self._store.topic(str(address), place.thread) is None:
            raise TopicGone("topic not found")

    def _refuse_shut_window(self, address: Address) -> None:
        hours = self.capabilities.window_hours
        if hours is None:
            return
        newest = self._store.messages(str(address), None, limit=200)
        written = [each.at for each in newest if each.said.author != BOT]
        if not written or written[-1] < self._clock.now() - timedelta(hours=hours):
            raise WindowClosed("63016")

    def _refuse_bad_text(self, text: Text, limit: int) -> None:
        words = text.text
        if text.html and not self.capabilities.html:
            raise ContentRejected("markup")
        if text.html:
            try:
                words = plain_text(parse_html(text.text))
            except BadMarkup as wrong:
                raise ContentRejected("markup") from wrong
        if len(words.encode("utf-16-le")) // 2 > limit:
            raise ContentRejected("text too long")
        self._refuse_bad_choices(text)

    def _refuse_bad_choices(self, text: Text) -> None:
        can = self.capabilities
        listed = bool(text.list_label) and can.list_items > 0
        if len(text.choices) > (can.list_items if listed else can.buttons):
            raise ContentRejected("too many choices")
        if self._look == TELEGRAM:
            return
        longest = _LIST_LABEL if listed else _BUTTON_LABEL
        labels = {choice.label for choice in text.choices}
        if len(labels) < len(text.choices) or any(len(label) > longest for label in labels):
            raise ContentRejected("labels")


def _pinned(said: Said) -> Said:
    return replace(said, pinned=True)
