"""Officers know the workplace better than the story tells it: corrected by a short form."""

from dataclasses import replace

from bot.cases.act import Act, must_act
from bot.cases.asking import begin
from bot.cases.form_fields import Answers, Field, Form
from bot.cases.markup import shortened
from bot.cases.workplaces import remember_workplace
from storage.cases import add_event, content_of, row_id, seal_content
from storage.tables import Correction

_LONGEST = 120


def correct_workplace(act: Act) -> str:
    """``/tempat``: ask for the right workplace, or take what was typed after the command."""
    must_act(act)
    known = {"name": _read(act, act.words)} if act.words else {}
    return begin(act, WORKPLACE_FORM, known)


def _read(_act: Act, text: str) -> str:
    return shortened(" ".join(text.split()), _LONGEST)


def _done(act: Act, answers: Answers) -> str:
    """Keep it. Names stand only in sealed columns: the correction says that, not what."""
    must_act(act)
    work, case = act.work, act.case
    content = content_of(work.vault, case)
    before, after = content.workplace, answers["name"]
    case.sealed = seal_content(work.vault, replace(content, workplace=after))
    work.session.add(case)
    work.session.add(
        Correction(
            organisation_id=case.organisation_id,
            case_id=row_id(case),
            actor="officer",
            officer_id=act.officer.id,
            field="workplace",
            before="",
            after="",
            at=work.now,
        )
    )
    add_event(work.session, work.vault, case, "workplace", work.now, actor="officer",
              officer_id=act.officer.id, detail=f"{before} -> {after}")  # fmt: skip
    remember_workplace(work, case)
    work.write.show_card(case)
    work.write.set_topic(case)
    return work.texts("officers.done.workplace")


WORKPLACE_FORM = Form("workplace", (Field("name", _read),), _done)
