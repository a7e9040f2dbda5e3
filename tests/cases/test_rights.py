"""Who may do what: checked at every single tap."""

import threading

import pytest
import structlog
from sqlalchemy import text as sql

from bot.cases.roster import adopt_administrators, all_officers, remove_officer
from storage.cases import case_by_id, cases_of_person
from storage.tables import Case, Organisation
from tests.cases.office import Answer, Office
from tests.patience import PATIENCE, wait_until

ACTS = ("take", "to_stage:ditangani", "handover", "to_officer:1", "wait", "check:evidence",
        "to_category:lembur_jam_kerja",
        "to_urgency:darurat", "reply", "stage", "close", "category", "urgency", "kind",
        "to_kind:aspirasi", "tags", "all_tags", "set_tag:thr", "unset_tag:slip_gaji",
        "tags_done")  # fmt: skip


def _state(office: Office, case: Case) -> tuple[object, ...]:
    now = office.stored(case)
    labels = now.kind, now.category, now.urgency, now.tags
    return now.status, now.owner_id, *labels, len(office.trail(case))


def _act(office: Office, who: str, case: Case, act: str) -> Answer:
    action, _, value = act.partition(":")
    return office.taps(who, case, action, value)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("orang-luar", "refused.not_on_roster"),
        ("", "refused.not_on_roster"),
        ("lama", "refused.not_on_roster"),
        ("budi", "readonly"),
        ("maria", "other_owner"),
    ],
)
def test_who_has_no_right_changes_nothing_and_is_told_why(
    office: Office, who: str, refusal: str
) -> None:
    """A stranger, an anonymous admin, a removed officer, a reader, and not the one in charge."""
    case = office.opens(tags=("slip_gaji",))
    office.taps("joko", case, "take")
    before = _state(office, case)
    key = f"officers.{refusal}" if refusal.startswith("refused") else f"cases.refused.{refusal}"
    for act in (*ACTS, "reveal") if who != "maria" else ACTS:
        answer = _act(office, who, case, act)
        assert answer == Answer(office.texts(key, owner="Joko"), alert=True), act
    assert _state(office, case) == before
    assert office.messages(case, "reply") == []
    office.deliver()
    assert office.whispered(who) == []


@pytest.mark.parametrize("who", ["joko", "ratna"])
def test_the_one_in_charge_and_the_coordinator_may(office: Office, who: str) -> None:
    """Somebody must be able to go on when a colleague is ill."""
    case = office.opens()
    office.taps("joko", case, "take")
    for act in ("to_urgency:tinggi", "to_category:lembur_jam_kerja", "to_stage:ditangani"):
        assert not _act(office, who, case, act).alert
    stored = office.stored(case)
    assert (stored.urgency, stored.category, stored.status) == (
        "tinggi", "lembur_jam_kerja", "ditangani",
    )  # fmt: skip
    assert {event.officer_id for event in office.trail(case)[-3:]} == {office.officers[who].id}


def test_tokens_of_others_old_ones_and_inventions_do_nothing(office: Office) -> None:
    """Callback data can be sent by anyone in any form."""
    case = office.opens()
    before = _state(office, case)
    for payload in ("o:", "o:abcdef", "take", f"o:{case.id}", "o:" + "x" * 200, "\x00"):
        with structlog.testing.capture_logs() as logs:
            answer = office.taps_payload("ratna", payload)
        assert answer == Answer(office.texts("officers.refused.old_button"), alert=True)
        assert [log["reason"] for log in logs] == ["officers.refused.old_button"]
    answer = office.taps("ratna", case, "an_action_of_tomorrow")
    assert answer == Answer(office.texts("officers.refused.old_button"), alert=True)
    assert _state(office, case) == before


def test_a_button_of_another_organisation_means_nothing_here(office: Office) -> None:
    """Two unions on one deployment are strangers to each other."""
    case = office.opens()
    with office.database.transaction() as session:
        from bot.cases.taps import button, meaning_of

        made = button(office.work(session), case, "x", "take")
        assert meaning_of(session, office.organisation_id, made.id) is not None
        assert meaning_of(session, office.organisation_id + 1, made.id) is None


