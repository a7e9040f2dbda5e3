"""What officers and the reporter know better: kind, category, urgency, tags, each written down."""

from dataclasses import replace

import pytest
from sqlmodel import Session, col, select

from bot.cases import card
from bot.cases.correcting import MOST_TAGS
from bot.cases.labelling import Predicted
from bot.cases.opening import open_case
from bot.channels import Text
from bot.commands import Report
from bot.flows.knowledge import Candidate, Understanding
from storage.cases import case_by_id
from storage.tables import Case, Correction
from tests.cases.office import REPORT, Office

Row = tuple[str, int | None, str, str, str]
SAID = Understanding("pengaduan", "upah", (Candidate("upah", 0.7),), tags=("thr", "bonus_premi"))


def corrections(office: Office, case: Case) -> list[Row]:
    with office.database.reading() as session:
        rows = session.exec(
            select(Correction).where(Correction.case_id == case.id).order_by(col(Correction.id))
        )
        return [(row.actor, row.officer_id, row.field, row.before, row.after) for row in rows]


def shown(office: Office, case: Case) -> Text:
    with office.database.transaction() as session:
        return card.card(office.work(session), office.stored(case))


def tell(office: Office, report: Report, draft: Case | None = None, **how: bool) -> Case:
    """The reporter's intake makes a case, or completes the one that it began."""
    with office.database.transaction() as session:
        begun = _again(session, draft)
        return open_case(
            office.work(session), office.meet(session).person, "KB-AAAA-0007", report,
            complete=how.get("complete", False), predicted=Predicted("m", SAID), draft=begun,
        )  # fmt: skip


def _again(session: Session, draft: Case | None) -> Case | None:
    return case_by_id(session, draft.id or 0, lock=True) if draft else None


@pytest.mark.parametrize(
    ("action", "field", "before", "after"),
    [
        ("to_kind", "kind", "pengaduan", "pertanyaan"),
        ("to_category", "category", "upah", "fasilitas"),
        ("to_urgency", "urgency", "normal", "tinggi"),
    ],
)
def test_a_correction_says_who_when_from_what_to_what(
    office: Office, action: str, field: str, before: str, after: str
) -> None:
    """The next model learns from it, and the trail tells who decided."""
    case = office.opens()
    answer = office.taps("joko", case, action, after)
    labels = {"to_kind": "Pertanyaan", "to_category": "Fasilitas", "to_urgency": "Mendesak"}
    assert answer.text == office.texts(f"officers.done.{field}", value=labels[action])
    joko = office.officers["joko"].id
    assert corrections(office, case) == [("officer", joko, field, before, after)]
    event = office.trail(case)[-1]
    assert (event.what, event.officer_id, event.before, event.after) == (
        field, joko, before, after,
    )  # fmt: skip
    assert event.at == office.clock.now()
    assert getattr(office.stored(case), field) == after


def test_choosing_what_stands_there_already_is_no_correction(office: Office) -> None:
    """A tap that changes nothing teaches nothing."""
    case = office.opens()
    office.taps("joko", case, "to_kind", "pengaduan")
    assert corrections(office, case) == []


def test_the_card_offers_kind_and_tags_and_follows(office: Office) -> None:
    """What was corrected stands on the card at once."""
    case = office.opens(tags=("thr",))
    office.taps("joko", case, "more")
    office.deliver()
    labels = [choice.label for choice in office.telegram.sent[-1].text.choices]
    assert {"Jenis", "Kategori", "Urgensi", "Label"} < set(labels)
    office.taps("joko", case, "to_kind", "aspirasi")
    office.taps("joko", case, "set_tag", "slip_gaji")
    office.deliver(61)
    assert "Aspirasi · <b>Upah</b>" in office.standing_in_the_group()
    assert "Label: THR, slip gaji" in office.standing_in_the_group()


def test_tags_are_offered_the_likeliest_first(office: Office) -> None:
    """First what it has, then what the classifier saw, then what belongs to the category."""
    case = tell(office, replace(REPORT, tags=("slip_gaji",)), complete=True)
    office.taps("joko", case, "tags")
    office.deliver()
    labels = [choice.label for choice in office.telegram.sent[-1].text.choices]
    assert labels[:3] == ["✓ slip gaji", "THR", "bonus atau premi"]
    assert "potongan upah" in labels
    assert "paklaring" not in labels
    assert labels[-2:] == ["Semua label", "Selesai"]


