"""An officer leaves the group while the bot is away for days: Telegram tells nobody any more."""

from pathlib import Path

from sqlmodel import col, select

from storage.tables import OfficerAccount
from tests.databases import ON_SQLITE
from tests.journeys.providers import Providers, providers
from tests.program import GROUP

_DAY = 24 * 3600


def _has_rights(world: Providers) -> int:
    with world.app.database.reading() as session:
        kept = select(OfficerAccount.id).where(col(OfficerAccount.removed_at).is_(None))
        return len(session.exec(kept).all())


@ON_SQLITE
def test_who_left_while_the_bot_was_away_loses_rights(database_url: str, tmp_path: Path) -> None:
    """The roll is asked of Telegram each day; while Telegram refuses, nobody loses anything."""
    with providers(database_url, tmp_path) as world:
        telegram = world.telegram
        world.officer_writes("/kasus", None)
        guest = telegram.user(777, "Tamu")
        telegram.set_member(GROUP, guest, "member", by=world.ratna)
        world.settle()
        world.officer_taps(world.post("belum terdaftar"), "Petugas")
        assert _has_rights(world) == 2
        world.app.jobs.plan_officers_rounds()
        world.wait(_DAY)
        telegram.world.chats[GROUP].members[guest.id] = "left"  # no update tells of it
        telegram.fail_next("getChatMember", 500)
        world.wait(_DAY)
        assert _has_rights(world) == 2
        world.wait(_DAY)
        assert _has_rights(world) == 1
        assert "Tamu" not in world.post("Seorang petugas keluar dari grup").text
