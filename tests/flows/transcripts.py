"""Reads transcripts, plays them on the pure engine, and writes down what the bot says.

    reporter: text                 a message; [Label] taps a button; (foto) caption, (suara),
                                   (video), (dokumen slip.pdf), (lokasi) name, (stiker),
                                   (ubah) corrects the message before
    bot: text                      what the bot must say; lines indented by two spaces belong
      more text                    to it, a line of [A] [B] shows its choices, in order, and
      [A] [B]                      … stands for anything
    wait: 8s                       time passes: s, m, h
    # comment

``python -m tests.flows.transcripts FILE …`` writes the bot's lines anew; read the difference.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.commands import Reply
from bot.events import MediaKind
from tests.flows.chat import Chat

FOLDER = Path(__file__).parent.parent / "transcripts"

_WHO = re.compile(r"^(reporter|bot|wait): ?(.*)$")
_SENT = re.compile(r"^\((foto|suara|video|dokumen|lokasi|stiker|ubah)\b ?([^)]*)\) ?(.*)$")
_UNITS = {"s": 1, "m": 60, "h": 3600}
_KINDS = {
    "foto": MediaKind.PHOTO,
    "suara": MediaKind.VOICE,
    "video": MediaKind.VIDEO,
    "dokumen": MediaKind.DOCUMENT,
}
_VARYING = (
    (re.compile(r"KB-\d{4}-\d{4}"), "KB-…"),
    (re.compile("Serikat Pekerja Contoh"), "…"),
    (re.compile(r"^Data Anda$"), "…"),
    (re.compile(r"Tahap: .*"), "Tahap: …"),
    (re.compile(r"Selanjutnya: .*"), "Selanjutnya: …"),
    (re.compile(r"(?m)^119: (.*\n)*?(?=Petugas)"), "119: …\n"),
    (re.compile(r"(?m)(^- .*\n)+(?=Kirim foto)"), "…\n"),
    (re.compile(r"(?m)^.*\n(?=Dasar: )"), "…\n"),
    (re.compile(r"Dasar: .*"), "Dasar: …"),
    (re.compile(r"(?<=bukan nasihat hukum\.)(?=\n)|(?<=\[Ya, laporkan\])$"), "…"),
    (re.compile(r"(?m)^\[.*(?=\[Bukan itu semua\])"), "[…] "),
)
"""What another union, another day or another classifier says differently."""


@dataclass(frozen=True)
class Line:
    """One entry: who, and what with the lines that belong to it; ``number`` is its place."""

    who: str
    text: str
    number: int


def read(path: Path) -> list[Line]:
    """The entries of a transcript; a line that is none of them is an error."""
    lines: list[Line] = []
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        start = _WHO.match(raw)
        if start:
            lines.append(Line(start[1], start[2], number))
        elif raw.startswith("  ") and lines:
            last = lines[-1]
            lines[-1] = Line(last.who, f"{last.text}\n{raw.strip()}", last.number)
        elif raw.strip() and not raw.startswith("#"):
            raise ValueError(f"{path.name}:{number}: neither reporter, bot, wait nor comment")
    return lines


def play(path: Path) -> Chat:
    """Play a transcript to its end.

    Raises:
        AssertionError: the bot said something else, with the place in the file.
    """
    chat = Chat()
    for line in read(path):
        place = f"{path.name}:{line.number}"
        if line.who == "bot":
            assert chat.unread, f"{place}: the bot was silent, expected {line.text!r}"
            said = written(chat.unread.pop(0))
            assert _fits(line.text, said), f"{place}: the bot said\n{said}\nexpected\n{line.text}"
        else:
            assert not chat.unread, f"{place}: before it the bot said {written(chat.unread[0])!r}"
            act(chat, line)
    assert not chat.unread, f"{path.name}: at the end the bot said {written(chat.unread[0])!r}"
    return chat


def act(chat: Chat, line: Line) -> None:
    """What the reporter does, or how time passes."""
    if line.who == "wait":
        chat.wait(float(line.text[:-1]) * _UNITS[line.text[-1]])
        return
    sent = _SENT.match(line.text)
    if line.text.startswith("["):
        chat.tap(line.text.strip("[]"))
    elif not sent:
        chat.say(line.text)
    elif sent[1] in _KINDS:
        chat.send_file(_KINDS[sent[1]], sent[3])
    elif sent[1] == "lokasi":
        chat.place(sent[3])
    elif sent[1] == "ubah":
        chat.receive(text=sent[3], edits=f"m{chat.messages}")
    else:
        chat.receive(unsupported="sticker")


def written(reply: Reply) -> str:
    """A reply as it stands in a transcript, empty lines left out."""
    choices = " ".join(f"[{choice.label}]" for choice in reply.choices)
    return "\n".join(line.strip() for line in (*reply.text.splitlines(), choices) if line.strip())


def record(path: Path) -> str:
    """The transcript with the bot's lines as the bot says them now."""
    return "\n".join(_recorded(path)) + "\n"


def _recorded(path: Path) -> Iterator[str]:
    chat = Chat()
    for raw in path.read_text(encoding="utf-8").splitlines():
        start = _WHO.match(raw)
        if raw.startswith("#") or not raw.strip():
            yield raw
        elif start and start[1] != "bot":
            yield raw
            act(chat, Line(start[1], start[2], 0))
            for reply in chat.unread:
                yield "bot: " + _general(written(reply)).replace("\n", "\n  ")
            chat.unread.clear()


def _general(said: str) -> str:
    for pattern, dots in _VARYING:
        said = pattern.sub(dots, said)
    return said


def _fits(expected: str, said: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in expected.split("…"))
    return re.fullmatch(pattern, said, re.DOTALL) is not None


if __name__ == "__main__":
    for name in sys.argv[1:]:
        Path(name).write_text(record(Path(name)), encoding="utf-8")
