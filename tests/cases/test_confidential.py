"""What must not stand in the big group does not, and people's words cannot pose as ours."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cases import card
from bot.cases.labelling import Predicted
from bot.cases.markup import escaped, escaped_pieces
from bot.cases.opening import add_to_case, correct_message, open_case
from bot.channels import NotAllowed, Text
from bot.commands import Part, Report
from bot.flows.knowledge import Understanding
from bot.handlers.simulator.markup import parse_html, plain_text
from bot.outbox.split import units
from storage.cases import CaseContent, case_by_id, company_names, content_of, seal_content
from storage.tables import Case
from tests.cases.office import REPORT, Office
from tests.databases import ON_SQLITE
from tests.patience import UNHURRIED
from tests.world import World

SECRETS = {
    "story": "KENARI-CERITA ditarik paksa oleh mandor",
    "name": "KENARI-NAMA",
    "workplace": "PT KENARI-TEMPAT",
    "happened": "KENARI-KAPAN",
    "affected": "KENARI-KORBAN",
    "safe_hours": "KENARI-JAM",
}
SENSITIVE = Report(
    kind="pengaduan",
    category="pelecehan_kekerasan",
    parts=(Part(SECRETS["story"], source="whatsapp:9"),),
    identity="nama",
    name=SECRETS["name"],
    workplace=SECRETS["workplace"],
    happened=SECRETS["happened"],
    affected=SECRETS["affected"],
    safe_hours=SECRETS["safe_hours"],
)


def calm(_text: str) -> Understanding:
    """A classifier that finds nothing."""
    return Understanding("pengaduan", "lainnya", abstain=True)


def _live_through(office: Office, case: Case) -> None:
    """Everything that may happen in a case, up to the closing."""
    office.deliver()
    with office.database.transaction() as session:
        work = office.work(session)
        row = case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        add_to_case(work, row, (Part("KENARI-TAMBAHAN", source="whatsapp:10"),), calm)
        person = office.meet(session).person
        assert correct_message(work, person, "whatsapp:9", "KENARI-CERITA diralat", calm)
    for action, value in (("take", ""), ("to_urgency", "darurat"), ("to_stage", "ditangani")):
        assert not office.taps("joko", case, action, value).alert
    assert not office.closes("joko", case, "sebagian").alert
    assert not office.taps("joko", case, "reopen").alert
    office.writes("ratna", case, "/kasus", thread_id="")
    office.deliver()
    office.deliver(61)


def test_a_confidential_case_says_nothing_in_the_group(office: Office) -> None:
    """Thirty officers read along, and one of them may know the mandor."""
    case = office.opens(SENSITIVE)
    _live_through(office, case)
    group = office.in_the_group()
    assert case.number in group
    assert "KENARI" not in group
    assert "+62812" not in group
    assert office.work_label(case) not in group
    assert office.texts("officers.card.safe_hours_private") in group


def test_the_same_case_not_confidential_does_show_its_story(office: Office) -> None:
    """Guards the test above: it would pass on an empty group."""
    case = office.opens(SENSITIVE, category="upah")
    _live_through(office, case)
    group = office.in_the_group()
    for shown in ("KENARI-CERITA", "KENARI-TAMBAHAN", "KENARI-TEMPAT", "KENARI-JAM", "diralat"):
        assert shown in group
    for hidden in ("KENARI-NAMA", "+62812"):
        assert hidden not in group


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_long_message_is_read_to_its_end(office: Office) -> None:
    """The end of what she told stands nowhere else that an officer could read."""
    long = " ".join(f"kata{number}" for number in range(460))
    case = office.opens(replace(SENSITIVE, parts=(Part(long, source="whatsapp:1"),)))
    office.taps("ratna", case, "read", message_id=office.messages(case, "reporter")[0].id)
    office.deliver(3)
    assert "kata0 kata1 " in office.whispered("ratna")[-2]
    assert office.whispered("ratna")[-1].endswith("kata459")


def test_only_who_has_the_right_reads_it_and_it_is_logged(office: Office) -> None:
    """Whoever looked must be known afterwards; who told it is for the one in charge."""
    case = office.opens(SENSITIVE)
    office.deliver()
    message = office.messages(case, "reporter")[0].id
    for action in ("reveal", "read", "read_case", "take", "reply", "to_urgency"):
        answer = office.taps("maria", case, action, message_id=message)
        assert answer.text == office.texts("cases.refused.apart")
        assert office.taps("budi", case, action, message_id=message).alert
    assert office.taps("joko", case, "reveal").text == office.texts("cases.refused.take_first")
    office.taps("joko", case, "take")
    calls = [office.whispered(who) for who in ("joko", "ratna")]
    for who in ("joko", "ratna"):
        office.taps(who, case, "reveal")
        office.taps(who, case, "read", message_id=message)
    assert office.taps("maria", case, "reveal").alert
    office.deliver()
    assert office.whispered("maria") == office.whispered("budi") == []
    assert calls == [[office.texts("officers.whisper.confidential", number=case.number)]] * 2
    for who in ("joko", "ratna"):
        _, facts, words = office.whispered(who)
        for secret in ("story", "name", "workplace", "happened", "safe_hours"):
            assert SECRETS[secret] in facts
        assert "+6281200000001" in facts
        assert SECRETS["story"] in words
    looked = [(e.what, e.officer_id) for e in office.trail(case) if e.what.startswith("revealed")]
    joko, ratna = office.officers["joko"].id, office.officers["ratna"].id
    assert looked == [
        ("revealed_reporter", joko), ("revealed_message", joko),
        ("revealed_reporter", ratna), ("revealed_message", ratna),
    ]  # fmt: skip


def test_only_what_is_confidential_is_called_so(office: Office) -> None:
    """A warning that stands everywhere is read nowhere."""
    warning = office.texts("officers.reveal.confidential")
    for report, warned in ((SENSITIVE, True), (REPORT, False)):
        office.taps("ratna", office.opens(report), "reveal")
        office.deliver()
        assert (warning in office.whispered("ratna")[-1]) is warned


def test_a_card_says_who_chose_the_category(office: Office) -> None:
    """A guess is never certain, and after an officer's correction it is no guess."""
    case = office.opens(REPORT)
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0)
        assert row is not None
        guess = CaseContent(probability=0.9999, reasons=("slip", "<b>dipotong", "gajian"))
        row.sealed = seal_content(office.vault, guess)
        session.add(row)

    def shown() -> str:
        with office.database.transaction() as session:
            return card.card(office.work(session), office.stored(case)).text

    assert "<b>Upah</b> (perkiraan 99%) karena: slip, &lt;b&gt;dipotong, gajian\n" in shown()
    office.taps("ratna", case, "to_category", "jaminan_sosial")
    assert office.texts("officers.card.corrected") in shown()
    assert "99" not in shown()
    assert "gajian" not in shown()
    office.taps("ratna", case, "to_category", "pelecehan_kekerasan")
    assert "gajian" not in shown()


