"""A story about the only coordinator goes one level up, never to the one it is about."""

from dataclasses import replace

import pytest
from sqlmodel import Session

from bot.cases import desk
from bot.cases.above import in_name_of
from bot.cases.opening import add_to_case
from bot.cases.roster import add_officer
from bot.cases.sight import may_see
from bot.cases.work import Work
from bot.commands import Part
from bot.events import Officer, OfficerTapped
from bot.outbox.orders import OutboxWriter
from storage.cases import case_by_id
from storage.setup import DEFAULT_ORGANISATION, ensure_organisation
from storage.tables import Case, Organisation
from tests.cases.office import REPORT, Answer, Office
from tests.cases.test_confidential import calm
from tests.outbox.scripted import GROUP_CHAT

OPERATOR = "4242"
TOLD = (Part("Bu Santi Dewi minta uang KENARI", source="whatsapp:1"),)


class Union(Office):
    """A union whose only coordinator is Santi Dewi, and what stands above it."""

    operator_chat = ""

    def work(self, session: Session) -> Work:
        """Casework with the operator's chat."""
        return replace(super().work(session), operator_chat=self.operator_chat)

    def begins(self) -> None:
        """Santi leads alone."""
        with self.database.transaction() as session:
            for user_id, name, role in (
                ("santi", "Santi Dewi", "coordinator"),
                ("ratna", "Ratna", "officer"),
            ):
                self.officers[user_id] = add_officer(
                    session, self.vault, self.organisation_id, user_id=user_id, name=name,
                    role=role, now=self.clock.now(), confidential=True,
                )  # fmt: skip

    def has_federation(self, *coordinators: str) -> None:
        """These coordinate the federation above."""
        with self.database.transaction() as session:
            parent = ensure_organisation(session, slug="fed", name="Fed", now=self.clock.now())
            own = session.get_one(Organisation, self.organisation_id)
            own.parent_id = self.parent_id = parent.id or 0
            session.add(own)
            for user_id in coordinators:
                self.officers[f"fed {user_id}"] = add_officer(
                    session, self.vault, self.parent_id, user_id=user_id, name=user_id,
                    role="coordinator", now=self.clock.now(),
                )  # fmt: skip

    def has_operator(self, chat: str = OPERATOR) -> None:
        """Somebody runs the program."""
        self.operator_chat = chat
        with self.database.transaction() as session:
            ensure_organisation(session, slug=DEFAULT_ORGANISATION, name="Utama",
                                now=self.clock.now())  # fmt: skip

    def presses_above(self, user_id: str, label: str, as_user: str = "") -> Answer:
        """A federation's coordinator taps a button of her private chat, at its own bot."""
        mine = [sent for sent in self.telegram.sent if sent.place.address.path == user_id]
        post, choice = next(
            (sent.id, choice) for sent in mine for choice in sent.text.choices
            if choice.label == label
        )  # fmt: skip
        who = as_user or user_id
        event = OfficerTapped("telegram", Officer(who), who, post, f"tap{label}", choice.id,
                              self.clock.now())  # fmt: skip
        with self.database.transaction() as session:
            parent = session.get_one(Organisation, self.parent_id)
            work = in_name_of(self.work(session), parent)
            desk.officer_tapped(work, event)
        told = self.payload(self.rows("tap")[-1])
        self.deliver()
        return Answer(str(told["text"]), bool(told["alert"]))

    def tells(self) -> Case:
        """A report that names Santi in full, delivered."""
        case = self.opens(REPORT, parts=TOLD)
        self.deliver(3)
        return case

    def sees(self, who: str, case: Case) -> bool:
        """Whether an officer may see the case."""
        with self.database.reading() as session:
            return may_see(self.work(session), self.officers[who], self.stored(case))


@pytest.fixture
def union(office: Office) -> Union:
    """The office, led by Santi alone."""
    office.__class__ = Union
    assert isinstance(office, Union)
    office.begins()
    return office


def test_the_federation_is_asked_when_the_only_coordinator_is_named(union: Union) -> None:
    """Nobody else may decide, and the one who is named must not be asked."""
    union.has_federation("wati")
    case = union.tells()
    (asked,) = union.whispered("wati")
    assert "Santi Dewi" in asked
    assert case.number in asked
    assert "KENARI" not in asked
    assert union.whispered("santi") == []
    assert union.texts("officers.above.card_federation") in union.standing_in(GROUP_CHAT)
    union.presses_above("wati", "Baca ceritanya")
    assert "KENARI" in union.whispered("wati")[-1]
    assert "revealed_story" in [event.what for event in union.trail(case)]
    union.presses_above("wati", "Ya, pisahkan")
    union.deliver(3)
    assert not union.sees("santi", case)
    assert union.sees("ratna", case)
    assert union.texts("officers.above.card_federation") not in union.standing_in(GROUP_CHAT)
    assert any(case.number in told for told in union.whispered("ratna"))
    assert union.whispered("santi") == []
    assert union.presses_above("wati", "Baca ceritanya").alert, "her part in it is over"


