"""The weekly summary: its numbers, its words and its picture."""

from datetime import date, timedelta

from sqlmodel import select

from bot.cases.rounds import DIGEST, PICTURE, WEEKLY
from bot.cases.weekly_figures import Figures, figures_of
from storage.cases import link_company
from storage.evidence import remove_deleted
from storage.tables import (
    Attachment,
    Case,
    Organisation,
    Outbound,
)
from tests.cases.office import Office
from tests.cases.rounding import answer, at, due, fire, go, no_first_case, plan
from tests.outbox.scripted import GROUP_CHAT


def _filled(office: Office) -> None:
    """Last week and the weeks before it, of plain and confidential cases."""
    no_first_case(office)
    go(office, "2026-11-25T10:00")
    rows = [
        *[{"category": "upah", "company": "PT Maju", "region_code": "32.16"}] * 4,
        *[{"category": "lembur_jam_kerja", "company": "PT Kecil", "region_code": "31.75"}] * 2,
        *[{"category": "pelecehan_kekerasan", "company": "PT Maju", "sensitive": True}] * 2,
    ]
    with office.database.transaction() as session:
        plain = office.case.model_dump(exclude={"id", "number"})
        for index, fields in enumerate(rows):
            company = fields["company"]
            values = {name: value for name, value in fields.items() if name != "company"}
            opened = office.clock.now() - timedelta(days=2)
            case = Case(**(plain | values | {"status": "ditangani", "opened_at": opened}),
                        number=f"KB-WEEK-{index:04d}")  # fmt: skip
            case.answered_at = office.clock.now() if index < 3 else None
            session.add(case)
            session.flush()
            link_company(session, office.vault, case, str(company), office.clock.now())
            if index < 5:
                session.add(answer(office, case, score=4, solved="ya" if index else "belum"))
        session.add(_failed(office))


def _failed(office: Office) -> Outbound:
    now = office.clock.now()
    return Outbound(
        organisation_id=office.organisation_id, channel="whatsapp", lane="x", chat="x",
        kind="say", promise="receipt", status="failed", available_at=now, created_at=now,
        settled_at=now, sealed=office.vault.seal_json({}, "outbox"),
    )  # fmt: skip


def _figures(office: Office) -> Figures:
    with office.database.reading() as session:
        return figures_of(office.work(session))


def test_the_numbers_of_a_week_pick_nobody_out(office: Office) -> None:
    """Small groups and confidential cases would name people without a name."""
    _filled(office)
    go(office, "2026-11-30T08:15")
    told = _figures(office)
    assert (told.since, told.until) == (date(2026, 11, 23), date(2026, 11, 29))
    assert (told.opened, told.closed, told.open_now, told.failed) == (8, 0, 8, 1)
    labels = {slug: office.taxonomy.category(slug).label for slug in ("upah", "lembur_jam_kerja")}
    assert told.categories == (
        (labels["upah"], 4), (labels["lembur_jam_kerja"], 2), ("Lainnya", 2),
    )  # fmt: skip
    assert told.companies == (("PT Maju", 4),)
    assert told.regions == (("Kab. Bekasi", 4),)
    assert (told.answer_days, told.closing_days) == (2.0, None)
    assert (told.score, told.solved) == (4.0, 0.8)
    assert told.weeks[-1] == (date(2026, 11, 23), 8, 0)
    assert len(told.weeks) == 8


def test_the_summary_goes_as_one_picture_with_words(office: Office) -> None:
    """Words for those who cannot see the picture; a day later its file is gone."""
    _filled(office)
    plan(office)
    go(office, "2026-11-30T08:15")
    assert sorted(fire(office)) == [DIGEST, WEEKLY]
    with office.database.transaction() as session:
        picture = session.exec(select(Attachment).where(Attachment.channel == "chart")).one()
        path, _ = office.evidence.keep(b"\x89PNG gambar")
        assert picture.state == "pending"
        assert picture.case_id is None
        picture.state, picture.path = "stored", path
        session.add(picture)
    office.deliver(2)
    sent = next(one for one in office.telegram.sent if one.file is not None)
    assert sent.place.address.path == GROUP_CHAT
    assert sent.file.content == b"\x89PNG gambar"
    assert sent.file.content_type == "image/png"
    words = sent.text.text
    assert words.startswith("📊 <b>Ringkasan minggu lalu</b>\n23 sampai 29 November 2026")
    for part in ("Kasus baru 8, selesai 0", "PT Maju 4", "Kab. Bekasi 4", "4,0 dari 5",
                 "sesudah 2,0 hari", "1 pesan ke pelapor"):  # fmt: skip
        assert part in words
    assert "PT Kecil" not in words
    assert len(words) < 1024
    go(office, "2026-12-01T08:20")
    assert PICTURE in fire(office)
    assert remove_deleted(office.database, office.evidence) == 1
    with office.database.reading() as session:
        gone = session.exec(select(Attachment).where(Attachment.channel == "chart")).one()
        assert office.vault.open_json(gone.sealed, "attachments")["reference"] == ""


def test_a_picture_that_cannot_be_drawn_leaves_the_words(office: Office) -> None:
    """The numbers matter more than their looks."""
    _filled(office)
    plan(office)
    go(office, "2026-11-30T08:15")
    fire(office)
    with office.database.transaction() as session:
        picture = session.exec(select(Attachment).where(Attachment.channel == "chart")).one()
        picture.state = "failed"
        session.add(picture)
    office.deliver(2)
    assert "Ringkasan minggu lalu" in office.newest_in(GROUP_CHAT)


def test_a_late_summary_waits_for_the_day_and_comes_once(office: Office) -> None:
    """Started again at night the program must not ring in the group."""
    _filled(office)
    plan(office)
    go(office, "2026-12-01T22:00")
    fire(office)
    assert [at > office.clock.now() for at in due(office, WEEKLY)] == [True]
    with office.database.reading() as session:
        assert session.exec(select(Attachment).where(Attachment.channel == "chart")).all() == []
    for _ in range(12):
        office.clock.advance(3600)
        fire(office)
    with office.database.reading() as session:
        pictures = select(Attachment).where(Attachment.channel == "chart")
        assert len(session.exec(pictures).all()) == 1
    assert due(office, WEEKLY) == [at(office, "2026-12-07T08:15")]


def test_a_union_without_cases_gets_no_summary(office: Office) -> None:
    """An empty chart each Monday is noise."""
    no_first_case(office)
    with office.database.transaction() as session:
        organisation = session.get_one(Organisation, office.organisation_id)
        assert organisation.officer_chat
    plan(office)
    go(office, "2026-11-30T08:15")
    fire(office)
    assert office.rows("announce") == []
