"""The same matter: suggested, linked, merged, taken apart; and who reads what of it."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.cases import own_data
from bot.cases.confidential import keep_confidential
from bot.cases.reply_posts import reply_post
from bot.cases.reply_words import hand_over
from bot.cases.stages import change_stage
from bot.cases.together import links_of
from bot.commands import Part
from bot.events import Address
from storage.cases import MessageContent, case_by_id, message_content, seal_message
from storage.people import find_reporter
from storage.tables import (
    Case,
    CaseEvent,
    CaseLink,
    CaseMessage,
    CaseVector,
    Outbound,
    Recusal,
)
from tests.cases.office import Office
from tests.cases.several import (
    REPORT,
    STORY,
    address_of,
    buttons_in,
    card_of,
    means,
    opens,
    posts_in,
    told_to,
    writes,
)


def _merged(office: Office) -> tuple[Case, Case]:
    """Two cases of two reporters, the second merged into the first."""
    main, other = opens(office, "SRI"), opens(office, "DEWI")
    office.taps("ratna", main, "take")
    office.taps("ratna", other, "merge", str(main.id))
    return main, other


def _answers(office: Office, case: Case, text: str) -> int:
    """The owner replies in the topic and sends it; the message's id."""
    with office.database.transaction() as session:
        stored = session.get_one(Case, case.id)
        stored.chat_id, stored.thread_id = "-1001", f"t{case.id}"
        session.add(stored)
    office.writes("ratna", case, f"/balas {text}")
    message = office.messages(case, "reply")[-1]
    assert office.taps("ratna", case, "reply_send", message_id=message.id).alert is False
    return message.id or 0


def test_same_workplace_category_and_words_are_suggested_on_the_card(office: Office) -> None:
    """Two officers who work on one matter should know of each other."""
    first = opens(office, "SRI", workplace="PT. Maju Jaya Garmindo")
    second = opens(office, "DEWI", workplace="maju jaya garmndo")
    assert f"Mungkin sama: <b>{first.number}</b> (1)" in card_of(office, second)
    assert f"Mungkin sama: <b>{second.number}</b> (1)" in card_of(office, first)


@pytest.mark.parametrize(
    "changes",
    [
        {"workplace": "PT Sumber Rejeki"},
        {"workplace": ""},
        {"workplace": "PT Maju Jaya Garmindo 2"},
        {"category": "k3"},
        {"parts": (Part("mandor melarang kami ke toilet saat jam kerja"),)},
    ],
)
def test_another_place_or_matter_is_not_suggested(office: Office, changes: dict) -> None:  # type: ignore[type-arg]
    """A list full of wrong guesses is not read."""
    opens(office, "SRI")
    assert "Mungkin sama" not in card_of(office, opens(office, "DEWI", **changes))


def test_what_happened_long_ago_or_is_closed_is_not_suggested(office: Office) -> None:
    """Only what can be worked on together."""
    opens(office, "SRI")
    office.clock.advance(timedelta(days=61).total_seconds())
    closed = opens(office, "DEWI")
    office.taps("ratna", closed, "to_stage", "ditolak")
    with office.database.transaction() as session:
        stored = session.get_one(Case, closed.id)
        stored.status = "ditolak"
        session.add(stored)
    assert "Mungkin sama" not in card_of(office, opens(office, "AYU"))


def test_vectors_of_one_model_decide_and_of_two_models_do_not(office: Office) -> None:
    """A new model sees the world turned another way: its vectors fit no older ones."""
    first, second = opens(office, "SRI"), opens(office, "DEWI")
    means(office, first, [1.0, 0.0])
    means(office, second, [0.0, 1.0])
    assert "Mungkin sama" not in card_of(office, second)
    means(office, second, [0.9, 0.1])
    assert "Mungkin sama" in card_of(office, second)
    means(office, second, [0.0, 1.0], "m2")
    assert "Mungkin sama" in card_of(office, second)  # the words decide


def test_a_vector_is_stored_sealed_in_two_bytes_a_number(office: Office) -> None:
    """The meaning of a story tells of the story."""
    case = opens(office, "SRI")
    means(office, case, [1.0] + [0.0] * 383)
    with office.database.reading() as session:
        row = session.get_one(CaseVector, 1)
        assert len(office.vault.open(row.sealed, "case_vectors")) == 2 * 384
        assert row.model == "m1"


