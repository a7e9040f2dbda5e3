"""Whose message it is follows from the account that it came to."""

from pathlib import Path

import pytest

from bot.bootstrap import build
from bot.settings import SettingsProblem
from storage.setup import ensure_organisation
from tests.world import World

OWN = {
    "telegram": {"telegram_bot_token": "123456789:uji"},
    "whatsapp": {
        "twilio_account_sid": "AC1",
        "twilio_auth_token": "rahasia",
        "twilio_whatsapp_from": "+6281100000000",
    },
}


@pytest.mark.parametrize("channel", sorted(OWN))
def test_one_account_for_two_organisations_is_refused_at_the_start(
    database_url: str, tmp_path: Path, channel: str
) -> None:
    """Otherwise one union would read what was said to the other."""
    world = World(database_url, tmp_path / "var", **OWN[channel])
    with world.app.database.transaction() as session:
        other = ensure_organisation(session, slug="lain", name="Lain", now=world.clock.now())
        other.sealed = world.app.vault.seal_json(OWN[channel], "organisations")
        session.add(other)
    world.close()
    with pytest.raises(SettingsProblem, match="same") as refused:
        build(world.settings, clock=world.clock)
    assert "uji" not in str(refused.value)
    assert "+62" not in str(refused.value)
