"""``/riwayat`` tells who did what in a case, looks included, and gives nothing away."""

from bot.cases.timeline import _LABELS
from tests.cases.office import REPORT, Office
from tests.cases.test_confidential import SENSITIVE
from tests.outbox.scripted import GROUP_CHAT


def _reads(office: Office, case: object, who: str = "budi") -> list[str]:
    office.writes(who, case, "/riwayat")  # type: ignore[arg-type]
    office.deliver(5)
    return office.newest_in(GROUP_CHAT).splitlines()


def test_the_trail_tells_in_plain_words_who_did_what(office: Office) -> None:
    """Whoever takes a case over must know what was done, and who looked."""
    case = office.opens(REPORT)
    office.deliver()
    office.taps("joko", case, "take")
    office.taps("joko", case, "to_category", "jaminan_sosial")
    office.taps("joko", case, "reveal")
    office.deliver()
    head, *lines = _reads(office, case)
    assert case.number in head
    said = [line.partition(" · ")[2] for line in lines]
    assert said == [
        "<b>Joko</b>: 👁 melihat keterangan pelapor",
        "<b>Joko</b>: kategori Upah → BPJS",
        "<b>Joko</b>: tahap Baru → Verifikasi",
        "<b>Joko</b>: memegang kasus",
        "<b>Pelapor</b>: laporan masuk",
    ]


def test_a_long_trail_is_paged_in_place(office: Office) -> None:
    """A phone shows ten lines; the topic keeps one post."""
    case = office.opens(REPORT)
    office.deliver()
    for urgency in ("darurat", "normal", "tinggi") * 4:
        office.taps("ratna", case, "to_urgency", urgency)
    office.deliver()
    office.deliver(61)  # what each tap did stands there too, and a group takes twenty a minute
    first = _reads(office, case)
    assert "halaman 1 dari 2" in first[0]
    assert len(first) == 11
    posts = len(office.telegram.sent)
    post = office.telegram.sent[-1].id
    older = office.telegram.sent[-1].text.choices[0]
    office.taps_payload("budi", older.id, post)
    office.deliver(5)
    assert len(office.telegram.sent) == posts
    last = office.telegram.edits[-1][1].text.splitlines()
    assert "halaman 2 dari 2" in last[0]
    assert last[-1].endswith("laporan masuk")


def test_the_trail_of_a_confidential_case_tells_no_story(office: Office) -> None:
    """It stands in the topic, where thirty read along."""
    case = office.opens(SENSITIVE, category="upah")
    office.deliver()
    office.taps("ratna", case, "to_category", "pelecehan_kekerasan")
    office.taps("ratna", case, "recuse", str(office.officers["maria"].id))
    trail = "\n".join(_reads(office, case, "ratna"))
    assert office.work_label(office.stored(case)) not in trail
    assert "memperbaiki kategori" in trail
    assert "kasus ditangani terpisah" in trail
    assert "Maria" not in trail


def test_every_value_that_can_be_named_has_its_words(office: Office) -> None:
    """A slug in the trail is a word that officers do not know."""
    with office.database.transaction() as session:
        work = office.work(session)
        assert _LABELS["stage"](work, "selesai:tercapai") == "Selesai (Tercapai)"
        assert _LABELS["tags"](work, "thr,") == office.taxonomy.tags["thr"]
        assert _LABELS["urgency"](work, "darurat") == office.texts("cases.urgency.darurat")
        assert _LABELS["category"](work, "") == ""
