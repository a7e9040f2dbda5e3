"""Bodies of webhooks, read up to a limit."""

from starlette.requests import Request

BODY_LIMIT = 1_000_000
"""Bytes; providers send a few kilobytes, whatever is larger does not come from them."""


class BodyTooLarge(Exception):  # noqa: N818 - answered with 413
    """The body has more than :data:`BODY_LIMIT` bytes."""


async def read_body(request: Request) -> bytes:
    """The body exactly as received.

    Raises:
        BodyTooLarge: said so in its header, or found while reading; the rest is not read.
    """
    told = request.headers.get("content-length", "")
    if told.isdigit() and int(told) > BODY_LIMIT:
        raise BodyTooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise BodyTooLarge
    return bytes(body)
