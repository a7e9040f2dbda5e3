"""``/beban``: who has how much to do, and who has waited longest."""

from bot.commands import Part
from storage.tables import Recusal
from tests.cases.office import Office


def _asks(office: Office, who: str) -> str:
    office.writes(who, office.case, "/beban", thread_id="")
    return str(office.payload(office.rows("announce")[-1])["text"])


def _finish_the_first(office: Office) -> None:
    """The case that every desk has must not count here."""
    with office.database.transaction() as session:
        office.case.status = "arsip"
        session.add(session.merge(office.case))


def test_open_cases_are_counted_for_each_officer(office: Office) -> None:
    """A coordinator must see who drowns before somebody does."""
    _finish_the_first(office)
    first = office.opens()
    office.clock.advance(3600)
    second = office.opens(urgency="tinggi", parts=(Part("upah", source="whatsapp:2"),))
    office.opens(urgency="darurat", parts=(Part("lembur", source="whatsapp:3"),))
    closed = office.opens(parts=(Part("cuti", source="whatsapp:4"),))
    for case in (first, second, closed):
        office.taps("joko", case, "take")
    office.closes("joko", closed, "tercapai")
    for who in ("ratna", "maria", "budi"):
        assert _asks(office, who).splitlines() == [
            "<b>Beban kerja</b> · 3 kasus terbuka",
            "• Ratna: 0 kasus",
            "• Joko: 2 kasus, 1 mendesak",
            f"   paling lama menunggu jawaban: <b>{first.number}</b>, sejak 23 Nov 09.00",
            "• Maria: 0 kasus",
            "• Belum dipegang: 1 kasus, 1 mendesak",
            "   paling lama menunggu jawaban: <b>KB-AAAA-0003</b>, sejak 23 Nov 10.00",
        ]


def test_who_was_answered_or_is_waited_for_does_not_wait(office: Office) -> None:
    """The line must name those who really wait."""
    _finish_the_first(office)
    first, second = office.opens(), office.opens(parts=(Part("upah", source="whatsapp:2"),))
    office.deliver()
    for case in (first, second):
        office.taps("joko", case, "take")
    office.clock.advance(60)
    office.writes("joko", first, "/balas halo")
    reply = office.messages(first, "reply")[-1]
    office.taps("joko", first, "reply_send", message_id=reply.id)
    office.taps("joko", second, "wait")
    assert "menunggu jawaban" not in _asks(office, "ratna")


def test_a_confidential_case_is_counted_and_not_named(office: Office) -> None:
    """And a case about the one who asks is not even counted."""
    _finish_the_first(office)
    case = office.opens(category="pelecehan_kekerasan")
    office.taps("joko", case, "take")
    assert "• Joko: 1 kasus" in _asks(office, "ratna")
    assert case.number not in _asks(office, "ratna")
    with office.database.transaction() as session:
        session.add(
            Recusal(organisation_id=case.organisation_id, case_id=case.id or 0,
                    officer_id=office.officers["maria"].id, at=office.clock.now())
        )  # fmt: skip
    assert "• Joko: 0 kasus" in _asks(office, "maria")


def test_cases_of_an_officer_who_left_are_not_forgotten(office: Office) -> None:
    """Nobody else would ever open them."""
    from bot.cases.roster import remove_officer

    _finish_the_first(office)
    case = office.opens()
    office.taps("joko", case, "take")
    with office.database.transaction() as session:
        remove_officer(session, office.vault, office.organisation_id, "joko", office.clock.now())
    assert "• Joko (sudah keluar): 1 kasus" in _asks(office, "ratna")
