"""The reporter's name in an officer's reply: put in when it leaves, so the group never sees it."""

import re

from bot.cases.work import Work
from storage.cases import content_of
from storage.tables import Case

NAME_GAP = "{nama}"
_NO_NAME = re.compile(r" ?\{nama\}")


def with_name(work: Work, case: Case, text: str) -> str:
    """The text as the reporter reads it: her name where ``{nama}`` stands, if it may be used."""
    if NAME_GAP not in text:
        return text
    name = content_of(work.vault, case).name if case.identity == "nama" else ""
    return text.replace(NAME_GAP, name) if name else _NO_NAME.sub("", text)
