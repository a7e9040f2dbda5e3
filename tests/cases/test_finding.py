"""Lists and searches of cases: what an officer finds, and never more than he may see."""

import re
from datetime import timedelta

import pytest

from bot.cases import desk
from bot.cases.searching import SEARCHED
from bot.cases.taps import meaning_of
from bot.commands import Part, Report
from bot.events import Officer, OfficerTapped, OfficerWrote
from storage.tables import Case, CaseMessage, Recusal
from tests.cases.office import REPORT, Office
from tests.outbox.scripted import GROUP_CHAT

ON, BACK = (
    "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}",
    "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}",
)
DAY = timedelta(days=1).total_seconds()
SECRET = Report(
    kind="pengaduan", category="pelecehan_kekerasan",
    parts=(Part("atasan saya memegang badan saya di gudang"),), workplace="PT Kenari Rahasia",
)  # fmt: skip


def _asks(office: Office, user_id: str, text: str, *, private: bool = False) -> str:
    """An officer types a command beside the topics; what the bot answers."""
    office._count += 1
    chat = user_id if private else GROUP_CHAT
    event = OfficerWrote(
        channel="telegram", officer=Officer(user_id), chat_id=chat,
        message_id=f"g{office._count}", at=office.clock.now(), text=text,
    )  # fmt: skip
    with office.database.transaction() as session:
        desk.officer_wrote(office.work(session), event, None)
    row = office.rows("whisper" if private else "announce")[-1]
    title, _, found = str(office.payload(row)["text"]).partition("\n")
    return found or title


def _turns(office: Office, user_id: str, label: str, *, private: bool = False) -> str:
    """An officer turns the page of the newest list."""
    row = office.rows("whisper" if private else "announce")[-1]
    choice = next(c for c in office.payload(row)["choices"] if c[1] == label)  # type: ignore[attr-defined]
    office._count += 1
    event = OfficerTapped(
        channel="telegram", officer=Officer(user_id), chat_id=user_id if private else GROUP_CHAT,
        message_id="p1", tap_id=f"tap{office._count}", payload=choice[0], at=office.clock.now(),
    )  # fmt: skip
    with office.database.transaction() as session:
        desk.officer_tapped(office.work(session), event)
    row = office.rows("whisper" if private else "announce")[-1]
    assert office.payload(row)["edits"] == "p1"
    return str(office.payload(row)["text"])


def _numbers(text: str) -> list[str]:
    return re.findall(r"KB-\w{4}-\w{4}", text)


def test_open_cases_come_five_a_page_and_the_page_is_turned_in_place(office: Office) -> None:
    """A list longer than a phone's screen is not read."""
    cases = [office.opens() for _ in range(7)]
    first = _asks(office, "joko", "/kasus")
    assert _numbers(first) == [case.number for case in reversed(cases)][:5]
    assert "Halaman 1 dari 2" in first
    second = _turns(office, "joko", ON)
    assert _numbers(second) == [cases[1].number, cases[0].number, office.case.number]
    assert _numbers(_turns(office, "joko", BACK)) == _numbers(first)


def test_a_line_says_stage_owner_and_age_and_leads_to_the_topic(office: Office) -> None:
    """Who reads the line must not need to open the case."""
    case = office.opens(workplace="PT Maju <b>Jaya")
    office.taps("joko", case, "take")
    with office.database.transaction() as session:
        stored = session.get_one(Case, case.id)
        stored.chat_id, stored.thread_id = "-1001234567890", "77"
        session.add(stored)
    office.clock.advance(3 * DAY)
    text = _asks(office, "ratna", "/kasus verifikasi")
    assert f'<a href="https://t.me/c/1234567890/77"><b>{case.number}</b></a>' in text
    assert "Verifikasi · Joko · 3 hari" in text
    assert "<b>Jaya" not in text


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("upah", {1}),
        ("belum ada petugas", {0, 2}),
        ("darurat", {2}),
        ("verifikasi", {1}),
        ("verivikasi", {1}),
        ("k3 tanpa petugas", {0, 2}),
    ],
)
def test_words_narrow_the_list(office: Office, words: str, wanted: set[int]) -> None:
    """Officers look for what they can take now."""
    cases = [
        office.opens(category="k3"),
        office.opens(category="upah"),
        office.opens(category="k3", urgency="darurat"),
    ]
    office.taps("joko", cases[1], "take")
    office.taps("joko", office.case, "take")
    office.taps("joko", office.case, "to_category", "phk_pesangon")
    office.taps("joko", office.case, "to_stage", "ditangani")
    assert set(_numbers(_asks(office, "joko", f"/kasus {words}"))) == {
        cases[place].number for place in wanted
    }