def test_similar_cases_are_shown_with_what_can_be_done(office: Office) -> None:
    """One tap each."""
    first, second = opens(office, "SRI"), opens(office, "DEWI")
    office.taps("ratna", second, "alike")
    assert first.number in posts_in(office, second)[-1]
    assert buttons_in(office, second) == [f"Kaitkan {first.number}",
                                          f"Gabungkan ke {first.number}"]  # fmt: skip
    alone = opens(office, "AYU", workplace="PT Lain")
    office.taps("ratna", alone, "alike")
    assert "Belum ada kasus" in posts_in(office, alone)[-1]


def test_linked_cases_name_each_other_until_they_are_parted(office: Office) -> None:
    """A link changes nothing but what officers read."""
    first, second = opens(office, "SRI"), opens(office, "DEWI")
    assert "Dikaitkan" in office.taps("joko", second, "link", str(first.id)).text
    assert f"Terkait: <b>{first.number}</b>" in card_of(office, second)
    assert f"Terkait: <b>{second.number}</b>" in card_of(office, first)
    assert "Mungkin sama" not in card_of(office, first)
    office.taps("joko", first, "split", str(second.id))
    assert "Terkait" not in card_of(office, first) + card_of(office, second)
    whats = [line.what for line in office.trail(first)]
    assert whats.count("linked") == whats.count("unlinked") == 1


def test_a_merged_case_leads_to_the_other_and_keeps_number_and_reporter(office: Office) -> None:
    """Nobody's number may stop working."""
    main, other = _merged(office)
    stored = office.stored(other)
    assert stored.merged_into_id == main.id
    assert stored.number == other.number
    assert stored.person_id == other.person_id != office.stored(main).person_id
    assert f"digabung ke <b>{main.number}</b>" in posts_in(office, other)[-1]
    assert office.payload(office.rows("topic")[-1])["closed"] is True
    assert f"Digabung ke <b>{main.number}</b>" in card_of(office, other)
    assert f"Digabung ke sini: <b>{other.number}</b>" in card_of(office, main)
    for action in ("take", "reply", "category", "stage"):
        refused = office.taps("ratna", other, action)
        assert refused.alert, action


def test_what_a_merged_reporter_writes_comes_into_the_main_topic(office: Office) -> None:
    """Who answers reads only one topic; it must be plain whose words they are."""
    main, other = _merged(office)
    writes(office, other, "kami juga belum dapat lembur")
    said = posts_in(office, main)[-1]
    assert "lembur" in said
    assert other.number in said
    assert not any("lembur" in post for post in posts_in(office, other))
    writes(office, main, "ini dari saya")
    assert other.number not in posts_in(office, main)[-1]


def test_one_answer_goes_to_each_reporter_alone(office: Office) -> None:
    """With her own number and name, and without a trace of the other."""
    main, other = _merged(office)
    _answers(office, main, "Halo, perusahaan sudah kami surati.")
    (first,), (second,) = ([t for t in told_to(office, n) if "surati" in t]
                           for n in ("SRI", "DEWI"))  # fmt: skip
    assert main.number in first
    assert other.number not in first
    assert other.number in second
    assert main.number not in second
    assert "KENARI" not in first + second


def test_the_preview_says_how_many_will_read_it(office: Office) -> None:
    """Words for one person must not go to three by surprise."""
    main, _ = _merged(office)
    _answers(office, main, "Halo")
    message = office.messages(main, "reply")[-1]
    with office.database.transaction() as session:
        message.state = "preview"
        shown = reply_post(office.work(session), session.get_one(Case, main.id), message)
    assert "sampai ke 2 pelapor" in shown.text


def test_delivery_is_told_for_each_reporter(office: Office) -> None:
    """One phone off must not hide behind one that is on."""
    main, other = _merged(office)
    message_id = _answers(office, main, "Halo")
    with office.database.transaction() as session:
        for row in office.rows("say"):
            if row.message_id == message_id:
                row.status = "failed" if row.case_id == other.id else "delivered"
                row.settled_at, row.error = office.clock.now(), "63024"
                session.merge(row)
    message = office.messages(main, "reply")[-1]
    with office.database.transaction() as session:
        shown = reply_post(office.work(session), session.get_one(Case, main.id), message)
    assert f"{main.number}: ✓✓ sampai" in shown.text
    assert f"{other.number}: ❌ gagal" in shown.text


