"""Someone may be in danger: numbers first, officers next, questions last, and only once."""

import pytest

from bot.commands import AddToCase, OpenCase, PageOfficers, Reply
from bot.flows.alarm import watch_for_danger
from bot.flows.knowledge import Understanding
from bot.flows.script import State
from tests.flows.beginnings import STORY, agreed
from tests.flows.chat import Chat, knowledge

DANGER = "tolong teman saya kejepit mesin darahnya banyak"


def kinds(chat: Chat, since: int = 0) -> list[str]:
    return [type(order).__name__ for order in chat.commands[since:]]


def test_danger_pages_the_officers_before_any_further_question() -> None:
    """Help must not wait for an answer."""
    chat = Chat(consented=True)
    chat.say("halo")
    begun = len(chat.commands)
    (numbers,) = chat.say(DANGER)
    assert "110" in numbers.text
    assert "119" in numbers.text
    assert kinds(chat, begun)[:3] == ["Reply", "OpenCase", "PageOfficers"]
    assert chat.ordered(OpenCase)[0].complete is False
    assert chat.ordered(OpenCase)[0].report.urgency == "darurat"


def test_the_page_names_the_case_and_the_expressions() -> None:
    """The officer on duty sees why the alarm rang."""
    chat = Chat(consented=True)
    chat.say(DANGER)
    (page,) = chat.ordered(PageOfficers)
    assert (page.reason, page.number) == ("darurat", "KB-0000-0001")
    assert page.triggers != ()


def test_before_consent_there_is_help_but_no_case() -> None:
    """A life comes before a form, and consent before a file."""
    chat = Chat()
    numbers, consent = chat.say(DANGER)
    assert "119" in numbers.text
    assert [choice.label for choice in consent.choices] == ["Setuju", "Tidak"]
    assert chat.ordered(OpenCase) == []
    assert [page.number for page in chat.ordered(PageOfficers)] == [""]


def test_the_case_is_opened_as_soon_as_she_agrees() -> None:
    """Officers are already on their feet."""
    chat = Chat()
    chat.say(DANGER)
    chat.tap("Setuju")
    assert [order.complete for order in chat.ordered(OpenCase)] == [False]
    assert len(chat.ordered(PageOfficers)) == 1


def test_the_alarm_rings_once() -> None:
    """Ten frightened messages are one emergency."""
    chat = Chat(consented=True)
    for _ in range(3):
        chat.say(DANGER)
    assert len(chat.ordered(PageOfficers)) == 1
    assert len(chat.ordered(Reply)) == 1


def test_a_burst_that_only_together_tells_of_danger_raises_the_alarm() -> None:
    """People write in pieces."""
    chat = Chat(consented=True)
    chat.say("teman saya tangannya")
    chat.say("kejepit mesin")
    assert len(chat.ordered(PageOfficers)) == 1


def test_only_where_and_how_are_asked() -> None:
    """Everything else can wait."""
    chat = Chat(consented=True)
    chat.say(DANGER)
    asked = [chat.hush(), chat.say("gudang 3 cikarang"), chat.say("chat aja")]
    steps = [replies[0].text.split("?")[0] for replies in asked]
    assert steps[0] == "Di mana kejadiannya"
    assert steps[1] == "Bagaimana petugas bisa menghubungi Anda dengan aman"
    assert [choice.label for choice in asked[2][0].choices] == ["Kirim sekarang", "Lengkapi"]


def test_officers_get_each_answer_at_once() -> None:
    """She may never reach the end."""
    chat = Chat(consented=True)
    chat.say(DANGER)
    chat.hush()
    chat.say("PT Sinar Abadi gerbang belakang")
    latest = chat.ordered(OpenCase)[-1]
    assert (latest.complete, latest.report.workplace) == (
        False,
        "PT Sinar Abadi gerbang belakang",
    )


def test_danger_told_at_a_later_question_leads_to_where() -> None:
    """It can happen while she is writing."""
    chat = agreed()
    chat.say("sebentar min ada kebakaran di pabrik sekarang")
    assert chat.state is not None
    assert chat.state.step == "where"
    assert "kebakaran" in chat.ordered(OpenCase)[-1].report.parts[-1].text
    assert len(chat.ordered(PageOfficers)) == 1
    assert chat.ordered(OpenCase)[-1].complete is False


def test_danger_in_an_edited_message_is_seen() -> None:
    """A correction can be the worst news."""
    chat = Chat(consented=True)
    chat.say(STORY)
    chat.receive(text=DANGER, edits="m1")
    assert len(chat.ordered(PageOfficers)) == 1


def test_danger_in_a_follow_up_names_the_case() -> None:
    """An old case can catch fire."""
    chat = Chat(consented=True)
    chat.say("usul min semoga mess dikasih kipas")
    chat.hush()
    chat.tap("Kirim")
    begun = len(chat.commands)
    chat.say("ada kebakaran di mess sekarang tolong")
    assert kinds(chat, begun)[:3] == ["AddToCase", "Reply", "PageOfficers"]
    assert chat.ordered(PageOfficers)[-1].number == "KB-0000-0001"
    assert chat.ordered(AddToCase)[-1].number == "KB-0000-0001"


