"""What is held until a person writes again, and the templates that tell her that it waits."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Table, bindparam, func, literal_column, select, update
from sqlmodel import Session, col
from sqlmodel import select as select_model

from storage.tables import Outbound, PersonAddress

TEMPLATE = "template"
"""The kind of an outbox row that is sent as an approved template."""

_ANSWERED = "answered"
_ON_ITS_WAY = ("sending", "uncertain", "sent", "delivered", "read")

_outbox: Table = Outbound.__table__  # type: ignore[attr-defined]
_HELD: ColumnElement[str] = literal_column("'held'")
_QUEUED: ColumnElement[str] = literal_column("'queued'")

_OPEN_TEMPLATE = (
    (_outbox.c.kind == TEMPLATE)
    & _outbox.c.status.in_(("queued", *_ON_ITS_WAY))
    & (_outbox.c.error != _ANSWERED)
)
# Made once: building a statement costs more than running it.
_OF_PERSON = (
    select(_outbox.c.id)
    .where(_outbox.c.person_id == bindparam("person"), _outbox.c.channel == bindparam("where"))
    .limit(1)
)
_HELD_FOR = _OF_PERSON.where(_outbox.c.status == _HELD)
_WAITS_FOR_WORD = _OF_PERSON.where((_outbox.c.status == _HELD) | _OPEN_TEMPLATE)


def last_inbound(
    session: Session, person_ids: Collection[int]
) -> dict[tuple[int, str], datetime | None]:
    """When these persons last wrote, by person and channel; None for never on that channel."""
    rows = session.execute(
        select(
            col(PersonAddress.person_id),
            col(PersonAddress.channel),
            func.max(col(PersonAddress.last_inbound_at)),
        )
        .where(col(PersonAddress.person_id).in_(person_ids))
        .group_by(col(PersonAddress.person_id), col(PersonAddress.channel))
    )
    return {(person, channel): at for person, channel, at in rows}


def is_held_for(session: Session, person_id: int, channel: str) -> bool:
    """Whether anything is held for a person on a channel."""
    found = session.execute(_HELD_FOR, {"person": person_id, "where": channel})
    return found.first() is not None


def held_of(session: Session, person_id: int, channel: str) -> list[Outbound]:
    """What is held for a person on a channel, in its order."""
    return list(
        session.exec(
            select_model(Outbound)
            .where(
                Outbound.person_id == person_id,
                Outbound.channel == channel,
                col(Outbound.status) == _HELD,
            )
            .order_by(col(Outbound.id))
        ).all()
    )


def waits_for_word(session: Session, person_id: int, channel: str) -> bool:
    """Whether something on this channel changes when the person writes: held, or a template."""
    found = session.execute(_WAITS_FOR_WORD, {"person": person_id, "where": channel})
    return found.first() is not None


def held_in_case(session: Session, case_id: int) -> list[Outbound]:
    """What is held for the reporter of a case, in its order."""
    return list(
        session.exec(
            select_model(Outbound)
            .where(Outbound.case_id == case_id, col(Outbound.status) == _HELD)
            .order_by(col(Outbound.id))
        ).all()
    )


def all_held(session: Session, organisation_id: int) -> list[Outbound]:
    """What is held in an organisation's cases, in its order."""
    return list(
        session.exec(
            select_model(Outbound)
            .where(
                Outbound.organisation_id == organisation_id,
                col(Outbound.status) == _HELD,
                col(Outbound.case_id).is_not(None),
            )
            .order_by(col(Outbound.id))
        ).all()
    )


def newest_template(session: Session, case_id: int) -> Outbound | None:
    """The newest template that was sent about a case."""
    return session.exec(
        select_model(Outbound)
        .where(Outbound.case_id == case_id, Outbound.kind == TEMPLATE)
        .order_by(col(Outbound.id).desc())
        .limit(1)
    ).first()


def release_held(session: Session, person_id: int, channel: str, now: datetime) -> int:
    """Queue again what waited for the person to write on this channel.

    All of it goes into the lane of what is said to her there, so that it leaves in its order and
    before the answer to what she wrote.
    """
    result = session.execute(
        update(_outbox)
        .where(
            _outbox.c.person_id == person_id,
            _outbox.c.channel == channel,
            _outbox.c.status == _HELD,
        )
        .values(
            status="queued",
            available_at=now,
            attempts=0,
            error="",
            settled_at=None,
            lane=_outbox.c.chat,
        )
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def answer_templates(session: Session, person_id: int, channel: str, now: datetime) -> None:
    """She wrote: templates that reached her are answered, those that still wait are cancelled."""
    hers = (
        _outbox.c.person_id == person_id,
        _outbox.c.channel == channel,
        _outbox.c.kind == TEMPLATE,
    )
    waiting = update(_outbox).where(*hers, _outbox.c.status == _QUEUED)
    session.execute(waiting.values(status="cancelled", settled_at=now))
    asked = update(_outbox).where(*hers, _outbox.c.status.in_(_ON_ITS_WAY))
    session.execute(asked.values(error=_ANSWERED))


def is_unanswered(template: Outbound) -> bool:
    """Whether a template reached her, or will, and she has not written since."""
    on_its_way = template.status == "queued" or template.status in _ON_ITS_WAY
    return on_its_way and template.error != _ANSWERED
