"""What a story already says: sure findings only, with their place in the text."""

from datetime import date

import pytest

from nlp.extraction import extract

TODAY = date(2026, 11, 21)  # a Saturday
KNOWN = ["PT Sumber Makmur Garmindo", "PT Anugerah Sepatu Jaya", "CV Karya Abadi"]


def test_a_full_story_leaves_nothing_to_ask() -> None:
    """Each finding carries the reporter's words and where they stand."""
    story = (
        "Saya kerja di PT Sumber Makmur Garmindo di Cikarang, sejak lebaran lembur belum "
        "dibayar Rp 1.500.000, kami berlima."
    )
    found = extract(story, KNOWN, TODAY)
    assert found.workplace is not None
    assert found.place is not None
    assert found.when is not None
    assert found.people is not None
    for part in (found.workplace, found.place, found.when, found.people, *found.money):
        assert story[part.start : part.end] == part.words
    assert found.workplace.match.candidates[0].name == "PT Sumber Makmur Garmindo"
    assert found.place.match.candidates[0].code == "32.16"
    assert (found.when.words, found.when.on) == ("sejak lebaran", None)
    assert found.people.count == 5
    assert [m.rupiah for m in found.money] == [1_500_000]


@pytest.mark.parametrize(
    "story",
    [
        "",
        "👍",
        "\u200b",
        "12345",
        "HELLO MY BOSS DID NOT PAY ME",
        "gaji saya kurang terus, tolong dibantu",
        "x" * 20_000,
        "di pt " * 3_000,
        "PT",
        "tanggal 99/99/2026",
    ],
)
def test_a_story_without_facts_gives_none(story: str) -> None:
    """Everything is asked; nothing breaks."""
    found = extract(story, KNOWN, TODAY)
    assert (found.workplace, found.place, found.when, found.people) == (None, None, None, None)
    assert found.money == ()


@pytest.mark.parametrize(
    ("story", "words"),
    [
        ("di pt anugerah sepatu jaya gaji telat", "pt anugerah sepatu jaya"),
        ("kerja di karya abadi mesin rusak", "karya abadi"),
        ("Pabrik sepatu PT Langkah Puspa mau pindah", "PT Langkah Puspa"),
        ("kami guru Yayasan Cendekia Harapan, Pontianak", "Yayasan Cendekia Harapan"),
        ("LEMBUR DI CV KARYA ABADI TIDAK DIBAYAR", "KARYA ABADI"),
        ("LEMBUR DI PT ENTAH SIAPA TIDAK DIBAYAR", None),
        ("saya dari PT Sinar Terang, suami di PT Maju Jaya", None),
        ("kontrakan dari PT atapnya bocor", None),
        ("kerja di pabrik sepatu", None),
        ("pabrik Cikarang tutup", None),
        ("kerja di pt itu sudah lama", None),
        ("kebun Selasa lalu banjir", None),
        ("kerja di pt melati bagian jahit", "pt melati"),
        ("di cv sumber rejeki bagian packing", "cv sumber rejeki"),
        ("di pt nikomas gemilang serang telat gajian", "pt nikomas gemilang"),
        ("pt kencana ungu semarang tutup", "pt kencana ungu"),
        ("di toko sinar jaya tidak ada libur", "toko sinar jaya"),
        ("saya dipindah ke pt lain", None),
        ("hrd pt gajinya besar", None),
        ("di pt sepatu daerah tangerang", None),
        ("kerja di hotel bintang 5", None),
        ("kerja di hotel Senggigi", None),
    ],
)
def test_only_a_named_employer_counts(story: str, words: str | None) -> None:
    """A kind of workplace, two employers or a half sentence is no name."""
    found = extract(story, KNOWN, TODAY).workplace
    assert (found.words if found else None) == words


@pytest.mark.parametrize(
    ("story", "decision"),
    [
        ("pabrik kami di Ungaran tutup", "certain"),
        ("kerja di gudang daerah cikarang", "certain"),
        ("rumah saya di Bogor, pabrik di Karawang", "certain"),
        ("pabrik sepatu di bekasi", "choose"),
        ("saya tinggal di Karawang", None),
        ("kami dari Brebes", None),
        ("pabrik di Karawang dan pabrik di Subang", None),
        ("pabrik diserang preman", None),
        ("dirawat di RS Karawang", None),
        ("pabrik sodara saya di Purwakarta enak", None),
    ],
)
def test_only_the_place_of_work_counts(story: str, decision: str | None) -> None:
    """Home, hospital and origin are other places; two workplaces are asked."""
    found = extract(story, KNOWN, TODAY).place
    assert (found.match.decision if found else None) == decision


