"""The table of Bot API methods that the fake answers."""

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.fakes import telegram_chats as chats
from tests.fakes import telegram_media as media
from tests.fakes import telegram_messages as messages
from tests.fakes.telegram_params import Params
from tests.fakes.telegram_state import World

Method = Callable[[World, Params], Any]

_TABLE: dict[str, Method] = {
    "getMe": chats.get_me,
    "sendMessage": messages.send_message,
    "sendLocation": messages.send_location,
    "sendContact": messages.send_contact,
    "sendPhoto": partial(media.send_file, kind="photo"),
    "sendDocument": partial(media.send_file, kind="document"),
    "sendVoice": partial(media.send_file, kind="voice"),
    "sendAudio": partial(media.send_file, kind="audio"),
    "sendVideo": partial(media.send_file, kind="video"),
    "sendSticker": partial(media.send_file, kind="sticker"),
    "sendMediaGroup": media.send_media_group,
    "getFile": media.get_file,
    "editMessageText": messages.edit_text,
    "editMessageCaption": messages.edit_caption,
    "editMessageReplyMarkup": messages.edit_markup,
    "deleteMessage": messages.delete_message,
    "deleteMessages": messages.delete_messages,
    "copyMessage": messages.copy_message,
    "forwardMessage": messages.forward_message,
    "pinChatMessage": messages.pin_message,
    "unpinChatMessage": messages.unpin_message,
    "setMessageReaction": messages.set_reaction,
    "sendChatAction": messages.send_action,
    "answerCallbackQuery": messages.answer_callback,
    "createForumTopic": chats.create_topic,
    "editForumTopic": chats.edit_topic,
    "closeForumTopic": partial(chats.set_topic_closed, closed=True),
    "reopenForumTopic": partial(chats.set_topic_closed, closed=False),
    "deleteForumTopic": chats.delete_topic,
    "getChat": chats.get_chat,
    "getChatMember": chats.get_member,
    "getChatMemberCount": chats.get_member_count,
    "getChatAdministrators": chats.get_administrators,
    "leaveChat": chats.leave_chat,
    "setMyCommands": chats.set_commands,
    "getMyCommands": chats.get_commands,
    "deleteMyCommands": chats.delete_commands,
    "setMyName": chats.set_profile("name", 64),
    "setMyDescription": chats.set_profile("description", 512),
    "setMyShortDescription": chats.set_profile("short_description", 120),
}
METHODS = {name.lower(): method for name, method in _TABLE.items()}
