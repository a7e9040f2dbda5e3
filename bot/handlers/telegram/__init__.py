"""Telegram: updates in by webhook or long poll, messages and the officers' group out."""

from bot.handlers.telegram.account import ALLOWED_UPDATES, TelegramAccount
from bot.handlers.telegram.channel import TelegramChannel
from bot.handlers.telegram.receive import poll, telegram_routes
from bot.handlers.telegram.updates import parse

__all__ = [
    "ALLOWED_UPDATES",
    "TelegramAccount",
    "TelegramChannel",
    "parse",
    "poll",
    "telegram_routes",
]
