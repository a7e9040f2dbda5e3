"""Where Twilio's media really lie: a second address that refuses foreign credentials."""

import secrets
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from tests.fakes.http_server import Clock, HttpFake
from tests.fakes.twilio_state import MediaFile

_LINK_LIFE = timedelta(hours=4)
_CHUNK = 64 * 1024


class Cdn(HttpFake):
    """Serves files under links that carry their own signature and end after four hours."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._links: dict[str, tuple[MediaFile, datetime]] = {}
        self.saw_authorization = 0
        self.downloads = 0

    def link(self, file: MediaFile) -> str:
        """Return a new link to a file."""
        ticket = secrets.token_hex(16)
        with self.lock:
            self._links[ticket] = (file, self.now() + _LINK_LIFE)
        return f"{self.base_url}/media/{ticket}?Signature={ticket[:8]}"

    async def handle(self, request: Request) -> Response:
        if "authorization" in request.headers:
            self.saw_authorization += 1
            return PlainTextResponse("Only one auth mechanism allowed", 400)
        found = self._links.get(request.url.path.removeprefix("/media/"))
        if found is None or self.now() > found[1]:
            return PlainTextResponse("Access Denied", 403)
        self.downloads += 1
        file = found[0]
        headers = {} if file.chunked else {"Content-Length": str(file.length)}
        return StreamingResponse(_stream(file), headers=headers, media_type=file.content_type)


async def _stream(file: MediaFile) -> AsyncIterator[bytes]:
    sent = 0
    while sent < file.length:
        size = min(_CHUNK, file.length - sent)
        yield file.content[sent : sent + size].ljust(size, b"\0")
        sent += size
