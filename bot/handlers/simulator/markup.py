"""Telegram HTML as a small tree, so that the page never has to read markup itself.

Only what Telegram itself allows (Bot API, "HTML style") and the page shows: b, i, u, s, code,
pre, a, blockquote, tg-spoiler and their synonyms. Anything else is refused, as Telegram does.
"""

from html.parser import HTMLParser
from urllib.parse import urlsplit

Node = str | dict[str, object]

_NAMES = {
    "b": "b", "strong": "b", "i": "i", "em": "i", "u": "u", "ins": "u",
    "s": "s", "strike": "s", "del": "s", "code": "code", "pre": "pre", "a": "a",
    "blockquote": "blockquote", "tg-spoiler": "tg-spoiler",
}  # fmt: skip


class BadMarkup(ValueError):  # noqa: N818 - a finding about the text
    """The text is not the HTML that Telegram accepts."""


def parse_html(text: str) -> list[Node]:
    """The text as strings and ``{"tag", "href"?, "children"}`` nodes.

    Raises:
        BadMarkup: an unknown tag, or one that is not closed in order.
    """
    reader = _Reader()
    reader.feed(text)
    reader.close()
    if len(reader.open) > 1:
        raise BadMarkup("a tag is not closed")
    return reader.open[0][1]


def plain_text(nodes: list[Node]) -> str:
    """The words without their markup."""
    return "".join(
        node if isinstance(node, str) else plain_text(node["children"])  # type: ignore[arg-type]
        for node in nodes
    )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, list[Node]]] = [("", [])]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = _NAMES.get(tag)
        if name is None:
            raise BadMarkup("a tag is not allowed")
        children: list[Node] = []
        node: dict[str, object] = {"tag": name, "children": children}
        if name == "a":
            node["href"] = _safe_link(dict(attrs).get("href") or "")
        self.open[-1][1].append(node)
        self.open.append((name, children))

    def handle_startendtag(self, *_tag: object) -> None:
        raise BadMarkup("a tag closes itself")

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1][0] != _NAMES.get(tag):
            raise BadMarkup("a tag is closed out of order")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1][1].append(data)

    def handle_comment(self, *_data: object) -> None:
        raise BadMarkup("a comment is not allowed")

    def handle_decl(self, *_decl: object) -> None:
        raise BadMarkup("a declaration is not allowed")

    def handle_pi(self, *_data: object) -> None:
        raise BadMarkup("an instruction is not allowed")


def _safe_link(href: str) -> str:
    try:
        scheme = urlsplit(href).scheme
    except ValueError:
        return ""
    return href if scheme in {"http", "https", "tel", "mailto", "tg"} else ""
