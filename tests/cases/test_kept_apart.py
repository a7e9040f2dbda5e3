"""Cases that were put together: what must not follow when one of them has to stand alone."""

from bot.cases import own_data
from bot.cases.confidential import keep_confidential
from bot.cases.referral import take_answer
from bot.cases.unopened import alarm_unopened
from bot.events import DueCame
from storage.cases import case_by_id
from storage.people import find_reporter
from storage.tables import Case, Outbound
from tests.cases.office import SMALL_CHAT, Office
from tests.cases.several import address_of, opens, posts_in, writes
from tests.outbox.scripted import GROUP_CHAT

SECRET = "pelecehan_kekerasan"


def _merged(office: Office, category: str = "upah") -> tuple[Case, Case]:
    """Two cases of two reporters, the second merged into the first."""
    main = opens(office, "SRI", category=category)
    other = opens(office, "DEWI", category=category)
    office.taps("ratna", main, "take")
    assert not office.taps("ratna", other, "merge", str(main.id)).alert
    office.deliver(60)
    return main, other


def test_lifting_the_mark_of_one_case_brings_no_words_of_the_other_into_the_big_group(
    office: Office,
) -> None:
    """Only one of the two was marked by mistake; the other one's story is still a secret."""
    office.has_small_group()
    main, other = _merged(office, SECRET)
    office.taps("ratna", main, "to_category", "upah")
    writes(office, other, "KENARI-RAHASIA")
    office.deliver(60)
    office.deliver(60)
    assert not office.stored(main).sensitive
    assert office.stored(other).merged_into_id is None
    assert "KENARI-RAHASIA" not in office.standing_in(GROUP_CHAT)
    assert "KENARI-RAHASIA" in office.standing_in(SMALL_CHAT)


def test_a_merged_case_about_an_officer_leaves_the_case_that_he_handles(office: Office) -> None:
    """Who is accused would read and answer it from the other case's topic."""
    office.has_small_group()
    main, other = opens(office, "SRI", category=SECRET), opens(office, "DEWI", category=SECRET)
    for case in (main, other):
        office.taps("joko", case, "take")
    assert not office.taps("joko", other, "merge", str(main.id)).alert
    writes(office, other, "KENARI-RAHASIA")
    office.deliver(60)
    assert "KENARI-RAHASIA" in office.standing_in(SMALL_CHAT)
    assert not office.taps("ratna", other, "recuse", str(office.officers["joko"].id)).alert
    office.deliver(60)
    office.deliver(60)
    assert office.stored(other).merged_into_id is None
    assert "KENARI-RAHASIA" not in office.standing_in(SMALL_CHAT)


def test_a_case_about_an_officer_is_put_together_with_nothing(office: Office) -> None:
    """The owner of the other case would answer for it, and that may be the one it is about."""
    main, about = opens(office, "SRI", category=SECRET), opens(office, "DEWI", category=SECRET)
    office.taps("joko", main, "take")
    office.taps("ratna", about, "recuse", str(office.officers["joko"].id))
    for action in ("link", "merge"):
        for case, other in ((about, main), (main, about)):
            assert office.taps("ratna", case, action, str(other.id)).alert
    assert office.stored(about).merged_into_id is None


def test_words_written_while_merged_go_too_when_she_deletes_her_data_after_the_split(
    office: Office,
) -> None:
    """Nothing of hers may stay behind in another reporter's topic."""
    main, other = _merged(office)
    writes(office, other, "KENARI-HAPUS")
    office.deliver(60)
    assert not office.taps("ratna", other, "split", str(main.id)).alert
    office.deliver(60)
    assert "KENARI-HAPUS" in office.standing_in_the_group()
    _deletes_her_data(office, "DEWI")
    office.deliver(60)
    assert "KENARI-HAPUS" not in office.standing_in_the_group()
    assert not any("KENARI-HAPUS" in str(office.payload(row)) for row in office.rows("post"))


def test_words_written_while_merged_go_too_when_the_case_becomes_confidential_later(
    office: Office,
) -> None:
    """The big group must not keep them in the topic of the other case."""
    main, other = _merged(office)
    writes(office, other, "KENARI-RAHASIA")
    office.deliver(60)
    office.taps("ratna", other, "split", str(main.id))
    with office.database.transaction() as session:
        stored = case_by_id(session, other.id or 0, lock=True)
        assert stored is not None
        keep_confidential(office.work(session), stored)
    office.deliver(60)
    assert "KENARI-RAHASIA" not in office.standing_in_the_group()


