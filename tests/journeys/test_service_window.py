"""A worker who was silent for a day: held, asked by a template, read on her tap, over HTTP."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.commands import Promise
from bot.events import Address
from bot.metrics import Metrics
from bot.outbox.orders import OutboxWriter
from bot.outbox.templates import FORMS
from bot.outbox.validity import ALWAYS, Validity
from bot.template_watch import TemplateWatch
from storage.tables import Case, CaseMessage, MessageTemplate, Organisation, Outbound
from tests.conftest import ENGINES, migrate
from tests.fakes.twilio_state import StoredMessage
from tests.journeys.people import STORY, message_text
from tests.journeys.providers import Providers, providers

SRI = "+6281200000001"
DAY = 25 * 3600
MINUTE = 61


class Line:
    """The program with its providers on one clock, and one worker's case."""

    def __init__(self, world: Providers) -> None:
        self.world, self.twilio = world, world.twilio
        self.twilio._clock = world.clock.now
        self.number = world.whatsapp_case(SRI, STORY)
        world.wait(MINUTE)
        app = world.app
        self.account = app.accounts[0]
        self.templates = TemplateWatch(
            app.database, app.vault, world.clock, Metrics(), app.texts, app.accounts
        )

    def push(self) -> list[MessageTemplate]:
        """The operator hands the templates in."""
        assert self.account.whatsapp is not None
        return self.templates.push(self.account.organisation_id, self.account.whatsapp)

    def looked(self) -> dict[str, MessageTemplate]:
        """The program asks how far they are, as it does each hour; what it knows then."""
        self.world.app.jobs.look_after_templates()
        self.world.wait(MINUTE)
        return {row.name: row for row in self.templates.stored(self.account.organisation_id)}

    def officers_tell(self, *texts: str, valid: Validity = ALWAYS) -> None:
        """Let the union say something to her, as replies and changes of stage do."""
        app = self.world.app
        with app.database.transaction() as session:
            case = session.exec(select(Case).where(Case.number == self.number)).one()
            organisation = session.get_one(Organisation, case.organisation_id)
            writer = OutboxWriter(session, app.vault, organisation, self.world.clock.now())
            for text in texts:
                writer.say(
                    Address("whatsapp", SRI), text, person_id=case.person_id, case_id=case.id,
                    promise=Promise.RECEIPT, valid=valid,
                )  # fmt: skip
        self.world.settle()
        self.world.wait(MINUTE)

    def silent_for_whatsapp(self) -> None:
        """At WhatsApp her window is shut, while we believe it open."""
        self.twilio.account.last_inbound[f"whatsapp:{SRI}"] -= timedelta(seconds=DAY)

    def silent_for_us(self) -> None:
        """By our own clock her window is shut too."""
        self.world.wait(DAY)

    def writes(self, text: str) -> None:
        """She writes, and what follows from it happens."""
        self.world.whatsapp(SRI, text)
        self.world.wait(MINUTE)

    def said(self) -> list[str]:
        """What reached her, or will: not what WhatsApp refused."""
        return [message_text(m) for m in self.twilio.messages(SRI) if not m.error_code]

    def asked(self) -> list[StoredMessage]:
        """The templates that asked her to look."""
        sent = self.twilio.messages(SRI)
        return [m for m in sent if "Ada kabar" in message_text(m) and not m.error_code]

    def held(self) -> int:
        """How many texts wait for her."""
        with self.world.app.database.reading() as session:
            return len(session.exec(select(Outbound.id).where(Outbound.status == "held")).all())

    def written(self) -> int:
        """How many messages of hers are in the case."""
        with self.world.app.database.reading() as session:
            rows = session.exec(select(CaseMessage.id).where(CaseMessage.direction == "reporter"))
            return len(rows.all())


@pytest.fixture(scope="module", params=ENGINES)
def line(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Line]:
    """One installation with one case on each engine; the tests follow each other."""
    folder = tmp_path_factory.mktemp("window")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), folder / "kawan.db")
        url = f"sqlite:///{folder}/kawan.db"
    else:
        server = request.getfixturevalue("postgres_server")
        url = server.new_database(migrate, template="migrated")
    with providers(url, folder) as world:
        yield Line(world)