def test_a_hidden_name_stays_hidden_even_on_reveal(office: Office) -> None:
    """She was promised a pseudonym towards the officers."""
    case = office.opens(SENSITIVE, identity="rahasia")
    office.taps("ratna", case, "reveal")
    office.deliver()
    facts = office.whispered("ratna")[-1]
    assert case.number in facts
    assert "KENARI-NAMA" not in facts
    assert "+62812" not in facts


def test_only_a_company_that_an_officer_took_up_is_offered_to_others(office: Office) -> None:
    """An employer who types his own name must not learn that somebody complained just now."""

    def known() -> tuple[str, ...]:
        with office.database.reading() as session:
            return company_names(session, office.vault, office.organisation_id)

    secret = office.opens(SENSITIVE)
    shown = office.opens(REPORT, workplace="pt terbuka jaya yang di cikarang, bosnya Pak Budi")
    house = office.opens(REPORT, workplace="rumah Bu Siti")
    assert known() == ()
    for case in (secret, shown, house):
        office.taps("joko", case, "take")
    assert known() == ("PT Terbuka Jaya",)
    office.taps("joko", shown, "to_category", "pelecehan_kekerasan")
    assert known() == ()


def test_a_case_that_becomes_confidential_takes_its_story_out_of_the_group(office: Office) -> None:
    """The classifier may be wrong at first; what it let out must not stay there."""
    case = office.opens(SENSITIVE, category="upah")
    office.deliver()
    assert "KENARI" in office.standing_in_the_group()
    with office.database.transaction() as session:
        work = office.work(session)
        row = case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        add_to_case(work, row, (Part("KENARI-ANTRE", source="whatsapp:11"),), calm)
    office.telegram.troubles["delete_message"] = [NotAllowed("too_old_to_delete"), None]
    assert not office.taps("joko", case, "to_category", "pelecehan_kekerasan").alert
    office.deliver()
    office.telegram.deleted.append("m2")  # the one too old for the bot: officers delete it
    assert office.stored(case).sensitive
    assert "KENARI" not in office.standing_in_the_group()
    message = office.messages(case, "reporter")[0].id
    office.taps("joko", case, "take")
    office.taps("joko", case, "read", message_id=message)
    office.deliver()
    assert SECRETS["story"] in office.whispered("joko")[-1]


