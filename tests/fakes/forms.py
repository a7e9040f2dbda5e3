"""Read the bodies that clients of the fakes send: urlencoded, multipart or JSON."""

import json
from dataclasses import dataclass
from email.message import Message
from urllib.parse import parse_qsl

from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that came with a request."""

    name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """Fields in the order they came, several values a name allowed, and files by field name."""

    pairs: tuple[tuple[str, str], ...]
    files: dict[str, UploadedFile]

    @property
    def fields(self) -> dict[str, str]:
        """The last value of every name."""
        return dict(self.pairs)

    def all(self, name: str) -> list[str]:
        """Return every value that came under `name`."""
        return [value for key, value in self.pairs if key == name]


async def read_form(request: Request) -> Form:
    """Return the query and the body of `request` as one form.

    A JSON body gives its top-level values, nested ones as JSON text, as the Bot API takes them.
    """
    pairs = list(request.query_params.multi_items())
    files: dict[str, UploadedFile] = {}
    body = await request.body()
    header = request.headers.get("content-type", "")
    kind = header.split(";")[0].strip().lower()
    if kind == "multipart/form-data":
        for name, upload in _parts(header, body):
            if isinstance(upload, UploadedFile):
                files[name] = upload
            else:
                pairs.append((name, upload))
    elif kind == "application/json" and body:
        for name, value in json.loads(body).items():
            if value is not None:
                pairs.append((name, value if isinstance(value, str) else json.dumps(value)))
    elif body:
        pairs += parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
    return Form(tuple(pairs), files)


def _parts(content_type: str, body: bytes) -> list[tuple[str, str | UploadedFile]]:
    boundary = _header_parameter(content_type, "boundary")
    delimiter = b"\r\n--" + boundary.encode()
    found: list[tuple[str, str | UploadedFile]] = []
    for part in (b"\r\n" + body).split(delimiter)[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = {
            key.strip().lower(): value.strip()
            for key, _, value in (line.partition(":") for line in head.decode().split("\r\n"))
        }
        disposition = headers["content-disposition"]
        name = _header_parameter(disposition, "name")
        file_name = _header_parameter(disposition, "filename")
        if file_name:
            mime = headers.get("content-type", "application/octet-stream")
            found.append((name, UploadedFile(file_name, mime, content)))
        else:
            found.append((name, content.decode()))
    return found


def _header_parameter(header: str, name: str) -> str:
    message = Message()
    message["content-type"] = header
    value = message.get_param(name, "")
    return value if isinstance(value, str) else value[2]
