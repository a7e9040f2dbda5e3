"""Officers at their desk: acts on a case, each in a transaction of its own, without the flows."""

from dataclasses import dataclass, replace

from bot.cases import desk as officers_desk
from bot.cases.act import offered
from bot.cases.group_changes import group_changed
from bot.cases.opening import open_case
from bot.cases.roster import RosterOfficer, add_officer, remove_officer
from bot.cases.taps import button
from bot.channels import Text
from bot.commands import Part, Report
from bot.events import GroupChange, GroupChanged, Officer, OfficerTapped, OfficerWrote
from storage.cases import case_by_id, events_of, messages_of, row_id
from storage.database import Database
from storage.tables import Case, CaseEvent, CaseMessage, Outbound
from tests.outbox.scripted import GROUP_CHAT, Desk

REPORT = Report(
    kind="pengaduan",
    category="upah",
    parts=(Part("gaji belum dibayar", source="whatsapp:1"),),
    identity="nama",
    name="Sri",
)

SMALL_CHAT = "-1002"

OFFERED = {
    *("to_stage", "to_officer", "to_kind", "to_category", "to_urgency", "set_tag", "unset_tag"),
}


@dataclass(frozen=True)
class Answer:
    """What the one who tapped was told."""

    text: str
    alert: bool


class Office(Desk):
    """A desk with a roster: two officers, a coordinator, a reader, one who was removed.

    The coordinator and Joko may handle confidential cases.
    """

    def __init__(self, database: Database, folder: object) -> None:
        super().__init__(database, folder)  # type: ignore[arg-type]
        self._count = 0
        roles = {"ratna": "coordinator", "joko": "officer", "maria": "officer",
                 "budi": "readonly", "lama": "officer"}  # fmt: skip
        self.officers: dict[str, RosterOfficer] = {}
        with database.transaction() as session:
            for user_id, role in roles.items():
                self.officers[user_id] = add_officer(
                    session, self.vault, self.organisation_id,
                    user_id=user_id, name=user_id.title(), role=role, now=self.clock.now(),
                    confidential=user_id in {"ratna", "joko"},
                )  # fmt: skip
            remove_officer(session, self.vault, self.organisation_id, "lama", self.clock.now())

    def opens(self, report: Report = REPORT, **changes: object) -> Case:
        """A complete case of the reporter."""
        self._count += 1
        with self.database.transaction() as session:
            reporter = self.meet(session)
            number = f"KB-AAAA-{self._count:04d}"
            return open_case(
                self.work(session), reporter.person, number, replace(report, **changes),  # type: ignore[arg-type]
                complete=True, predicted=None,
            )  # fmt: skip

    def handled(self) -> Case:
        """A complete case that Joko handles; its card stands."""
        case = self.opens()
        self.taps("joko", case, "take")
        self.taps("joko", case, "to_stage", "ditangani")
        self.deliver()
        return case

    def taps(
        self, user_id: str, case: Case, action: str, value: str = "", message_id: int | None = None
    ) -> Answer:
        """Somebody taps a button of this case."""
        if action in OFFERED:
            value = offered(self.stored(case), action, value)
        with self.database.transaction() as session:
            made = button(self.work(session), case, "x", action, value, message_id)
        return self.taps_payload(user_id, made.id)

    def taps_payload(
        self, user_id: str, payload: str, post: str = "1", chat: str = GROUP_CHAT
    ) -> Answer:
        """Somebody taps whatever carries this payload, under this post."""
        self._count += 1
        event = OfficerTapped(
            channel="telegram", officer=Officer(user_id), chat_id=chat, message_id=post,
            tap_id=f"tap{self._count}", payload=payload, at=self.clock.now(),
        )  # fmt: skip
        with self.database.transaction() as session:
            officers_desk.officer_tapped(self.work(session), event)
        told = self.payload(self.newest("tap"))
        return Answer(told["text"], told["alert"])

    def writes(self, user_id: str, case: Case, text: str, **fields: object) -> str:
        """Somebody writes in the case's topic; the id of the message."""
        self._count += 1
        stored = self.stored(case)
        event = OfficerWrote(
            channel="telegram", officer=Officer(user_id), chat_id=GROUP_CHAT,
            message_id=f"g{self._count}", at=self.clock.now(), thread_id=stored.thread_id,
            text=text,
        )  # fmt: skip
        event = replace(event, **fields)  # type: ignore[arg-type]
        with self.database.transaction() as session:
            officers_desk.officer_wrote(self.work(session), event, None)
        return event.message_id

    def has_small_group(self) -> None:
        """The union binds its small group."""
        with self.database.transaction() as session:
            organisation = self.work(session).organisation
            organisation.sensitive_chat = SMALL_CHAT
            session.add(organisation)

    def happens(
        self, change: GroupChange, user_id: str = "", chat: str = GROUP_CHAT, **fields: object
    ) -> None:
        """Something happens to a group."""
        event = GroupChanged(
            "telegram", change, chat, self.clock.now(), Officer(user_id, user_id.title())
        )
        with self.database.transaction() as session:
            group_changed(self.work(session), replace(event, **fields))  # type: ignore[arg-type]

    def says(self, user_id: str, text: str, chat: str = GROUP_CHAT) -> None:
        """Somebody writes beside the topics."""
        self._count += 1
        event = OfficerWrote(
            channel="telegram", officer=Officer(user_id), chat_id=chat,
            message_id=f"g{self._count}", at=self.clock.now(), text=text,
        )  # fmt: skip
        with self.database.transaction() as session:
            officers_desk.officer_wrote(self.work(session), event, None)

    def presses(self, user_id: str, label: str, chat: str = GROUP_CHAT) -> Answer:
        """Somebody taps the newest button with these words in a chat."""
        for post, text in reversed(self.posts_in(chat).items()):
            for choice in text.choices:
                if choice.label == label:
                    return self.taps_payload(user_id, choice.id, post, chat)
        raise AssertionError(f"no button {label!r} in {chat}")

    def posts_in(self, chat: str) -> dict[str, Text]:
        """What stands in a chat now, oldest first: the latest version of what was not deleted."""
        now = {one.id: one.text for one in self.telegram.sent if one.place.address.path == chat}
        now |= {post: text for post, text in self.telegram.edits if post in now}
        return {post: text for post, text in now.items() if post not in self.telegram.deleted}

    def newest_in(self, chat: str) -> str:
        """The words of the newest post in a chat."""
        return list(self.posts_in(chat).values())[-1].text

    def standing_in(self, chat: str) -> str:
        """All words that stand in a chat now."""
        return "\n".join(text.text for text in self.posts_in(chat).values())

    def chooses(self, user_id: str, case: Case, form: str, field: str, value: str = "") -> Answer:
        """Somebody taps a choice under a question of a form; without a value: Lewati."""
        whose = self.officers[user_id].id
        return self.taps(user_id, case, "form_choose", f"{whose}.{form}.{field}.{value}")

    def closes(self, user_id: str, case: Case, outcome: str) -> Answer:
        """Somebody closes the case without a word of her own."""
        self.taps(user_id, case, "close")
        self.chooses(user_id, case, "to_selesai", "outcome", outcome)
        return self.chooses(user_id, case, "to_selesai", "sentence")

    def stored(self, case: Case) -> Case:
        """The case as it is stored now."""
        with self.database.reading() as session:
            found = case_by_id(session, row_id(case))
        assert found is not None
        return found

    def trail(self, case: Case) -> list[CaseEvent]:
        """What was done in the case."""
        with self.database.reading() as session:
            return list(events_of(session, row_id(case)))

    def messages(self, case: Case, direction: str) -> list[CaseMessage]:
        """What was said in the case."""
        with self.database.reading() as session:
            return [m for m in messages_of(session, row_id(case)) if m.direction == direction]

    def payload(self, row: Outbound) -> dict[str, object]:
        """What a row says."""
        return dict(self.vault.open_json(row.sealed, "outbox"))

    def in_the_group(self) -> str:
        """Everything that stands in the group: posts, cards, edits, topics' titles, captions."""
        texts = [sent.text.text for sent in self.telegram.sent if self._in_group(sent.place)]
        edits = [text.text for _, text in self.telegram.edits]
        return "\n".join([*texts, *edits, *self.telegram.topics.values()])

    def standing_in_the_group(self) -> str:
        """What stands there now: the latest version of what was not deleted."""
        now = {
            sent.id: sent.text.text for sent in self.telegram.sent if self._in_group(sent.place)
        }
        now |= {external_id: text.text for external_id, text in self.telegram.edits}
        kept = [text for id_, text in now.items() if id_ not in self.telegram.deleted]
        return "\n".join([*kept, *self.telegram.topics.values()])

    def whispered(self, user_id: str) -> list[str]:
        """What stands in an officer's private chat."""
        return [s.text.text for s in self.telegram.sent if s.place.address.path == user_id]

    def work_label(self, case: Case) -> str:
        """What the category is called."""
        return self.taxonomy.category(case.category).label

    def heard(self) -> list[str]:
        """What the reporter was told."""
        return [sent.text.text for sent in self.whatsapp.sent]

    def _in_group(self, place: object) -> bool:
        return place.address.path == GROUP_CHAT  # type: ignore[attr-defined]
