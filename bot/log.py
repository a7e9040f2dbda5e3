"""Logs: one JSON or console line an event, with fields from an allow-list only.

No text of a message, no name, number, address or token ever goes to a log. Fields that are not
on the list are dropped, exceptions are reduced to their class and the place in our code, and
the libraries that would print requests are silenced.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "inbox_id", "outbox_id", "case", "source", "kind", "flow",
        "step", "status", "attempts", "error", "where", "seconds", "count", "channel", "role",
        "url", "reason", "database", "what", "version", "setting", "organisation", "code",
        "spooled", "queue", "mode", "path",
    }
)  # fmt: skip
_TOKEN = re.compile(r"bot\d+:[\w-]+|\b\d{6,12}:[\w-]{30,}")
_NOISY = ("httpx", "httpcore", "telegram", "twilio", "apscheduler", "uvicorn.access", "asyncio")


def configure_logging(level: str, *, json_lines: bool | None = None) -> None:
    """Set up logging for the whole process, libraries included.

    Args:
        level: the lowest level shown.
        json_lines: JSON (default unless standard error is a terminal) or readable lines.
    """
    as_json = not sys.stderr.isatty() if json_lines is None else json_lines
    renderer: Any = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _reduce_exception,
            _only_allowed,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(_scrub)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    threading.excepthook = _log_ended_thread


def get_logger() -> Any:
    """A logger; call with an event in words and fields of :data:`ALLOWED`."""
    return structlog.get_logger()


def place_of(error: BaseException) -> str:
    """Where in the code an exception arose: ``file:line``, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""


def log_unheard(_loop: object, context: Mapping[str, Any]) -> None:
    """An exception handler for event loops, instead of the usual one that prints all of it."""
    get_logger().error("a task failed unheard", exc_info=context.get("exception"))


def _log_ended_thread(ended: threading.ExceptHookArgs) -> None:
    """Python would print the whole exception, with what people wrote in it."""
    name = ended.thread.name if ended.thread is not None else ""
    get_logger().error("a thread ended", what=name, exc_info=ended.exc_value)


def _reduce_exception(
    _logger: Any, _name: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    error = entry.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        entry["error"] = type(error).__name__
        entry["where"] = place_of(error)
    return entry


def _only_allowed(_logger: Any, _name: str, entry: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in entry.items() if name in ALLOWED}


def _scrub(record: logging.LogRecord) -> bool:
    """Keep tokens and exception texts of libraries out of the log."""
    record.msg = _TOKEN.sub("bot…", record.getMessage())
    record.args = ()
    if record.exc_info and record.exc_info[1] is not None:
        error = record.exc_info[1]
        record.msg += f" ({type(error).__name__} at {place_of(error)})"
        record.exc_info = None
        record.exc_text = None
    return True
