"""Stored files under links that end by themselves; names and types in them are a stranger's."""

from urllib.parse import quote

from sqlmodel import select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.app import App
from bot.media_links import PATH
from storage.tables import Attachment

# What Twilio hands on; all else is given as bytes that no program opens by itself.
_SHOWN = frozenset(
    {
        "image/jpeg", "image/png", "image/webp", "audio/ogg", "audio/mpeg", "audio/mp4",
        "audio/amr", "audio/aac", "video/mp4", "video/3gpp", "application/pdf", "text/plain",
        "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    }
)  # fmt: skip


def media_route(app: App) -> Route:
    """Files for providers that fetch them by a link, as Twilio does."""

    def read(key: str) -> tuple[bytes, str, str] | None:
        with app.database.reading() as session:
            row = session.exec(select(Attachment).where(Attachment.key == key)).first()
        file = app.posts.file(row.id or 0) if row is not None else None
        if file is None or not file.content:
            return None
        return file.content, file.content_type, file.file_name

    async def media(request: Request) -> Response:
        key = app.links.read(request.path_params["token"])
        found = await run_in_threadpool(read, key) if key is not None else None
        if found is None:
            return Response(status_code=404)
        content, content_type, name = found
        known = content_type.partition(";")[0].strip().lower()
        return Response(
            content,
            media_type=known if known in _SHOWN else "application/octet-stream",
            headers={
                "Content-Disposition": _attached(name),
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "private, no-store",
            },
        )

    return Route(PATH + "{token}", media)


def _attached(name: str) -> str:
    """The header that names a file: in ASCII for old programs, in full for all others."""
    bare = "".join(sign for sign in name if sign.isprintable() and sign not in "/\\")
    safe = "".join(s if s.isascii() and (s.isalnum() or s in "._-") else "_" for s in bare)
    full = quote(bare.encode("utf-8", "replace"), safe="")
    return f"attachment; filename=\"{safe or 'berkas'}\"; filename*=UTF-8''{full or 'berkas'}"
