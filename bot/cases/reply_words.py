"""A reply in the form in which the reporter gets it: quote, words, file; and what stops it."""

from datetime import timedelta

from bot.cases.quoting import quotable_id, quotes_case
from bot.cases.reporter_name import with_name
from bot.cases.stages import NotPossible
from bot.cases.together import audience_of
from bot.cases.work import Reach, Work, reach_of
from bot.commands import Promise
from bot.outbox.carriage import refusal
from storage.cases import message_content
from storage.tables import Attachment, Case, CaseMessage


def hand_over(work: Work, case: Case, message: CaseMessage, delay: timedelta) -> None:
    """Put the reply into the outbox; it leaves after ``delay``.

    Raises:
        NotPossible: there is nobody to send it to.
    """
    reach = reach_of(work, case)
    if reach is None:
        raise NotPossible("cases.refused.nobody")
    hers = quotes_case(work, message, case)  # nobody else reads what one reporter wrote
    quotable = quotable_id(work, message, reach.address.channel) if hers else ""
    quoted = _quoted(work, message, quotable) if hers else ""
    text = message_content(work.vault, message).text
    if text:
        words = with_name(work, case, text)
        work.write.say(
            reach.address,
            quoted + work.texts("cases.reply_to_reporter", number=case.number, text=words),
            person_id=reach.person.id,
            case_id=case.id,
            message_id=message.id,
            promise=Promise.RECEIPT,
            delay=delay,
            reply_to=quotable,
        )
    if message.attachment_id is not None:
        caption = "" if text else quoted + _file_words(work, case)
        work.write.send_file(
            reach.address,
            message.attachment_id,
            caption=caption,
            person_id=reach.person.id,
            case_id=case.id,
            message_id=message.id,
            delay=delay,
            reply_to="" if text else quotable,
        )


def as_reporter_reads(work: Work, case: Case, message: CaseMessage) -> str:
    """The words of the reply as she reads them; a name that is known stays a gap."""
    text = message_content(work.vault, message).text
    if not text:
        return _file_words(work, case) if message.attachment_id is not None else ""
    if case.identity != "nama" and len(audience_of(work, case, message)) <= 1:
        text = with_name(work, case, text)
    return work.texts("cases.reply_to_reporter", number=case.number, text=text)


def _file_words(work: Work, case: Case) -> str:
    """What stands with a file that has no words of its own."""
    return work.texts("cases.file_to_reporter", number=case.number)


def file_of(work: Work, message: CaseMessage) -> Attachment | None:
    """The file that goes with the reply."""
    if message.attachment_id is None:
        return None
    return work.session.get_one(Attachment, message.attachment_id)


def file_trouble(work: Work, reach: Reach | None, message: CaseMessage) -> str:
    """Why its file cannot reach her: ``lost``, ``too_large``, ``sort``, or empty."""
    file = file_of(work, message)
    if file is None or reach is None:
        return ""
    if file.state in {"failed", "deleted"}:
        return "lost"
    if file.state == "too_large":
        return "too_large"
    return refusal(reach.address.channel, file.kind, file.content_type, file.size)


def _quoted(work: Work, message: CaseMessage, quotable: str) -> str:
    """A line with what is answered, where the channel itself cannot show it."""
    quote = message_content(work.vault, message).quote
    return f"> {quote}\n\n" if quote and not quotable else ""
