"""People's words inside Telegram HTML: escaped, defanged, unable to pose as anything else."""

import html
import re
import unicodedata

_LINK = re.compile(r"(?i)\b(https?)://|\bwww\.|\bt\.me/|@(?=\w)")
_KEPT_CONTROLS = {"\n", "\t"}


def escaped(text: str) -> str:
    """A person's words for a post: no markup, no links, no mentions, no hidden signs."""
    visible = "".join(sign for sign in text if _is_visible(sign))
    return html.escape(_LINK.sub(_defang, visible), quote=False)


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters, cut before escaping so that no entity is torn."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _is_visible(sign: str) -> bool:
    """Without control, zero-width and direction signs (the joiner inside emoji stays)."""
    return sign in _KEPT_CONTROLS or sign == "\u200d" or unicodedata.category(sign)[0] != "C"


def _defang(match: re.Match[str]) -> str:
    found = match.group(0)
    return found[:-1] + "\u2060" + found[-1] if found != "@" else "@\u2060"