def test_a_name_that_is_somebody_elses_ends_the_question(union: Union) -> None:
    """The federation knows the people, too."""
    union.has_federation("wati")
    case = union.tells()
    union.presses_above("wati", "Bukan")
    union.deliver(3)
    assert union.sees("santi", case)
    assert union.texts("officers.above.card_federation") not in union.standing_in(GROUP_CHAT)


def test_only_those_who_were_asked_decide(union: Union) -> None:
    """A copied button, the accused herself, and a federation that is none any more."""
    union.has_federation("wati", "santi")
    case = union.tells()
    assert union.whispered("santi") == [], "she coordinates the federation as well"
    for who in ("santi", "joko", "orang"):
        assert union.presses_above("wati", "Ya, pisahkan", as_user=who).alert
    with union.database.transaction() as session:
        own = session.get_one(Organisation, union.organisation_id)
        own.parent_id = None
        session.add(own)
    for label in ("Baca ceritanya", "Ya, pisahkan", "Bukan"):
        assert union.presses_above("wati", label).alert
    assert union.sees("santi", case)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("federation", [(), ("santi",)])
def test_without_a_federation_the_operator_is_told_neutrally(
    union: Union, federation: tuple[str, ...]
) -> None:
    """Who runs the program finds a second coordinator; what it is about is not for him."""
    union.has_operator()
    if federation:
        union.has_federation(*federation)
    case = union.tells()
    (told,) = union.whispered(OPERATOR)
    assert case.number in told
    assert "officers add" in told
    assert "Santi" not in told
    assert union.whispered("santi") == []
    card = union.texts("officers.above.card_operator")
    assert card in union.standing_in(GROUP_CHAT)
    with union.database.transaction() as session:
        union.officers["dua"] = add_officer(
            session, union.vault, union.organisation_id, user_id="dua", name="Dua",
            role="coordinator", now=union.clock.now(),
        )  # fmt: skip
    union.writes("dua", case, "/tentang")
    union.deliver(3)
    union.presses("dua", union.texts("officers.recusal.named_there", name="Santi Dewi"), "dua")
    union.deliver(3)
    assert not union.sees("santi", case)
    assert card not in union.standing_in(GROUP_CHAT)


def test_a_new_coordinator_says_that_it_is_about_no_officer(union: Union) -> None:
    """Names are shared by many people."""
    union.has_operator()
    case = union.tells()
    with union.database.transaction() as session:
        union.officers["dua"] = add_officer(
            session, union.vault, union.organisation_id, user_id="dua", name="Dua",
            role="coordinator", now=union.clock.now(),
        )  # fmt: skip
    union.writes("dua", case, "/tentang")
    union.deliver(3)
    union.presses("dua", "Bukan tentang petugas", "dua")
    union.deliver(3)
    assert union.texts("officers.above.card_operator") not in union.standing_in(GROUP_CHAT)
    assert union.sees("santi", case)


@pytest.mark.parametrize("words", ["/tentang", "/tentang Ratna"])
def test_who_is_named_decides_about_nobody(union: Union, words: str) -> None:
    """She could end the accusation, or keep away everybody else who may read it."""
    union.has_federation("wati")
    case = union.tells()
    before = union.standing_in(GROUP_CHAT)
    typed = union.writes("santi", case, words)
    union.deliver(3)
    assert union.whispered("santi") == [union.texts("officers.recusal.undecided")]
    assert list(union.posts_in("santi").values())[-1].choices == ()
    assert union.standing_in(GROUP_CHAT) == before, "the group does not learn who is named"
    assert (typed in union.telegram.deleted) == (words != "/tentang")
    for action, whom in (("recuse", "ratna"), ("recuse_no", "santi"), ("readmit", "ratna")):
        assert union.taps("santi", case, action, str(union.officers[whom].id)).alert
    assert union.taps("santi", case, "recuse_no").alert
    assert union.sees("ratna", case)
    assert not union.presses_above("wati", "Ya, pisahkan").alert
    assert not union.sees("santi", case)


