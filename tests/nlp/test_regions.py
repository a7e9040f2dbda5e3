"""Which kabupaten or kota a typed place means, and its time zone."""

import tomllib

import pytest

from nlp.matching import match_region, region_of, timezone_of
from nlp.region_names import ALIASES_PATH
from nlp.regions import mentions


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("cikarang", "Kabupaten Bekasi"),
        ("Kab. Bekasi", "Kabupaten Bekasi"),
        ("kota bekasi", "Kota Bekasi"),
        ("bekasi kota", "Kota Bekasi"),
        ("cikarang barat kab bekasi jabar", "Kabupaten Bekasi"),
        ("jaktim", "Kota Administrasi Jakarta Timur"),
        ("TANGSEL", "Kota Tangerang Selatan"),
        ("solo", "Kota Surakarta"),
        ("ungaran", "Kabupaten Semarang"),
        ("semarang, ungaran", "Kabupaten Semarang"),
        ("labuhan batu", "Kabupaten Labuhanbatu"),
        ("gunung kidul", "Kabupaten Gunungkidul"),
        ("kobar", "Kabupaten Kotawaringin Barat"),
        ("morowali", "Kabupaten Morowali"),
        ("morowali utara", "Kabupaten Morowali Utara"),
        ("Pasar Minggu", "Kota Administrasi Jakarta Selatan"),
        ("banjar kalsel", "Kabupaten Banjar"),
        ("bandung barat", "Kabupaten Bandung Barat"),
        ("di daerah karawang", "Kabupaten Karawang"),
        ("padang sidempuan", "Kota Padangsidimpuan"),
        ("jl raya serang km 12 cikupa", "Kabupaten Tangerang"),
        ("jalan ahmad yani surabaya", "Kota Surabaya"),
        ("labuan bajo", "Kabupaten Manggarai Barat"),
        ("kec klari", "Kabupaten Karawang"),
    ],
)
def test_a_clear_place_is_understood(typed: str, name: str) -> None:
    """Everyday names, towns and districts lead to their kabupaten or kota."""
    match = match_region(typed)
    assert (match.decision, [r.name for r in match.candidates]) == ("certain", [name])


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("bekasi", ["Kab. Bekasi", "Kota Bekasi"]),
        ("tangerang", ["Kab. Tangerang", "Kota Tangerang"]),
        ("bogor jawa barat", ["Kab. Bogor", "Kota Bogor"]),
        ("jogja", ["Kab. Bantul", "Kab. Sleman", "Kota Yogyakarta"]),
        ("banjar", ["Kota Banjar", "Kab. Banjar"]),
        ("krawang", ["Kab. Karawang"]),
        ("jl raya narogong", ["Kab. Bogor", "Kota Bekasi"]),
    ],
)
def test_what_can_be_two_places_is_asked(typed: str, names: list[str]) -> None:
    """Kabupaten and Kota of one name are never guessed, nor a misspelt name."""
    match = match_region(typed)
    assert (match.decision, [r.short_name for r in match.candidates]) == ("choose", names)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "👍",
        "tidak tahu",
        "jawa barat",
        "asdfgh",
        "12345",
        "x" * 20_000,
        "jalan bandung no 5",
        "saya ga mau bilang",
        "nanti tanya mandor",
        "gang mawar",
    ],
)
def test_what_is_no_place_stays_unknown(typed: str) -> None:
    """A province alone, a shrug, noise: the question is asked again."""
    match = match_region(typed)
    assert (match.decision, match.candidates) == ("unknown", ())


def test_every_everyday_name_leads_to_a_real_region() -> None:
    """A wrong code in the alias file would send cases to nowhere."""
    aliases = tomllib.loads(ALIASES_PATH.read_text(encoding="utf-8"))
    names = aliases["names"] | aliases["sites"]
    wrong = {name: codes for name, codes in names.items() if not all(map(region_of, codes))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("32.16", "WIB"), ("11", "WIB"), ("61.71", "WIB"), ("62.01", "WIB"), ("63.72", "WITA"),
        ("51.71", "WITA"), ("73.71", "WITA"), ("76.01", "WITA"), ("81.71", "WIT"),
        ("94.04", "WIT"), ("96.71", "WIT"),
    ],
)  # fmt: skip
def test_the_time_zone_follows_the_province(code: str, zone: str) -> None:
    """Times are shown in the worker's own zone."""
    assert timezone_of(code) == zone


@pytest.mark.parametrize("code", ["", "99", "20.01", "1", "jakarta", "3216"])
def test_an_unknown_code_has_no_time_zone(code: str) -> None:
    """Better an error than a reminder at night."""
    with pytest.raises(ValueError, match="no Kemendagri region code"):
        timezone_of(code)


def test_everyday_words_are_no_places_unless_written_as_such() -> None:
    """Being attacked ("diserang") or unlucky ("malang") is no place."""
    found = mentions("nasib malang, di serang preman, di Serang, kab malang, kerja di cikarang")
    assert [m.match.candidates[0].short_name for m in found] == [
        "Kab. Serang",
        "Kab. Malang",
        "Kab. Bekasi",
    ]


@pytest.mark.parametrize(
    ("story", "names"),
    [
        ("mandor suruh lembur di kantor baru", []),
        ("pabrik di Muncar tutup", ["Kab. Banyuwangi"]),
        ("gudang daerah klari", ["Kab. Karawang"]),
        ("toko di kelapa gading", ["Kota Jakarta Utara"]),
        ("Proyek Bendungan Jati Agung", []),
        ("kantor di jalan bandung", []),
    ],
)
def test_a_district_in_a_story_must_be_written_as_one(story: str, names: list[str]) -> None:
    """There are districts called Mandor, Baru and Lembur."""
    found = [region.short_name for m in mentions(story) for region in m.match.candidates]
    assert found == names
