"""Whether people still agree with the classifier: week by week, and where they do not."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot.cli.show import print_json, print_table, say
from storage.tables import Correction, Prediction

_PAIRS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Week:
    """Predictions made in one week, by ISO year and week.

    Attributes:
        agreed: share of them whose category nobody changed since.
        left_open: share where the model itself was unsure.
        categories: how often each category was predicted; a shift here is drift.
    """

    week: str
    predictions: int
    agreed: float
    left_open: float
    categories: dict[str, int]


def print_drift(session: Session, now: datetime, weeks: int, *, as_json: bool) -> None:
    """Print the weeks, and which labels were changed into which."""
    since = now - timedelta(weeks=weeks)
    rows = drift(session, since)
    pairs = changed_labels(session, since)
    if as_json:
        changes = [
            {"field": f, "before": before, "after": after, "by": actor, "times": times}
            for (f, before, after, actor), times in pairs.most_common()
        ]
        print_json({"weeks": [asdict(week) for week in rows], "changes": changes})
        return
    if not rows:
        say("Belum ada perkiraan pada waktu itu.")
        return
    print_table(
        "Setuju dengan pengklasifikasi",
        ("Minggu", "Kasus", "Kategori tetap", "Model ragu", "Paling sering"),
        [
            (
                week.week,
                str(week.predictions),
                f"{week.agreed:.0%}",
                f"{week.left_open:.0%}",
                ", ".join(f"{slug} {n}" for slug, n in list(week.categories.items())[:3]),
            )
            for week in rows
        ],
    )
    print_table(
        "Paling sering diganti",
        ("Apa", "Dari", "Menjadi", "Oleh", "Kali"),
        [
            (f, before or "-", after or "-", actor, str(times))
            for (f, before, after, actor), times in pairs.most_common(_PAIRS_SHOWN)
        ],
    )


def drift(session: Session, since: datetime) -> list[Week]:
    """The weeks in which something was predicted, oldest first."""
    corrected = set(
        session.exec(select(Correction.case_id).where(Correction.field == "category")).all()
    )
    by_week: dict[str, list[Prediction]] = {}
    for said in session.exec(
        select(Prediction).where(col(Prediction.at) >= since).order_by(col(Prediction.at))
    ):
        year, week, _ = said.at.isocalendar()
        by_week.setdefault(f"{year}-W{week:02}", []).append(said)
    return [
        Week(
            week=week,
            predictions=len(said),
            agreed=sum(p.case_id not in corrected for p in said) / len(said),
            left_open=sum(p.abstain for p in said) / len(said),
            categories=dict(Counter(p.category for p in said).most_common()),
        )
        for week, said in by_week.items()
    ]


def changed_labels(session: Session, since: datetime) -> Counter[tuple[str, str, str, str]]:
    """How often a field was changed from what into what, and by whom."""
    rows = session.exec(
        select(Correction.field, Correction.before, Correction.after, Correction.actor).where(
            col(Correction.at) >= since
        )
    )
    return Counter((row[0], row[1], row[2], row[3]) for row in rows)