def test_taking_an_answer_back_takes_it_back_from_each(office: Office) -> None:
    """Half an undo would be a surprise."""
    main, _ = _merged(office)
    message_id = _answers(office, main, "Halo salah kirim")
    office.taps("ratna", main, "reply_undo", message_id=message_id)
    assert [m.state for m in office.messages(main, "reply")] == ["withdrawn"]
    assert not [t for n in ("SRI", "DEWI") for t in told_to(office, n) if "salah kirim" in t]


def test_what_one_reporter_wrote_is_never_quoted_to_the_other(office: Office) -> None:
    """A quoted line is somebody else's story."""
    main, other = _merged(office)
    hers = office.messages(main, "reporter")[0]
    message_id = _answers(office, main, "Terima kasih")
    with office.database.transaction() as session:
        message = session.get_one(CaseMessage, message_id)
        quoting = MessageContent("Baik", quote="RAHASIA gaji saya", quoted_id=hers.id or 0)
        message.sealed = seal_message(office.vault, quoting)
        work = office.work(session)
        for case in (main, other):
            hand_over(work, session.get_one(Case, case.id), message, timedelta(0))
    assert "RAHASIA" in told_to(office, "SRI")[-1]
    assert "RAHASIA" not in "".join(told_to(office, "DEWI"))


def test_a_stage_of_the_main_case_is_that_of_the_merged_one(office: Office) -> None:
    """Both reporters are told, each of her own number."""
    main, other = _merged(office)
    assert office.stored(other).status == office.stored(main).status == "verifikasi"
    with office.database.transaction() as session:
        stored = case_by_id(session, main.id or 0, lock=True)
        assert stored is not None
        change_stage(office.work(session), stored, "ditangani", officer=office.officers["ratna"])
    assert office.stored(other).status == "ditangani"
    assert main.number in told_to(office, "SRI")[-1]
    assert other.number in told_to(office, "DEWI")[-1]
    assert main.number not in "".join(told_to(office, "DEWI"))


def test_parted_cases_are_as_before(office: Office) -> None:
    """A merge by mistake must cost nothing."""
    main, other = _merged(office)
    assert office.taps("joko", other, "split").alert  # ratna handles the main case
    office.taps("ratna", other, "split")
    assert office.stored(other).merged_into_id is None
    assert office.payload(office.rows("topic")[-1])["closed"] is False
    writes(office, other, "pesan baru saya")
    assert any("pesan baru saya" in post for post in posts_in(office, other))
    _answers(office, main, "Hanya untuk satu orang")
    assert not any("Hanya untuk" in text for text in told_to(office, "DEWI"))
    with office.database.reading() as session:
        assert not links_of(office.work(session), office.stored(main))


def test_what_cannot_be_merged_is_refused_with_a_reason(office: Office) -> None:
    """Chains and circles would lose a reporter's words."""
    main, other = _merged(office)
    third = opens(office, "AYU")
    assert "menampung" in office.taps("ratna", main, "merge", str(third.id)).text
    assert main.number in office.taps("ratna", third, "merge", str(other.id)).text
    assert office.taps("ratna", third, "merge", str(third.id)).alert
    assert office.taps("budi", third, "merge", str(main.id)).alert
    assert office.taps("joko", third, "merge", str(main.id)).alert  # ratna has the main case
    assert office.stored(third).merged_into_id is None


def test_typed_numbers_do_the_same(office: Office) -> None:
    """Whoever remembers the number types it."""
    first, second = opens(office, "SRI"), opens(office, "DEWI")
    with office.database.transaction() as session:
        stored = session.get_one(Case, second.id)
        stored.chat_id, stored.thread_id = "-1001", "t9"
        session.add(stored)
    office.writes("ratna", second, f"/kaitkan {first.number.lower()}")
    assert "Dikaitkan" in posts_in(office, second)[-1]
    office.writes("ratna", second, "/gabungkan apa ya")
    assert "Tulis nomor kasus" in posts_in(office, second)[-1]
    office.writes("ratna", second, f"/gabungkan {first.number}")
    assert office.stored(second).merged_into_id == first.id
    office.writes("ratna", second, "/pisahkan")
    assert office.stored(second).merged_into_id is None


