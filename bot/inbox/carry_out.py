"""Carries out what a turn of a conversation ordered, inside the turn's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import col, select

from bot.cases import check_ins, collective, own_copy, own_data, survey_answers
from bot.cases.labelling import Predicted
from bot.cases.meaning import Meaning, keep_meaning
from bot.cases.opening import add_to_case, correct_message, open_case, page_officers
from bot.cases.pushes import drop_waiting
from bot.cases.referral import take_answer
from bot.cases.stages import CLOSED
from bot.cases.survey_reopening import reopen_case
from bot.cases.urgent import open_for_danger
from bot.cases.work import Work
from bot.commands import (
    AddToCase,
    AnswerCheckIn,
    AnswerInvitation,
    AnswerReferral,
    AnswerSurvey,
    Command,
    CommentSurvey,
    CorrectMessage,
    DeleteDraft,
    DeleteOwnData,
    OpenCase,
    OpenUrgentCase,
    PageOfficers,
    Part,
    RecordConsent,
    ReopenCase,
    Reply,
    SendOwnData,
    SetPushes,
    SetTimer,
    StopTimer,
)
from bot.events import Address
from bot.flows.state import State
from bot.inbox.unasked import UNFINISHED, reminder_time
from bot.inbox.understanding import Understander
from bot.outbox.queue import ANSWER, DANGER
from storage.cases import case_by_id, case_by_number, cases_of_person
from storage.crypto import Vault
from storage.due import cancel_due, set_due
from storage.people import Reporter, address_of
from storage.tables import Attachment, Case, Consent


@dataclass(slots=True)
class CarryOut:
    """Carries out the commands of one turn, in their order.

    Attributes:
        lane: the inbox lane of this reporter; her timers take the same one.
        state: where her conversation stands after this turn.
        template: the form that asks her to open WhatsApp for what is said unasked.
        understander: knows what the classifier said of the story in this turn.
        meanings: of the stories that this turn opens or makes longer, by case number.
        unasked: the name of her time zone and her safe hours, when nobody asked for what is said.
        files_to_remove: files were marked as deleted; remove them after the commit.
        forgotten: the reporter's data were deleted, her conversation with them.
    """

    work: Work
    reporter: Reporter
    lane: str
    understander: Understander
    model: str
    quiet_seconds: float
    meanings: Mapping[str, Meaning] = field(default_factory=dict)
    state: State | None = None
    template: str = ""
    unasked: tuple[str, str] | None = None
    files_to_remove: bool = False
    forgotten: bool = False
    _to: Address = field(init=False)
    _case: Case | None = None

    def __post_init__(self) -> None:
        self._to = address_of(self.work.vault, self.reporter.address)

    def out(self, command: Command) -> None:
        """Carry out one command."""
        match command:
            case Reply():
                self._reply(command)
            case OpenCase():
                self._open(command)
            case AddToCase() | OpenUrgentCase() | AnswerReferral() | AnswerInvitation():
                self._in_own_case(command)
            case AnswerSurvey() | CommentSurvey() | ReopenCase() | AnswerCheckIn():
                self._after_closing(command)
            case CorrectMessage():
                self._correct(command)
            case PageOfficers(reason=reason, triggers=triggers, number=number):
                page_officers(self.work, reason, triggers, number)
            case RecordConsent():
                self._consent(command)
            case DeleteDraft():
                self._delete_draft()
            case SetTimer() | StopTimer():
                self._timer(command)
            case SetPushes(on=on):
                self._set_pushes(on=on)
            case SendOwnData():
                running = conversation_state(self.work.vault, self.reporter)
                own_copy.send_copy(self.work, self.reporter.person, self._to, running)
            case DeleteOwnData():
                own_data.delete(self.work, self.reporter, self.lane)
                self.files_to_remove = self.forgotten = True

    def _in_own_case(
        self, command: AddToCase | OpenUrgentCase | AnswerReferral | AnswerInvitation
    ) -> None:
        number = command.closed if isinstance(command, OpenUrgentCase) else command.number
        case = self._own_case(number)
        if case is None:
            return
        match command:
            case AddToCase(parts=parts, nod=nod):
                add_to_case(self.work, case, parts, self.understander, asked=nod)
                self._keep_meaning(case)
            case OpenUrgentCase(number=fresh, parts=parts):
                self._case = open_for_danger(self.work, case, fresh, parts, self.understander)
            case AnswerReferral(agreed=agreed):
                take_answer(self.work, case, agreed=agreed)
            case AnswerInvitation(joins=joins):
                collective.take_answer(self.work, case, joins=joins)

    def _after_closing(
        self, command: AnswerSurvey | CommentSurvey | ReopenCase | AnswerCheckIn
    ) -> None:
        work, case = self.work, self._own_case(command.number)
        if case is None:
            return
        match command:
            case AnswerSurvey(survey_id=survey_id, field=name, value=value):
                survey_answers.take_answer(work, case, survey_id, name, value)
            case CommentSurvey(survey_id=survey_id, parts=parts):
                survey_answers.take_comment(work, case, survey_id, parts, self.understander)
            case ReopenCase():
                reopen_case(work, case)
            case AnswerCheckIn(check_in_id=check_in_id, safe=safe, urgent_number=number):
                check_ins.take_answer(work, case, check_in_id, number, safe=safe)

    def _set_pushes(self, *, on: bool) -> None:
        self.reporter.person.pushes_on = on
        if not on:
            drop_waiting(self.work, self.reporter.person)

    def _reply(self, command: Reply) -> None:
        danger = self._case is not None and self._case.urgency == "darurat"
        self.work.write.say(
            self._to,
            command.text,
            person_id=self.reporter.person.id,
            choices=command.choices,
            list_label=command.list_label,
            promise=command.promise,
            case_id=self._case.id if self._case else None,
            priority=DANGER if danger else ANSWER,
            template=self.template,
            unasked=self.unasked,
        )

    def _open(self, command: OpenCase) -> None:
        conversation = self.reporter.conversation
        draft = None
        if conversation.draft_case_id is not None:
            draft = case_by_id(self.work.session, conversation.draft_case_id, lock=True)
            if draft is not None and draft.number != command.number:
                draft = None
        story = "\n".join(part.text for part in command.report.parts if part.text)
        predicted = None
        if story:
            reasons = self.understander.explained(story, command.report.category)
            predicted = Predicted(self.model, self.understander(story), reasons)
        self._case = open_case(
            self.work,
            self.reporter.person,
            command.number,
            command.report,
            complete=command.complete,
            predicted=predicted,
            draft=draft,
        )
        conversation.draft_case_id = None if command.complete else self._case.id
        self._keep_meaning(self._case)

    def _keep_meaning(self, case: Case) -> None:
        meaning = self.meanings.get(case.number)
        if meaning is not None:
            keep_meaning(self.work.session, self.work.vault, case, meaning, self.work.now)

    def _correct(self, command: CorrectMessage) -> None:
        """Keep the new version; a correction of something that never came is news itself."""
        person, words = self.reporter.person, command.text
        if correct_message(self.work, person, command.source, words, self.understander):
            return
        if self.reporter.conversation.flow == "intake":  # the running story has taken it
            return
        own = cases_of_person(self.work.session, person.id or 0, lock=True)
        newest = next((case for case in own if case.status not in CLOSED), None)
        if newest is not None:
            add_to_case(self.work, newest, (Part(words, command.source),), self.understander)

    def _own_case(self, number: str) -> Case | None:
        organisation_id = self.work.organisation.id or 0
        case = case_by_number(self.work.session, organisation_id, number, lock=True)
        return case if case is not None and case.person_id == self.reporter.person.id else None

    def _consent(self, command: RecordConsent) -> None:
        person = self.reporter.person
        person.consented_version = command.version if command.given else ""
        self.work.session.add(
            Consent(
                organisation_id=person.organisation_id,
                person_id=person.id or 0,
                version=command.version,
                given=command.given,
                channel=self.reporter.address.channel,
                at=self.work.now,
            )
        )

    def _delete_draft(self) -> None:
        conversation = self.reporter.conversation
        if conversation.draft_case_id is not None:
            draft = case_by_id(self.work.session, conversation.draft_case_id, lock=True)
            conversation.draft_case_id = None
            if draft is not None:
                own_data.withdraw_draft(self.work, draft)
        loose = self.work.session.exec(
            select(Attachment).where(
                Attachment.person_id == self.reporter.person.id,
                col(Attachment.case_id).is_(None),
                Attachment.state != "deleted",
            )
        ).all()
        own_data.forget_files(self.work, loose)
        self.files_to_remove = True

    def _timer(self, command: SetTimer | StopTimer) -> None:
        if self.forgotten:
            return
        conversation = self.reporter.conversation
        key = f"{command.kind}:{conversation.id}"
        if isinstance(command, StopTimer):
            cancel_due(self.work.session, key)
            return
        seconds = self.quiet_seconds if command.seconds is None else command.seconds
        due_at = self.work.now + timedelta(seconds=seconds)
        if command.kind == UNFINISHED:
            due_at = reminder_time(self.work.vault, self.reporter, self.state, self.work.zone,
                                   self.work.now, timedelta(seconds=seconds))  # fmt: skip
        set_due(
            self.work.session,
            organisation_id=conversation.organisation_id,
            kind=command.kind,
            key=key,
            lane=self.lane,
            due_at=due_at,
            conversation_id=conversation.id,
        )


def conversation_state(vault: Vault, reporter: Reporter | None) -> State | None:
    """Where a reporter's conversation stands; None when none runs."""
    if reporter is None or reporter.conversation.sealed is None:
        return None
    stored = vault.open(reporter.conversation.sealed, "conversations").decode()
    return State.from_json(stored)


def save_conversation(work: Work, reporter: Reporter, state: State | None) -> None:
    """Save where the conversation stands now; its revision rises."""
    conversation = reporter.conversation
    conversation.revision += 1
    conversation.updated_at = work.now
    conversation.flow = state.flow if state else ""
    conversation.step = state.step if state else ""
    conversation.sealed = (
        work.vault.seal(state.as_json().encode(), "conversations") if state else None
    )
    work.session.add(conversation)
    work.session.add(reporter.person)