def test_who_is_named_beside_her_is_no_matter_of_hers(union: Union) -> None:
    """Both names go up, and each waits for its own answer."""
    with union.database.transaction() as session:
        union.officers["bima"] = add_officer(
            session, union.vault, union.organisation_id, user_id="bima", name="Bima Sakti",
            role="officer", now=union.clock.now(),
        )  # fmt: skip
    union.has_federation("wati")
    parts = (Part("Santi Dewi minta uang", source="whatsapp:1"),
             Part("Bima Sakti juga", source="whatsapp:2"))  # fmt: skip
    case = union.opens(REPORT, parts=parts)
    union.deliver(3)
    assert union.whispered("santi") == []
    about_santi, about_bima = union.whispered("wati")
    assert ("Santi Dewi" in about_santi, "Bima Sakti" in about_bima) == (True, True)
    assert not union.presses_above("wati", "Bukan").alert  # the first button: about Santi
    assert union.texts("officers.above.card_federation") in union.standing_in(GROUP_CHAT)
    assert union.sees("santi", case)
    union.taps("santi", case, "recuse", str(union.officers["bima"].id))
    union.deliver(3)
    assert not union.sees("bima", case), "what was decided about her lets her decide again"
    assert union.texts("officers.above.card_federation") not in union.standing_in(GROUP_CHAT)


@pytest.mark.parametrize("at_once", [True, False])
def test_where_all_coordinators_are_named_none_of_them_is_asked(
    union: Union, at_once: bool
) -> None:
    """Each would decide about the other, and read who else is accused."""
    with union.database.transaction() as session:
        union.officers["bima"] = add_officer(
            session, union.vault, union.organisation_id, user_id="bima", name="Bima Sakti",
            role="coordinator", now=union.clock.now(), confidential=True,
        )  # fmt: skip
    union.has_federation("wati")
    names = ["Santi Dewi dan Bima Sakti"] if at_once else ["Santi Dewi", "Bima Sakti"]
    parts = [Part(f"{name} minta uang", source=f"whatsapp:{name}") for name in names]
    case = union.opens(REPORT, parts=tuple(parts[:1]))
    with union.database.transaction() as session:
        row = case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        add_to_case(union.work(session), row, tuple(parts[1:]), calm)
    union.deliver(3)
    assert union.whispered("santi") == []
    assert len(union.whispered("bima")) == (0 if at_once else 1), "she was not named yet"
    assert len(union.whispered("wati")) == 2
    for who, about in (("bima", "santi"), ("santi", "bima")):
        for action in ("recuse", "recuse_no"):
            assert union.taps(who, case, action, str(union.officers[about].id)).alert
    union.presses_above("wati", "Ya, pisahkan")
    assert (union.sees("santi", case), union.sees("bima", case)) == (False, True)


def test_a_question_is_passed_on_when_who_was_asked_is_kept_away(union: Union) -> None:
    """Bima was asked about Santi; then the case turns out to be about Bima."""
    with union.database.transaction() as session:
        union.officers["bima"] = add_officer(
            session, union.vault, union.organisation_id, user_id="bima", name="Bima",
            role="coordinator", now=union.clock.now(), confidential=True,
        )  # fmt: skip
    union.has_federation("wati")
    case = union.tells()
    assert (len(union.whispered("bima")), union.whispered("wati")) == (1, [])
    union.taps("bima", case, "recuse", str(union.officers["bima"].id))
    union.deliver(3)
    (asked,) = union.whispered("wati")
    assert "Santi Dewi" in asked


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("chat", ["", "santi"])
def test_where_nobody_can_be_told_the_card_says_so(union: Union, chat: str) -> None:
    """The operator may be the accused herself."""
    if chat:
        union.has_operator(chat)
    union.tells()
    assert union.whispered("santi") == []
    assert union.texts("officers.above.card_nobody") in union.standing_in(GROUP_CHAT)


def test_a_case_that_nobody_may_open_any_more_is_told_above(union: Union) -> None:
    """The only two who may read it are kept away: it must not lie there unread."""
    union.has_federation("wati")
    case = union.opens(REPORT)
    for whom in ("ratna", "joko", "santi"):
        union.taps("santi", case, "recuse", str(union.officers[whom].id))
    union.deliver(3)
    told = union.texts("officers.above.nobody_left", union=_name(union), number=case.number)
    assert union.whispered("wati") == [told]
    card = union.texts("officers.above.card_federation")
    assert card in union.standing_in(GROUP_CHAT)
    with union.database.transaction() as session:
        add_officer(
            session, union.vault, union.organisation_id, user_id="dua", name="Dua",
            role="officer", now=union.clock.now(), confidential=True,
        )  # fmt: skip
        OutboxWriter(
            session, union.vault, session.get_one(Organisation, union.organisation_id),
            union.clock.now(),
        ).show_card(union.stored(case))  # fmt: skip
    union.deliver(3)
    assert card not in union.standing_in(GROUP_CHAT)


def _name(union: Union) -> str:
    with union.database.reading() as session:
        return session.get_one(Organisation, union.organisation_id).name