def test_only_a_coordinator_lifts_a_wrong_confidential_mark(office: Office) -> None:
    """The one who handles it must not carry a story out alone; nobody at all would lock it up."""
    case = office.opens(SENSITIVE)
    office.taps("joko", case, "take")
    office.taps("joko", case, "to_category", "upah")
    assert office.stored(case).sensitive
    office.taps("ratna", case, "to_category", "upah")
    assert not office.stored(case).sensitive
    lifted = [event for event in office.trail(case) if event.what == "confidence_lifted"]
    assert [event.officer_id for event in lifted] == [office.officers["ratna"].id]


VIOLENT = (
    "mandor juga suka ngajak tidur kalau mau thr penuh",
    "mandor sering pegang pegang pantat saya",
    "adik saya umur 13 juga disuruh kerja malam",
)


@ON_SQLITE
@pytest.mark.parametrize("words", VIOLENT)
@pytest.mark.parametrize("edits", [False, True], ids=["writes", "edits"])
def test_violence_told_later_makes_the_case_confidential_before_it_is_shown(
    world: World, words: str, edits: bool
) -> None:
    """Many dare to tell the worst only in the second message; thirty officers read along."""
    sri = world.worker()
    case = world.opened_case(sri)
    if edits:
        sent = sri.says("mandor juga suka")
        sri.says(words, edits=sent)
    else:
        sri.says(words)
    world.wait(61)
    assert world.cases()[-1].sensitive
    assert not [post for post in world.in_group() if words in post or "Tanda bahaya" in post]
    ratna = world.officer()
    ratna.taps(case, "Saya tangani")
    ratna.taps(case, "Baca di chat pribadi")
    assert any(words in whisper for whisper in ratna.private_chat())


def test_everyday_words_told_later_leave_the_case_open_to_all(world: World) -> None:
    """A case that only one may read is a case with fewer hands."""
    sri = world.worker()
    world.opened_case(sri)
    sri.says("uang makan juga dipotong")
    assert not world.cases()[-1].sensitive
    assert any("uang makan juga dipotong" in post for post in world.in_group())


NASTY = (
    '<b>tebal</b> <a href="https://evil.tld">klik</a> & &lt; </blockquote>',
    "https://evil.tld www.evil.tld evil.tld t.me/evil tg://resolve?domain=x",
    "@admin /tutup /balas@bot #tag $CASH mandor@pabrik.co.id",
    "\u202eterbalik\u202c \u200bnol\u200b \u2066x\u2069 \ufeff \x00 \x1b[31m",
)


@pytest.mark.parametrize("text", NASTY)
def test_words_of_a_person_make_no_link_command_or_markup(text: str) -> None:
    """A reporter's text must not look like a button or a command of ours."""
    shown = escaped(text)
    parsed = plain_text(parse_html(shown))
    assert "<" not in shown
    for sign in "\u202e\u202c\u200b\u2066\u2069\ufeff\x00\x1b":
        assert sign not in parsed
    for tappable in ("://", "evil.tld", "t.me/", "@admin", "/tutup", "/balas", "#tag", "$CASH",
                     "@pabrik"):  # fmt: skip
        assert tappable not in parsed
    kept = [sign for sign in text if sign.isalnum()]
    assert [sign for sign in parsed if sign.isalnum()] == kept