def test_templates_are_made_once_handed_in_and_watched(line: Line) -> None:
    """Without approval nobody who was silent for a day can be told anything."""
    for _ in range(2):
        assert {row.status for row in line.push()} == {"received"}
    own = [one for one in line.twilio.contents() if one.approval]
    assert [one.friendly_name for one in own] == [form.name for form in FORMS]
    assert {one.approval["category"] for one in own} == {"UTILITY"}
    for one in own:
        line.twilio.approve(one.sid)
    assert {row.status for row in line.looked().values()} == {"approved"}
    assert line.world.post("menyetujui contoh pesan")


def _tap(line: Line, template: StoredMessage) -> None:
    line.twilio.tap(template, "Lihat")
    line.world.wait(MINUTE)


def _type(text: str) -> Callable[[Line, StoredMessage], None]:
    return lambda line, _: line.writes(text)


@pytest.mark.parametrize(
    ("silence", "answer"),
    [
        pytest.param(Line.silent_for_us, _tap, id="our clock, tap"),
        pytest.param(Line.silent_for_whatsapp, _tap, id="report, tap"),
        pytest.param(Line.silent_for_whatsapp, _type("LIHAT"), id="report, typed"),
        pytest.param(Line.silent_for_us, _type("lihatt min"), id="our clock, mistyped"),
    ],
)
def test_held_words_come_in_order_on_her_look_and_the_look_itself_is_no_message(
    line: Line,
    silence: Callable[[Line], None],
    answer: Callable[[Line, StoredMessage], None],
    request: pytest.FixtureRequest,
) -> None:
    """She asked to read, she did not say anything."""
    silence(line)
    mark = request.node.callspec.id
    before, asked = line.written(), len(line.asked())
    held = [f"{word} {mark}" for word in ("satu", "dua", "tiga")]
    line.officers_tell(*held)
    (template,) = line.asked()[asked:]
    words = f"Ada kabar untuk {line.number}. Balas LIHAT untuk membacanya."
    assert message_text(template) == words
    assert line.held() == 3
    assert line.world.post("menunggu dibuka pelapor")
    answer(line, template)
    assert line.said()[-3:] == held
    assert line.written() == before
    assert len(line.asked()) == asked + 1


def test_a_refusal_at_once_and_an_answer_of_another_kind(line: Line) -> None:
    """Whatever she writes opens the window, and is handled as always."""
    before, asked = line.written(), len(line.asked())
    line.twilio.fail_next("messages.create", 400, 63016)
    line.officers_tell("kabar pertama")
    assert len(line.asked()) == asked + 1
    line.writes("hrd janji bayar besok KENARI")
    assert "kabar pertama" in line.said()
    assert line.world.post("KENARI")
    assert line.written() == before + 1


def test_look_with_nothing_held_says_so_and_tells_the_status(line: Line) -> None:
    """An old template may be tapped again."""
    line.writes("lihat")
    assert "Tidak ada kabar yang menunggu" in line.said()[-1]
    assert line.number in line.said()[-1]


def test_look_when_all_that_was_held_is_over_is_answered_too(line: Line) -> None:
    """She was told that there is news; silence would send her away for good."""
    line.silent_for_us()
    asked, before = len(line.asked()), len(line.said())
    soon = line.world.clock.now() + timedelta(hours=3)
    line.officers_tell("besok ada perundingan", valid=Validity(until=soon))
    assert line.held() == 1
    assert len(line.asked()) == asked + 1
    line.world.wait(4 * 3600)
    line.writes("LIHAT")
    assert not any("perundingan" in text for text in line.said()[before:])
    assert "Tidak ada kabar yang menunggu" in line.said()[-1]
    assert line.number in line.said()[-1]


def test_a_template_that_was_rejected_is_told_and_the_words_wait(line: Line) -> None:
    """Officers must know that she has not heard that there is news."""
    own = line.twilio.contents()
    update = next(one for one in own if one.friendly_name == "kawan_update_v1")
    line.twilio.approve(update.sid, "rejected", reason="terlalu umum", category="MARKETING")
    assert line.looked()["kawan_update_v1"].reason == "terlalu umum"
    assert line.world.post("menolak contoh pesan")
    assert line.world.post("sebagai promosi")
    line.silent_for_us()
    asked = len(line.asked())
    line.officers_tell("kabar terakhir")
    assert line.world.post("menolak contoh pesannya")
    assert len(line.asked()) == asked
    line.writes("ada kabar min?")
    assert "kabar terakhir" in line.said()