def test_deleting_the_main_case_leaves_the_words_of_the_other_reporter_readable(
    office: Office,
) -> None:
    """Her officers would never learn what she wrote meanwhile."""
    _main, other = _merged(office)
    writes(office, other, "KENARI-BUKTI")
    office.deliver(60)
    _deletes_her_data(office, "SRI")
    office.deliver(60)
    assert office.standing_in_the_group().count("KENARI-BUKTI") == 1
    assert any("KENARI-BUKTI" in text for text in posts_in(office, other))


def test_words_that_were_joined_with_hers_are_posted_again(office: Office) -> None:
    """In a burst one post carries the words of both; only hers may go."""
    main, other = _merged(office)
    for n in range(9):
        writes(office, main, f"SRI-{n}.")
        writes(office, other, f"DEWI-{n}.")
    office.deliver(60)
    assert any("SRI-3." in text and "DEWI-3." in text for text in _standing(office))
    _deletes_her_data(office, "DEWI")
    office.deliver(60)
    office.deliver(60)
    standing = "\n".join(_standing(office))
    assert [standing.count(f"SRI-{n}.") for n in range(9)] == [1] * 9
    assert "DEWI-" not in standing


def test_after_a_split_what_was_written_meanwhile_stands_in_the_own_topic_once(
    office: Office,
) -> None:
    """Who goes on with the case reads all of it, and nothing twice."""
    main, other = _merged(office)
    writes(office, other, "KENARI-SUSULAN")
    for action in ("split", "merge", "split"):
        assert not office.taps("ratna", other, action, str(main.id)).alert
    assert sum("KENARI-SUSULAN" in text for text in posts_in(office, other)) == 1


def test_a_merged_case_is_not_handed_on_by_a_late_consent(office: Office) -> None:
    """It would go to another body while the union goes on answering for it."""
    main, other = opens(office, "SRI"), opens(office, "DEWI")
    for case in (main, other):
        office.taps("ratna", case, "take")
    office.taps("ratna", other, "to_stage", "dilimpahkan")
    _stands(office, other, "t2")
    office.writes("ratna", other, "Disnaker")
    office.chooses("ratna", other, "to_dilimpahkan", "sure", "ya")
    assert not office.taps("ratna", other, "merge", str(main.id)).alert
    with office.database.transaction() as session:
        stored = case_by_id(session, other.id or 0, lock=True)
        assert stored is not None
        take_answer(office.work(session), stored, agreed=True)
    assert office.stored(other).status == office.stored(main).status == "verifikasi"


def test_what_a_merged_reporter_has_not_opened_is_told_in_the_topic_that_is_read(
    office: Office,
) -> None:
    """The topic of a merged case is closed; an alarm there rings for nobody."""
    main, other = _merged(office)
    with office.writing() as write:
        write.say(address_of("DEWI"), "kabar", person_id=other.person_id, case_id=other.id)
    with office.database.transaction() as session:
        row = session.get_one(Outbound, office.rows("say")[-1].id)
        row.status, row.sent_at = "held", office.clock.now()
        session.add(row)
        at, before = office.clock.now(), len(posts_in(office, main))
        alarm_unopened(office.work(session), DueCame("unopened", "k", 1, at, at, other.id))
    (alarm,) = posts_in(office, main)[before:]
    assert other.number in alarm


def test_a_failed_answer_is_not_tried_again_for_who_deleted_her_data(office: Office) -> None:
    """The words of both are gone, and so is the consent of one."""
    main, _other = _merged(office)
    office.writes("ratna", main, "/balas Halo")
    message = office.messages(main, "reply")[-1]
    office.taps("ratna", main, "reply_send", message_id=message.id)
    with office.database.transaction() as session:
        for row in office.rows("say"):
            if row.message_id == message.id:
                row.status = "failed"
                session.merge(row)
    _deletes_her_data(office, "DEWI")
    assert not office.taps("ratna", main, "reply_resend", message_id=message.id).alert
    again = [
        row.case_id for row in office.rows("say") if row.status == "queued" and row.message_id
    ]
    assert again == [main.id]


def _standing(office: Office) -> list[str]:
    return [text.text for text in office.posts_in(GROUP_CHAT).values()]


def _deletes_her_data(office: Office, name: str) -> None:
    with office.database.transaction() as session:
        known = (address_of(name),)
        reporter = find_reporter(session, office.vault, office.organisation_id, known)
        assert reporter is not None
        own_data.delete(office.work(session), reporter, "lane")


def _stands(office: Office, case: Case, thread: str) -> None:
    with office.database.transaction() as session:
        stored = session.get_one(Case, case.id)
        stored.chat_id, stored.thread_id = GROUP_CHAT, thread
        session.add(stored)
