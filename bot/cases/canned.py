"""Ready answers (balasan cepat): shipped with the program, reworded by coordinators in the chat.

A ready answer is only a beginning: it goes through the same preview as everything that an officer
writes. The reporter's name is put in when it leaves, so that it never stands in the group.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from rapidfuzz import fuzz
from sqlmodel import select

from bot.cases import replies
from bot.cases.act import Act, must_act, said
from bot.cases.asking import begin
from bot.cases.form_fields import Answers, Field, Form
from bot.cases.markup import escaped
from bot.cases.reporter_name import NAME_GAP
from bot.cases.stages import NotPossible
from bot.cases.taps import buttons
from bot.cases.work import Work
from bot.texts import CannedText
from storage.tables import CannedReply, Case

OFFERED = 8
LONGEST = 1000
LONGEST_NAME = 40
_CLOSE_ENOUGH = 60.0  # of 100, rapidfuzz
_WORDS = ("nama", "nomor", "petugas", "tanggal")
_SHORT_NAMES = re.compile(r"\b(thr|phk|bpjs|phi|k3|hrd)\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def all_canned(work: Work) -> list[CannedText]:
    """The ready answers of this organisation: its own words go before the shipped ones."""
    rows = work.session.exec(
        select(CannedReply).where(CannedReply.organisation_id == work.organisation.id)
    ).all()
    own = {row.name: CannedText(row.name, row.text, row.category, row.stage) for row in rows}
    known = {canned.name: canned for canned in work.texts.canned} | own
    return [canned for canned in known.values() if canned.text]


def fitting(work: Work, case: Case) -> list[CannedText]:
    """All ready answers, those for this category and stage first."""

    def distance(canned: CannedText) -> int:
        of_category = _fit(canned.category, case.category)
        return 2 * of_category + _fit(canned.stage, case.status)

    return sorted(all_canned(work), key=distance)


def offer_canned(act: Act) -> str:
    """``/cepat``: offer what fits; with a name preview that one; coordinators change them.

    ``/cepat baru``, ``/cepat ubah NAMA`` and ``/cepat hapus NAMA`` are for coordinators.
    """
    must_act(act)
    word, _, name = act.words.partition(" ")
    match word.casefold():
        case "baru":
            return _change(act, {})
        case "ubah" if name:
            found = _named(act.work, name)
            known = {"name": found.name, "category": found.category, "stage": found.stage}
            act.work.write.post(act.case, escaped(found.text))
            return _change(act, known)
        case "hapus" if name:
            return _remove(act, name)
    if not act.words:
        return _offer(act, fitting(act.work, act.case))
    exact = [c for c in all_canned(act.work) if c.name == act.words.strip().casefold()]
    if exact:
        return _preview(act, exact[0])
    found_here = _search(act, act.words)
    if not found_here:
        raise NotPossible("officers.refused.no_canned")
    return _offer(act, found_here)


def use_canned(act: Act) -> str:
    """The tapped ready answer, as a preview."""
    must_act(act)
    canned = _named(act.work, act.tap.value)
    said(act, act.work.texts("officers.done.canned_chosen", name=_label(canned.name)))
    return _preview(act, canned)


def _offer(act: Act, fit: list[CannedText]) -> str:
    wanted = ((_label(canned.name), "canned", canned.name) for canned in fit[:OFFERED])
    shown = buttons(act.work, act.case, wanted)
    act.work.write.post(act.case, act.work.texts("officers.ask.canned"), choices=shown)
    return ""


def _label(name: str) -> str:
    """The name on a button: abbreviations in capitals, though names are kept in small letters."""
    return _SHORT_NAMES.sub(lambda found: found[0].upper(), name[:1].upper() + name[1:].lower())


def _preview(act: Act, canned: CannedText) -> str:
    work = act.work
    values = {
        "nomor": act.case.number,
        "petugas": act.officer.name,
        "tanggal": work.local(work.now).rpartition(" ")[0],
        "nama": NAME_GAP,  # filled in when it leaves
    }
    text = _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), canned.text)
    replies.preview_reply(work, act.case, act.officer, text)
    return ""


def _search(act: Act, words: str) -> list[CannedText]:
    rated = [
        (fuzz.token_set_ratio(words.casefold(), f"{canned.name} {canned.text}".casefold()), canned)
        for canned in fitting(act.work, act.case)
    ]
    rated.sort(key=lambda pair: -pair[0])
    return [canned for score, canned in rated if score >= _CLOSE_ENOUGH]


def _named(work: Work, name: str) -> CannedText:
    wanted = name.strip().casefold()
    found = next((canned for canned in all_canned(work) if canned.name == wanted), None)
    if found is None:
        raise NotPossible("officers.refused.no_canned")
    return found


def _fit(wanted: str, is_now: str) -> int:
    if not wanted:
        return 1
    return 0 if wanted == is_now else 2


def _change(act: Act, known: Mapping[str, str]) -> str:
    _must_coordinate(act)
    return begin(act, CANNED_FORM, known)


def _must_coordinate(act: Act) -> None:
    if not act.officer.is_coordinator:
        raise NotPossible("cases.refused.coordinators_only")


def _remove(act: Act, name: str) -> str:
    _must_coordinate(act)
    _keep(act, replace(_named(act.work, name), text=""))
    return said(act, act.work.texts("officers.done.canned_removed"))


def _keep(act: Act, canned: CannedText) -> None:
    work = act.work
    row = work.session.exec(
        select(CannedReply).where(
            CannedReply.organisation_id == work.organisation.id, CannedReply.name == canned.name
        )
    ).first()
    row = row or CannedReply(
        organisation_id=work.organisation.id or 0, name=canned.name, at=work.now
    )
    row.category, row.stage, row.text = canned.category, canned.stage, canned.text
    row.officer_id, row.at = act.officer.id, work.now
    work.session.add(row)


def _read_name(_act: Act, text: str) -> str:
    name = " ".join(text.split()).casefold()
    if len(name) > LONGEST_NAME:
        raise NotPossible("officers.form.too_long", most=LONGEST_NAME)
    return name


def _read_text(_act: Act, text: str) -> str:
    if len(text) > LONGEST:
        raise NotPossible("officers.form.too_long", most=LONGEST)
    unknown = [word for word in _PLACEHOLDER.findall(text) if word not in _WORDS]
    if unknown:
        raise NotPossible("officers.form.canned.unknown_word", word=escaped(unknown[0]))
    return text.strip()


def _categories(act: Act) -> dict[str, str]:
    return {category.slug: category.label for category in act.work.taxonomy.categories}


def _stages(act: Act) -> dict[str, str]:
    stages = ("verifikasi", "ditangani", "bipartit", "mediasi", "phi")
    return {stage: act.work.texts.label(f"cases.stage.{stage}.label") for stage in stages}


def _done(act: Act, answers: Answers) -> str:
    _must_coordinate(act)
    _keep(act, CannedText(**answers))
    return act.work.texts("officers.done.canned", name=answers["name"])


CANNED_FORM = Form(
    "canned",
    (
        Field("name", _read_name),
        Field("category", choices=_categories, optional=True),
        Field("stage", choices=_stages, optional=True),
        Field("text", _read_text),
    ),
    _done,
)
