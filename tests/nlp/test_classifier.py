"""The contract of the classifier, and the built-in model behind it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nlp.classifier import BUILT_IN_FOLDER, load_classifier
from nlp.features import MAX_CHARACTERS, capped
from nlp.scores import ModelError
from nlp.taxonomy import load_taxonomy

CLASSIFIER = load_classifier()
TAXONOMY = load_taxonomy()


def _copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BUILT_IN_FOLDER, tmp_path / "model"))


def _edit(folder: Path, **values: object) -> Path:
    file = folder / "model.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | values), encoding="utf-8")
    return folder


def test_the_json_has_the_agreed_names_in_order() -> None:
    """Other programs read it."""
    said = CLASSIFIER.classify("thr saya sampai sekarang tidak dibayar perusahaan").as_json()
    assert list(said) == [
        "kind", "category", "candidates", "tags", "urgency", "abstain", "recommendations", "model",
    ]  # fmt: skip
    assert [list(c) for c in said["candidates"]] == [["category", "probability"]] * 3
    assert said["candidates"][0]["category"] == said["category"] == "upah"
    assert said["model"] == CLASSIFIER.model == "bawaan-3"
    assert said["recommendations"]
    assert json.loads(json.dumps(said)) == said


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("gaji telat", "upah"),
        ("kena phk", "phk_pesangon"),
        ("mess bocor", "fasilitas"),
        ("ijazah ditahan", "pekerja_anak_kerja_paksa"),
        ("gaji bulan ini belum dibayar, thr juga tidak ada", "upah"),
        ("dipaksa lembur sampai malam tapi lemburnya tidak dibayar", "lembur_jam_kerja"),
        ("saya dipecat sepihak dan pesangon tidak dibayar", "phk_pesangon"),
        ("kontrak pkwt diperpanjang terus tidak pernah diangkat tetap", "kontrak_status"),
        ("iuran bpjs dipotong tapi tidak disetor ke bpjs", "jaminan_sosial"),
        ("tidak ada sarung tangan dan masker, mesin tidak ada pengaman", "k3"),
        ("supervisor sering meraba dan melecehkan karyawati", "pelecehan_kekerasan"),
        ("minta cuti haid ditolak terus sama atasan", "cuti_istirahat"),
        ("pengurus serikat ditekan supaya keluar dari serikat", "kebebasan_berserikat"),
        ("ijazah saya ditahan perusahaan dan tidak boleh diambil", "pekerja_anak_kerja_paksa"),
        ("kena SP3 dan dimutasi ke cabang lain tanpa alasan", "sanksi_mutasi"),
    ],
)
def test_plainly_told_matters_are_recognised(text: str, category: str) -> None:
    """What says its own name must never be missed."""
    assert CLASSIFIER.classify(text).category == category


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mau tanya, berapa lama cuti melahirkan menurut aturan?", "pertanyaan"),
        ("usul pak, tolong adakan pelatihan untuk anggota serikat", "aspirasi"),
        ("gaji saya dipotong 500 ribu tanpa alasan", "pengaduan"),
        ("kami dipecat semua min", "pengaduan"),
        ("gaji kami belum dibayar lagi bulan ini min", "pengaduan"),
        ("thr berapa ya min", "pertanyaan"),
    ],
)
def test_kinds_are_told_apart(text: str, kind: str) -> None:
    """A question gets rights, a wish no evidence round."""
    assert CLASSIFIER.classify(text).kind == kind


STRANGE = [
    "", " \n\t", "👍", "😭😭😭", "\u200b\u202e\u200d", "x" * 20_000, "gaji " * 4_000, "1234567890",
    "TOLONG BANTU SAYA", "hello, my boss has not paid me", "\u0417\u0430\u0440\u043f\u043b\u0430\u0442\u0430", "没有工资", "\x00\x01",
    "?!?!", "\ud800 gaji", "a" * 20_000 + " gaji belum dibayar",
]  # fmt: skip


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_no_text_breaks_it(text: str) -> None:
    """Every answer is complete and its numbers are probabilities."""
    said = CLASSIFIER.classify(text)
    assert said.kind in {kind.slug for kind in TAXONOMY.kinds}
    assert said.urgency in {urgency.slug for urgency in TAXONOMY.urgencies}
    assert set(said.tags) <= set(TAXONOMY.tags)
    chances = [candidate.probability for candidate in said.candidates]
    assert len({candidate.category for candidate in said.candidates}) == 3
    assert chances == sorted(chances, reverse=True)
    assert 0 <= sum(chances) <= 1.0001


@pytest.mark.parametrize("text", ["", "👍", "\u200b\u202e", "..."])
def test_a_text_without_words_is_left_open(text: str) -> None:
    """Nothing to go by: the person is asked, nobody is paged."""
    said = CLASSIFIER.classify(text)
    assert (said.abstain, said.urgency, said.tags) == (True, "normal", ())
    assert said.kind == "pengaduan"


@pytest.mark.parametrize(
    "text", ["kak maaf baru buka hp", "mandornya Pak Budi", "12 orang", "kak mess bocor"]
)
def test_short_lines_wake_nobody(text: str) -> None:
    """Officers who are called for nothing stop looking."""
    assert CLASSIFIER.classify(text).urgency == "normal"


def test_an_alarm_of_the_model_can_say_what_raised_it() -> None:
    """Officers see why they were called, also where no reviewed expression stands."""
    story = "mandor meremas dada saya di gudang tadi, saya gemetaran"
    assert CLASSIFIER.classify(story).urgency == "darurat"
    found = CLASSIFIER.reasons(story, "darurat", "urgencies")
    assert found
    assert all(word in story for word in found)


def test_danger_expressions_raise_the_urgency_and_say_why() -> None:
    """Recall of emergencies does not hang on the model alone."""
    said = CLASSIFIER.classify("TOLONG GUDANG KEBAKARAN")
    assert said.urgency == "darurat"
    assert said.danger == ("kebakaran",)
    assert "Hubungi pelapor sekarang" in said.recommendations[0]
    assert "danger" not in said.as_json()


def test_danger_at_the_end_of_a_long_story_is_seen() -> None:
    """The cap on what the model reads is none for danger."""
    assert CLASSIFIER.classify("gaji " * 1_500 + ". tolong kebakaran. " + "gaji " * 1_500).danger


def test_long_texts_keep_their_beginning_and_end() -> None:
    """The documented cap: 3,000 characters of the start, 1,000 of the end."""
    text = "a" * 3_000 + "b" * 9_000 + "c" * 1_000
    assert capped(text) == "a" * 3_000 + " " + "c" * 1_000
    assert capped("a" * MAX_CHARACTERS) == "a" * MAX_CHARACTERS


def test_the_same_text_gets_the_same_answer() -> None:
    """Also from a second copy of the model."""
    text = "kami disuruh lembur terus, upahnya kurang"
    assert load_classifier().classify(text) == CLASSIFIER.classify(text)


def test_spelling_hardly_matters() -> None:
    """Capitals, invisible characters and chat spelling lead to the same category."""
    texts = [
        "gaji saya belum dibayar",
        "GAJI SAYA BELUM DIBAYAR",
        "gj\u200bi sy blm dbyr",
        "gajiiii sy blm dibayarrr",
    ]
    assert {CLASSIFIER.classify(text).category for text in texts} == {"upah"}


def test_a_model_folder_loads_like_the_built_in_one(tmp_path: Path) -> None:
    """A retrained model is used by its path."""
    folder = _copy(tmp_path)
    assert load_classifier(str(folder)).classify("gaji telat") == CLASSIFIER.classify("gaji telat")


@pytest.mark.parametrize("choice", ["tidak-ada", "", "/dev/null"])
def test_an_unknown_choice_is_refused_with_what_to_do(choice: str) -> None:
    """The operator sees the setting, the reason and the way out."""
    with pytest.raises(ModelError) as error:
        load_classifier(choice)
    assert f"CLASSIFIER={choice!r} names no model" in str(error.value)
    assert "use 'bawaan'" in str(error.value)


def test_an_unknown_format_names_the_known_ones(tmp_path: Path) -> None:
    """A model of a newer version is not misread."""
    with pytest.raises(ModelError, match=r"unknown format 'quantum-9'; known: .*linear-1"):
        load_classifier(str(_edit(_copy(tmp_path), format="quantum-9")))


@pytest.mark.parametrize(
    "part",
    ["linear/weights.npz", "linear/model.json", "bert/encoder.onnx", "bert/tokenizer.json"],
)
def test_a_damaged_model_is_refused(tmp_path: Path, part: str) -> None:
    """Half a download never starts to answer."""
    folder = _copy(tmp_path)
    file = folder / part
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(ModelError, match="cannot be read"):
        load_classifier(str(folder))


@pytest.mark.parametrize("member", ["linear", "bert"])
def test_each_member_is_a_model_of_its_own(tmp_path: Path, member: str) -> None:
    """They can be measured one by one."""
    said = load_classifier(str(_copy(tmp_path) / member)).classify("gaji belum dibayar")
    assert said.category == "upah"


def test_members_with_other_labels_are_refused(tmp_path: Path) -> None:
    """Logits of different labels must never be added up."""
    folder = _copy(tmp_path)
    heads = json.loads((folder / "model.json").read_text())["heads"]
    heads["kinds"]["labels"].reverse()
    with pytest.raises(ModelError, match="do not know the same labels"):
        load_classifier(str(_edit(folder, heads=heads)))


def test_a_model_with_a_pickled_object_is_refused(tmp_path: Path) -> None:
    """Loading a model must not run code from it."""
    folder = _copy(tmp_path)
    hostile = np.array([{"a": 1}], dtype=object)
    weights = folder / "linear" / "weights.npz"
    np.savez(weights, idf=hostile, weights=hostile, scale=hostile, bias=hostile)
    with pytest.raises(ModelError, match="cannot be read"):
        load_classifier(str(folder))


def test_a_broken_description_is_refused(tmp_path: Path) -> None:
    """Neither a bad file nor a missing part gets past the start."""
    folder = _copy(tmp_path)
    with pytest.raises(ModelError, match="cannot be read"):
        load_classifier(str(_edit(folder, heads={})))
    (folder / "model.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be read as a model description"):
        load_classifier(str(folder))


def test_labels_that_the_taxonomy_lacks_are_refused() -> None:
    """A case must never get a category that nobody can open."""
    fewer = replace(TAXONOMY, categories=TAXONOMY.categories[1:])
    with pytest.raises(ModelError, match="knows labels that the taxonomy lacks: upah"):
        load_classifier(taxonomy=fewer)
