"""What only coordinators may do beside a case."""

from collections.abc import Callable
from functools import wraps

from bot.cases.group_act import GroupAct
from bot.cases.stages import NotPossible


def coordinators_only(act_on: Callable[[GroupAct], str]) -> Callable[[GroupAct], str]:
    """The same act, refused to whoever is no coordinator.

    Raises:
        NotPossible: by the act that is returned.
    """

    @wraps(act_on)
    def checked(act: GroupAct) -> str:
        if not act.officer.is_coordinator:
            raise NotPossible("cases.refused.coordinators_only")
        return act_on(act)

    return checked
