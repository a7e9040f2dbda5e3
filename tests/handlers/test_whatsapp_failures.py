"""Twilio's codes become the failures that the outbox knows, and words for officers."""

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException

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
from bot.handlers.whatsapp import explain, report_failure
from bot.handlers.whatsapp.failures import failure_of, send_failure


@pytest.mark.parametrize(
    ("status", "code", "failure"),
    [
        (400, 63016, WindowClosed),
        (400, 21211, Unreachable),
        (400, 21610, Unreachable),
        (400, 63024, Unreachable),
        (400, 63007, Misconfigured),
        (401, 20003, Misconfigured),
        (404, 20404, Misconfigured),
        (403, None, Misconfigured),
        (429, 20429, RateLimited),
        (429, None, RateLimited),
        (400, 21617, ContentRejected),
        (400, 21656, ContentRejected),
        (400, 99999, ContentRejected),
        (500, 20500, OutcomeUnknown),
        (503, None, OutcomeUnknown),
    ],
)
def test_an_http_error_says_what_follows(
    status: int, code: int | None, failure: type[SendFailure]
) -> None:
    """The outbox retries, holds, looks up or gives up by this alone."""
    made = send_failure(status, code)
    assert type(made) is failure
    assert made.code == str(code or status)


@pytest.mark.parametrize(
    ("code", "failure", "key"),
    [
        ("63016", WindowClosed, "delivery.window_closed"),
        ("63024", Unreachable, "delivery.not_on_whatsapp"),
        ("63003", Unreachable, "delivery.not_on_whatsapp"),
        ("63015", Unreachable, "delivery.sandbox"),
        ("63014", Unreachable, "delivery.blocked"),
        ("63032", Unreachable, "delivery.limited_by_whatsapp"),
        ("63013", ContentRejected, "delivery.content_refused"),
        ("63019", ContentRejected, "delivery.file_refused"),
        ("63018", RateLimited, "delivery.busy"),
        ("14107", RateLimited, "delivery.busy"),
        ("63012", TryLater, "delivery.provider_down"),
        ("63020", Misconfigured, "delivery.our_account"),
        ("12345", ContentRejected, "delivery.failed"),
        ("", ContentRejected, "delivery.failed"),
        ("rahasia", ContentRejected, "delivery.failed"),
    ],
)
def test_a_report_says_the_same_and_how_to_tell_officers(
    code: str, failure: type[SendFailure], key: str
) -> None:
    """Officers read what happened and what to do next, never a bare number."""
    assert type(report_failure(code)) is failure
    assert explain(code) == key
    assert report_failure(code).code in {code, "failed"}


def test_no_word_of_the_provider_gets_into_a_failure() -> None:
    """Twilio's sentences may quote numbers and texts."""
    secret = "Sri +6281200000001"
    errors: list[TwilioException] = [
        TwilioRestException(400, f"/Messages/{secret}", secret, 21211),
        TwilioServiceException("type", secret, 400, 21211, detail=secret),
        TwilioException(secret),
    ]
    for error in errors:
        failure = failure_of(error)
        assert secret not in f"{failure!s} {failure!r} {failure.code}"
