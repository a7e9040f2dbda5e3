"""Days and hours in full, with the letters of the time zone: ``jam 09.00 WIB``.

A reporter reads them as her own clock shows them; three hours in two zones make nobody punctual.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.cases.dates import long_date
from bot.cases.work import Work
from bot.worktime.quiet import zone_of
from storage.tables import Case


def her_zone(work: Work, case: Case) -> ZoneInfo:
    """The time zone where the reporter works; the union's where that is not known."""
    return zone_of(case.region_code, work.zone)


def day_and_hour(work: Work, at: datetime, zone: ZoneInfo) -> str:
    """A moment in a zone: ``Kamis, 3 Desember 2026, jam 09.00 WIB``."""
    local = at.astimezone(zone)
    hour = f"{local:%H.%M %Z}"
    return work.texts("cases.appointment.when", date=long_date(local.date()), hour=hour)


def as_she_reads_it(work: Work, case: Case, at: datetime) -> str:
    """For officers: the same moment where the reporter is, if her clock differs; else empty."""
    zone = her_zone(work, case)
    if at.astimezone(zone).utcoffset() == at.astimezone(work.zone).utcoffset():
        return ""
    return work.texts("officers.done.her_hour", when=day_and_hour(work, at, zone))
