"""WhatsApp through Twilio: signed forms in, messages out, delivery reports back."""

from bot.handlers.whatsapp.account import WhatsAppAccount
from bot.handlers.whatsapp.channel import WhatsAppChannel
from bot.handlers.whatsapp.content import ContentStore
from bot.handlers.whatsapp.failures import explain, report_failure
from bot.handlers.whatsapp.parse import parse
from bot.handlers.whatsapp.routes import whatsapp_routes

__all__ = [
    "ContentStore",
    "WhatsAppAccount",
    "WhatsAppChannel",
    "explain",
    "parse",
    "report_failure",
    "whatsapp_routes",
]