@given(st.text(max_size=300))
@settings(UNHURRIED, max_examples=300)
def test_escaping_keeps_the_words_and_is_always_valid(text: str) -> None:
    """Whatever is typed must be readable and must not break the post."""
    pieces = escaped_pieces(text, 50)
    for piece in pieces:
        shown = plain_text(parse_html(piece))
        assert 0 < units(shown) <= 50
    whole = "".join(plain_text(parse_html(piece)) for piece in pieces)
    assert [s for s in whole if s.isalpha()] == [s for s in text if s.isalpha()]


@given(data=st.data())
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_card_fits_whatever_stands_on_it(office: Office, data: st.DataObject) -> None:
    """A card that Telegram refuses is a case that nobody sees."""
    text = st.one_of(
        st.sampled_from([*NASTY, "😢" * 3000, "&" * 3000, "@a" * 3000, "a\n" * 2000]),
        st.text(max_size=200),
    )
    content = CaseContent(
        story=data.draw(text), workplace=data.draw(text), region_name=data.draw(text),
        happened=data.draw(text), affected=data.draw(text), name=data.draw(text),
        safe_hours=data.draw(text), probability=0.5, triggers=tuple(data.draw(text) for _ in "abc"),
        reasons=tuple(data.draw(text) for _ in "abcde"),
    )  # fmt: skip
    if not hasattr(office, "shared"):
        office.shared = office.opens()  # type: ignore[attr-defined]
    with office.database.transaction() as session:
        case = case_by_id(session, office.shared.id)  # type: ignore[attr-defined]
        assert case is not None
        case.sealed = seal_content(office.vault, content)
        case.tags, case.urgency = ",".join(["thr"] * 100), "darurat"
        work = office.work(session)
        shown: Text = card.card(work, case)
        assert units(plain_text(parse_html(shown.text))) <= 4096
        assert 0 < len(card.title(work, case)) <= 128
        assert "\n" not in card.title(work, case)


def test_a_long_story_stands_whole_in_the_topic(office: Office) -> None:
    """What was told must be read, not its first page."""
    words = [f"kata{number}" for number in range(1500)]
    office.opens(REPORT, parts=(Part(" ".join(words), source="whatsapp:77"),))
    office.deliver()
    group = office.in_the_group()
    assert all(word in group for word in words)


def test_a_guess_in_a_confidential_case_is_shown_with_no_word_of_the_story(office: Office) -> None:
    """One word of what happened is enough to know who told."""
    guess = Predicted("m", Understanding("pengaduan", "pelecehan_kekerasan"), ("KENARI-ALASAN",))
    with office.database.transaction() as session:
        person = office.meet(session).person
        case = open_case(
            office.work(session), person, "KB-AAAA-0009", SENSITIVE,
            complete=True, predicted=guess,
        )  # fmt: skip
        assert content_of(office.vault, case).reasons == ("KENARI-ALASAN",)
    office.deliver()
    assert case.number in office.in_the_group()
    assert "KENARI" not in office.in_the_group()


def test_the_words_behind_a_guess_stay_until_the_story_grows(office: Office) -> None:
    """They are looked for once a story, so an answer in between must not lose them."""
    said = Understanding("pengaduan", "upah")
    with office.database.transaction() as session:
        person = office.meet(session).person
        work = office.work(session)
        draft: Case | None = None

        def grows(report: Report, *reasons: str) -> tuple[str, ...]:
            nonlocal draft
            draft = open_case(
                work, person, "KB-AAAA-0008", report,
                complete=False, predicted=Predicted("m", said, reasons), draft=draft,
            )  # fmt: skip
            return content_of(office.vault, draft).reasons

        assert grows(REPORT, "gaji") == ("gaji",)
        assert grows(replace(REPORT, happened="kemarin")) == ("gaji",)
        longer = replace(REPORT, parts=(*REPORT.parts, Part("thr juga", source="whatsapp:2")))
        assert grows(longer, "thr", "gaji") == ("thr", "gaji")
        assert grows(replace(longer, parts=longer.parts[1:])) == ()
