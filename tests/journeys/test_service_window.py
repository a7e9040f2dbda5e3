"""A worker who was silent for a day: held, asked by a template, read on her tap, over HTTP."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.clock import SystemClock
from bot.commands import Promise
from bot.events import Address
from bot.outbox.orders import OutboxWriter
from storage.crypto import Vault
from storage.database import Database
from storage.setup import load_lookup_key
from storage.tables import Case, CaseMessage, Organisation, Outbound, PersonAddress
from tests.cli.conftest import CommandLine
from tests.conftest import ENGINES, migrate
from tests.fakes.http_server import wait_until
from tests.fakes.twilio_state import StoredMessage
from tests.journeys.people import in_group, message_text, tell_whole_story
from tests.program import Program, installation

SRI = "+6281200000001"
CLOCK = SystemClock()


@dataclass
class Line:
    """The running program, one worker's case, and the command line beside it."""

    program: Program
    number: str
    database: Database
    vault: Vault
    cli: CommandLine

    def officers_tell(self, *texts: str) -> None:
        """Let the union say something to her, as replies and changes of stage do."""
        with self.database.transaction() as session:
            case = session.exec(select(Case).where(Case.number == self.number)).one()
            organisation = session.get_one(Organisation, case.organisation_id)
            writer = OutboxWriter(session, self.vault, organisation, CLOCK.now())
            for text in texts:
                writer.say(
                    Address("whatsapp", SRI), text, person_id=case.person_id, case_id=case.id,
                    promise=Promise.RECEIPT,
                )  # fmt: skip

    def silent_for_whatsapp(self) -> None:
        """At WhatsApp her window is shut, while we believe it open."""
        twilio = self.program.twilio
        twilio.account.last_inbound[f"whatsapp:{SRI}"] = twilio.now() - timedelta(hours=25)

    def silent_for_us(self) -> None:
        """By our own clock her window is shut too."""
        self.silent_for_whatsapp()
        with self.database.transaction() as session:
            for address in session.exec(select(PersonAddress)):
                address.last_inbound_at = CLOCK.now() - timedelta(hours=25)
                session.add(address)

    def said(self) -> list[str]:
        """What reached her, or will: not what WhatsApp refused."""
        return [message_text(m) for m in self.program.twilio.messages(SRI) if not m.error_code]

    def heard(self, words: str, times: int = 1) -> StoredMessage:
        """Wait until she has heard these words so often."""
        wait_until(lambda: sum(words in said for said in self.said()) >= times, 15, words)
        return [m for m in self.program.twilio.messages(SRI) if words in message_text(m)][-1]

    def held(self) -> int:
        """How many texts wait for her."""
        with self.database.reading() as session:
            return len(session.exec(select(Outbound.id).where(Outbound.status == "held")).all())

    def written(self) -> int:
        """How many messages of hers are in the case."""
        with self.database.reading() as session:
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
    with installation(url, folder) as program:
        program.start()
        number = tell_whole_story(program, SRI)
        database, vault = Database(url), Vault((program.encryption_key,))
        with database.transaction() as session:
            load_lookup_key(session, vault)
        cli = CommandLine({**program._environment(), "COLUMNS": "200"})
        yield Line(program, number, database, vault, cli)
        database.dispose()


def test_templates_are_made_once_handed_in_and_watched(line: Line) -> None:
    """Without approval nobody who was silent for a day can be told anything."""
    for _ in range(2):
        made = line.cli.json("templates", "push")
        assert [one["status"] for one in made] == ["received"] * 3
    twilio = line.program.twilio
    own = [one for one in twilio.contents() if one.approval]
    assert [one.friendly_name for one in own] == [
        "kawan_update_v1", "kawan_survey_v1", "kawan_reminder_v1", "kawan_check_in_v1",
    ]  # fmt: skip
    assert {one.approval["category"] for one in own} == {"UTILITY"}
    for one in own:
        twilio.approve(one.sid)
    assert {one["status"] for one in line.cli.json("templates", "status")} == {"approved"}
    assert "disetujui" in line.cli.ok("templates", "status")
    in_group(line.program, "menyetujui contoh pesan")


def _tap(line: Line, template: StoredMessage) -> None:
    line.program.twilio.tap(template, "Lihat")


def _type(text: str) -> Callable[[Line, StoredMessage], None]:
    return lambda line, _: line.program.twilio.inbound(SRI, text) and None


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
    before, asked = line.written(), sum("Ada kabar" in said for said in line.said())
    line.officers_tell(f"satu {mark}", f"dua {mark}", f"tiga {mark}")
    template = line.heard("Ada kabar", asked + 1)
    assert (
        message_text(template) == f"Ada kabar untuk {line.number}. Balas LIHAT untuk membacanya."
    )
    wait_until(lambda: line.held() == 3, 15, "all three held")
    in_group(line.program, "menunggu dibuka pelapor")
    answer(line, template)
    line.heard(f"tiga {mark}")
    held = [f"{word} {mark}" for word in ("satu", "dua", "tiga")]
    assert line.said()[-3:] == held
    assert line.written() == before
    assert sum("Ada kabar" in said for said in line.said()) == asked + 1


def test_a_refusal_at_once_and_an_answer_of_another_kind(line: Line) -> None:
    """Whatever she writes opens the window, and is handled as always."""
    line.program.twilio.fail_next("messages.create", 400, 63016)
    line.officers_tell("kabar pertama")
    line.heard("Ada kabar", sum("Ada kabar" in said for said in line.said()) + 1)
    before = line.written()
    line.program.twilio.inbound(SRI, "hrd janji bayar besok KENARI")
    line.heard("kabar pertama")
    in_group(line.program, "KENARI")
    assert line.written() == before + 1


def test_look_with_nothing_held_says_so_and_tells_the_status(line: Line) -> None:
    """An old template may be tapped again."""
    line.program.twilio.inbound(SRI, "lihat")
    line.heard("Tidak ada kabar yang menunggu")
    assert line.number in line.said()[-1]


def test_a_template_that_was_rejected_is_told_and_the_words_wait(line: Line) -> None:
    """Officers must know that she has not heard that there is news."""
    twilio = line.program.twilio
    update = next(one for one in twilio.contents() if one.friendly_name == "kawan_update_v1")
    twilio.approve(update.sid, "rejected", reason="terlalu umum", category="MARKETING")
    told = {one["name"]: one for one in line.cli.json("templates", "status")}
    assert told["kawan_update_v1"]["reason"] == "terlalu umum"
    in_group(line.program, "menolak contoh pesan")
    in_group(line.program, "sebagai promosi")
    line.silent_for_us()
    asked = sum("Ada kabar" in said for said in line.said())
    line.officers_tell("kabar terakhir")
    in_group(line.program, "menolak contoh pesannya")
    assert sum("Ada kabar" in said for said in line.said()) == asked
    twilio.inbound(SRI, "ada kabar min?")
    line.heard("kabar terakhir")
