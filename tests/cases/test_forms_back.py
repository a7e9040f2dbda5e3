"""A step back in a form: the question before is asked again, and nothing answered is lost."""

import pytest

from bot.cases.appointments import upcoming
from bot.channels import Text
from storage.tables import Case
from tests.cases.office import Answer, Office
from tests.cases.test_confidential import SENSITIVE
from tests.databases import ON_SQLITE
from tests.outbox.scripted import GROUP_CHAT

pytestmark = ON_SQLITE

_BETWEEN = 10
"""Seconds between two answers: a group takes twenty posts and edits a minute."""


@pytest.fixture
def case(office: Office) -> Case:
    """A case that Joko handles; its card stands."""
    return _taken(office, office.opens())


def _taken(office: Office, case: Case) -> Case:
    office.taps("joko", case, "take")
    office.taps("joko", case, "to_stage", "ditangani")
    office.deliver()
    return case


def _presses(office: Office, label: str, who: str = "joko") -> Answer:
    answer = office.presses(who, label)
    office.deliver(_BETWEEN)
    return answer


def _types(office: Office, case: Case, text: str) -> None:
    office.writes("joko", case, text)
    office.deliver(_BETWEEN)


def _question(office: Office, form: str, field: str) -> Text:
    """The one post that asks this, with its buttons."""
    words = office.texts(f"officers.form.{form}.{field}")
    (found,) = [t for t in office.posts_in(GROUP_CHAT).values()
                if t.text.startswith(words) and t.choices]  # fmt: skip
    return found


def _labels(text: Text) -> list[str]:
    return [choice.label for choice in text.choices]


def _before(office: Office, words: str) -> str:
    return office.texts("officers.form.answered_before", text=f"<code>{words}</code>")


def _hidden_before(office: Office) -> str:
    where = office.texts("officers.form.in_private")
    return office.texts("officers.form.answered_before", text=where)


def test_a_closing_is_corrected_in_place(office: Office, case: Case) -> None:
    """She tapped the wrong outcome: without a way back she sends it, or begins anew."""
    _presses(office, "Tutup")
    assert "Kembali" not in _labels(_question(office, "to_selesai", "outcome"))
    posts = len(office.posts_in(GROUP_CHAT))
    _presses(office, "Tercapai")
    assert _labels(_question(office, "to_selesai", "sentence"))[-3:] == [
        "Lewati", "Kembali", "Batal",
    ]  # fmt: skip
    _presses(office, "Kembali")
    again = _question(office, "to_selesai", "outcome")
    assert _before(office, "Tercapai") in again.text
    assert not {"Kembali", "Tetap"} & set(_labels(again))
    assert len(office.posts_in(GROUP_CHAT)) == posts
    _presses(office, "Sebagian tercapai")
    _types(office, case, "Upah <separuh> masuk.")
    _presses(office, "Kembali")
    again = _question(office, "to_selesai", "sentence")
    assert _before(office, "Upah &lt;separuh&gt; masuk.") in again.text
    _presses(office, "Tetap")
    assert office.stored(case).status == "ditangani"
    _presses(office, "Kirim")
    stored = office.stored(case)
    assert (stored.status, stored.outcome) == ("selesai", "sebagian")
    office.deliver()
    assert "Upah <separuh> masuk." in office.heard()[-1]


def test_all_the_way_back_and_forth_keeps_every_answer(office: Office, case: Case) -> None:
    """Only what was wrong is typed again; days and hours are shown as people read them."""
    _types(office, case, "/janji")
    _presses(office, "Pertemuan")
    _types(office, case, "3 desember 2026")
    _types(office, case, "jam 9")
    _types(office, case, "Bawa slip gaji")
    for field, shown in (
        ("what", "Bawa slip gaji"), ("hour", "09.00"), ("on", "Kamis, 3 Desember 2026"),
        ("kind", "Pertemuan"),
    ):  # fmt: skip
        _presses(office, "Kembali")
        assert _before(office, shown) in _question(office, "appointment", field).text
    _presses(office, "Pertemuan")
    _types(office, case, "4 desember 2026")
    _presses(office, "Tetap")
    _presses(office, "Tetap")
    _presses(office, "Kirim")
    with office.database.reading() as session:
        work = office.work(session)
        (made,) = upcoming(work, office.stored(case))
        assert work.local(made.at) == "4 Des 09.00"


def test_a_question_that_was_not_asked_is_not_gone_back_to(office: Office, case: Case) -> None:
    """The hour of a meeting that was yesterday matters to nobody; a new day may ask for it."""
    office.taps("joko", case, "to_stage", "bipartit")
    _types(office, case, "kemarin")
    _question(office, "to_bipartit", "participants")
    _types(office, case, "kembali")
    _question(office, "to_bipartit", "meeting")
    _types(office, case, "3 desember 2026")
    _presses(office, "Lewati")
    _presses(office, "Kembali")
    asked = _question(office, "to_bipartit", "hour")
    assert office.texts("officers.form.skipped_before") in asked.text
    assert "Tetap" not in _labels(asked)


def test_before_the_first_question_there_is_nothing(office: Office, case: Case) -> None:
    """The word works everywhere; it must not be taken for the answer."""
    office.taps("joko", case, "to_stage", "mediasi")
    _types(office, case, "kembali")
    assert office.newest_in(GROUP_CHAT) == office.texts("officers.form.first")
    _types(office, case, "Disnaker Gresik")
    _question(office, "to_mediasi", "recorded")


def test_foreign_and_old_taps_on_kembali_change_nothing(office: Office, case: Case) -> None:
    """A thumb that is not hers, the same thumb twice, and one half an hour too late."""
    _presses(office, "Tutup")
    _presses(office, "Tercapai")
    posts = office.posts_in(GROUP_CHAT)
    assert _presses(office, "Kembali", "ratna").text == office.texts(
        "officers.refused.asked_another"
    )
    assert office.posts_in(GROUP_CHAT) == posts
    (post,) = [p for p, t in posts.items() if "Kembali" in _labels(t)]
    back = next(choice for choice in posts[post].choices if choice.label == "Kembali")
    assert not office.taps_payload("joko", back.id, post).alert
    assert office.taps_payload("joko", back.id, post).alert
    office.deliver()
    _question(office, "to_selesai", "outcome")
    _presses(office, "Tercapai")
    office.clock.advance(31 * 60)
    assert _presses(office, "Kembali").alert
    assert not any("Kembali" in _labels(t) for t in office.posts_in(GROUP_CHAT).values())


def test_what_is_for_her_alone_is_shown_again_in_private(office: Office) -> None:
    """Thirty people read the topic of a confidential case."""
    case = _taken(office, office.opens(SENSITIVE))
    office.taps("joko", case, "to_stage", "ditolak")
    _types(office, case, "KENARI bukan pekerja kami")
    _presses(office, "Kembali")
    assert "KENARI" not in office.in_the_group()
    assert "KENARI" in office.newest_in("joko")
    assert _hidden_before(office) in _question(
        office, "to_ditolak", "reason"
    ).text  # fmt: skip
    _presses(office, "Tetap")
    _question(office, "to_ditolak", "instead")
