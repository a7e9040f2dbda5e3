"""What officers' turns ask and look for before their transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot.cases.roster import add_officer, remove_officer
from bot.channels import Members, TryLater
from bot.events import Officer, OfficerWrote
from bot.inbox.officers_ahead import GroupAsker, Preparation
from storage.database import Database
from storage.invitations import make_invitation
from tests.cases.office import Office
from tests.databases import ON_SQLITE
from tests.outbox.scripted import GROUP_CHAT
from tests.world import START, World, minds_of


@pytest.fixture
def begun() -> Iterator[list[str]]:
    """How transactions began, and ``SEARCH`` where many cases were opened in one."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("BEGIN"):
            seen.append(statement)
        elif "cases.sealed" in statement and "LIMIT" in statement and "cases.number" in statement:
            seen.append("SEARCH")

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def test_a_search_holds_up_no_writer(tmp_path: Path, begun: list[str]) -> None:
    """Thousands of cases are opened for it; SQLite has one lock for all that write."""
    world = World(f"sqlite:///{tmp_path}/kawan.db", tmp_path / "var")
    case = world.opened_case()
    begun.clear()
    world.officer().writes(None, "/cari maju jaya")
    world.officer().writes(case, "/cari maju jaya")
    world.accept(
        "telegram:private",
        replace(world.worker("petugas-ratna", "sim-telegram").event(), text="/cari maju jaya"),
    )
    world.settle()
    searches = [before for before, now in pairwise(begun) if now == "SEARCH"]
    assert searches == ["BEGIN"] * 3
    assert case.number in world.in_group()[-1]
    assert case.number in world.officer().private_chat()[-1]
    world.close()


@pytest.mark.parametrize(
    ("own", "text", "other"),
    [
        ("kawan_bot", "/tutup@Lain_Bot", True),
        ("kawan_bot", "/tutup@KAWAN_bot", False),
        ("kawan_bot", "/balas tulis ke hrd@pabrik.id", False),
        ("kawan_bot", "lihat @Lain_Bot", False),
        ("", "/tutup@Lain_Bot", False),
        (None, "/tutup@Lain_Bot", False),
    ],
)
def test_a_command_for_another_bot_is_told_apart(own: str | None, text: str, other: bool) -> None:
    """Groups have bots that tidy up, and theirs are called /status and /tutup, too."""

    def own_name(_organisation_id: int) -> str:
        if own is None:
            raise TryLater("away")
        return own

    asker = GroupAsker(lambda *_: (), lambda *_: Members(0, frozenset()), own_name)
    preparation = Preparation(None, None, None, asker)  # type: ignore[arg-type]
    said = OfficerWrote("telegram", Officer("7"), "-1", "g1", START, text=text)
    assert preparation.calls_another_bot(1, said) is other


@pytest.mark.parametrize("has_roster", [True, False])
def test_a_guessed_code_asks_nobody_about_the_group(
    database: Database, tmp_path: Path, has_roster: bool
) -> None:
    """Telegram is asked once an officer, while other turns wait: no stranger may cause that."""
    office, asked = Office(database, tmp_path), []

    def administrators(_organisation_id: int, chat: str) -> list[tuple[str, str]]:
        asked.append(f"administrators of {chat}")
        return [("7", "Sri")]

    def members(_organisation_id: int, chat: str, user_ids: Sequence[str]) -> Members:
        asked.append(f"{len(user_ids)} members of {chat}")
        return Members(0, frozenset())

    with database.transaction() as session:
        now, own = office.clock.now(), office.organisation_id
        code = make_invitation(session, office.vault, own, "group", now)
        for user_id in () if has_roster else office.officers:
            remove_officer(session, office.vault, own, user_id, now)
    asker = GroupAsker(administrators, members, lambda _: "")
    preparation = Preparation(database, office.vault, minds_of("bawaan").classifier, asker)
    for text in ("/mulai_grup SALAH", "/mulai_grup", f"/mulai_grup {code}"):
        assert asked == []
        said = OfficerWrote("telegram", Officer("orang"), "-777", "g1", now, text=text)
        preparation.ahead(said, office.work, now)
    of_all = ["4 members of -777"]
    assert asked == (of_all if has_roster else ["administrators of -777", "1 members of -777"])


@ON_SQLITE
@pytest.mark.parametrize("away", [None, TryLater("away"), TimeoutError()])
def test_the_roll_is_asked_for_in_parts_and_may_fail(
    database: Database, tmp_path: Path, away: Exception | None
) -> None:
    """One question takes at most twenty seconds; where nobody can tell, nothing is told."""
    office, asked = Office(database, tmp_path), list[tuple[str, int]]()

    def members(_organisation_id: int, chat: str, user_ids: Sequence[str]) -> Members:
        asked.append((chat, len(user_ids)))
        if away is not None and len(asked) == 2:
            raise away
        return Members(30, frozenset(user_ids) - {"p3", "p24"})

    with database.transaction() as session:
        for number in range(21):
            add_officer(session, office.vault, office.organisation_id, user_id=f"p{number + 4}",
                        name="P", role="officer", now=office.clock.now())  # fmt: skip
    asker = GroupAsker(lambda *_: (), members, lambda _: "")
    preparation = Preparation(database, office.vault, minds_of("bawaan").classifier, asker)
    inside = preparation.inside(office.work)
    assert asked == [(GROUP_CHAT, 20), (GROUP_CHAT, 5)]
    if away is not None:
        assert inside == {}
        return
    assert inside[GROUP_CHAT].count == 30
    assert len(inside[GROUP_CHAT].inside) == 24
    assert "p24" not in inside[GROUP_CHAT].inside
