"""Which known company a typed name means."""

import pytest

from nlp.matching import index_companies, match_company

KNOWN = index_companies(
    [
        "PT Sumber Makmur Garmindo",
        "PT. Anugerah Sepatu Jaya Tbk",
        "CV Karya Abadi",
        "PT Sawit Lestari Unit 1",
        "PT Indah Kain Nusantara",
        "PT Indah Kayu Nusantara",
    ]
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pt sumber makmur garmindo", "PT Sumber Makmur Garmindo"),
        ("Sumber Makmur Garmindo, PT.", "PT Sumber Makmur Garmindo"),
        ("pabrik sumber makmur garmindo", "PT Sumber Makmur Garmindo"),
        ("P.T. ANUGERAH SEPATU JAYA", "PT. Anugerah Sepatu Jaya Tbk"),
        ("anugrah sepatu jaya", "PT. Anugerah Sepatu Jaya Tbk"),
        ("karya\u200b abadi", "CV Karya Abadi"),
    ],
)
def test_a_sure_name_is_preselected(typed: str, meant: str) -> None:
    """Legal form, capitals, punctuation and a typo do not make another company."""
    match = match_company(typed, KNOWN)
    assert (match.decision, match.candidates[0].name) == ("preselected", meant)


def test_two_alike_names_are_asked() -> None:
    """Less than five points apart: the worker chooses."""
    match = match_company("indah kaiu nusantara", KNOWN)
    assert match.decision == "choose"
    assert {c.name for c in match.candidates[:2]} == {
        "PT Indah Kain Nusantara",
        "PT Indah Kayu Nusantara",
    }


def test_another_unit_number_is_never_preselected() -> None:
    """Unit 2 is not unit 1, however alike the names are."""
    assert match_company("PT Sawit Lestari Unit 2", KNOWN).decision == "choose"


def test_a_half_known_name_is_offered_with_at_most_three_choices() -> None:
    """Between 75 and 92 the list is shown."""
    match = match_company("sumber makmur garmen", KNOWN)
    assert match.decision == "choose"
    assert 1 <= len(match.candidates) <= 3
    assert all(75 <= c.score < 92 for c in match.candidates)


@pytest.mark.parametrize("typed", ["PT Roda Kencana Mandiri", "", "👍", "pt", "x" * 20_000])
def test_an_unknown_name_is_new(typed: str) -> None:
    """Nothing alike: no candidate is pressed on anybody."""
    match = match_company(typed, KNOWN)
    assert (match.decision, match.candidates) == ("new", ())


def test_plain_names_work_and_positions_lead_back_to_the_list() -> None:
    """The caller maps a candidate to its own record."""
    match = match_company("karya abadi", ["PT Lain Sekali", "CV Karya Abadi"])
    assert match.candidates[0].position == 1


def test_an_empty_list_makes_every_name_new() -> None:
    """The first worker of a new union."""
    assert match_company("PT Maju", []).decision == "new"
