"""The files of a case, as its card lists them: what sort, from when, whether we have it."""

from collections.abc import Sequence

from bot.cases.work import Work
from storage.cases import attachments_of, row_id
from storage.tables import Attachment, Case

_SHOWN = 6


def files(work: Work, case: Case) -> list[str]:
    """A heading and the newest files, a line each."""
    kept = attachments_of(work.session, row_id(case))
    if not kept:
        return []
    lines = [work.texts("officers.card.files", count=len(kept))]
    lines += [_line(work, file) for file in _chosen(kept)]
    further = len(kept) - _SHOWN
    if further > 0:
        lines.append(work.texts("officers.card.more", count=further))
    return lines


def _chosen(kept: Sequence[Attachment]) -> list[Attachment]:
    """The newest, in the order in which they came; those that need something always."""
    by_need = sorted(kept, key=lambda file: (file.state not in _TROUBLED, -(file.id or 0)))
    return sorted(by_need[:_SHOWN], key=lambda file: file.id or 0)


_TROUBLED = frozenset({"failed", "too_large"})


def _line(work: Work, file: Attachment) -> str:
    kind = work.texts(f"officers.file.{file.kind}")
    state = work.texts(f"officers.card.file_{file.state}")
    at = work.local(file.created_at)
    return work.texts("officers.card.one_file", kind=kind, at=at, state=state).rstrip()
