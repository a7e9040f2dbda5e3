"""What went wrong at Twilio, as one of the port's failures and as words for officers.

Codes come at once, with an HTTP error, or later in a status callback; one table reads both.
https://www.twilio.com/docs/api/errors
"""

from collections.abc import Callable
from http import HTTPStatus

from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)

from bot.channels import (
    ContentRejected,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    SendFailure,
    TryLater,
    Unreachable,
    WindowClosed,
)

_Make = Callable[[str], SendFailure]
_UNKNOWN_KEY = "delivery.failed"


def _pause(seconds: float) -> _Make:
    return lambda code: RateLimited(seconds, code)


_CODES: dict[int, tuple[_Make, str]] = {
    63016: (WindowClosed, "delivery.window_closed"),
    # The person cannot be reached, or does not want to be.
    21211: (Unreachable, "delivery.not_on_whatsapp"),
    21614: (Unreachable, "delivery.not_on_whatsapp"),
    63003: (Unreachable, "delivery.not_on_whatsapp"),
    63024: (Unreachable, "delivery.not_on_whatsapp"),
    63015: (Unreachable, "delivery.sandbox"),
    21610: (Unreachable, "delivery.blocked"),
    63014: (Unreachable, "delivery.blocked"),
    63032: (Unreachable, "delivery.limited_by_whatsapp"),
    63049: (ContentRejected, "delivery.limited_by_whatsapp"),
    # The content is refused as it stands.
    21617: (ContentRejected, "delivery.content_refused"),
    21619: (ContentRejected, "delivery.content_refused"),
    21654: (ContentRejected, "delivery.content_refused"),
    21655: (ContentRejected, "delivery.content_refused"),
    21656: (ContentRejected, "delivery.content_refused"),
    21658: (ContentRejected, "delivery.content_refused"),
    63005: (ContentRejected, "delivery.content_refused"),
    63013: (ContentRejected, "delivery.content_refused"),
    63021: (ContentRejected, "delivery.content_refused"),
    63027: (ContentRejected, "delivery.content_refused"),
    63028: (ContentRejected, "delivery.content_refused"),
    # WhatsApp took the template back: rejected, paused, disabled.
    63040: (ContentRejected, "delivery.template_refused"),
    63041: (ContentRejected, "delivery.template_refused"),
    63042: (ContentRejected, "delivery.template_refused"),
    # The file is refused, or Twilio could not fetch it from us.
    11200: (ContentRejected, "delivery.file_refused"),
    12300: (ContentRejected, "delivery.file_refused"),
    21620: (ContentRejected, "delivery.file_refused"),
    63019: (ContentRejected, "delivery.file_refused"),
    # Too much at once: the pause is ours to choose, Twilio names none in callbacks.
    14107: (_pause(30), "delivery.busy"),
    20429: (_pause(2), "delivery.busy"),
    21611: (_pause(60), "delivery.busy"),
    30001: (_pause(60), "delivery.busy"),
    63017: (_pause(10), "delivery.busy"),
    63018: (_pause(60), "delivery.busy"),
    63038: (_pause(3600), "delivery.busy"),
    # Trouble inside Twilio or WhatsApp; the message was not delivered.
    63010: (TryLater, "delivery.provider_down"),
    63012: (TryLater, "delivery.provider_down"),
    # Our account or sender: an operator must act.
    20003: (Misconfigured, "delivery.our_account"),
    20404: (Misconfigured, "delivery.our_account"),
    21606: (Misconfigured, "delivery.our_account"),
    63001: (Misconfigured, "delivery.our_account"),
    63007: (Misconfigured, "delivery.our_account"),
    63020: (Misconfigured, "delivery.our_account"),
}


def send_failure(status: int, code: int | None) -> SendFailure:
    """The failure in an HTTP error of Twilio's API.

    Args:
        status: the HTTP status, 400 or above.
        code: Twilio's own code, or None when the answer had none.
    """
    word = str(code or status)
    if code in _CODES:
        return _CODES[code][0](word)
    match status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN | HTTPStatus.NOT_FOUND:
            return Misconfigured(word)
        case HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimited(2, word)
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return OutcomeUnknown(word)
        case _:
            return ContentRejected(word)


def failure_of(error: TwilioException) -> SendFailure:
    """The failure in an exception of Twilio's library."""
    if isinstance(error, TwilioRestException | TwilioServiceException):
        return send_failure(error.status, error.code)
    return OutcomeUnknown("answer")


def report_failure(error_code: str) -> SendFailure:
    """The failure in the ErrorCode of a status callback: the message did not arrive."""
    code = int(error_code) if error_code.isdecimal() else 0
    if code in _CODES:
        return _CODES[code][0](error_code)
    return ContentRejected(error_code if code else "failed")


def explain(error_code: str) -> str:
    """The key of a text for officers: what happened and what to do next."""
    code = int(error_code) if error_code.isdecimal() else 0
    return _CODES[code][1] if code in _CODES else _UNKNOWN_KEY
