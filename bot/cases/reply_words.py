"""A reply in the form in which the reporter gets it: quote, words, file; and what stops it."""

from dataclasses import dataclass
from datetime import timedelta

from bot.cases.quoting import quotable_id, quotes_case
from bot.cases.reporter_name import with_name
from bot.cases.stages import NotPossible
from bot.cases.together import audience_of
from bot.cases.work import Reach, Work, reach_of
from bot.commands import Promise
from bot.outbox.albums import album_of
from bot.outbox.carriage import refusal, shows_under, takes_albums
from storage.cases import message_content, row_id
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
    words = _file_words(work, case)
    if text:
        words = with_name(work, case, text)
        words = work.texts("cases.reply_to_reporter", number=case.number, text=words)
    words = quoted + words
    files = files_of(work, message)
    channel, several = reach.address.channel, len(files) > 1
    album = f"reply:{message.id}" if several and takes_albums(channel) else ""
    ahead = bool(text) and not (several and shows_under(channel, files[0].kind, words))
    if ahead:
        work.write.say(
            reach.address,
            words,
            person_id=reach.person.id,
            case_id=case.id,
            message_id=message.id,
            promise=Promise.RECEIPT,
            delay=delay,
            reply_to=quotable,
        )
    for place, file in enumerate(files):
        begins = place == 0 and not ahead
        work.write.send_file(
            reach.address,
            row_id(file),
            caption=words if begins else "",
            person_id=reach.person.id,
            case_id=case.id,
            message_id=message.id,
            delay=delay,
            reply_to=quotable if begins else "",
            album=album_of(album, file.kind),
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


def files_of(work: Work, message: CaseMessage) -> list[Attachment]:
    """The files that go with the reply, in their order."""
    album = [file.attachment_id for file in message_content(work.vault, message).files]
    single = [message.attachment_id] if message.attachment_id is not None else []
    return [work.session.get_one(Attachment, file_id) for file_id in album or single]


@dataclass(frozen=True, slots=True)
class FileTrouble:
    """A file that cannot reach her, by its place: ``lost``, ``too_large`` or ``sort``."""

    why: str
    file: Attachment
    place: int


def file_trouble(work: Work, reach: Reach | None, message: CaseMessage) -> FileTrouble | None:
    """The first of its files that cannot reach her, and why."""
    if reach is None:
        return None
    for place, file in enumerate(files_of(work, message), start=1):
        why = _trouble(reach.address.channel, file)
        if why:
            return FileTrouble(why, file, place)
    return None


def _trouble(channel: str, file: Attachment) -> str:
    if file.state in {"failed", "deleted"}:
        return "lost"
    if file.state == "too_large":
        return "too_large"
    return refusal(channel, file.kind, file.content_type, file.size)


def _quoted(work: Work, message: CaseMessage, quotable: str) -> str:
    """A line with what is answered, where the channel itself cannot show it."""
    quote = message_content(work.vault, message).quote
    return f"> {quote}\n\n" if quote and not quotable else ""
