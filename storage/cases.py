"""Cases as they are stored: their sealed content, their messages, their trail, look-ups."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam
from sqlmodel import Session, and_, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.crypto import Vault
from storage.database import is_postgres
from storage.tables import (
    Attachment,
    Case,
    CaseEvent,
    CaseMessage,
    Company,
    Conversation,
    Outbound,
)

OPEN_STATUSES = (
    "belum_lengkap",
    "baru",
    "verifikasi",
    "ditangani",
    "bipartit",
    "mediasi",
    "phi",
    "dilimpahkan",
)
_SENT = ("queued", "released")  # states of a reply that she reads, or will in a moment


@dataclass(frozen=True, slots=True)
class CaseContent:
    """What was told in a case; sealed as one value.

    Attributes:
        confirmed: the reporter chose the category herself; else it is a guess of this
            ``probability``, for these ``reasons``: words of the story, the strongest first.
        triggers: the words that raised the alarm.
    """

    story: str = ""
    workplace: str = ""
    region_name: str = ""
    happened: str = ""
    affected: str = ""
    name: str = ""
    member: str = ""
    safe_hours: str = ""
    confirmed: bool = False
    probability: float = 0.0
    triggers: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


class AlbumFile(NamedTuple):
    """A file of an officer's album, with the post that brought it and the words under it."""

    post: str
    attachment_id: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class MessageContent:
    """A message of a case; earlier versions stay when it was edited.

    Attributes:
        channel: the channel it came by, with its ``external_id`` there, so that an answer can
            quote it; only of a reporter's message.
        album: id shared by the parts of one album.
        quote: the first words of what it answers; ``quoted_id`` is that message, 0 if it is
            none of the case.
        files: of an officer's album, in their order; the first is the message's own file.
        late: they came when the rest of their album was sent or dropped already.
        version: how often a reply changed under the eyes of its author.
        shown_to: the officer's private chat in which a reply was sent that no topic may show,
            and ``shown_in``, the post there that tells how far it came.
    """

    text: str = ""
    earlier: tuple[str, ...] = ()
    channel: str = ""
    external_id: str = ""
    album: str = ""
    quote: str = ""
    quoted_id: int = 0
    files: tuple[AlbumFile, ...] = ()
    late: bool = False
    version: int = 0
    shown_to: str = ""
    shown_in: str = ""


def content_of(vault: Vault, case: Case) -> CaseContent:
    """What was told in this case."""
    stored: dict[str, Any] = vault.open_json(case.sealed, "cases")
    known = {field.name for field in fields(CaseContent)}
    values = {name: value for name, value in stored.items() if name in known}
    words = {name: tuple(values.get(name, ())) for name in ("triggers", "reasons")}
    return CaseContent(**values | words)


def seal_content(vault: Vault, content: CaseContent) -> bytes:
    """The content as ciphertext."""
    return vault.seal_json(asdict(content), "cases")


def message_content(vault: Vault, message: CaseMessage) -> MessageContent:
    """The words of a message."""
    stored: dict[str, Any] = vault.open_json(message.sealed, "case_messages")
    known = {field.name for field in fields(MessageContent)}
    values = {name: value for name, value in stored.items() if name in known}
    files = tuple(AlbumFile(*file) for file in stored.get("files", ()))
    return MessageContent(**values | {"earlier": tuple(stored.get("earlier", ())), "files": files})


def seal_message(vault: Vault, content: MessageContent) -> bytes:
    """The words as ciphertext."""
    return vault.seal_json(asdict(content), "case_messages")


def add_event(
    session: Session,
    vault: Vault,
    case: Case,
    what: str,
    at: datetime,
    *,
    actor: str = "system",
    officer_id: int | None = None,
    before: str = "",
    after: str = "",
    detail: str = "",
) -> None:
    """Write one line of the audit trail in the transaction of what it tells of."""
    session.add(
        CaseEvent(
            organisation_id=case.organisation_id,
            case_id=row_id(case),
            at=at,
            actor=actor,
            officer_id=officer_id,
            what=what,
            before=before,
            after=after,
            sealed=vault.seal(detail.encode(), "case_events") if detail else None,
        )
    )


def case_by_number(
    session: Session, organisation_id: int, number: str, *, lock: bool = False
) -> Case | None:
    """The case with this number, if it belongs to this organisation."""
    query = select(Case).where(Case.number == number, Case.organisation_id == organisation_id)
    return session.exec(_locked(query) if lock else query).first()


def case_by_id(session: Session, case_id: int, *, lock: bool = False) -> Case | None:
    """The case with this id."""
    query = select(Case).where(Case.id == case_id)
    return session.exec(_locked(query) if lock else query).first()


def case_for_officer(session: Session, case_id: int, *others: int) -> Case | None:
    """The case, locked after its reporter's conversation: her own turns lock in this order.

    Whatever is merged with it is locked along, and so are the ``others`` that the same act may
    change: first all conversations, then all cases, each in ascending order, so that no two acts
    ever wait for each other. SQLite has one writer at a time.
    """
    if is_postgres(session):
        _lock_family(session, (case_id, *others))
    return case_by_id(session, case_id, lock=True)


