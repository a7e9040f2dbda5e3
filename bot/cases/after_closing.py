"""What she writes after a closing: officers are asked, once, whether the case goes on.

Until one of them replies, opens it again or lets it rest, her first answer is promised.
"""

from bot.cases.act import ASKED, Act, must_act, said
from bot.cases.posted import take_buttons_off
from bot.cases.promises import refresh, replied_at
from bot.cases.stages import CLOSED, NotPossible, next_stages
from bot.cases.taps import buttons
from bot.cases.unanswered import LET_REST, WROTE, unanswered_since
from bot.cases.work import Work
from storage.cases import add_event
from storage.tables import Case


def wrote_after_closing(work: Work, case: Case) -> None:
    """She wrote in a closed case: promise an answer, and ask what shall be done."""
    asked_already = unanswered_since(work, case, replied_at(work, case)) is not None
    add_event(work.session, work.vault, case, WROTE, work.now, actor="reporter")
    refresh(work, case)
    work.write.show_card(case)
    if asked_already:
        return
    wanted = [("let_rest", work.now.isoformat())]
    if next_stages(case):
        wanted.insert(0, ("reopen", ASKED))
    labelled = [(work.texts.label(f"officers.button.{act}"), act, value) for act, value in wanted]
    text = work.texts("officers.post.after_closing")
    work.write.post(case, text, choices=buttons(work, case, labelled))


def let_rest(act: Act) -> str:
    """Nothing is to be done: the case stays closed, and nothing is promised any more."""
    must_act(act)
    work, case = act.work, act.case
    since = unanswered_since(work, case, replied_at(work, case))
    if case.status not in CLOSED or since is None or act.tap.value != since.isoformat():
        take_buttons_off(work, case, act.topic_post)
        raise NotPossible("officers.refused.old_button")
    add_event(work.session, work.vault, case, LET_REST, work.now, actor="officer",
              officer_id=act.officer.id)  # fmt: skip
    refresh(work, case)
    work.write.show_card(case)
    return said(act, work.texts("officers.done.let_rest"))
