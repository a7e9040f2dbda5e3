"""What follows from a failed send; the one place that decides it."""

from datetime import timedelta

from bot.channels import (
    ChatMoved,
    ContentRejected,
    Misconfigured,
    NotAllowed,
    OutcomeUnknown,
    RateLimited,
    SendFailure,
    TargetGone,
    TopicGone,
    TryLater,
    Unreachable,
    WindowClosed,
)
from bot.log import get_logger
from bot.outbox.results import Result
from storage.outbound import ClaimedOutbound

_PAUSES = (2, 10, 60, 300, 900)  # seconds before each further try
_GROUP_AWAY = timedelta(minutes=5)
_OF_THE_MOMENT = frozenset({"typing", "tap"})  # worth nothing when they come late
_TO_REPORTERS = frozenset({"say", "send_file"})
_IN_THE_GROUP = frozenset({"card", "reply", "post", "post_file", "topic", "announce", "erase"})


def judge(row: ClaimedOutbound, failure: SendFailure) -> Result:
    """The row's next state after this failure."""
    code = failure.code or type(failure).__name__
    if row.kind in _OF_THE_MOMENT:
        return Result(row, "failed", error=code)
    match failure:
        case RateLimited(retry_after=seconds):
            pause = timedelta(seconds=seconds)
            return Result(row, "queued", error=code, wait=pause, park=pause, same_attempt=True)
        case TryLater():
            return again(row, code)
        case OutcomeUnknown():
            return unknown(row, code)
        case WindowClosed():
            return Result(row, "held", error=code)
        case ChatMoved(new_chat_id=chat):
            return Result(row, "queued", error=code, moved_to=chat, same_attempt=True)
        case Unreachable() if row.kind in _IN_THE_GROUP:
            get_logger().error("officers' group out of reach", channel=row.channel, code=code)
            return Result(row, "queued", error=code, wait=_GROUP_AWAY, park=_GROUP_AWAY,
                          same_attempt=True)  # fmt: skip
        case Unreachable():
            return Result(row, "failed", error=code, unreachable=row.kind in _TO_REPORTERS)
        case Misconfigured():
            get_logger().error("provider refuses our account", channel=row.channel, code=code)
            return Result(row, "queued", error=code, wait=timedelta(minutes=5), same_attempt=True)
        case TargetGone() | NotAllowed() | TopicGone() | ContentRejected():
            return Result(row, "failed", error=code)
        case _:
            return again(row, code)


def again(row: ClaimedOutbound, code: str) -> Result:
    """Certainly not sent: another try after a pause, six in all."""
    if row.kind in _OF_THE_MOMENT:
        return Result(row, "failed", error=code)
    if row.attempts > len(_PAUSES):
        return Result(row, "dead", error=code)
    return Result(row, "queued", error=code, wait=timedelta(seconds=_PAUSES[row.attempts - 1]))


def unknown(row: ClaimedOutbound, code: str) -> Result:
    """The outcome is unknown: a question may be asked again, other words may not.

    Officers would rather read a post twice than never.
    """
    if row.kind in _IN_THE_GROUP:
        return again(row, code)
    if row.promise == "question" and row.attempts <= 1:
        return Result(row, "queued", error=code, wait=timedelta(seconds=_PAUSES[0]))
    if row.promise == "notice":
        return Result(row, "failed", error=code)
    return Result(row, "uncertain", error=code)
