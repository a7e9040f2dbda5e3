"""How Telegram reads text: HTML to entities, lengths in UTF-16 units, commands.

Wordings of errors follow TDLib's `parse_html`.
"""

import html
import json
import re
from dataclasses import dataclass

from tests.fakes.http_server import Json
from tests.fakes.telegram_state import bad_request

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
}
_START = re.compile(
    r"<([a-zA-Z][-a-zA-Z]*)((?:\s+[-a-zA-Z]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[-.\w]+))?)*)\s*>"
)
_END = re.compile(r"</([a-zA-Z][-a-zA-Z]*)\s*>")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});")
_COMMAND = re.compile(r"(?<![^\s])/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?")


def utf16_length(text: str) -> int:
    """Return the length that Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def command_entities(text: str) -> list[Json]:
    """Return the `bot_command` entities that a client adds by itself."""
    return [
        {
            "type": "bot_command",
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match.group()),
        }
        for match in _COMMAND.finditer(text)
    ]


@dataclass(slots=True)
class _OpenTag:
    name: str
    offset: int
    link: str


def _parse_error(reason: str) -> Exception:
    return bad_request(f"can't parse entities: {reason}")


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Return plain text and entities of Telegram's HTML.

    Raises:
        ApiError: a tag that Telegram does not know, or one that is not closed properly.
    """
    plain = ""
    entities: list[Json] = []
    stack: list[_OpenTag] = []
    position = 0
    while position < len(source):
        byte = len(source[:position].encode())
        if source[position] == "&" and (match := _ENTITY.match(source, position)):
            plain += html.unescape(match.group())
            position = match.end()
        elif source.startswith("</", position):
            match = _END.match(source, position)
            if match is None:
                raise _parse_error(f"Unclosed end tag at byte offset {byte}")
            _close(stack, match.group(1).lower(), byte, utf16_length(plain), entities)
            position = match.end()
        elif source[position] == "<":
            match = _START.match(source, position)
            stack.append(_open(source, position, byte, match, utf16_length(plain)))
            position = match.end() if match else len(source)
        else:
            plain += source[position]
            position += 1
    if stack:
        raise _parse_error(f'Can\'t find end tag corresponding to start tag "{stack[-1].name}"')
    return plain, sorted(entities, key=lambda e: (e["offset"], -e["length"]))


def _open(
    source: str, position: int, byte: int, match: re.Match[str] | None, offset: int
) -> _OpenTag:
    name = re.match(r"<([^\s>/]*)", source[position:])
    tag = name.group(1).lower() if name else ""
    if tag not in _TAGS:
        raise _parse_error(f'Unsupported start tag "{tag}" at byte offset {byte}')
    if match is None:
        raise _parse_error(f"Unclosed start tag at byte offset {byte}")
    attributes = match.group(2)
    if tag == "span" and "tg-spoiler" not in attributes:
        raise _parse_error(f'Tag "span" must have class "tg-spoiler" at byte offset {byte}')
    link = re.search(r"href\s*=\s*[\"']?([^\"'\s]*)", attributes)
    return _OpenTag(tag, offset, html.unescape(link.group(1)) if link else "")


def _close(stack: list[_OpenTag], name: str, byte: int, offset: int, entities: list[Json]) -> None:
    if not stack:
        raise _parse_error(f"Unexpected end tag at byte offset {byte}")
    tag = stack.pop()
    if tag.name != name:
        raise _parse_error(
            f'Unmatched end tag at byte offset {byte}, expected "</{tag.name}>", found "</{name}>"'
        )
    if offset > tag.offset and (tag.name != "a" or tag.link):
        entity: Json = {
            "type": _TAGS[name],
            "offset": tag.offset,
            "length": offset - tag.offset,
        }
        if tag.name == "a":
            entity["url"] = tag.link
        entities.append(entity)


def read_text(source: str, parse_mode: str, entities: str, limit: int, what: str) -> Json:
    """Return `text` and `entities` of an outgoing text, stripped, as Telegram keeps them.

    `what` is `message text` or `message caption`; only a caption may be empty.

    Raises:
        ApiError: markup that cannot be parsed, or a text that is empty or too long.
    """
    found: list[Json] = []
    if parse_mode.lower() == "html":
        plain, found = parse_html(source)
    elif parse_mode.lower() in {"markdown", "markdownv2"}:
        raise bad_request("this fake reads HTML only; Markdown is not used in this project")
    elif parse_mode:
        raise bad_request("unsupported parse_mode")
    else:
        plain = source
        found = json.loads(entities) if entities else []
    text = plain.strip()
    if not text and what == "message text":
        raise bad_request("message text is empty")
    if utf16_length(text) > limit:
        raise bad_request(
            "message is too long" if what == "message text" else "message caption is too long"
        )
    shift = utf16_length(plain[: len(plain) - len(plain.lstrip())])
    found = _clip(found, shift, utf16_length(text)) or command_entities(text)
    return {"text": text, "entities": found} if found else {"text": text}


def _clip(entities: list[Json], shift: int, length: int) -> list[Json]:
    clipped = []
    for entity in entities:
        start = max(0, entity["offset"] - shift)
        end = min(length, entity["offset"] + entity["length"] - shift)
        if end > start:
            clipped.append(entity | {"offset": start, "length": end - start})
    return clipped
