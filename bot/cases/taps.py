"""Buttons in the officers' group: each carries an opaque token whose meaning is stored."""

from collections.abc import Iterable
from operator import itemgetter

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, select

from bot.cases.work import Work
from bot.commands import Choice
from storage.database import is_postgres
from storage.tables import Case, Tap

PREFIX = "o:"  # tells officers' taps from reporters' choices, see bot.handlers.telegram
_taps: Table = Tap.__table__  # type: ignore[attr-defined]
# Made once: building a statement costs more than running it.
_KEEP_ON_POSTGRES = postgresql.insert(_taps).on_conflict_do_nothing(index_elements=["token"])
_KEEP_ON_SQLITE = sqlite.insert(_taps).on_conflict_do_nothing(index_elements=["token"])


def button(
    work: Work,
    case: Case | None,
    label: str,
    action: str,
    value: str = "",
    message_id: int | None = None,
) -> Choice:
    """A button that does ``action``, to this case if one is given; it keeps its token."""
    return buttons(work, case, [(label, action, value)], message_id=message_id)[0]


def buttons(
    work: Work,
    case: Case | None,
    wanted: Iterable[tuple[str, str, str]],
    *,
    message_id: int | None = None,
) -> tuple[Choice, ...]:
    """The same for several: label, action and value of each; stored in one statement."""
    subject = str(case.id) if case else f"group {work.organisation.id}"
    choices, rows = [], []
    for label, action, value in wanted:
        token = work.vault.lookup(f"tap:{subject}:{action}:{value}:{message_id or ''}")[:24]
        choices.append(Choice(PREFIX + token, label))
        rows.append({
            "organisation_id": work.organisation.id,
            "case_id": case.id if case else None,
            "message_id": message_id,
            "token": token,
            "action": action,
            "value": value,
            "made_at": work.now,
        })  # fmt: skip
    if rows:
        statement = _KEEP_ON_POSTGRES if is_postgres(work.session) else _KEEP_ON_SQLITE
        # In one order everywhere: two that store the same buttons must not wait for each other.
        work.session.execute(statement, sorted(rows, key=itemgetter("token")))
    return tuple(choices)


def meaning_of(session: Session, organisation_id: int, payload: str) -> Tap | None:
    """What a tapped button stands for; None for anything that is not ours."""
    token = payload.removeprefix(PREFIX)
    if not (token.isascii() and token.isalnum()):
        return None
    return session.exec(
        select(Tap).where(Tap.token == token, Tap.organisation_id == organisation_id)
    ).first()
