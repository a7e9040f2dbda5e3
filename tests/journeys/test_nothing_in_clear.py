"""What stands on the disk of a server that served people."""

import shutil
from pathlib import Path

from tests.fakes.telegram import Attachment
from tests.journeys.people import STORY, TelegramWorker, heard, in_group, tell_whole_story
from tests.patience import wait_until
from tests.program import GROUP, installation


def test_nothing_private_stands_in_the_logs_or_in_clear_on_the_disk(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    """Logs travel and disks are lost: neither may tell of a person. Whole cases, at DEBUG."""
    phone, person, name = "+6281299998877", 7712349988, "Kenariwati"
    (tmp_path / "var").mkdir()
    database = tmp_path / "var" / "kawan.db"
    shutil.copy(migrated_sqlite, database)
    with installation(f"sqlite:///{database}", tmp_path) as program:
        program.start()
        number = tell_whole_story(program, phone, f"KENARICERITA {STORY}", name)
        card = in_group(program, number)
        program.telegram.tap(card, "Saya tangani", program.ratna)
        for words in ("KENARICATATAN", "/balas KENARIBALASAN"):
            program.telegram.group_message(program.ratna, words, card.thread_id, chat_id=GROUP)
        program.telegram.tap(in_group(program, "Contoh balasan"), "Kirim", program.ratna)

        other = TelegramWorker(program, person, name)
        other.says("KENARILAIN saya di phk sepihak kemarin, pesangon tidak dikasih")
        other.taps("Setuju")
        other.finishes()
        slip = Attachment(b"KENARIISI" * 50, "KENARIBERKAS.pdf")
        other_card = in_group(program, "KENARILAIN")
        program.telegram.private_message(other.user, "KENARIKETERANGAN", document=slip)
        sent = program.telegram.sent
        wait_until(
            lambda: any("document" in m.content for m in sent(GROUP, other_card.thread_id)),
            "the file in the topic",
        )
        heard(program, phone, "KENARIBALASAN")
        secrets = (
            "KENARI", name, phone.removeprefix("+62"), str(person), program.telegram.token,
            program.telegram.token.split(":")[1], program.twilio.auth_token,
            program.encryption_key,
        )  # fmt: skip
        assert program.stop() == 0
        kept = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert {"kawan.db", "program.log"} <= {path.name for path in kept}
    assert any("evidence" in path.parts for path in kept)
    found = {(path.name, secret) for path, content in kept.items()
             for secret in secrets if secret.encode() in content}  # fmt: skip
    assert found == set()