@pytest.mark.parametrize(
    ("story", "words", "on"),
    [
        ("saya di-PHK tgl 5 maret 2026", "tgl 5 maret 2026", date(2026, 3, 5)),
        ("jatuh 9 Desember", "9 Desember", date(2025, 12, 9)),
        ("31/10/2026 dipecat", "31/10/2026", date(2026, 10, 31)),
        ("Pada tanggal 3 bulan ini surat datang", "Pada tanggal 3 bulan ini", date(2026, 11, 3)),
        ("sejak tgl 28 dirumahkan", "sejak tgl 28", date(2026, 10, 28)),
        ("kemarin siang jatuh", "kemarin siang", date(2026, 11, 20)),
        ("kejadian kemarin lusa", "kemarin lusa", date(2026, 11, 19)),
        ("hari senin kemarin dipanggil", "hari senin kemarin", date(2026, 11, 16)),
        ("dua hari lalu dipukul", "dua hari lalu", date(2026, 11, 19)),
        ("tadi pagi diusir", "tadi pagi", date(2026, 11, 21)),
        ("Kemarin mandor marah", "Kemarin", None),
        ("dirumahkan sejak bulan lalu", "sejak bulan lalu", None),
        ("3 bulan gaji belum turun", "3 bulan", None),
        ("gaji telat 2 minggu", "telat 2 minggu", None),
        ("gaji saya 2 bulan belum dibayar", "2 bulan", None),
        ("dipegang2 kalo sepi, udah dari bulan puasa", "dari bulan puasa", None),
        ("dilecehkan udah dari bulan puasa", "dari bulan puasa", None),
        ("sudah keluar 4 bulan lalu, ijazah masih ditahan", "4 bulan lalu", None),
        ("toilet mampet 5 bulan", "mampet 5 bulan", None),
        ("gaji kosong dari maret", "dari maret", None),
        ("upah dicicil sejak ramadan", "sejak ramadan", None),
        ("kami belum gajian dari maret", "dari maret", None),
        ("nunggak iuran 19 bulan", "nunggak iuran 19 bulan", None),
        ("udah 2 thn ga ada kenaikan", "udah 2 thn", None),
        ("sandal mendarat di muka saya tadi", "tadi", None),
    ],
)
def test_the_time_is_found(story: str, words: str, on: date | None) -> None:
    """A date only where the words leave no doubt."""
    found = extract(story, KNOWN, TODAY).when
    assert found is not None
    assert (found.words, found.on) == (words, on)


@pytest.mark.parametrize(
    "story",
    [
        "sudah 3 tahun kerja di sini",
        "bekerja sejak 2008",
        "gajian tiap tanggal 5",
        "gajian tgl 5 sekarang tgl 12",
        "besok tgl 25 disuruh tanda tangan",
        "kontrak habis 31 Desember",
        "kontrak 6 bulan",
        "hamil 5 bulan",
        "anak umur 3 tahun",
        "tanggal 4/3/2026 dipanggil, tanggal 7/3/2026 dipecat",
        "udah 3 hari ini masuk terus",
        "minggu depan pindah",
        "1 Januari 2027 tutup",
        "31/02/2026 dipecat",
        "per 1 Desember ganti vendor",
        "tanggal 24 (3 hari lagi) pindah",
        "kalau kosong dua bulan kena denda?",
        "usul sebelum puasa dikirim surat edaran",
        "saya sudah 5 tahun bersih tidak ada SP",
    ],
)
def test_other_times_are_not_when_it_happened(story: str) -> None:
    """Length of service, pay days, days to come and two dates leave the question open."""
    assert extract(story, KNOWN, TODAY).when is None


