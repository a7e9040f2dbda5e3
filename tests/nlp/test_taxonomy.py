"""The labels: complete, short enough for the channels, and refused with a place when wrong."""

from pathlib import Path

import pytest

from nlp.labels import NextStep
from nlp.taxonomy import DEFAULT_PATH, TaxonomyError, load_taxonomy

TAXONOMY = load_taxonomy()
SLUGS = [category.slug for category in TAXONOMY.categories]


def _edited(tmp_path: Path, old: str, new: str) -> Path:
    content = DEFAULT_PATH.read_text(encoding="utf-8")
    assert old in content
    file = tmp_path / "taxonomy.toml"
    file.write_text(content.replace(old, new, 1), encoding="utf-8")
    return file


def test_the_label_set_is_the_agreed_one() -> None:
    """Slugs are data of other programs and of stored cases."""
    assert SLUGS == [
        "upah", "lembur_jam_kerja", "phk_pesangon", "kontrak_status", "jaminan_sosial", "k3",
        "pelecehan_kekerasan", "diskriminasi", "cuti_istirahat", "kebebasan_berserikat",
        "pekerja_anak_kerja_paksa", "fasilitas", "sanksi_mutasi", "lainnya",
    ]  # fmt: skip
    assert [kind.slug for kind in TAXONOMY.kinds] == ["pengaduan", "aspirasi", "pertanyaan"]
    assert [u.slug for u in TAXONOMY.urgencies] == ["normal", "tinggi", "darurat"]
    assert len(TAXONOMY.tags) >= 71


@pytest.mark.parametrize("slug", SLUGS)
def test_each_category_knows_its_evidence_law_steps_and_rights(slug: str) -> None:
    """A case of any category gets two or three proofs, a law and a next step."""
    category = TAXONOMY.category(slug)
    assert 2 <= len(TAXONOMY.evidence_for(slug)) <= 3
    assert category.articles
    assert 2 <= len(TAXONOMY.rights_for(slug)) <= 3
    steps = TAXONOMY.next_steps_for(slug)
    assert 1 <= len(steps) <= 4
    assert all(step.involve for step in steps)


@pytest.mark.parametrize("slug", SLUGS)
def test_labels_fit_buttons_and_lists(slug: str) -> None:
    """WhatsApp cuts or refuses longer ones."""
    category = TAXONOMY.category(slug)
    assert len(category.label) <= 20
    assert len(category.list_label) <= 24
    assert len(category.description) <= 72
    assert category.description.endswith(".")


def test_category_labels_differ_from_each_other() -> None:
    """Two buttons of one name cannot be told apart."""
    assert len({c.label for c in TAXONOMY.categories}) == len(SLUGS)
    assert len({c.list_label for c in TAXONOMY.categories}) == len(SLUGS)


def test_only_violence_and_forced_labour_are_sensitive() -> None:
    """Their stories never stand in the big group."""
    sensitive = {c.slug for c in TAXONOMY.categories if c.sensitive}
    assert sensitive == {"pelecehan_kekerasan", "pekerja_anak_kerja_paksa"}


def test_what_a_tag_adds_comes_first() -> None:
    """A THR case asks for THR proofs before general ones and tells THR rights."""
    assert "THR" in TAXONOMY.evidence_for("upah", ["thr"])[0]
    assert "THR" in TAXONOMY.rights_for("upah", ["thr"])[0]
    assert "THR" in TAXONOMY.next_steps_for("upah", tags=["thr"])[0].text
    assert not any("THR" in right for right in TAXONOMY.rights_for("upah"))


def test_an_emergency_begins_with_the_person() -> None:
    """Before any law: is she safe."""
    step = TAXONOMY.next_steps_for("k3", urgency="darurat")[0]
    assert "Hubungi pelapor sekarang" in step.text


@pytest.mark.parametrize(("stage", "days"), [("bipartit", 30), ("mediasi", 30), ("phi", 50)])
def test_stages_of_a_dispute_carry_their_limits(stage: str, days: int) -> None:
    """UU 2/2004: 30 working days bipartit, 30 mediation, 50 at the PHI."""
    steps = TAXONOMY.next_steps_for("upah", stage=stage)
    assert days in {step.working_days for step in steps}
    assert f"{days} hari kerja" in " ".join(step.sentence for step in steps)


