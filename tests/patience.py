"""How long tests wait for what must come: on a slow or busy machine it comes late.

Where it comes, a long wait costs nothing; a short one fails for no fault of the program.
"""

import asyncio
import time
from collections.abc import Callable

from hypothesis import HealthCheck, settings

PATIENCE = 180.0
"""Seconds after which what did not come will not come."""

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For Hypothesis: no example fails because it took long."""


def wait_until(predicate: Callable[[], object], what: str = "the condition") -> None:
    """Return as soon as `predicate()` is true, asked every 5 ms.

    Raises:
        AssertionError: it was still false after :data:`PATIENCE`; `what` stands in the message.
    """
    deadline = time.monotonic() + PATIENCE
    while not predicate():
        assert time.monotonic() < deadline, _late(what)
        time.sleep(0.005)


async def until(predicate: Callable[[], object], what: str = "the condition") -> None:
    """The same inside an event loop."""
    deadline = time.monotonic() + PATIENCE
    while not predicate():
        assert time.monotonic() < deadline, _late(what)
        await asyncio.sleep(0.005)


def _late(what: str) -> str:
    return f"{what} did not come true within {PATIENCE:.0f} s"
