"""The channel to Telegram: people in private chats, officers in their group."""

from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar

from telegram import InputFile
from telegram.constants import ChatAction, FileSizeLimit, ForumIconColor, MessageLimit
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.channels import (
    Capabilities,
    ContentRejected,
    File,
    FileGone,
    FileTooLarge,
    Members,
    OutcomeUnknown,
    Place,
    SendFailure,
    TargetGone,
    Text,
    TopicGone,
    TryLater,
    Unreachable,
)
from bot.events import Media
from bot.handlers.telegram import wire
from bot.handlers.telegram.failures import USER_NOT_FOUND, Unchanged, failure_of
from bot.handlers.telegram.group import is_inside
from bot.handlers.telegram.messages import external_id as full_id
from bot.handlers.telegram.transport import make_bot
from bot.handlers.telegram.updates import TAP

_CAPABILITIES = Capabilities(
    text_limit=MessageLimit.MAX_TEXT_LENGTH,
    buttons=8,
    list_items=0,
    media_limit=FileSizeLimit.FILESIZE_UPLOAD,
    html=True,
)
_TAP_ANSWER = 200
_TOPIC_TITLE = 128
_T = TypeVar("_T")


class TelegramChannel:
    """Sends as one bot. Use it in the event loop in which it was started.

    Args:
        token: the bot's token.
        api_base_url: where the Bot API answers.
    """

    def __init__(self, token: str, api_base_url: str = "https://api.telegram.org") -> None:
        self._bot = make_bot(token, api_base_url)
        self._name = ""

    async def start(self) -> None:
        """Make ready to send. Asks Telegram nothing: a start must not wait for it."""
        await self._bot.request.initialize()

    async def close(self) -> None:
        """Close the open connections."""
        await self._bot.request.shutdown()

    @property
    def capabilities(self) -> Capabilities:
        """What Telegram can show and carry."""
        return _CAPABILITIES

    async def send_text(self, place: Place, text: Text) -> str:
        """Send words with buttons under them; markup that Telegram refuses goes as plain text."""

        async def send(words: dict[str, Any]) -> str:
            message = await _asked(
                self._bot.send_message(
                    **wire.target(place),
                    **wire.options(text),
                    **words,
                    link_preview_options=wire.no_preview(),
                )
            )
            return full_id(message.chat.id, message.message_id)

        return await wire.with_markup_or_plain(send, text, "text")

    async def send_file(self, place: Place, file: File, caption: Text) -> str:
        """Send a file; a caption too long for one goes ahead as a message of its own."""
        if wire.units(caption.text) > MessageLimit.CAPTION_LENGTH:
            await self.send_text(place, caption)
            caption = Text("", silent=caption.silent)
        method, field = wire.method_for(file)
        try:
            return await self._send_as(method, field, place, file, caption)
        except ContentRejected:
            if field == "document":
                raise
        # Telegram makes its own copy of photos, videos and sound, and cannot always.
        return await self._send_as("send_document", "document", place, file, caption)

    async def _send_as(
        self, method: str, field: str, place: Place, file: File, caption: Text
    ) -> str:
        async def send(words: dict[str, Any]) -> str:
            content = InputFile(file.content, filename=file.file_name or "berkas")
            message = await _asked(
                getattr(self._bot, method)(
                    **wire.target(place), **wire.options(caption), **words, **{field: content}
                )
            )
            return full_id(message.chat.id, message.message_id)

        return await wire.with_markup_or_plain(send, caption, "caption")

    async def send_album(self, place: Place, files: Sequence[tuple[File, Text]]) -> list[str]:
        """Send photos and videos, or documents, as one album."""
        media = [wire.album_part(file, caption) for file, caption in files]
        messages = await _asked(
            self._bot.send_media_group(
                **wire.target(place),
                media=media,
                reply_parameters=wire.options(files[0][1])["reply_parameters"],
            )
        )
        return [full_id(message.chat.id, message.message_id) for message in messages]

    async def show_typing(self, place: Place, inbound_id: str) -> None:
        """Show that an answer is on its way, and end the waiting mark on a tapped button."""
        try:
            if inbound_id.startswith(TAP):
                await self.answer_tap(inbound_id.removeprefix(TAP), "", alert=False)
            await _asked(
                self._bot.send_chat_action(**wire.target(place), action=ChatAction.TYPING)
            )
        except SendFailure:
            return

    async def fetch(self, media: Media, limit: int) -> bytes:
        """The bytes of a file that a person sent; Telegram gives bots at most 20 MB.

        Raises:
            FileTooLarge: known before anything is fetched, where Telegram told the size.
            FileGone: Telegram does not know this file.
            TryLater: it is not there right now.
        """
        limit = min(limit, FileSizeLimit.FILESIZE_DOWNLOAD)
        if (media.size or 0) > limit:
            raise FileTooLarge
        try:
            found = await self._bot.get_file(media.reference)
            if (found.file_size or 0) > limit:
                raise FileTooLarge
            content = await self._bot.request.retrieve(found.file_path or "", read_timeout=30)
        except InvalidToken:  # also what the library makes of a 404: the link has ended
            raise TryLater("404") from None
        except TelegramError as error:
            raise _fetch_failure(error) from None
        if len(content) > limit:
            raise FileTooLarge
        return content

    async def was_sent(self, place: Place, text: str, since: str) -> str | None:  # noqa: ARG002
        """Telegram cannot be asked what was sent.

        Raises:
            OutcomeUnknown: always.
        """
        raise OutcomeUnknown("no_look_up")

    async def edit_text(self, place: Place, external_id: str, text: Text) -> None:
        """Change a message of ours; without choices its buttons go. No change is fine."""

        async def edit(words: dict[str, Any]) -> None:
            await _repeatable(
                self._bot.edit_message_text(
                    chat_id=wire.chat(place),
                    message_id=wire.message_id(external_id),
                    reply_markup=wire.keyboard(text),
                    link_preview_options=wire.no_preview(),
                    **words,
                )
            )

        await wire.with_markup_or_plain(edit, text, "text")

    async def delete_message(self, place: Place, external_id: str) -> None:
        """Remove a message of ours; one that is gone is fine.

        Raises:
            NotAllowed: older than 48 hours, and the bot may not delete messages in this group.
        """
        try:
            await _repeatable(
                self._bot.delete_message(wire.chat(place), wire.message_id(external_id))
            )
        except TargetGone:
            return

    async def answer_tap(self, tap_id: str, text: str, *, alert: bool) -> None:
        """Tell the person who tapped what became of it. A tap too old is fine."""
        shown = text[:_TAP_ANSWER] or None
        try:
            await _repeatable(self._bot.answer_callback_query(tap_id, shown, show_alert=alert))
        except TargetGone:
            return

    async def open_topic(self, place: Place, title: str) -> str:
        """Make a topic and return its id. Not repeatable: Telegram has no list of topics.

        Raises:
            NotAllowed: the group has no topics or the bot may not make them.
        """
        topic = await _asked(
            self._bot.create_forum_topic(
                wire.chat(place), title[:_TOPIC_TITLE], icon_color=ForumIconColor.BLUE
            )
        )
        return str(topic.message_thread_id)

    async def edit_topic(
        self, place: Place, *, title: str = "", closed: bool | None = None
    ) -> None:
        """Rename, close or reopen the topic of ``place``; no change is fine."""
        chat, thread = wire.chat(place), wire.topic(place)
        if thread is None:  # General cannot be renamed or closed this way
            raise TopicGone("general")
        if title:
            await _repeatable(self._bot.edit_forum_topic(chat, thread, name=title[:_TOPIC_TITLE]))
        if closed is not None:
            change = self._bot.close_forum_topic if closed else self._bot.reopen_forum_topic
            await _repeatable(change(chat, thread))

    async def pin(self, place: Place, external_id: str) -> None:
        """Pin a message in its topic without a sound."""
        await _repeatable(
            self._bot.pin_chat_message(
                wire.chat(place), wire.message_id(external_id), disable_notification=True
            )
        )

    async def administrators(self, chat_id: str) -> tuple[tuple[str, str], ...]:
        """User id and name of the group's human administrators."""
        members = await _repeatable(self._bot.get_chat_administrators(chat_id)) or ()
        return tuple(
            (str(member.user.id), member.user.full_name)
            for member in members
            if not member.user.is_bot
        )

    async def members(self, chat_id: str, user_ids: Sequence[str]) -> Members:
        """How many are in the group, bots too, and which of these people.

        Raises:
            NotAllowed: only administrators may ask in this group, and the bot is none.
        """
        inside = {user_id for user_id in user_ids if await self._is_inside(chat_id, user_id)}
        count = await _repeatable(self._bot.get_chat_member_count(chat_id))
        return Members(count or 0, frozenset(inside))

    async def _is_inside(self, chat_id: str, user_id: str) -> bool:
        try:
            member = await _repeatable(self._bot.get_chat_member(chat_id, int(user_id)))
        except (ContentRejected, ValueError):  # nobody whom Telegram ever saw there
            return False
        except Unreachable as failure:
            if failure.code != USER_NOT_FOUND:
                raise
            return False
        return member is not None and is_inside(member)

    async def own_name(self) -> str:
        """The bot's username, asked for once."""
        if not self._name:
            me = await _repeatable(self._bot.get_me())
            self._name = (me.username or "") if me is not None else ""
        return self._name


async def _asked(request: Awaitable[_T]) -> _T:
    """The answer to a request that must not be repeated blindly.

    Raises:
        SendFailure: what went wrong, without a word of what was said.
    """
    try:
        return await request
    except TelegramError as error:
        raise failure_of(error) from None
    except (KeyError, TypeError, ValueError, AttributeError):  # an answer of another shape
        raise OutcomeUnknown("answer") from None


async def _repeatable(request: Awaitable[_T]) -> _T | None:
    """The answer to a request that does no harm when it is sent twice; None: no change."""
    try:
        return await _asked(request)
    except Unchanged:
        return None
    except OutcomeUnknown as unknown:
        raise TryLater(unknown.code) from None


def _fetch_failure(error: TelegramError) -> Exception:
    """What a failed fetch means; asking again is always harmless."""
    said = error.message.lower()
    if isinstance(error, BadRequest) and "file is too big" in said:
        return FileTooLarge()
    failure = failure_of(error)
    if isinstance(failure, ContentRejected):  # a reference that Telegram does not know
        return FileGone()
    return TryLater(failure.code) if isinstance(failure, OutcomeUnknown) else failure
