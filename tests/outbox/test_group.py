"""The officers' group: topics, cards that live, files that come late, groups without topics."""

from dataclasses import replace

from bot.channels import (
    ContentRejected,
    NotAllowed,
    OutcomeUnknown,
    TargetGone,
    TopicGone,
    TryLater,
)
from bot.commands import Choice
from bot.outbox.queue import DANGER
from storage.tables import Attachment, Case
from tests.outbox.scripted import Desk
from tests.storage.rows import NOW


def _show_card(desk: Desk) -> None:
    with desk.writing() as write:
        write.show_card(desk.case)
    desk.deliver()


def _post(desk: Desk, text: str) -> None:
    with desk.writing() as write:
        write.post(desk.case, text)
    desk.deliver()


def test_a_case_gets_one_topic_with_its_card_pinned_on_top(desk: Desk) -> None:
    """One topic a case is how officers find their way."""
    _show_card(desk)
    _post(desk, "cerita")
    assert list(desk.telegram.topics) == ["t1"]
    assert [sent.place.thread for sent in desk.telegram.sent] == ["t1", "t1"]
    assert desk.telegram.pinned == ["m1"]
    case = desk.stored_case()
    assert (case.thread_id, case.card_id, case.topic_state) == ("t1", "m1", "open")


def test_ten_changes_make_one_edit_of_the_same_card(desk: Desk) -> None:
    """The group takes 20 messages a minute, and nobody reads ten cards."""
    _show_card(desk)
    with desk.writing() as write:
        for _ in range(10):
            write.show_card(desk.case)
    desk.deliver()
    assert [post for post, _ in desk.telegram.edits] == ["m1"]
    assert len(desk.telegram.sent) == 1


def test_a_waiting_card_becomes_urgent_with_its_case(desk: Desk) -> None:
    """A card merged into a waiting one must not lose its place in front."""
    with desk.writing() as write:
        write.show_card(desk.case)
        write.show_card(desk.case, priority=DANGER)
        write.show_card(desk.case)
    assert [row.priority for row in desk.rows("card")] == [DANGER]


def test_an_alarm_does_not_wait_behind_announcements(desk: Desk) -> None:
    """Danger first, also in a group that is busy."""
    with desk.writing() as write:
        for number in range(40):
            write.announce(f"umum {number}")
    desk.deliver()
    with desk.writing() as write:
        write.announce("DARURAT", priority=DANGER)
    desk.deliver(60.5)
    assert "DARURAT" in [sent.text.text for sent in desk.telegram.sent][20:22]


def test_a_card_that_somebody_deleted_is_shown_anew(desk: Desk) -> None:
    """Officers may delete a message; the case must stay visible."""
    _show_card(desk)
    desk.telegram.troubles["edit_text"] = [TargetGone("x")]
    _show_card(desk)
    assert desk.stored_case().card_id == "m2"
    _show_card(desk)
    assert desk.telegram.edits[-1][0] == "m2"


def test_a_deleted_topic_is_made_again_with_its_card(desk: Desk) -> None:
    """A slip of a finger must not swallow what the reporter writes next."""
    _show_card(desk)
    for trouble in ("send_text", "edit_topic"):
        before = len(desk.telegram.topics)
        desk.telegram.troubles[trouble] = [TopicGone("x")]
        with desk.writing() as write:
            write.post(desk.case, "baru") if trouble == "send_text" else write.set_topic(desk.case)
        desk.deliver()
        newest = f"t{before + 1}"
        case = desk.stored_case()
        assert case.thread_id == newest
        shown = [sent.id for sent in desk.telegram.sent if sent.place.thread == newest]
        assert shown[0] == case.card_id


def test_without_topics_everything_hangs_on_the_card(desk: Desk) -> None:
    """Not every union turns topics on."""
    desk.telegram.troubles["open_topic"] = [NotAllowed("not_a_forum")] * 9
    _show_card(desk)
    _post(desk, "satu")
    _post(desk, "dua")
    card, one, two = desk.telegram.sent
    assert (card.place.thread, card.text.reply_to) == ("", "")
    assert one.text.reply_to == two.text.reply_to == card.id
    assert len(desk.telegram.calls) - desk.telegram.calls.count("open_topic") == 4
    _show_card(desk)
    assert desk.telegram.edits[-1][0] == card.id


def test_the_answered_message_is_gone_and_the_words_come_all_the_same(desk: Desk) -> None:
    """Without topics the card may have been deleted."""
    desk.telegram.troubles["open_topic"] = [NotAllowed("not_a_forum")]
    _show_card(desk)
    desk.telegram.troubles["send_text"] = [TargetGone("x")]
    _post(desk, "satu")
    assert (desk.telegram.sent[-1].text.text, desk.telegram.sent[-1].text.reply_to) == ("satu", "")