def test_of_two_officers_who_tap_at_once_one_wins_and_the_other_is_told(office: Office) -> None:
    """Both would otherwise call the worker, or neither."""
    case = office.opens()
    answers: dict[str, Answer] = {}
    ready = threading.Barrier(2)

    def tap(who: str) -> None:
        ready.wait(PATIENCE)
        answers[who] = office.taps(who, case, "take")

    threads = [threading.Thread(target=tap, args=(who,)) for who in ("joko", "maria")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    owner = office.stored(case).owner_id
    assert owner in {office.officers["joko"].id, office.officers["maria"].id}
    taken = [event for event in office.trail(case) if event.what == "taken"]
    assert len(taken) == 1
    winner = "Joko" if owner == office.officers["joko"].id else "Maria"
    texts = [office.payload(row)["text"] for row in office.rows("tap")]
    assert sorted(texts) == sorted(
        [
            office.texts("officers.done.taken"),
            office.texts("cases.refused.other_owner", owner=winner),
        ]
    )


def test_a_case_that_is_yours_is_not_taken_twice(office: Office) -> None:
    """A double tap must not write the trail twice."""
    case = office.opens()
    office.taps("joko", case, "take")
    assert office.taps("joko", case, "take").text == office.texts("cases.refused.yours_already")


def test_strangers_write_into_the_void(office: Office) -> None:
    """Who is not on the roster must not leave notes in a case nor command."""
    case = office.opens()
    office.deliver()
    for text in ("catatan palsu", "/tutup", "/balas uangnya sudah kami kirim"):
        office.writes("orang-luar", case, text)
    office.deliver()
    assert office.messages(case, "note") == office.messages(case, "reply") == []
    assert office.stored(case).status == "baru"
    assert office.texts("officers.refused.not_on_roster") in office.in_the_group()


def test_a_command_from_another_chat_is_not_heard(office: Office) -> None:
    """Anyone may add the bot to a group of his own."""
    case = office.opens()
    office.deliver()
    office.writes("ratna", case, "/tutup", chat_id="-999")
    office.deliver()
    assert office.texts("officers.form.to_selesai.outcome") not in office.in_the_group()


def _until_it_waits(office: Office, officer: threading.Thread) -> None:
    """Until the officer's transaction waits for a lock that ours holds."""
    waiting = sql(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )

    def waits() -> bool:
        with office.database.reading() as session:
            return session.execute(waiting).scalar_one() > 0

    wait_until(lambda: waits() or not officer.is_alive(), "the officer's wait for a lock")
    assert officer.is_alive(), "it met no lock, so the order of locks is not tried"


@pytest.mark.parametrize("typed", [False, True])
def test_two_cases_are_locked_in_one_order_wherever_it_begins(
    office: Office, *, typed: bool
) -> None:
    """One merges the second into the first while another acts on both the other way round."""
    if office.database.is_sqlite:
        pytest.skip("SQLite has one lock for all")
    first, second = office.opens(), office.opens()
    office.deliver()
    with office.database.transaction() as session:
        case_by_id(session, first.id or 0, lock=True)

        def link() -> None:
            if typed:
                office.writes("joko", second, f"/kaitkan {first.number}")
            else:
                office.taps("joko", second, "link", str(first.id))

        officer = threading.Thread(target=link)
        officer.start()
        _until_it_waits(office, officer)
        case_by_id(session, second.id or 0, lock=True)
    officer.join(PATIENCE)
    assert "linked" in [event.what for event in office.trail(second)]


def test_merged_cases_are_locked_before_any_of_them_changes(office: Office) -> None:
    """The main case moves on and takes along a case that stands before it."""
    if office.database.is_sqlite:
        pytest.skip("SQLite has one lock for all")
    merged, main = office.opens(), office.opens()
    office.deliver()
    office.taps("joko", merged, "merge", str(main.id))
    with office.database.transaction() as session:
        case_by_id(session, merged.id or 0, lock=True)
        officer = threading.Thread(target=lambda: office.taps("joko", main, "take"))
        officer.start()
        _until_it_waits(office, officer)
        case_by_id(session, main.id or 0, lock=True)
    officer.join(PATIENCE)
    assert office.stored(merged).status == "verifikasi"


def test_an_officer_and_the_reporter_at_once_do_not_block_each_other(office: Office) -> None:
    """Both need the conversation and the case; two orders of locking would be a deadlock."""
    case = office.opens()
    if office.database.is_sqlite:
        pytest.skip("SQLite has one lock for all")
    office.deliver()
    office.writes("joko", case, "/balas halo")
    message = office.messages(case, "reply")[-1].id
    with office.database.transaction() as session:
        person_id = office.meet(session).person.id
        answers: list[Answer] = []

        def send() -> None:
            answers.append(office.taps("joko", case, "reply_send", message_id=message))

        officer = threading.Thread(target=send)
        officer.start()
        _until_it_waits(office, officer)
        assert cases_of_person(session, person_id or 0, lock=True)
    officer.join(PATIENCE)
    assert [answer.alert for answer in answers] == [False]


def test_who_takes_an_emergency_lets_her_know(office: Office) -> None:
    """Someone in danger who hears nothing believes that nobody is there."""
    case = office.opens()
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0)
        assert row is not None
        row.status = "belum_lengkap"
        session.add(row)
    told = office.texts("cases.taken", number=case.number)
    office.taps("joko", case, "take")
    office.deliver()
    assert office.heard() == [told]
    office.taps("ratna", case, "take")
    office.deliver()
    assert office.heard() == [told]


def test_removing_the_last_officer_gives_nobody_rights(office: Office) -> None:
    """The one who was thrown out may still be the group's administrator."""
    with office.database.transaction() as session:
        for user_id in office.officers:
            remove_officer(
                session, office.vault, office.organisation_id, user_id, office.clock.now()
            )
    with office.database.transaction() as session:
        adopt_administrators(
            session, office.vault, office.organisation_id,
            [("joko", "Joko"), ("baru", "Baru")], office.clock.now(),
        )  # fmt: skip
        assert all_officers(session, office.vault, office.organisation_id) == []


def test_the_first_administrators_become_coordinators(office: Office) -> None:
    """Guards the test above: a union must be able to begin without the operator."""
    with office.database.transaction() as session:
        other = Organisation(slug="lain", name="Serikat Lain", created_at=office.clock.now())
        session.add(other)
        session.flush()
        new = (session, office.vault, other.id or 0)
        adopt_administrators(*new, [("joko", "Joko")], office.clock.now())
        assert [officer.role for officer in all_officers(*new)] == ["coordinator"]