def test_a_question_about_danger_becomes_a_complaint() -> None:
    """Nobody in danger is read the law."""
    chat = Chat(consented=True)
    chat.say(f"bagaimana ini min {DANGER}")
    assert chat.ordered(OpenCase)[-1].report.kind == "pengaduan"


def test_cancelling_keeps_what_officers_already_have() -> None:
    """An alarm cannot be unrung by a slip of the thumb."""
    chat = Chat(consented=True)
    chat.say(DANGER)
    chat.hush()
    chat.say("batal")
    (last,) = chat.tap("Ya, hapus")
    assert "KB-0000-0001" in last.text


def test_the_numbers_for_violence_stand_under_those_for_everybody() -> None:
    """Whom to call depends on what happened."""
    chat = Chat(consented=True)
    (numbers,) = chat.say("saya dipukul mandor sekarang lagi dipukul terus tolong")
    lines = numbers.text.splitlines()
    assert [line.split(":")[0] for line in lines if line[:1].isdigit()] == [
        *("112", "110", "119"),
        *(h.number for h in _for("pelecehan_kekerasan")),
    ]


def test_who_speaks_of_ending_her_life_reads_first_who_listens() -> None:
    """A list that begins with the police is no comfort."""
    chat = Chat(consented=True)
    (numbers,) = chat.say("min saya sudah tidak kuat hidup, pengen bunuh diri aja")
    lines = numbers.text.splitlines()
    assert lines[0] == "Terima kasih sudah cerita. Anda tidak sendirian."
    assert next(line for line in lines if line[:1].isdigit()).startswith("119 ext 8:")
    assert "Cari tempat" not in numbers.text


def test_who_speaks_of_ending_her_life_is_not_asked_where() -> None:
    """It is no place that has to be found."""
    chat = Chat(consented=True)
    chat.say("min saya sudah tidak kuat hidup, pengen bunuh diri aja")
    (asked,) = chat.hush()
    assert asked.text.startswith("Bagaimana petugas bisa menghubungi Anda dengan aman?")


def test_the_number_of_listeners_is_not_for_who_is_threatened() -> None:
    """A threat by others is a matter for the police."""
    chat = Chat(consented=True)
    (numbers,) = chat.say("tolong saya diancam mau dibunuh preman sekarang")
    assert "119 ext 8" not in numbers.text
    assert "Cari tempat yang aman dulu, ya." in numbers.text


def test_an_injury_is_not_sent_to_a_safe_place() -> None:
    """Someone caught in a machine cannot walk away."""
    chat = Chat(consented=True)
    (numbers,) = chat.say(DANGER)
    assert "Cari tempat" not in numbers.text


def test_a_survivor_in_danger_reads_once_that_it_is_not_her_fault() -> None:
    """Nobody is asked "where?" before a warm word."""
    chat = Chat(consented=True)
    chat.say("saya diperkosa mandor barusan di gudang")
    (first,) = chat.hush()
    assert first.text.startswith("Terima kasih sudah berani cerita. Ini bukan salah Anda")
    assert "Di mana kejadiannya?" in first.text
    chat.say("gudang 3 cikarang")
    chat.say("chat aja")
    chat.tap("Lengkapi")
    said = [reply.text for reply in chat.ordered(Reply)]
    assert sum("bukan salah Anda" in text for text in said) == 1


def at_urgent() -> Chat:
    chat = Chat(consented=True)
    chat.say(DANGER)
    chat.hush()
    chat.say("gudang 3 cikarang")
    chat.say("chat aja")
    return chat


@pytest.mark.parametrize(
    "text", ["tolong kirim ambulans sekarang", "dia tidak bangun bangun", "cepat pak"]
)
def test_whatever_is_written_in_danger_reaches_the_officers_at_once(text: str) -> None:
    """Nobody in danger is told to pick one of two."""
    chat = at_urgent()
    for _ in range(3):
        assert chat.say(text) == []
        assert chat.ordered(OpenCase)[-1].report.parts[-1].text == text
        assert chat.ordered(OpenCase)[-1].complete is False
        (heard,) = chat.hush()
        assert heard.text.startswith("Sudah kami teruskan ke petugas.")
        assert "Pilih salah satu" not in heard.text


@pytest.mark.parametrize(("kind", "alarms"), [("pertanyaan", 0), ("pengaduan", 1)])
def test_a_line_to_an_open_case_is_an_alarm_only_as_a_complaint(kind: str, alarms: int) -> None:
    """The classifier learned from whole stories, not from "kak maaf baru buka hp"."""
    read = Understanding(kind=kind, category="lainnya", urgency="darurat")
    known = knowledge(understand=lambda _text: read)
    state = State("follow_up", 1, "listening")
    _, orders = watch_for_danger(state, known, "kak maaf baru buka hp")
    assert sum(isinstance(order, PageOfficers) for order in orders) == alarms


def _for(category: str) -> list:
    taxonomy = knowledge().taxonomy
    return [h for h in taxonomy.hotlines_for(category) if h.categories and not h.emergency]
