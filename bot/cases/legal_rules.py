"""The terms that the law sets, and what each counts from.

A term begins on the ``on_date`` of a stage record; the next working day is its first day. The
law says "hari kerja" without saying whose: those of the offices are counted, see
``bot.worktime.calendar``. None of this is advice: officers check it, and workers are told so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

_BEFORE_MEDIATION = frozenset({"baru", "verifikasi", "ditangani", "bipartit"})
_BEFORE_SUIT = _BEFORE_MEDIATION | {"mediasi", "dilimpahkan"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One term.

    Attributes:
        name: in texts (``officers.legal.label.NAME``), due rows and the trail.
        record: the stage of the record whose day it counts from.
        days: how many working days it has; 0 is one year by the calendar.
        statuses: the stages in which it runs.
        law: the article, as officers cite it.
        ended_by: the stages of the records that fulfil it.
        stays: on the card when it has passed, because nothing happens by itself then.
        dismissal: it is about a dismissal; a confidential case does not show that.
        rather: the stage of the record that it counts from as soon as that is known; until then
            the count from ``record`` is a provisional one.
        earlier: the stage of a record whose day counts instead of ``record`` where it is earlier,
            or the only one that is known.
        told_provisionally: whether the reporter hears of a provisional count.
        after_losing: it runs on in a case that was closed with nothing reached, unless that came
            before the court: she may still go there herself.
    """

    name: str
    record: str
    days: int
    statuses: frozenset[str]
    law: str
    ended_by: tuple[str, ...] = ()
    stays: bool = False
    dismissal: bool = False
    rather: str = ""
    earlier: str = ""
    told_provisionally: bool = True
    after_losing: bool = False

    @property
    def runs_in(self) -> tuple[str, ...]:
        """The stages in which it runs, the closed one among them."""
        return tuple(sorted({*self.statuses, "selesai"} if self.after_losing else self.statuses))

    def since(self, days: Mapping[str, date]) -> date | None:
        """The day that it counts from, by the day of each record; None where none is known."""
        if self.rather in days:
            return days[self.rather]
        known = (days[record] for record in (self.record, self.earlier) if record in days)
        return min(known, default=None)


BIPARTIT = Rule(
    "bipartit", "bipartit", 30, frozenset({"bipartit"}), "UU 2/2004 Pasal 3 ayat (2)", stays=True
)
"""Talks end within 30 working days of their first day: UU 2/2004 art. 3(2); then they failed
(art. 3(3))."""

CHOICE = Rule(
    "choice", "mediasi", 7, frozenset({"mediasi"}), "UU 2/2004 Pasal 4 ayat (4)",
    ended_by=("chosen", "mediator", "anjuran", "not_agreed"),
)  # fmt: skip
"""Within 7 working days of the recording both sides choose conciliation or arbitration, else the
office passes the dispute to a mediator: UU 2/2004 art. 4(3) and (4). Arbitration is for disputes
of interest, conciliation for these and for dismissals (art. 4(5) and (6)); a dispute of rights
goes to the mediator. Which one a case is the program does not know: its texts say so. There is
nothing to choose any more once a mediator has the dispute, has advised, or has ended in vain."""

MEDIATION = Rule(
    "mediation", "mediasi", 30, frozenset({"mediasi"}), "UU 2/2004 Pasal 15", stays=True,
    rather="mediator", ended_by=("not_agreed",),
)  # fmt: skip
"""The mediator ends within 30 working days of receiving the dispute: UU 2/2004 art. 15,
Permenaker 17/2014 art. 15(1). The day of the recording is an earlier one, so the count from it is
provisional; time for clarification does not count either (Permenaker 17/2014 art. 15(2)). When
it was declared failed it is over."""

ANJURAN = Rule(
    "anjuran", "anjuran", 10, frozenset({"mediasi"}), "Permenaker 17/2014 Pasal 14 ayat (2)",
    ended_by=("anjuran_answered",),
)  # fmt: skip
"""Both sides answer the mediator's written advice within 10 working days of receiving it; silence
is a refusal: UU 2/2004 art. 13(2), Permenaker 17/2014 art. 14(2) and (3). It runs on when the
mediation was declared failed: whether an answer matters then is for a lawyer to say."""

PHI = Rule("phi", "phi", 50, frozenset({"phi"}), "UU 2/2004 Pasal 103", stays=True)
"""The court decides within 50 working days of the first hearing: UU 2/2004 art. 103."""

PHK_NOTICE = Rule(
    "phk_notice", "phk_notice", 14, _BEFORE_MEDIATION, "PP 35/2021 Pasal 37 ayat (3)",
    dismissal=True,
)  # fmt: skip
"""The employer's letter comes at least 14 working days before the dismissal: PP 35/2021 art.
37(3); 7 in the probation period (art. 37(4)), and none where a grave breach allows to dismiss
without (art. 52(2) and (3)), which we do not know of."""

PHK_ANSWER = Rule(
    "phk_answer", "phk_notice", 7, _BEFORE_MEDIATION, "PP 35/2021 Pasal 39 ayat (1)",
    ended_by=("phk_answered",), dismissal=True,
)  # fmt: skip
"""Who refuses the dismissal writes so within 7 working days of receiving the letter: PP 35/2021
art. 39(1). Who does not refuse is reported as dismissed (art. 38)."""

PHK_CLAIM = Rule(
    "phk_claim", "phk", 0, _BEFORE_SUIT | {"phi"},
    "UU 2/2004 Pasal 82, Putusan MK 132/PUU-XXIII/2025",
    stays=True, dismissal=True, rather="not_agreed", earlier="phk_notice",
    told_provisionally=False, ended_by=("filed", "phi"), after_losing=True,
)  # fmt: skip
"""One year to sue over a dismissal, from the day on which mediation or conciliation failed:
UU 2/2004 art. 82 as the Constitutional Court reads it since September 2025 (132/PUU-XXIII/2025).
Before, it ran from the day on which the dismissal was made known (94/PUU-XXI/2023): officers see
that careful count until the other day is known, workers are not told of it. It ends when the suit
is filed; a day of a first hearing shows that it was. The court has changed its mind more than
once, so either is shown with the word that it must be checked."""

RULES = (BIPARTIT, CHOICE, MEDIATION, ANJURAN, PHI, PHK_NOTICE, PHK_ANSWER, PHK_CLAIM)
RULE_BY_NAME = {rule.name: rule for rule in RULES}
