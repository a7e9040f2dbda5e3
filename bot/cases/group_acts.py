"""The commands and buttons that are about no single case, by name."""

from collections.abc import Callable

from bot.cases import duty_desk, federation, finding, membership, staff, workload
from bot.cases.group_act import GroupAct
from bot.cases.guidance import help_text


def _help(act: GroupAct) -> None:
    act.answer(help_text(act.work, act.officer))


GROUP_COMMANDS: dict[str, Callable[[GroupAct], None]] = {
    "/kasus": finding.list_open,
    "/cari": finding.search,
    "/tugasku": finding.list_mine,
    "/terlambat": finding.list_late,
    "/petugas": staff.show_staff,
    "/beban": workload.show_workload,
    "/piket": duty_desk.show_duties,
    "/bantuan": _help,
    "/help": _help,
    "/start": _help,
}

GROUP_TAPS: dict[str, Callable[[GroupAct], str]] = {
    "found": finding.turn_page,
    "add_member": membership.add_member,
    "staff": staff.turn_page,
    "staff_member": staff.show_member,
    "staff_role": staff.set_role,
    "staff_right": staff.set_right,
    "staff_remove": staff.remove_member,
    "duty_list": duty_desk.list_again,
    "duty_who": duty_desk.ask_who,
    "duty_day": duty_desk.ask_day,
    "duty_hours": duty_desk.ask_hours,
    "duty_add": duty_desk.add,
    "duty_off": duty_desk.offer_removal,
    "duty_remove": duty_desk.remove,
    "above_read": federation.read,
    "above_yes": federation.recuse,
    "above_no": federation.dismiss,
}