def test_the_answer_to_the_anjuran_is_due_in_ten_days() -> None:
    """The one limit that is lost most easily."""
    steps = TAXONOMY.next_steps_for("phk_pesangon", stage="mediasi")
    assert any("anjuran" in s.text and s.working_days == 10 for s in steps)


def test_a_closed_case_has_no_legal_step_and_an_unknown_stage_none() -> None:
    """Nothing is recommended where nothing is left to do."""
    assert TAXONOMY.next_steps_for("upah", stage="arsip") == ()
    assert all(s.working_days is None for s in TAXONOMY.next_steps_for("upah", stage="selesai"))


def test_unconfirmed_law_says_so() -> None:
    """Nobody is told as certain what was not compared with the act."""
    articles = [a for c in TAXONOMY.categories for a in c.articles]
    doubtful = [a for a in articles if not a.confirmed]
    assert doubtful
    assert all(a.reference.endswith("(perlu dicek)") for a in doubtful)
    assert all("perlu dicek" not in a.reference for a in articles if a.confirmed)
    assert "perlu dicek" in TAXONOMY.rights_for("k3")[0]


def test_emergency_numbers_come_without_a_category_and_special_ones_with_it() -> None:
    """112, 110 and 119 for everybody; SAPA 129 for violence."""
    assert {line.number for line in TAXONOMY.emergency_hotlines} == {"112", "110", "119"}
    assert "129" in {line.number for line in TAXONOMY.hotlines_for("pelecehan_kekerasan")}
    assert "129" not in {line.number for line in TAXONOMY.hotlines_for("upah")}
    assert "1500-630" in {line.number for line in TAXONOMY.hotlines_for("upah")}


