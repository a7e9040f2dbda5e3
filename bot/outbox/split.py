"""Long texts become several messages, cut where a reader would pause."""

_BREAKS = ("\n\n", "\n", ". ", "! ", "? ", "; ", ", ", " ")


def split_text(text: str, limit: int) -> list[str]:
    """Pieces of at most ``limit`` characters, cut at the latest pause in the second half.

    Together the pieces hold every character of the text but the white space at the cuts.
    """
    rest = text.strip()
    pieces = []
    while len(rest) > limit:
        cut = _latest_pause(rest, limit)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    pieces.append(rest)
    return pieces


def _latest_pause(text: str, limit: int) -> int:
    for mark in _BREAKS:
        at = text.rfind(mark, limit // 2, limit)
        if at > 0:
            return at + len(mark.rstrip())
    return limit