def _lock_family(session: Session, case_ids: Sequence[int]) -> None:
    main = select(Case.merged_into_id).where(
        col(Case.id).in_(case_ids), col(Case.merged_into_id).is_not(None)
    )
    family = or_(
        *(field.in_(ids) for field in (col(Case.id), col(Case.merged_into_id))
          for ids in (case_ids, main))
    )  # fmt: skip
    rows = session.exec(select(Case.id, Case.person_id).where(family)).all()
    persons = {person_id for _, person_id in rows if person_id is not None}
    conversations = select(Conversation.id).where(col(Conversation.person_id).in_(persons))
    session.exec(conversations.order_by(col(Conversation.id)).with_for_update()).all()
    cases = select(Case.id).where(col(Case.id).in_([row_id for row_id, _ in rows]))
    session.exec(cases.order_by(col(Case.id)).with_for_update()).all()


def _locked(query: SelectOfScalar[Case]) -> SelectOfScalar[Case]:
    """Locked, and as it stands now, even if this session read it before it was locked."""
    return query.with_for_update().execution_options(populate_existing=True)


def case_of_topic(
    session: Session, organisation_id: int, chat_id: str, thread_id: str, reply_to: str
) -> Case | None:
    """The case that a place in the officers' group belongs to.

    By topic where there are topics; else by the card or message that was answered.
    """
    if thread_id:
        return session.exec(
            select(Case).where(
                Case.organisation_id == organisation_id,
                Case.chat_id == chat_id,
                Case.thread_id == thread_id,
            )
        ).first()
    if not reply_to:
        return None
    by_card = session.exec(
        select(Case).where(
            Case.organisation_id == organisation_id,
            Case.chat_id == chat_id,
            Case.card_id == reply_to,
        )
    ).first()
    if by_card is not None:
        return by_card
    return session.exec(
        select(Case)
        .join(Outbound, col(Outbound.case_id) == col(Case.id))
        .where(
            Case.organisation_id == organisation_id,
            Outbound.chat == chat_id,
            Outbound.external_id == reply_to,
        )
    ).first()


_BETWEEN_US = or_(
    CaseMessage.direction == "reporter",
    and_(CaseMessage.direction == "reply", col(CaseMessage.state).in_(_SENT)),
)
_LAST_WRITTEN = (
    select(func.max(CaseMessage.at))
    .where(CaseMessage.case_id == Case.id, _BETWEEN_US)
    .correlate(Case)
    .scalar_subquery()
)
_BY_PERSON = (  # made once: building a statement costs more than running it
    select(Case)
    .where(col(Case.person_id) == bindparam("person"))
    .order_by(func.coalesce(_LAST_WRITTEN, Case.opened_at).desc(), col(Case.id).desc())
)


def cases_of_person(
    session: Session, person_id: int, *, limit: int = 20, lock: bool = False
) -> Sequence[Case]:
    """The cases of a reporter, drafts included; first the one she or an officer wrote in last."""
    query = _BY_PERSON.limit(limit)
    return session.exec(_locked(query) if lock else query, params={"person": person_id}).all()


def messages_of(session: Session, case_id: int) -> Sequence[CaseMessage]:
    """All messages of a case in order."""
    return session.exec(
        select(CaseMessage).where(CaseMessage.case_id == case_id).order_by(col(CaseMessage.id))
    ).all()


def events_of(session: Session, case_id: int) -> Sequence[CaseEvent]:
    """The audit trail of a case in order."""
    return session.exec(
        select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(col(CaseEvent.id))
    ).all()


def attachments_of(session: Session, case_id: int) -> Sequence[Attachment]:
    """The files of a case in order."""
    return session.exec(
        select(Attachment).where(Attachment.case_id == case_id).order_by(col(Attachment.id))
    ).all()


def company_names(session: Session, vault: Vault, organisation_id: int) -> tuple[str, ...]:
    """Companies of cases that officers of this organisation took, see ``bot.cases.workplaces``."""
    rows = session.exec(select(Company).where(Company.organisation_id == organisation_id)).all()
    return tuple(vault.open(row.sealed, "companies").decode() for row in rows)


def link_company(session: Session, vault: Vault, case: Case, name: str, at: datetime) -> None:
    """Keep a case's workplace for later matching, each name once; an empty name ends the link.

    A workplace that no case names any more is forgotten.
    """
    before = case.company_id
    case.company_id = _company(session, vault, case.organisation_id, name, at) if name else None
    session.add(case)
    session.flush()
    if before is None or before == case.company_id:
        return
    if session.exec(select(Case.id).where(Case.company_id == before)).first() is None:
        session.delete(session.get_one(Company, before))


def _company(
    session: Session, vault: Vault, organisation_id: int, name: str, at: datetime
) -> int | None:
    lookup = vault.lookup(f"company:{name.casefold()}")
    company = session.exec(
        select(Company).where(Company.organisation_id == organisation_id, Company.lookup == lookup)
    ).first()
    if company is None:
        company = Company(
            organisation_id=organisation_id,
            lookup=lookup,
            sealed=vault.seal(name.encode(), "companies"),
            created_at=at,
        )
        session.add(company)
        session.flush()
    return company.id


def row_id(row: Case | CaseMessage | Attachment) -> int:
    """The key of a stored row."""
    if row.id is None:
        raise ValueError("the row was not stored yet")
    return row.id
