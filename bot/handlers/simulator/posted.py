"""Reading what the page posts: sizes, shapes and origin, refused in words a person understands."""

import ipaddress
import json
import re
from collections.abc import Awaitable, Callable, Collection
from typing import Any, TypeGuard
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.events import Location, Media, MediaKind
from bot.inbox.accept import NotAccepted
from storage.database import DatabaseDown

JSON_LIMIT = 64 * 1024
FILE_LIMIT = 25 * 1024 * 1024
TEXT_LIMIT = 4096
_NAME_LIMIT = 120
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,40}")
_CONTENT_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,80}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

Endpoint = Callable[[Request], Awaitable[Response]]


class Refused(Exception):  # noqa: N818 - an answer to the page
    """What was posted cannot be used; ``text`` tells the person why and what to do."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(str(status))
        self.text = text
        self.status = status


def guarded(endpoint: Endpoint, names: Collection[str] = ()) -> Endpoint:
    """The endpoint, closed to other sites' pages, with every refusal as ``{"error": text}``.

    ``names`` are the host names under which the page is served, besides this machine's own.
    """

    async def answer(request: Request) -> Response:
        try:
            _refuse_other_names(request, names)
            if request.method == "POST":
                _refuse_other_sites(request)
            return await endpoint(request)
        except Refused as refused:
            return JSONResponse({"error": refused.text}, refused.status)
        except (NotAccepted, DatabaseDown, SQLAlchemyError):
            return JSONResponse({"error": "Belum tersimpan. Coba lagi sebentar lagi."}, 503)

    return answer


async def read_json(request: Request) -> dict[str, Any]:
    """The posted JSON object, at most :data:`JSON_LIMIT` bytes."""
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise Refused("Isi kiriman harus JSON.", 415)
    raw = await read_bytes(request, JSON_LIMIT, "Pesan ini terlalu panjang. Coba bagi dua.")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as wrong:
        raise Refused("Isi kiriman tidak terbaca.") from wrong
    if not isinstance(body, dict):
        raise Refused("Isi kiriman tidak terbaca.")
    return body


async def read_bytes(request: Request, limit: int, too_big: str) -> bytes:
    """The posted body; reading stops as soon as it is over the limit."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise Refused(too_big, 413)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise Refused(too_big, 413)
    return bytes(body)


def client_id_of(value: Any) -> str:
    """The page's own id of one action, which makes posting it twice harmless."""
    if not isinstance(value, str) or not _CLIENT_ID.fullmatch(value):
        raise Refused("Kiriman ini tidak bernomor. Muat ulang halaman, lalu coba lagi.")
    return value


def text_of(value: Any, *, needed: bool = True) -> str:
    """Typed words: not empty unless allowed, at most :data:`TEXT_LIMIT` characters."""
    if not isinstance(value, str):
        raise Refused("Isi kiriman tidak terbaca.")
    text = value.encode("utf-8", "replace").decode().replace("\x00", "").strip()
    if needed and not text:
        raise Refused("Pesan masih kosong.")
    if len(text) > TEXT_LIMIT:
        raise Refused(f"Pesan paling panjang {TEXT_LIMIT} huruf. Coba bagi dua.")
    return text


def id_of(value: Any) -> str:
    """An id of ours in posted JSON, empty when absent."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 200:  # noqa: PLR2004 - longest choice id
        raise Refused("Isi kiriman tidak terbaca.")
    return value


def location_of(value: Any) -> Location:
    """A shared place: ``latitude``, ``longitude`` in degrees, ``label``."""
    if not isinstance(value, dict):
        raise Refused("Lokasi tidak terbaca.")
    latitude, longitude = value.get("latitude"), value.get("longitude")
    if not _within(latitude, 90) or not _within(longitude, 180):
        raise Refused("Lokasi tidak terbaca.")
    label = text_of(value.get("label", ""), needed=False)[:_NAME_LIMIT]
    return Location(float(latitude), float(longitude), label)


async def file_of(request: Request) -> tuple[bytes, Media]:
    """A posted file: the body, and its kind, name and type (``reference`` stays empty)."""
    try:
        kind = MediaKind(request.query_params.get("kind", ""))
    except ValueError as unknown:
        raise Refused("Jenis berkas ini tidak dikenal.") from unknown
    content = await read_bytes(request, FILE_LIMIT, "Berkas terlalu besar. Paling besar 25 MB.")
    if not content:
        raise Refused("Berkas ini kosong. Pilih berkas lain.")
    sent_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    content_type = sent_type if _CONTENT_TYPE.fullmatch(sent_type) else "application/octet-stream"
    name = request.query_params.get("name", "").encode("utf-8", "replace").decode()
    name = _UNPRINTABLE.sub("", name).replace("\\", "/").rpartition("/")[2].strip()
    return content, Media(kind, "", content_type, len(content), name[-_NAME_LIMIT:] or "berkas")


def _within(degrees: Any, most: int) -> TypeGuard[float]:
    return type(degrees) in {int, float} and -most <= degrees <= most


def _refuse_other_names(request: Request, names: Collection[str]) -> None:
    """Other sites may point a name of theirs at this machine (DNS rebinding), no address."""
    try:
        name = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        if name != "localhost" and name not in names:
            ipaddress.ip_address(name)
    except ValueError:
        text = "Halaman ini tidak dibuka di alamat itu. Buka dari alamat server."
        raise Refused(text, 403) from None


def _refuse_other_sites(request: Request) -> None:
    origin = request.headers.get("origin")
    foreign = request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
    if foreign or (origin is not None and urlsplit(origin).netloc != request.headers.get("host")):
        raise Refused("Kiriman dari halaman lain ditolak.", 403)
