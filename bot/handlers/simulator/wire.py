"""Events and what the simulator stores as JSON, and back: one codec for frozen dataclasses.

Reading is strict: a missing required field, an unknown one or a value of another type raises
:class:`Malformed`, so that whatever comes out is what the type says.
"""

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from bot.events import Event

T = TypeVar("T")
_EVENTS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}


class Malformed(ValueError):  # noqa: N818 - a finding about the input
    """The JSON does not say what its type needs; names the field, never its value."""


def event_as_json(event: Event) -> bytes:
    """An event as JSON: its fields and, under ``event``, its class."""
    return json.dumps({"event": type(event).__name__, **as_plain(event)}).encode()


def event_from_json(raw: bytes) -> Event:
    """The event again.

    Raises:
        Malformed: no JSON, no such event, or a field that does not fit.
    """
    try:
        plain = json.loads(raw)
    except (ValueError, RecursionError) as wrong:
        raise Malformed("event is no JSON") from wrong
    name = plain.pop("event", None) if isinstance(plain, dict) else None
    kind = _EVENTS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise Malformed("event is of no known kind")
    return from_plain(kind, plain)


def as_plain(value: Any) -> Any:
    """A dataclass, or what may stand in one, as JSON values. Defaults are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: as_plain(held)
            for each in fields(value)
            if (held := getattr(value, each.name)) != each.default
        }
    match value:
        case datetime():
            return value.isoformat()
        case StrEnum():
            return value.value
        case tuple():
            return [as_plain(item) for item in value]
    return value


def from_plain(kind: type[T], plain: Any) -> T:
    """The dataclass ``kind`` from JSON values.

    Raises:
        Malformed: a field is missing, unknown or of another type.
    """
    if not isinstance(plain, dict):
        raise Malformed(f"{kind.__name__} is no object")
    hints = get_type_hints(kind)
    known = {each.name: each for each in fields(kind)}  # type: ignore[arg-type]
    if not plain.keys() <= known.keys():
        raise Malformed(f"{kind.__name__} has unknown fields")
    needed = {name for name, each in known.items() if each.default is MISSING}
    if not needed <= plain.keys():
        raise Malformed(f"{kind.__name__} lacks fields")
    where = kind.__name__
    return kind(**{key: _read(hints[key], held, f"{where}.{key}") for key, held in plain.items()})


def _read(hint: Any, plain: Any, where: str) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        (inner,) = (part for part in get_args(hint) if part is not type(None))
        return None if plain is None else _read(inner, plain, where)
    if origin is tuple and isinstance(plain, list):
        return tuple(_read(get_args(hint)[0], item, where) for item in plain)
    if is_dataclass(hint) and isinstance(hint, type):
        return from_plain(hint, plain)
    if hint is datetime or (isinstance(hint, type) and issubclass(hint, StrEnum)):
        return _parse(hint, plain, where)
    if hint is float and type(plain) is int:
        return float(plain)
    if type(plain) is not hint:
        raise Malformed(f"{where} is of another type")
    return plain


def _parse(hint: Any, plain: Any, where: str) -> Any:
    try:
        value = hint.fromisoformat(plain) if hint is datetime else hint(plain)
    except (ValueError, TypeError) as wrong:
        raise Malformed(f"{where} has no value we know") from wrong
    if hint is datetime and value.tzinfo is None:
        raise Malformed(f"{where} has no time zone")
    return value
