"""The weekly summary: words with numbers, and one picture that is drawn from them.

The picture is an attachment that nobody sent: the fetcher has it drawn (``bot.charts``), the post
waits for it, and goes as words alone where it cannot be drawn. A day later it is taken away.
"""

import json
from dataclasses import asdict
from datetime import time, timedelta

from bot.cases.dates import long_date
from bot.cases.markup import escaped
from bot.cases.rounds import PICTURE, WEEKLY, next_weekly, set_round
from bot.cases.weekly_figures import FEW, Figures, figures_of
from bot.cases.work import Work
from bot.charts.painter import CHART
from bot.charts.sheet import Course, Panel, Sheet, Tile
from bot.events import DueCame, MediaKind
from storage.due import set_due
from storage.tables import Attachment

EARLIEST, LATEST = time(8), time(18)
"""A summary that is late waits for such an hour, but not for another week."""
PICTURE_KEPT = timedelta(days=1)
_SOON = timedelta(hours=1)
_FILE_NAME = "ringkasan-{week}.png"
_TOLD_IN_WORDS = 3  # bars of each sort in the caption, which Telegram keeps to 1024 signs
_NONE = "-"


def summary_due(work: Work, _event: DueCame) -> None:
    """Tell of the last week, and let the next summary come due."""
    organisation_id = work.organisation.id or 0
    hour = work.now.astimezone(work.zone).time()
    if not EARLIEST <= hour < LATEST:
        set_round(work.session, organisation_id, WEEKLY, work.now + _SOON)
        return
    if work.organisation.officer_chat:
        figures = figures_of(work)
        if _tells_something(figures):
            picture = _picture(work, figures)
            work.write.announce_file(picture, caption(work, figures))
    at = next_weekly(work.calendar, work.now, work.zone)
    set_round(work.session, organisation_id, WEEKLY, at)


def picture_due(work: Work, event: DueCame) -> None:
    """Take a summary's picture away; the file goes with the next sweep."""
    picture = work.session.get(Attachment, int(event.key.rpartition(":")[2]), with_for_update=True)
    if picture is not None and picture.channel == CHART:
        picture.state = "deleted"
        picture.sealed = work.vault.seal_json({"reference": "", "name": ""}, "attachments")
        work.session.add(picture)


def caption(work: Work, figures: Figures) -> str:
    """The summary in words, Telegram HTML."""
    texts = work.texts
    lines = [
        texts("officers.weekly.title", span=_span(figures)),
        "",
        texts("officers.weekly.counts", opened=figures.opened, closed=figures.closed,
              open=figures.open_now),
    ]  # fmt: skip
    for name in ("categories", "companies", "regions"):
        bars = getattr(figures, name)[:_TOLD_IN_WORDS]
        if bars:
            listed = ", ".join(f"{escaped(label)} {count}" for label, count in bars)
            lines.append(texts(f"officers.weekly.{name}", listed=listed))
    for name, days in (("answer", figures.answer_days), ("closing", figures.closing_days)):
        if days is not None:
            lines.append(texts(f"officers.weekly.{name}", days=_days(days)))
    if figures.score is not None:
        lines.append(texts("officers.weekly.score", score=_one_digit(figures.score)))
    if figures.failed:
        lines.append(texts("officers.weekly.failed", count=figures.failed))
    return "\n".join(lines)


def sheet(work: Work, figures: Figures) -> Sheet:
    """The same as a picture."""

    def word(key: str) -> str:
        return work.texts.label(f"officers.weekly.picture.{key}")

    def shown(days: float | None) -> str:
        return _days(days) if days is not None else _NONE

    score = _one_digit(figures.score) if figures.score is not None else _NONE
    solved = f"{figures.solved:.0%}" if figures.solved is not None else _NONE
    values = {
        "opened": str(figures.opened), "closed": str(figures.closed),
        "open": str(figures.open_now), "failed": str(figures.failed),
        "answer": shown(figures.answer_days), "closing": shown(figures.closing_days),
        "score": score, "solved": solved,
    }  # fmt: skip
    few = work.texts("officers.weekly.picture.few", count=FEW)
    month = work.texts("officers.weekly.picture.month", count=FEW)
    return Sheet(
        title=word("title"),
        subtitle=f"{_span(figures)} · {work.organisation.name}",
        tiles=tuple(Tile(value, word(name)) for name, value in values.items()),
        tall=Panel(word("categories"), word("week"), word("none"), figures.categories),
        upper=Panel(word("companies"), month, few, figures.companies),
        lower=Panel(word("regions"), month, few, figures.regions),
        course=Course(
            word("course"), word("new"), word("done"),
            tuple((f"{day.day}/{day.month}", new, done) for day, new, done in figures.weeks),
        ),
    )  # fmt: skip


def _tells_something(figures: Figures) -> bool:
    return bool(figures.open_now or any(new or done for _, new, done in figures.weeks))


def _picture(work: Work, figures: Figures) -> int:
    """An attachment that is drawn from the figures."""
    organisation_id = work.organisation.id or 0
    name = _FILE_NAME.format(week=figures.since)
    reference = json.dumps(asdict(sheet(work, figures)))
    picture = Attachment(
        key=f"{CHART}:{organisation_id}:{work.now:%Y%m%d%H%M%S}",
        organisation_id=organisation_id,
        channel=CHART,
        kind=MediaKind.PHOTO.value,
        content_type="image/png",
        due_at=work.now,
        sealed=work.vault.seal_json({"reference": reference, "name": name}, "attachments"),
        created_at=work.now,
    )
    work.session.add(picture)
    work.session.flush()
    key = f"{PICTURE}:{picture.id}"
    set_due(work.session, organisation_id=organisation_id, kind=PICTURE, key=key, lane=key,
            due_at=work.now + PICTURE_KEPT)  # fmt: skip
    return picture.id or 0


def _span(figures: Figures) -> str:
    """``16 sampai 22 November 2026``, ``30 November sampai 6 Desember 2026``."""
    since, until = figures.since, figures.until
    end = long_date(until).partition(", ")[2]
    begin = long_date(since).partition(", ")[2]
    if since.month == until.month:
        return f"{since.day} sampai {end}"
    if since.year == until.year:
        begin = begin.rpartition(" ")[0]
    return f"{begin} sampai {end}"


def _days(days: float) -> str:
    """Days with one digit, of many days none: ``0,6``, ``18``."""
    return _one_digit(days) if days < 10 else f"{days:.0f}"  # noqa: PLR2004 - two digits


def _one_digit(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")
