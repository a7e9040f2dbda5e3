"""Whatever officers and reporters do, a thousand things on each engine: what must hold, holds."""

import random
from collections import Counter
from itertools import pairwise

from bot.cases import card
from bot.cases.opening import add_to_case
from bot.commands import Part
from bot.flows.knowledge import Understanding
from storage.cases import case_by_id, message_content, row_id
from storage.tables import Case, CaseMessage
from tests.cases.office import Office
from tests.outbox.scripted import GROUP_CHAT

ACTIONS = 1000
CASES = 6
OFFICERS = ("ratna", "joko", "maria", "budi", "lama", "orang-luar")
FORGED = ("o:0123456789abcdef01234567", "o:", "o:';--", "x", "o:" + "f" * 300)
TYPED = (
    "/ambil", "/lepas", "/status", "/tutup", "/kategori", "/urgensi", "/label", "/jenis", "/balas",
    "/kasus", "/bantuan", "/cepat", "/tunggu", "/riwayat", "/tidakada", "batal", "lewati",
)  # fmt: skip
UNSURE = Understanding("pengaduan", "lainnya", (), abstain=True)
QUIET_MINUTE = 61
MOSTLY = 0.8


class Life:
    """Officers and reporters who do whatever comes to their mind."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office, self.chance = office, random.Random(seed)  # noqa: S311
        self.cases = [office.opens(parts=(Part(f"cerita {n}", f"s{n}"),)) for n in range(CASES)]
        self.told: list[tuple[Case, str]] = []
        self.replies: list[str] = []
        self.notes: list[str] = []
        self.count = 0

    def step(self) -> None:
        """One of all things that may happen."""
        self.count += 1
        deeds = (
            (self.tap, 10), (self.type_command, 4), (self.type_words, 3), (self.reply, 4),
            (self.send, 4), (self.tell, 3), (self.forge, 1), (self.wait, 3),
        )  # fmt: skip
        (deed,) = self.chance.choices([d for d, _ in deeds], [w for _, w in deeds])
        deed()

    def tap(self) -> None:
        """Somebody taps a button that stands in the group, perhaps an old one."""
        posts = [s for s in self.office.telegram.sent if s.place.address.path == GROUP_CHAT]
        shown = [(s.id, c.id) for s in posts[-60:] for c in s.text.choices]
        shown += [(i, c.id) for i, text in self.office.telegram.edits[-60:] for c in text.choices]
        if shown:
            post, payload = self.chance.choice(shown)
            self.office.taps_payload(self.chance.choice(OFFICERS), payload, post)

    def type_command(self) -> None:
        """Somebody types a command."""
        self.office.writes(self.someone(), self.a_case(), self.chance.choice(TYPED))

    def type_words(self) -> None:
        """Somebody writes a note; where a question or a draft waits, it is the answer to that."""
        words = f"CATATAN {self.count}."
        case, who = self.a_case(), self.someone()
        before = len(self.office.messages(case, "note"))
        self.office.writes(who, case, words)
        if len(self.office.messages(case, "note")) > before:
            self.notes.append(words)

    def reply(self) -> None:
        """Somebody writes a reply; it waits for its tap."""
        words = f"BALASAN {self.count}."
        self.replies.append(words)
        self.office.writes(self.someone(), self.a_case(), f"/balas {words}")

    def send(self) -> None:
        """Somebody taps Kirim under a preview, mostly its author."""
        case = self.a_case()
        previews = [m for m in self.office.messages(case, "reply") if m.state == "preview"]
        if previews:
            message = self.chance.choice(previews)
            known = {officer.id: name for name, officer in self.office.officers.items()}
            author = known[message.officer_id or 0]
            who = author if self.chance.random() < MOSTLY else self.someone()
            self.office.taps(who, case, "reply_send", message_id=message.id)

    def tell(self) -> None:
        """The reporter writes into her case."""
        words = f"KABAR {self.count}."
        case = self.a_case()
        with self.office.database.transaction() as session:
            locked = case_by_id(session, row_id(case), lock=True)
            assert locked is not None
            work = self.office.work(session)
            add_to_case(work, locked, (Part(words, f"t{self.count}"),), lambda _: UNSURE)
        self.told.append((case, words))

    def forge(self) -> None:
        """Somebody sends what no button of ours carries."""
        answer = self.office.taps_payload(self.someone(), self.chance.choice(FORGED))
        assert answer.alert

    def wait(self) -> None:
        """Time goes on and what waits is sent."""
        self.office.deliver(self.chance.choice((1, 5, 25, 70)))

    def rest(self) -> None:
        """Everything that waits is sent, as slowly as the group allows."""
        while any(row.status == "queued" for row in self.office.rows()):
            self.office.deliver(QUIET_MINUTE)

    def someone(self) -> str:
        """Mostly officers, at times somebody without rights."""
        return self.chance.choices(OFFICERS, (4, 4, 4, 1, 1, 1))[0]

    def a_case(self) -> Case:
        """One of the cases."""
        return self.chance.choice(self.cases)


def test_whatever_they_do(office: Office) -> None:
    """No note leaves, no reply twice, nothing is lost, the trail tells it all, the card is true."""
    life = Life(office, seed=20261122)
    life.office.deliver()
    for _ in range(ACTIONS):
        life.step()
    life.rest()
    heard = Counter(
        word for text in office.heard() for word in (*life.notes, *life.replies) if word in text
    )
    assert len(life.notes) > 20
    assert sum(heard.values()) > 20
    assert not [note for note in life.notes if heard[note]], "a note left the group"
    assert not [reply for reply in life.replies if heard[reply] > 1], "a reply went twice"
    for case in life.cases:
        _replies_are_in_one_state(office, case, heard)
        _the_trail_leads_to_what_is(office, case)
        _the_card_is_true(office, case)
    _every_word_stands_where_it_may(office, life.told)


def _every_word_stands_where_it_may(office: Office, told: list[tuple[Case, str]]) -> None:
    """Once in the group; of what became confidential nowhere there."""
    standing = office.standing_in_the_group()
    for case, words in told:
        if office.stored(case).sensitive:
            assert words not in standing, "confidential words stand in the group"
        elif not any(event.what == "confidence_lifted" for event in office.trail(case)):
            assert standing.count(words) == 1, "a reporter's words are lost or doubled"


def _replies_are_in_one_state(office: Office, case: Case, heard: Counter[str]) -> None:
    for message in office.messages(case, "reply"):
        words = message_content(office.vault, message).text
        rows = [r for r in office.rows("say") if r.message_id == message.id]
        alive = [r for r in rows if r.status != "cancelled"]
        assert message.state in {"draft", "preview", "queued", "released", "withdrawn"}
        if _was_sent(message):
            assert len(alive) == 1
            assert heard[words] == 1 or not words.startswith("BALASAN")
        else:
            assert not alive
            assert not heard[words]


def _was_sent(message: CaseMessage) -> bool:
    return message.state in {"queued", "released"}


def _the_trail_leads_to_what_is(office: Office, case: Case) -> None:
    stored, trail = office.stored(case), office.trail(case)
    stages = [event for event in trail if event.what == "stage"]
    for before, after in pairwise(stages):
        assert after.before == before.after.partition(":")[0]
    if stages:
        assert stages[-1].after.partition(":")[0] == stored.status
    else:
        assert stored.status == "baru"
    ids = {officer.id for officer in office.officers.values() if officer.may_act}
    assert stored.owner_id is None or stored.owner_id in ids
    assert all(event.officer_id for event in trail if event.actor == "officer")


def _the_card_is_true(office: Office, case: Case) -> None:
    stored = office.stored(case)
    with office.database.transaction() as session:
        now = card.card(office.work(session), stored).text
    shown = [s.text.text for s in office.telegram.sent if s.id == stored.card_id]
    shown += [text.text for id_, text in office.telegram.edits if id_ == stored.card_id]
    assert shown
    assert shown[-1] == now