def test_a_word_that_says_nothing_is_answered_with_examples(office: Office) -> None:
    """An empty list would look as if there were no cases."""
    assert "/kasus bipartit" in _asks(office, "joko", "/kasus zzzzqq <b>")


def test_a_case_is_found_by_number_company_and_words_with_typos(office: Office) -> None:
    """Officers remember half of it, and type with one thumb."""
    case = office.opens(workplace="PT Maju Jaya Garmindo", parts=(Part("uang pesangon ditahan"),))
    other = office.opens(parts=(Part("lembur tidak dihitung"),))
    for words in (case.number, case.number[3:], case.number.lower().replace("-", " "),
                  "maju jaya", "maju jya garmndo", "pesangon",
                  "pesangn ditahan"):  # fmt: skip
        found = _numbers(_asks(office, "joko", f"/cari {words}"))
        assert found[:1] == [case.number], words
    assert case.number in _numbers(_asks(office, "joko", f"/cari {case.number[:-1]}9"))
    assert _numbers(_asks(office, "joko", "/cari lembur"))[:1] == [other.number]
    assert "Tidak ada yang cocok" in _asks(office, "joko", "/cari kapal selam nuklir")


def test_of_a_pasted_story_the_first_words_are_looked_for(office: Office) -> None:
    """Hundreds of words, each compared with all that was ever told, would take minutes."""
    begin = "gaji bulan ini dan bulan lalu belum dibayar sama sekali oleh pabrik"
    case = office.opens(parts=(Part(begin),))
    pasted = " ".join(f"panjang{number}" for number in range(400))
    assert case.number in _asks(office, "joko", f"/cari {begin} {pasted}")


def test_closed_cases_are_found_and_pages_keep_the_search(office: Office) -> None:
    """What was tried before helps with what comes now."""
    cases = [office.opens(parts=(Part("mesin potong rusak"),)) for _ in range(6)]
    office.taps("joko", cases[0], "to_stage", "ditolak")
    assert len(_numbers(_asks(office, "joko", "/cari mesin potong"))) == 5
    assert _numbers(_turns(office, "joko", ON)) == [cases[0].number]


def test_a_search_keeps_its_words_sealed(office: Office) -> None:
    """Officers search for names; a button's meaning stands open in the database."""
    for _ in range(6):
        office.opens(parts=(Part("mesin KENARI rusak"),))
    _asks(office, "joko", "/cari KENARI")
    with office.database.reading() as session:
        row = office.rows("announce")[-1]
        choices = office.payload(row)["choices"]
        tap = meaning_of(session, office.organisation_id, choices[0][0])  # type: ignore[index]
    assert tap is not None
    assert "KENARI" not in tap.value


def test_the_group_reads_no_more_of_a_confidential_case_than_its_number(office: Office) -> None:
    """Lists and searches stand where everybody reads them."""
    secret = office.opens(SECRET)
    text = _asks(office, "ratna", "/kasus")
    assert f"<b>{secret.number}</b> 🔒 Laporan rahasia" in text
    for words in ("/kasus pelecehan kekerasan", "/cari kenari", "/cari gudang"):
        assert secret.number not in _asks(office, "ratna", words)
    assert secret.number in _asks(office, "ratna", f"/cari {secret.number}")
    assert secret.number not in _asks(office, "budi", "/kasus")
    assert secret.number not in _asks(office, "budi", f"/cari {secret.number}")


