"""The stored examples of Telegram's updates, changed where a test asks for it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.events import (
    Address,
    Event,
    MessageReceived,
    Officer,
    OfficerWrote,
)
from bot.handlers.telegram import parse

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
FIXTURES = Path(__file__).parents[1] / "fixtures" / "telegram"
BUDI = Address("telegram", "810000070")
ANI = Officer("810000007", "Ani Lestari")
GROUP = "-1001234567890"


def update(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text())


def parsed(body: Any) -> Event:
    return parse(json.dumps(body).encode(), AT)


def changed(name: str, **changes: Any) -> Event:
    """The event in a fixture whose message was changed; None removes a field."""
    body = update(name)
    kind = next(key for key in body if key != "update_id")
    for key, value in changes.items():
        body[kind].pop(key, None)
        if value is not None:
            body[kind][key] = value
    return parsed(body)


def received(name: str, **changes: Any) -> MessageReceived:
    event = changed(name, **changes)
    assert isinstance(event, MessageReceived)
    return event


def wrote(name: str, **changes: Any) -> OfficerWrote:
    event = changed(name, **changes)
    assert isinstance(event, OfficerWrote)
    return event


def at(name: str, field: str = "date") -> datetime:
    body = update(name)
    inner = next(value for key, value in body.items() if key != "update_id")
    return datetime.fromtimestamp(inner[field], UTC)


FILE = {"file_id": "F1", "file_unique_id": "U1", "file_size": 5}
