"""Status: her cases in plain words: which stage, since when, what is next."""

from collections.abc import Mapping

from bot.flows.knowledge import Knowledge, OwnCase
from bot.flows.script import End, Flow, State

SHOWN = 5
"""So many cases fit on a screen; the open ones come first."""

MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"


def has_cases(_state: State, knowledge: Knowledge) -> bool:
    """She has at least one case."""
    return bool(knowledge.cases)


def is_telling(state: State, _knowledge: Knowledge) -> bool:
    """She is in the middle of a report that was not sent yet."""
    return state.suspended is not None and state.suspended.flow == "intake"


def own_cases(_state: State, knowledge: Knowledge) -> Mapping[str, str]:
    """Her cases, one paragraph each."""
    ordered = sorted(knowledge.cases, key=lambda case: not case.open)
    return {"daftar": "\n\n".join(_paragraph(case, knowledge) for case in ordered[:SHOWN])}


def _paragraph(case: OwnCase, knowledge: Knowledge) -> str:
    month = MONTHS.split()[case.since.month - 1]
    return knowledge.texts(
        "status.case",
        nomor=case.number,
        perihal=case.label,
        tahap=case.status,
        sejak=f"{case.since.day} {month} {case.since.year}",
        lanjutan=case.next_step,
    )


STATUS = Flow(
    name="status",
    version=1,
    yields=True,
    script=(
        End("cases", fill=own_cases, when=has_cases),
        End("not_sent", when=is_telling),
        End("none"),
    ),
)