def test_several_taps_change_several_tags_on_one_post(office: Office) -> None:
    """Five taps must not make five posts."""
    case = office.opens(tags=("thr",))
    office.taps("joko", case, "tags")
    office.deliver()
    post = office.telegram.sent[-1]
    sent = len(office.telegram.sent)

    def tap(label: str) -> list[str]:
        now = [text for id_, text in office.telegram.edits if id_ == post.id] or [post.text]
        payload = next(choice.id for choice in now[-1].choices if choice.label == label)
        assert not office.taps_payload("joko", payload, post.id).alert
        office.deliver(61)
        edited = [text for id_, text in office.telegram.edits if id_ == post.id]
        return [choice.label for choice in edited[-1].choices]

    assert "✓ slip gaji" in tap("slip gaji")
    assert "✓ THR" not in tap("✓ THR")
    assert office.stored(case).tags == "slip_gaji"
    assert "✓ paklaring" not in tap("Semua label")
    assert "✓ paklaring" in tap("paklaring")
    assert tap("Selesai") == []
    assert len(office.telegram.sent) == sent
    assert "Label kasus ini: slip gaji, paklaring" in office.standing_in_the_group()
    joko = office.officers["joko"].id
    assert corrections(office, case) == [
        ("officer", joko, "tags", "thr", "thr,slip_gaji"),
        ("officer", joko, "tags", "thr,slip_gaji", "slip_gaji"),
        ("officer", joko, "tags", "slip_gaji", "slip_gaji,paklaring"),
    ]


def test_a_double_tap_on_a_tag_sets_it_once(office: Office) -> None:
    """A button says what it does, not the opposite of what is."""
    case = office.opens()
    for _ in range(2):
        office.taps("joko", case, "set_tag", "thr")
    assert office.stored(case).tags == "thr"
    assert len(corrections(office, case)) == 1


def test_more_tags_than_fit_are_refused(office: Office) -> None:
    """A case with every tag says nothing, and the trail has room for so many."""
    tags = sorted(office.taxonomy.tags, key=len, reverse=True)
    assert len(",".join(tags[:MOST_TAGS])) <= 200
    calm = [tag for tag in tags if "k" not in tag][: MOST_TAGS + 1]
    case = office.opens()
    for tag in calm[:-1]:
        assert not office.taps("joko", case, "set_tag", tag).alert
    refused = office.taps("joko", case, "set_tag", calm[-1])
    assert refused.text == office.texts("cases.refused.tags", most=MOST_TAGS)
    assert len(office.stored(case).tags.split(",")) == MOST_TAGS


def test_a_tag_of_violence_makes_the_case_confidential(office: Office) -> None:
    """What an officer recognises late must leave the group as well."""
    case = office.opens()
    office.taps("joko", case, "tags")
    office.deliver()
    post = office.telegram.sent[-1].id
    office.taps("joko", case, "set_tag", "kekerasan_seksual")
    office.deliver(61)
    assert office.stored(case).sensitive
    assert post in office.telegram.deleted
    assert "kekerasan" not in office.standing_in_the_group()


def test_the_tags_of_a_confidential_case_do_not_stand_in_the_group(office: Office) -> None:
    """A tag tells what happened."""
    case = office.opens(category="pelecehan_kekerasan", tags=("kekerasan_seksual",))
    assert "Label" not in [choice.label for choice in shown(office, case).choices]
    for action, value in (("tags", ""), ("all_tags", ""), ("set_tag", "thr"), ("tags_done", "")):
        answer = office.taps("ratna", case, action, value)
        assert answer.text == office.texts("cases.refused.secret_tags")
    office.writes("ratna", case, "/label")
    office.deliver()
    assert "kekerasan" not in office.in_the_group()


def test_tags_of_another_category_than_the_offered_one_are_not_set(office: Office) -> None:
    """A list that was made for wages does not fit an accident."""
    case = office.opens()
    office.taps("joko", case, "tags")
    office.deliver()
    thr = next(c.id for c in office.telegram.sent[-1].text.choices if c.label == "THR")
    office.taps("ratna", case, "to_category", "k3")
    answer = office.taps_payload("joko", thr)
    assert answer.text == office.texts("officers.refused.old_button")
    assert office.stored(case).tags == ""


def test_what_an_officer_corrected_stays_while_she_goes_on_telling(office: Office) -> None:
    """In an emergency officers work on the case while its intake still runs."""
    draft = tell(office, replace(REPORT, tags=("thr",)))
    office.taps("joko", draft, "to_category", "k3")
    office.taps("joko", draft, "to_urgency", "darurat")
    case = tell(office, replace(REPORT, tags=("slip_gaji",)), draft, complete=True)
    stored = office.stored(case)
    assert (stored.category, stored.urgency, stored.tags) == ("k3", "darurat", "slip_gaji")


def test_a_category_that_the_reporter_chose_is_a_correction_of_the_guess(office: Office) -> None:
    """In a story told at once, and in one that officers saw growing."""
    chosen = replace(REPORT, category="fasilitas", confirmed=True)
    fresh = tell(office, chosen, complete=True)
    assert corrections(office, fresh) == [("reporter", None, "category", "upah", "fasilitas")]


def test_a_category_chosen_late_in_the_review_is_stored_once(office: Office) -> None:
    """The same answer comes again with every further one."""
    draft = tell(office, REPORT)
    chosen = replace(REPORT, category="fasilitas", confirmed=True)
    tell(office, chosen, draft)
    case = tell(office, chosen, draft, complete=True)
    assert corrections(office, case) == [("reporter", None, "category", "upah", "fasilitas")]


def test_a_guess_that_changes_with_the_story_is_no_correction(office: Office) -> None:
    """Nobody chose it."""
    draft = tell(office, REPORT)
    case = tell(office, replace(REPORT, category="fasilitas"), draft, complete=True)
    assert corrections(office, case) == []