@pytest.mark.parametrize(
    ("story", "count"),
    [
        ("kami berlima dipecat", 5),
        ("kami ber4 di rumah", 4),
        ("saya dan 3 teman di-PHK", 4),
        ("kami 60 orang dirumahkan", 60),
        ("40 orang belum dibayar", 40),
        ("ada dua belas karyawan, 15 karyawan kena PHK", 15),
        ("cuma saya sendiri yang dipotong", 1),
        ("satu line dipotong semua", None),
        ("ratusan buruh belum dibayar", None),
        ("yg kena 40 orang", 40),
        ("satu line 30an org kena semua", 30),
        ("kami bertiga puluh dua di-PHK", 32),
        ("toilet satu buat 90 orang", 90),
        ("cuma saya yg dipotong", 1),
        ("kurang lebih 100 karyawan dirumahkan", 100),
        ("bos walet ngunci kita berempat", 4),
    ],
)
def test_the_number_of_people_is_found(story: str, count: int | None) -> None:
    """Words without a number are kept as words."""
    found = extract(story, KNOWN, TODAY).people
    assert found is not None
    assert found.count == count


@pytest.mark.parametrize(
    "story",
    [
        "preman 8 orang datang",
        "dipanggil 3 orang HRD",
        "bukan saya doang",
        "target 40 orang",
        "kami 5 orang kena, lalu 9 orang dipecat",
        "mess satu kamar 8 orang",
        "dimaki di depan 40 orang",
        "dikelilingi 4 orang, disuruh mundur",
        "ditegur di grup 200 orang",
    ],
)
def test_other_people_are_not_those_affected(story: str) -> None:
    """Thugs, staff and two different numbers leave the question open."""
    assert extract(story, KNOWN, TODAY).people is None


@pytest.mark.parametrize(
    ("story", "approximate"),
    [
        ("ratusan karyawan dirumahkan", True),
        ("40an org muntah", True),
        ("buruh 90 orang lebih belum dibayar", True),
        ("40 org muntah", False),
    ],
)
def test_a_rough_number_says_so(story: str, approximate: bool) -> None:
    """Thirty or so ("30an orang") is no count for a list of names."""
    found = extract(story, KNOWN, TODAY).people
    assert found is not None
    assert found.approximate is approximate


@pytest.mark.parametrize(
    ("story", "amounts"),
    [
        ("cuma 1,5 juta", [1_500_000]),
        ("dipotong 50rb terus 100k", [50_000, 100_000]),
        ("umk 5.9 jt dibayar 4.200.000", [5_900_000, 4_200_000]),
        ("rp. 75000,- hilang", [75_000]),
        ("2 juta setengah", [2_500_000]),
        ("Rp 2 m", [2_000_000_000]),
        ("telepon 08123456789", []),
        ("tahun 2026 tanggal 5", []),
        ("3 m dari mesin, 8 orang", []),
        ("1.200 pcs sehari", []),
        ("dipotong goceng, kadang ceban", [5_000, 10_000]),
        ("sehari 400 perak", [400]),
        ("gajinya satu juta dua ratus", [1_200_000]),
        ("sejuta setengah lalu dua juta setengah", [1_500_000, 2_500_000]),
        ("tiga juta dua ratus lima puluh ribu", [3_250_000]),
        ("empat juta dua orang", [4_000_000]),
        ("kami seribu orang", []),
        ("paket 4 ribu biji", []),
    ],
)
def test_amounts_are_read_in_rupiah(story: str, amounts: list[int]) -> None:
    """Phone numbers, years, metres and pieces are no money."""
    assert [m.rupiah for m in extract(story, KNOWN, TODAY).money] == amounts


@pytest.mark.parametrize(
    "story",
    [
        "gaji saya " + "9" * 303,
        "gaji saya Rp " + "9" * 400 + " juta",
        "gaji saya 1" + ".000" * 200 + " juta setengah",
        "kami " + "9" * 5000 + " orang",
        "kejadian tgl " + "9" * 5000,
    ],
    ids=["long", "long with unit", "grouped", "people", "date"],
)
def test_a_number_of_any_length_is_read_without_harm(story: str) -> None:
    """A slipped key must not keep her whole story from being read."""
    found = extract(story + "\nkami 60 orang dirumahkan", KNOWN, TODAY)
    assert found.money == ()
    assert found.place is None


def test_a_reader_that_fails_leaves_the_others_their_findings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A defect in one reader costs one question, not the turn."""
    monkeypatch.setattr("nlp.extraction.find_people", lambda _story: 1 // 0)
    found = extract("kami 60 orang, dipotong 50rb", KNOWN, TODAY)
    assert found.people is None
    assert [m.rupiah for m in found.money] == [50_000]
