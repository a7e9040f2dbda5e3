"""Words that were taken out of a topic and then not used: their author gets them back.

Nowhere else do they stand any more, and nobody writes a long answer twice.
"""

from bot.cases.markup import copyable_pieces
from bot.cases.roster import RosterOfficer
from bot.cases.sight import may_see
from bot.cases.work import Work
from storage.tables import Case

_IN_ONE_MESSAGE = 3500  # units; Telegram takes 4096, and the reason stands there, too


def hand_back(
    work: Work, case: Case, officer: RosterOfficer, why: str, text: str, attachment_id: int | None
) -> None:
    """Send her what she typed, and its file, in private; a single word is typed anew soon enough.

    ``why`` it was not used is HTML. Who may not see the case is told nothing about it.
    """
    words = text if len(text.split()) > 1 else ""
    if not (words or attachment_id) or not work.hides(case) or not may_see(work, officer, case):
        return
    first, *further = copyable_pieces(words, _IN_ONE_MESSAGE) or [""]
    key = "words_back" if first else "file_back"
    head = work.texts(f"officers.note.{key}", number=case.number, why=why)
    work.write.whisper(officer.user_id, f"{head}\n{first}".strip(), case_id=case.id,
                       attachment_id=attachment_id or 0)  # fmt: skip
    for piece in further:
        work.write.whisper(officer.user_id, piece, case_id=case.id)
