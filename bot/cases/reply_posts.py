"""An officer's reply as its author sees it: draft, preview, on its way, arrived, failed."""

from bot.cases.delivery import delivery_line, outbound_of
from bot.cases.markup import escaped, shortened
from bot.cases.pushes import rings_late
from bot.cases.reply_words import as_reporter_reads, file_of, file_trouble
from bot.cases.reporter_name import NAME_GAP
from bot.cases.roster import officer_by_id
from bot.cases.taps import buttons
from bot.cases.together import audience_lines, delivery_lines
from bot.cases.work import Reach, Work, reach_of
from bot.channels import Text
from bot.commands import Choice
from bot.outbox.carriage import limit_of
from storage.cases import MessageContent, message_content
from storage.tables import Attachment, Case, CaseMessage

_REPLY_SHOWN = 2500
_NAME_SHOWN = 40
_KILOBYTE = 1024
_MEGABYTE = 1024 * 1024


def reply_post(work: Work, case: Case, message: CaseMessage) -> Text:
    """An officer's reply in the topic: what the reporter reads, and how far it came.

    Its words stay out of a topic that must not show what the case is about.
    """
    if work.hides(case):
        return _hidden(work, case, message)
    match message.state:
        case "draft":
            return _draft(work, case, message)
        case "preview":
            return _preview(work, case, message)
        case "withdrawn":
            head = work.texts("officers.reply.withdrawn")
            return Text(f"{head}\n{_body(work, case, message)}", html=True)
    head, actions = _how_far(work, message)
    buttons = _buttons(work, case, message, *actions)
    return Text(f"{head}\n{_body(work, case, message)}", buttons, html=True, rows=2)


def private_post(work: Work, case: Case, message: CaseMessage) -> Text:
    """The same for its author alone, where the topic must not show it."""
    actions: list[str] = []
    match message.state:
        case "draft":
            return _draft(work, case, message, private=True)
        case "preview":
            return _preview(work, case, message, private=True)
        case "withdrawn":
            head = work.texts("officers.reply.withdrawn")
        case _:
            head, actions = _how_far(work, message)
            head += "\n" + work.texts("officers.reply.seen_in_topic", number=case.number)
    body = _body(work, case, message, private=True)
    return Text(f"{head}\n{body}", _buttons(work, case, message, *actions), html=True, rows=2)


def _hidden(work: Work, case: Case, message: CaseMessage) -> Text:
    if message.state in {"draft", "preview"}:
        author = officer_by_id(work.session, work.vault, message.officer_id)
        name = escaped(author.name) if author is not None else "-"
        return Text(work.texts(f"officers.reply.hidden_{message.state}", name=name), html=True)
    if message.state == "withdrawn":
        return Text(work.texts("officers.reply.withdrawn"), html=True)
    head, actions = _how_far(work, message)
    label = work.texts.label("officers.button.read")
    read = buttons(work, case, [(label, "read", "")], message_id=message.id)
    text = f"{head}\n{work.texts('officers.reply.hidden_words')}"
    choices = (*_buttons(work, case, message, *actions), *read)
    return Text(text, choices, html=True, rows=2)


def _how_far(work: Work, message: CaseMessage) -> tuple[str, list[str]]:
    """How far a reply came that was handed over, and what can be done about it."""
    sent = outbound_of(work.session, message)
    if sent is not None and sent.status == "queued" and sent.attempts == 0:
        head, actions = work.texts("officers.reply.soon"), ["undo"]
    else:
        head, actions = delivery_line(work, sent), []
    if sent is not None and sent.status in {"failed", "uncertain", "dead"}:
        actions = ["resend"]
    return "\n".join([head, *delivery_lines(work, message)]), actions


def _draft(work: Work, case: Case, message: CaseMessage, *, private: bool = False) -> Text:
    """The request for words; after Ubah with the old ones, to be copied."""
    old = message_content(work.vault, message).text
    key = "write"
    if old or message.attachment_id is not None:
        key = "rewrite" if old else "rewrite_file"
    shown = escaped(shortened(old, _REPLY_SHOWN))
    key += "_private" if private else ""
    text = work.texts(f"officers.reply.{key}", text=shown, number=case.number)
    return Text(text, _buttons(work, case, message, "cancel"), html=True, rows=2)


def _preview(work: Work, case: Case, message: CaseMessage, *, private: bool = False) -> Text:
    reach = reach_of(work, case)
    channel = work.texts(f"officers.channel.{_channel_of(reach)}")
    lines = [
        work.texts("officers.reply.preview", number=case.number, channel=channel),
        *audience_lines(work, case, message),
        _body(work, case, message, private=private),
    ]
    if NAME_GAP in as_reporter_reads(work, case, message):
        lines.append(work.texts("officers.reply.name_gap"))
    lines += rings_late(work, case)
    trouble = file_trouble(work, reach, message)
    file = file_of(work, message)
    if trouble and file is not None:
        limit = limit_of(file.kind) // _MEGABYTE
        lines.append(work.texts(f"officers.reply.file_{trouble}", limit=limit))
    actions = ("edit", "cancel") if trouble else ("send", "edit", "cancel")
    buttons = _buttons(work, case, message, *actions)
    return Text("\n".join(lines), buttons, html=True, rows=2)


def _body(work: Work, case: Case, message: CaseMessage, *, private: bool = False) -> str:
    """What she reads, what it answers, and the file."""
    lines = []
    content = message_content(work.vault, message)
    quote = content.quote if private else _shown_quote(work, case, content)
    if quote:
        lines.append(work.texts("officers.reply.answers", quote=escaped(quote)))
    words = escaped(shortened(as_reporter_reads(work, case, message), _REPLY_SHOWN))
    if words:
        lines.append(f"<blockquote>{words}</blockquote>")
    file = file_of(work, message)
    if file is not None:
        lines.append(_file_line(work, file))
    return "\n".join(lines)


def _shown_quote(work: Work, case: Case, content: MessageContent) -> str:
    """Her words; never those of a story that does not stand in the topic."""
    return "" if work.hides(case) else content.quote


def _file_line(work: Work, file: Attachment) -> str:
    name = str(work.vault.open_json(file.sealed, "attachments").get("name", ""))
    facts = [work.texts(f"officers.file.{file.kind}"), escaped(shortened(name, _NAME_SHOWN))]
    if file.size:
        facts.append(_size(file.size))
    return "📎 " + " · ".join(fact for fact in facts if fact)


def _size(size: int) -> str:
    if size < _MEGABYTE:
        return f"{max(size // _KILOBYTE, 1)} KB"
    return f"{size / _MEGABYTE:.1f} MB".replace(".", ",")


def _buttons(work: Work, case: Case, message: CaseMessage, *actions: str) -> tuple[Choice, ...]:
    wanted = (
        (work.texts.label(f"officers.button.reply_{action}"), f"reply_{action}", "")
        for action in actions
    )
    return buttons(work, case, wanted, message_id=message.id)


def _channel_of(reach: Reach | None) -> str:
    return reach.address.channel.removeprefix("sim-") if reach else "none"