def test_in_private_who_may_see_it_finds_it_by_words_and_that_is_logged(office: Office) -> None:
    """That a story was searched is a look at it."""
    secret = office.opens(SECRET)
    assert secret.number in _asks(office, "ratna", "/cari gudang", private=True)
    assert "found_by_words" in [line.what for line in office.trail(secret)]
    assert secret.number not in _asks(office, "budi", "/cari gudang", private=True)


def test_who_a_case_is_about_does_not_find_it(office: Office) -> None:
    """He would know that somebody complained."""
    case = office.opens(parts=(Part("pengurus minta uang"),))
    with office.database.transaction() as session:
        session.add(
            Recusal(organisation_id=office.organisation_id, case_id=case.id or 0,
                    officer_id=office.officers["joko"].id, at=office.clock.now())
        )  # fmt: skip
    for words in ("/kasus", "/cari pengurus", f"/cari {case.number}", "/terlambat"):
        assert case.number not in _asks(office, "joko", words, private=True)


def test_own_cases_begin_with_who_has_waited_longest(office: Office) -> None:
    """The oldest unanswered message is the next thing to do."""
    first = office.opens(parts=(Part("satu", source="s1"),))
    office.clock.advance(DAY)
    second = office.opens(parts=(Part("dua", source="s2"),))
    for case in (first, second):
        office.taps("joko", case, "take")
    assert _numbers(_asks(office, "joko", "/tugasku")) == [first.number, second.number]
    with office.database.transaction() as session:
        session.add(
            CaseMessage(organisation_id=first.organisation_id, case_id=first.id or 0,
                        direction="reply", state="queued", sealed=b"", at=office.clock.now())
        )  # fmt: skip
    text = _asks(office, "joko", "/tugasku")
    assert _numbers(text) == [second.number, first.number]
    assert text.count("Pelapor menunggu") == 1
    assert "belum memegang" in _asks(office, "maria", "/tugasku")


def test_late_is_a_new_case_without_owner_after_a_working_day(office: Office) -> None:
    """Over a weekend nobody is late."""
    weekday = office.clock.now().astimezone(office.zone).weekday()
    office.clock.advance(((4 - weekday) % 7) * DAY)  # a Friday
    case = office.opens(parts=())
    office.clock.advance(2 * DAY)
    assert case.number not in _asks(office, "joko", "/terlambat")
    office.clock.advance(1.5 * DAY)
    text = _asks(office, "joko", "/terlambat")
    assert case.number in text
    assert "Belum ada petugas sejak" in text
    office.taps("joko", case, "take")
    assert case.number not in _asks(office, "joko", "/terlambat")


def test_late_is_a_reporter_without_answer_for_days(office: Office) -> None:
    """She does not ask twice; she gives up."""
    case = office.opens(parts=(Part("halo", source="s1"),))
    office.taps("joko", case, "take")
    office.clock.advance(2.9 * DAY)
    assert case.number not in _asks(office, "joko", "/terlambat")
    office.clock.advance(0.2 * DAY)
    assert "Pelapor belum dijawab sejak" in _asks(office, "joko", "/terlambat")
    with office.database.transaction() as session:
        stored = session.get_one(Case, case.id)
        session.add(
            CaseMessage(organisation_id=stored.organisation_id, case_id=stored.id or 0,
                        direction="reply", state="released", sealed=b"", at=office.clock.now())
        )  # fmt: skip
    assert case.number not in _asks(office, "joko", "/terlambat")


def test_another_union_finds_nothing_of_ours(office: Office) -> None:
    """Every query of a list names its organisation."""
    case = office.opens(parts=(Part("mesin potong"),))
    with office.database.transaction() as session:
        stored = session.get_one(Case, case.id)
        work = office.work(session)
        other = type(work.organisation)(slug="lain", name="Lain", created_at=office.clock.now())
        session.add(other)
        session.flush()
        stored.organisation_id = other.id or 0
        session.add(stored)
    for words in ("/kasus", "/cari mesin potong", f"/cari {case.number}"):
        assert case.number not in _asks(office, "ratna", words, private=True)


def test_the_work_of_a_search_is_bounded() -> None:
    """A union with a million cases must not stop the line for a search."""
    assert SEARCHED <= 5000
    assert REPORT.category == "upah"
