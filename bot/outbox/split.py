"""Long texts become several messages, cut where a reader would pause."""

_BREAKS = ("\n\n", "\n", ". ", "! ", "? ", "; ", ", ", " ")
_WIDE = 0xFFFF


def split_text(text: str, limit: int) -> list[str]:
    """Pieces of at most ``limit`` units, cut at the latest pause in the second half.

    A unit is what the providers count by: a UTF-16 code unit, so most emoji count twice.
    Together the pieces hold every character of the text but the white space at the cuts.
    """
    rest = text.strip()
    pieces = []
    while (longest := _fitting(rest, limit)) < len(rest):
        cut = _latest_pause(rest, longest)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    pieces.append(rest)
    return pieces


def units(text: str) -> int:
    """How long the providers think a text is: its UTF-16 code units."""
    return len(text) + sum(ord(sign) > _WIDE for sign in text)


def _fitting(text: str, limit: int) -> int:
    """How many characters from the start fit into so many units, one at least."""
    if units(text[:limit]) <= limit:
        return min(limit, len(text))
    used = 0
    for index, sign in enumerate(text):
        used += 2 if ord(sign) > _WIDE else 1
        if used > limit:
            return max(index, 1)
    return len(text)


def _latest_pause(text: str, limit: int) -> int:
    for mark in _BREAKS:
        at = text.rfind(mark, limit // 2, limit)
        if at > 0:
            return at + len(mark.rstrip())
    return limit