def test_a_confidential_case_is_never_put_together_with_an_open_one(office: Office) -> None:
    """Its mere neighbourhood would tell what it is about."""
    first, secret = opens(office, "SRI"), opens(office, "DEWI")
    with office.database.transaction() as session:
        stored = session.get_one(Case, secret.id)
        stored.sensitive = True
        session.add(stored)
    assert "Mungkin sama" not in card_of(office, first) + card_of(office, secret)
    for action in ("link", "merge"):
        for case, other in ((first, secret), (secret, first)):
            assert office.taps("ratna", case, action, str(other.id)).alert
    assert office.taps("maria", first, "link", str(secret.id)).alert


def test_a_merged_case_that_becomes_confidential_leaves_and_takes_its_words(
    office: Office,
) -> None:
    """The late word about violence is the usual one."""
    _main, other = _merged(office)
    writes(office, other, "ini pesan DEWI di topik utama")
    office.deliver()
    with office.database.transaction() as session:
        stored = case_by_id(session, other.id or 0, lock=True)
        assert stored is not None
        keep_confidential(office.work(session), stored)
    office.deliver(60)
    assert office.stored(other).merged_into_id is None
    assert "ini pesan DEWI" not in office.standing_in_the_group()


def test_who_a_case_is_about_is_offered_nothing(office: Office) -> None:
    """A suggestion would show him where to look."""
    first, second = opens(office, "SRI"), opens(office, "DEWI")
    with office.database.transaction() as session:
        session.add(
            Recusal(organisation_id=office.organisation_id, case_id=first.id or 0,
                    officer_id=office.officers["joko"].id, at=office.clock.now())
        )  # fmt: skip
    assert "Mungkin sama" not in card_of(office, second)
    assert office.taps("joko", second, "link", str(first.id)).alert


def test_another_unions_case_cannot_be_named(office: Office) -> None:
    """Organisations never meet."""
    first, second = opens(office, "SRI"), opens(office, "DEWI")
    with office.database.transaction() as session:
        organisation = office.work(session).organisation
        other = type(organisation)(slug="lain", name="Lain", created_at=office.clock.now())
        session.add(other)
        session.flush()
        stored = session.get_one(Case, first.id)
        stored.organisation_id = other.id or 0
        session.add(stored)
    assert "Mungkin sama" not in card_of(office, second)
    assert office.taps("ratna", second, "merge", str(first.id)).alert
    assert office.taps("ratna", second, "link", str(first.id)).alert


@pytest.mark.parametrize("who", ["SRI", "DEWI"])
def test_deleting_her_data_takes_links_vectors_and_words_with_it(office: Office, who: str) -> None:
    """Neither the main nor the merged reporter may leave a trace, nor the other lose hers."""
    main, other = _merged(office)
    for case in (main, other):
        means(office, case, [1.0, 0.0])
    writes(office, other, "kata DEWI yang harus hilang")
    office.deliver()
    gone, stays = (main, other) if who == "SRI" else (other, main)
    with office.database.transaction() as session:
        known: tuple[Address, ...] = (address_of(who),)
        reporter = find_reporter(session, office.vault, office.organisation_id, known)
        assert reporter is not None
        own_data.delete(office.work(session), reporter, "lane")
    office.deliver(60)
    with office.database.reading() as session:
        vectors = [row.case_id for row in session.exec(select(CaseVector)).all()]
        assert vectors == [stays.id]
        assert session.exec(select(CaseLink)).first() is None
        assert STORY in "".join(
            message_content(office.vault, m).text for m in office.messages(stays, "reporter")
        )
        assert session.get_one(Case, gone.id).person_id is None
        assert session.get_one(Case, stays.id).status == "verifikasi"
    if who == "DEWI":
        with office.database.reading() as session:
            rows = session.exec(select(Outbound)).all()
        assert not any("kata DEWI" in str(office.payload(row)) for row in rows)


def test_every_act_stands_in_the_trail_of_both(office: Office) -> None:
    """Who asks later why two cases have one topic finds it."""
    main, other = _merged(office)
    office.taps("ratna", other, "split")
    assert {"merged", "split"} <= {line.what for line in office.trail(other)}
    assert {"takes_in", "split"} <= {line.what for line in office.trail(main)}
    assert REPORT.category == "upah"
    assert all(isinstance(line, CaseEvent) for line in office.trail(main))