def test_an_unknown_category_is_named() -> None:
    """The message tells what exists."""
    with pytest.raises(TaxonomyError, match=r"unknown category 'gaji'.*upah"):
        TAXONOMY.category("gaji")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('label = "Upah"', 'label = "Upah dan semua tunjangan"', "category upah: 'label' has 24"),
        ('list_label = "Upah, THR, potongan"', "", "category upah: 'list_label' is missing"),
        ('slug = "k3"', 'slug = "upah"', "'upah' stands there twice"),
        ('tag = "thr"', 'tag = "tehaer"', "tag 'tehaer' is used but not listed"),
        ('urgency = "darurat"', 'urgency = "gawat"', "urgency 'gawat'"),
        ('stages = ["bipartit"]', 'stages = ["runding"]', "unknown stage 'runding'"),
        ("working_days = 30", 'working_days = "30"', "'working_days' must be a int"),
        ("working_days = 30", "working_days = -3", "'working_days' must be positive"),
        ("sensitive = false", 'sensitive = "tidak"', "'sensitive' must be a bool"),
        ("checked_on = 2026-11-21", "", "top level: 'checked_on' is missing"),
        ('categories = ["jaminan_sosial"]', 'categories = ["bpjs"]', "unknown category 'bpjs'"),
        ('thr = "THR"', "thr = 3", "tag 'thr': its label must be a text"),
        ("[[kind]]", "[[kind", "is not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    """Whoever edits the file finds the mistake from the message alone."""
    file = _edited(tmp_path, old, new)
    with pytest.raises(TaxonomyError) as error:
        load_taxonomy(file)
    assert complaint in str(error.value)
    assert str(file) in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A wrong path is not a Python trace."""
    with pytest.raises(TaxonomyError, match=r"cannot read the taxonomy .*nothing\.toml"):
        load_taxonomy(tmp_path / "nothing.toml")


OPEN_STAGES = ("baru", "verifikasi", "ditangani", "bipartit", "mediasi", "phi", "dilimpahkan")
MAIN_TAGS = (
    "phk_sepihak", "pesangon", "thr", "upah_tidak_dibayar", "upah_telat", "potongan",
    "upah_di_bawah_minimum", "lembur_tidak_dibayar", "lembur_paksa", "bpjs_tidak_terdaftar",
    "bpjs_iuran", "kecelakaan", "jkk", "jht", "jkp", "kekerasan_seksual", "kekerasan_fisik",
    "kekerasan_verbal", "ancaman", "hamil", "pekerja_anak", "kerja_paksa", "ijazah_ditahan",
    "jeratan_utang", "pemberangusan_serikat", "pkb", "pkwt", "outsourcing", "tanpa_kontrak",
    "harian_lepas", "magang", "mutasi", "demosi", "sp", "skorsing", "denda", "pembalasan",
    "cuti_melahirkan", "cuti_haid", "cuti_sakit", "bahan_kimia", "apd", "mesin", "kebakaran",
    "dirumahkan", "paklaring", "mundur_paksa", "transportasi", "mess", "laktasi",
)  # fmt: skip
STEPS = [
    *TAXONOMY.stage_steps,
    *(step for category in TAXONOMY.categories for step in category.next_steps),
]


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("stage", OPEN_STAGES)
def test_each_category_knows_what_to_do_at_each_stage(slug: str, stage: str) -> None:
    """Beside what holds for every case: a step of its own, and word for the reporter."""
    own = [s for s in TAXONOMY.category(slug).next_steps if stage in s.stages and s.tag is None]
    assert own
    assert own[0] in TAXONOMY.next_steps_for(slug, stage=stage, limit=3)
    assert TAXONOMY.worker_steps_for(slug, stage=stage)


@pytest.mark.parametrize("tag", MAIN_TAGS)
def test_each_main_tag_adds_a_step_in_any_category(tag: str) -> None:
    """A dismissed worker who is pregnant gets both pieces of advice."""
    for slug in SLUGS:
        added = set(TAXONOMY.next_steps_for(slug, tags=[tag])) - set(TAXONOMY.next_steps_for(slug))
        assert [step for step in added if step.tag == tag and step.worker]


def test_many_tags_leave_room_for_the_stage() -> None:
    """Five tags must not push the category's own step off the card."""
    tags = ["thr", "potongan", "upah_telat", "slip_gaji", "borongan"]
    steps = TAXONOMY.next_steps_for("upah", tags=tags, limit=3)
    assert [step.tag is None for step in steps] == [False, False, True]
    assert {s.tag for s in TAXONOMY.next_steps_for("upah", tags=tags, limit=99)} >= set(tags)


def test_evidence_of_a_tag_is_asked_in_any_category() -> None:
    """Pregnancy is proved alike whether the case is about dismissal or about leave."""
    assert "kehamilan" in TAXONOMY.evidence_for("phk_pesangon", ["hamil"])[0]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.text[:40])
def test_a_step_reads_well_for_both_sides(step: NextStep) -> None:
    """The officer gets a whole sentence and whom to call; the reporter one without jargon."""
    assert step.text.endswith(".")
    assert step.involve
    if step.worker is None:
        return
    assert len(step.worker) <= 160
    assert step.worker.endswith((".", "?"))
    jargon = ("bipartit", "anjuran", "risalah", "pkwt", "wasrik", "terlapor", "pelapor", "kamu")
    assert not [word for word in jargon if word in step.worker.lower()]


def test_law_named_in_steps_is_no_surer_than_among_the_articles() -> None:
    """What is to be checked in one place is to be checked in the other."""
    named, surer = set(), set()
    for category in map(TAXONOMY.category, SLUGS):
        doubtful = {a.law for a in category.articles if not a.confirmed}
        sure = {a.law for a in category.articles if a.confirmed}
        steps = [step for step in category.next_steps if step.confirmed and step.article]
        laws = {str(step.article).partition(" Pasal")[0] for step in steps}
        named |= laws
        surer |= {(category.slug, law) for law in laws & (doubtful - sure)}
    assert named
    assert surer == set()


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [('worker = "Simpan slip gaji dan bukti', f'worker = "{"x" * 160}', "'worker' has")],
)
def test_a_long_advice_for_a_reporter_is_refused(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    """A small screen shows two short sentences."""
    with pytest.raises(TaxonomyError, match=complaint):
        load_taxonomy(_edited(tmp_path, old, new))
