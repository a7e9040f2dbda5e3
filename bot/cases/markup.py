"""People's words inside Telegram HTML: escaped, defanged, unable to pose as anything else."""

import html
import re
import unicodedata

from bot.outbox.split import split_text

_JOINER = "\u2060"  # invisible; what it stands in is no link, mention or command any more
# What Telegram makes tappable by itself: addresses, names of sites, mentions, commands, tags.
_TAPPABLE = re.compile(r"://|(?<=\w)\.(?=[^\W\d_]{2})|(?<!\w)[/#$@](?=\w)|@(?=\w)")
_KEPT_CONTROLS = {"\n", "\t"}


def escaped(text: str) -> str:
    """A person's words for a post: no markup, no links, no mentions, no hidden signs."""
    return html.escape(_defanged(text), quote=False)


def escaped_pieces(text: str, limit: int) -> list[str]:
    """The same in pieces that a reader sees as at most ``limit`` units each; none is empty."""
    pieces = split_text(_defanged(text), limit)
    return [html.escape(piece, quote=False) for piece in pieces if piece]


def copyable(text: str) -> str:
    """A person's words as code that a tap copies, as typed: in code nothing else is tappable."""
    return f"<code>{html.escape(visible(text), quote=False)}</code>"


def copyable_pieces(text: str, limit: int) -> list[str]:
    """The same in pieces of at most ``limit`` units each; none is empty."""
    return [copyable(piece) for piece in split_text(visible(text), limit) if piece]


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters, cut before escaping so that no entity is torn."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def visible(text: str) -> str:
    """Without control, zero-width and direction signs (the joiner inside emoji stays)."""
    return "".join(sign for sign in text if _is_visible(sign))


def _is_visible(sign: str) -> bool:
    return sign in _KEPT_CONTROLS or sign == "\u200d" or unicodedata.category(sign)[0] != "C"


def _defanged(text: str) -> str:
    return _TAPPABLE.sub(_torn, visible(text))


def _torn(match: re.Match[str]) -> str:
    found = match.group(0)
    return found[0] + _JOINER + found[1:]
