"""How a transcript is written: a text file that officers can read and correct.

    # comment
    reporter: words            reporter: [Label] (a tap)      reporter: (foto) caption
    officer: words in the topic of the newest case             officer: [Label]
    officer umum: words beside the topics                      officer Joko: another officer
    officer pribadi Joko: [Label] in his own chat with the bot
    bot: words to the reporter; further lines are indented by two spaces, a line of only
      [A] [B] shows the buttons; … matches anything, empty lines do not count
    group: words that must stand among the new posts in the officers' group (… as above),
      those of one topic in their order;
      with (ubah) before them: what a post says after it was changed in its place
    whisper: the same for the officers' private chats
    wait: 8s                   (also 25m, 26h, 3d)

A transcript without a single ``bot:`` line is only played, to see what the bot says.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SPEAKER = re.compile(r"^(reporter|officer|bot|group|whisper|wait)(?: ([^:]+))?: ?(.*)$")
_FILE = re.compile(r"^\((foto|video|suara|dokumen|lokasi|stiker|kontak)(?: ([^)]+))?\) ?(.*)$")
_EDIT = re.compile(r"^\(ubah\) (.*)$", re.DOTALL)
_TAP = re.compile(r"^\[([^\]]+)\]$")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class TranscriptError(Exception):
    """A line of a transcript cannot be read; names the line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a transcript; ``text`` may have several lines."""

    number: int
    speaker: str
    who: str
    text: str

    @property
    def tapped(self) -> str | None:
        """The label of the button that is tapped, None for words."""
        tap = _TAP.match(self.text)
        return tap[1] if tap is not None else None

    @property
    def corrected(self) -> str | None:
        """What the message before is changed to, None for a message of its own."""
        edit = _EDIT.match(self.text)
        return edit[1] if edit is not None else None

    @property
    def sent(self) -> tuple[str, str, str] | None:
        """What is sent (``foto`` …), its name and the words with it; None for words alone."""
        file = _FILE.match(self.text)
        return (file[1], file[2] or "", file[3]) if file is not None else None

    def seconds(self) -> int:
        """How long the line waits.

        Raises:
            TranscriptError: it does not say so.
        """
        amount, unit = self.text[:-1], self.text[-1:]
        if not amount.isdigit() or unit not in _SECONDS:
            example = "write for example 'wait: 8s' or 'wait: 26h'"
            raise TranscriptError(f"line {self.number}: {example}")
        return int(amount) * _SECONDS[unit]


def parse(text: str) -> Iterator[Line]:
    """The entries of a transcript.

    Raises:
        TranscriptError: a line cannot be read.
    """
    current: Line | None = None
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.rstrip()
        if line.startswith("#"):
            continue
        if (raw.startswith("  ") or not line) and current is not None:
            current = Line(
                current.number, current.speaker, current.who, f"{current.text}\n{line[2:]}"
            )
            continue
        if not line:
            continue
        if current is not None:
            yield _trimmed(current)
        match = _SPEAKER.match(line)
        if match is None:
            raise TranscriptError(f"line {number}: no speaker; write for example 'reporter: …'")
        current = Line(number, match[1], match[2] or "", match[3])
    if current is not None:
        yield _trimmed(current)


def _trimmed(line: Line) -> Line:
    return Line(line.number, line.speaker, line.who, line.text.strip("\n"))


def as_entry(speaker: str, text: str) -> str:
    """Words in transcript form."""
    return f"{speaker}: {text}".replace("\n", "\n  ")
