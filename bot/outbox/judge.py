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
from bot.outbox.outcome import Result
from storage.held import TEMPLATE
from storage.outbound import ClaimedOutbound

_PAUSES = (2, 10, 60, 300, 900)  # seconds before each further try; the last again and again
_TRIES = len(_PAUSES) + 24 * 3600 // _PAUSES[-1]  # about a day: a provider may be down for hours
_TRIES_OF_A_DEFECT = len(_PAUSES) + 1
_GROUP_AWAY = timedelta(minutes=5)
_OF_THE_MOMENT = frozenset({"typing", "tap"})  # worth nothing when they come late
_TO_REPORTERS = frozenset({"say", "send_file", "template"})
_WORDS_IN_THE_GROUP = frozenset({"card", "reply", "post", "post_file", "announce"})
_FAREWELLS = frozenset({"erase", "leave"})  # the group may be one that was left for good
_IN_THE_GROUP = _WORDS_IN_THE_GROUP | _FAREWELLS | {"topic"}


def judge(row: ClaimedOutbound, failure: SendFailure) -> Result:
    """The row's next state after this failure."""
    code = failure.code or type(failure).__name__
    if row.kind in _OF_THE_MOMENT:
        return Result(row, "failed", error=code)
    if row.kind in _IN_THE_GROUP and (result := _judge_post(row, failure, code)) is not None:
        return result
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
        case Unreachable():
            return Result(row, "failed", error=code, unreachable=row.kind in _TO_REPORTERS)
        case Misconfigured():
            get_logger().error("provider refuses our account", channel=row.channel, code=code)
            return Result(row, "queued", error=code, wait=timedelta(minutes=5), same_attempt=True)
        case TargetGone() | NotAllowed() | TopicGone() | ContentRejected():
            return Result(row, "failed", error=code)
        case _:
            return again(row, code)


def _judge_post(row: ClaimedOutbound, failure: SendFailure, code: str) -> Result | None:
    """What reporters wrote waits until the group can be used; None for the usual judgement."""
    match failure:
        case Unreachable() if row.kind not in _FAREWELLS:
            get_logger().error("officers' group out of reach", channel=row.channel, code=code)
            return Result(row, "queued", error=code, wait=_GROUP_AWAY, park=_GROUP_AWAY,
                          same_attempt=True)  # fmt: skip
        case NotAllowed() if row.kind in _WORDS_IN_THE_GROUP:
            get_logger().error("the bot lacks a right in the group, posts wait for it",
                               channel=row.channel, kind=row.kind, code=code)  # fmt: skip
            return Result(row, "queued", error=code, wait=_GROUP_AWAY, same_attempt=True)
        case TargetGone() | NotAllowed() | TopicGone() | ContentRejected():
            get_logger().error("post not shown in the group", outbox_id=row.id,
                               channel=row.channel, kind=row.kind, code=code)  # fmt: skip
            return Result(row, "failed", error=code)
        case _:
            return None


def again(row: ClaimedOutbound, code: str) -> Result:
    """Certainly not sent: another try after a pause, for about a day."""
    return _another_try(row, code, _TRIES)


def defective(row: ClaimedOutbound, code: str) -> Result:
    """Our own code failed: six tries, waiting longer would only hide that a person must look."""
    return _another_try(row, code, _TRIES_OF_A_DEFECT)


def cannot_wait(row: ClaimedOutbound) -> bool:
    """Nobody is left who could write again, or it is what asks her to write."""
    return row.forget or row.kind == TEMPLATE


def _another_try(row: ClaimedOutbound, code: str, tries: int) -> Result:
    if row.kind in _OF_THE_MOMENT:
        return Result(row, "failed", error=code)
    if row.attempts >= tries:
        get_logger().error("send given up", outbox_id=row.id, channel=row.channel, code=code)
        return Result(row, "dead", error=code)
    pause = _PAUSES[min(row.attempts, len(_PAUSES)) - 1]
    return Result(row, "queued", error=code, wait=timedelta(seconds=pause))


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