def _file(desk: Desk, state: str) -> Attachment:
    with desk.database.transaction() as session:
        row = Attachment(
            key="1.0", organisation_id=desk.organisation_id, case_id=desk.case.id,
            channel="whatsapp", kind="photo", state=state, due_at=NOW, created_at=NOW,
            sealed=desk.vault.seal_json({"reference": "r", "name": "slip.jpg"}, "attachments"),
        )  # fmt: skip
        session.add(row)
    return row


def _file_before(desk: Desk, words: str) -> Attachment:
    """A file that is still fetched stands in the outbox before these words."""
    row = _file(desk, "pending")
    with desk.writing() as write:
        write.show_card(desk.case)
        write.post_file(desk.case, row.id or 0, "slip")
        write.post(desk.case, words)
    desk.deliver()
    return row


def _arrives(desk: Desk, row: Attachment) -> None:
    with desk.database.transaction() as session:
        stored = session.get_one(Attachment, row.id)
        stored.state, (stored.path, _) = "stored", desk.evidence.keep(b"isi")
        session.add(stored)


def test_a_file_that_is_fetched_for_long_lets_others_go_ahead(desk: Desk) -> None:
    """Order is worth some seconds; then the story must be read, the photo may follow."""
    row = _file_before(desk, "cerita")
    assert len(desk.telegram.sent) == 1
    desk.deliver(11)
    desk.deliver()
    assert [sent.text.text for sent in desk.telegram.sent][1:] == ["cerita"]
    _arrives(desk, row)
    desk.deliver(5)
    file = desk.telegram.sent[-1].file
    assert file is not None
    assert (file.content, file.file_name) == (b"isi", "slip.jpg")


def test_a_file_that_is_there_soon_keeps_its_place(desk: Desk) -> None:
    """A photo before the words that speak of it reads as she sent it."""
    row = _file_before(desk, "yang tadi itu slip saya")
    _arrives(desk, row)
    desk.deliver(1)
    assert [sent.text.text for sent in desk.telegram.sent][1:] == [
        "slip", "yang tadi itu slip saya",
    ]  # fmt: skip


def test_a_file_never_makes_a_second_topic(desk: Desk) -> None:
    """File and card leave side by side; the card makes the topic."""
    row = _file(desk, "failed")
    with desk.writing() as write:
        write.post_file(desk.case, row.id or 0, "foto gagal")
        write.show_card(desk.case)
    desk.deliver()
    desk.deliver(2)
    assert list(desk.telegram.topics) == ["t1"]
    assert desk.telegram.sent[-1].text.text == "foto gagal"


def test_a_topic_is_not_made_twice_when_the_first_post_fails(desk: Desk) -> None:
    """The place of a card is remembered as soon as it stands."""
    desk.telegram.troubles["send_text"] = [None, OutcomeUnknown("x")]
    _post(desk, "cerita")
    desk.deliver(3)
    assert list(desk.telegram.topics) == ["t1"]
    assert [sent.text.text for sent in desk.telegram.sent][-1] == "cerita"


def test_a_topic_is_not_made_twice_when_its_card_fails(desk: Desk) -> None:
    """Officers would see an empty topic beside each case after every hiccup."""
    desk.telegram.troubles["send_text"] = [TryLater("x")]
    _show_card(desk)
    desk.deliver(3)
    assert list(desk.telegram.topics) == ["t1"]
    case = desk.stored_case()
    assert (case.thread_id, case.card_id) == ("t1", "m1")


def test_a_post_that_is_refused_as_it_stands_is_shown_as_bare_words(desk: Desk) -> None:
    """A slip in the form must not swallow what the reporter wrote."""
    _show_card(desk)
    desk.telegram.troubles["send_text"] = [ContentRejected("button_data")]
    _post(desk, "<b>Sri</b>: upah &lt; UMK")
    shown = desk.telegram.sent[-1].text
    assert (shown.text, shown.html, shown.choices) == ("Sri: upah < UMK", False, ())
    assert desk.row("post").status == "sent"


def test_a_post_of_a_case_that_is_gone_is_left_out(desk: Desk) -> None:
    """Nothing to show is no failure."""
    with desk.writing() as write:
        write.post(Case(id=None, **_nobody(desk)), "kosong")
    desk.deliver()
    assert desk.row("post").status == "sent"
    assert desk.telegram.sent == []


def _nobody(desk: Desk) -> dict[str, object]:
    return {"organisation_id": desk.organisation_id, "number": "KB-0000-0000"}


def test_officers_get_buttons_however_many_there_are(desk: Desk) -> None:
    """A number that an officer types is a note: fourteen categories must stay buttons."""
    desk.telegram.capabilities = replace(desk.telegram.capabilities, buttons=8)
    choices = tuple(Choice(f"o:{number}", f"Kategori {number}") for number in range(14))
    with desk.writing() as write:
        write.show_card(desk.case)
        write.post(desk.case, "Kategori?", choices=choices)
        write.announce("Siapa?", choices=choices)
        write.whisper("ratna", "Siapa?", choices=choices)
    desk.deliver()
    assert [len(sent.text.choices) for sent in desk.telegram.sent].count(14) == 3
