"""Load on loopback: signed Twilio webhooks in, and a stand-in provider that takes the replies."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote_plus, urlencode

from twilio.request_validator import RequestValidator

ACCOUNT, TOKEN, SENDER = "AC" + "0" * 32, "t" * 32, "+6281100000000"
STORIES = (
    "min gaji saya bulan kemarin belum dibayar sampai tanggal 20 padahal lembur terus",
    "teman saya jatuh dari steger tadi pagi, kakinya luka, mandor bilang jangan lapor",
    "sudah 3 tahun kontrak diperpanjang terus pak, kapan diangkat tetap",
    "mess kami airnya keruh sudah dua minggu, anak anak gatal semua",
)


@dataclass(slots=True)
class Timings:
    """Seconds of each request or turn, and how long all took."""

    each: list[float] = field(default_factory=list)
    whole: float = 0.0

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.each)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def rate(self) -> float:
        """A second."""
        return len(self.each) / self.whole


def form_of(body: bytes) -> dict[str, str]:
    """The fields of a webhook."""
    return dict(parse_qsl(body.decode(), keep_blank_values=True))


def webhook(number: int, public_url: str) -> tuple[bytes, str]:
    """The body of a message by worker ``number``, and its signature."""
    phone = f"628{number:09d}"
    fields = {
        "MessageSid": f"SM{number:032x}",
        "SmsSid": f"SM{number:032x}",
        "AccountSid": ACCOUNT,
        "From": f"whatsapp:+{phone}",
        "To": f"whatsapp:{SENDER}",
        "WaId": phone,
        "ProfileName": "Sri",
        "NumMedia": "0",
        "MessageType": "text",
        "Body": STORIES[number % len(STORIES)],
        "ApiVersion": "2010-04-01",
    }
    url = f"{public_url}/twilio/inbound"
    return urlencode(fields).encode(), RequestValidator(TOKEN).compute_signature(url, fields)


class Client:
    """One kept-alive connection; raw sockets, so that the client costs little."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: bytes, signature: str) -> int:
        """Post a form; the status."""
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        self._writer.write(
            f"POST {path} HTTP/1.1\r\nHost: {self._host}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"X-Twilio-Signature: {signature}\r\n\r\n".encode()
            + body
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        await self._reader.readexactly(length)
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()


async def post_all(
    host: str, port: int, first: int, count: int, *, connections: int = 32, rate: float = 0.0
) -> tuple[Timings, dict[int, float]]:
    """Post ``count`` webhooks, at ``rate`` a second or as fast as they are taken.

    Returns:
        The timings of the answers, and when each message was posted.
    """
    public_url = f"http://{host}:{port}"
    prepared = [webhook(first + index, public_url) for index in range(count)]
    timings, posted, queue = Timings(), {}, iter(range(count))
    started = time.perf_counter()

    async def run() -> None:
        client = Client(host, port)
        for index in queue:
            if rate:
                await asyncio.sleep(max(0.0, started + index / rate - time.perf_counter()))
            body, signature = prepared[index]
            before = time.perf_counter()
            posted[first + index] = before
            status = await client.post("/twilio/inbound", body, signature)
            if status != 200:  # noqa: PLR2004
                raise RuntimeError(f"webhook answered {status}")
            timings.each.append(time.perf_counter() - before)
        client.close()

    await asyncio.gather(*(run() for _ in range(connections)))
    timings.whole = time.perf_counter() - started
    return timings, posted


class Provider:
    """Takes what the program sends to Twilio and notes when each worker's reply came."""

    def __init__(self) -> None:
        self.replied: dict[int, float] = {}
        self._server: asyncio.Server | None = None
        self._count = 0

    async def start(self) -> int:
        """Listen on a free port of loopback; returns it."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = 0
                for line in head.lower().split(b"\r\n"):
                    if line.startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                body = await reader.readexactly(length)
                answer = self._answer(head.split(b" ", 2)[1].decode(), body)
                writer.write(
                    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                    + f"Content-Length: {len(answer)}\r\n\r\n".encode()
                    + answer
                )
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()

    def _answer(self, path: str, body: bytes) -> bytes:
        self._count += 1
        if "Messages.json" in path:
            to = next(part for part in body.decode().split("&") if part.startswith("To="))
            phone = unquote_plus(to[3:]).rpartition("+")[2]
            self.replied.setdefault(int(phone[3:]), time.perf_counter())
            return json.dumps({"sid": f"SM{self._count:032d}", "status": "queued"}).encode()
        return json.dumps({"sid": f"HX{self._count:032d}", "success": True}).encode()
