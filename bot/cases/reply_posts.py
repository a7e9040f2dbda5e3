"""An officer's reply as its author sees it: draft, preview, on its way, arrived, failed."""

from collections import Counter
from collections.abc import Sequence

from bot.cases.delivery import TROUBLED, rows_of, whole_line
from bot.cases.markup import copyable, escaped, shortened
from bot.cases.pushes import rings_late
from bot.cases.reply_words import FileTrouble, as_reporter_reads, file_trouble, files_of
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
_REPLY_COPIED = 3800  # of the 4096 of a message; the request stands there, too
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
            head = f"<b>{case.number}</b> · {head}"
    body = _body(work, case, message, private=True)
    return Text(f"{head}\n{body}", _buttons(work, case, message, *actions), html=True, rows=2)


def private_news(work: Work, case: Case, message: CaseMessage) -> Text:
    """That something is wrong with it, for its author; what to do stands under the reply."""
    state, _ = _how_far(work, message)
    words = work.texts("officers.reply.private_news", number=case.number, state=state)
    return Text(words, html=True)


def _hidden(work: Work, case: Case, message: CaseMessage) -> Text:
    if message.state in {"draft", "preview"}:
        author = officer_by_id(work.session, work.vault, message.officer_id)
        name = escaped(author.name) if author is not None else "-"
        since = {"name": name, "at": work.local(message.at)}
        return Text(work.texts(f"officers.reply.hidden_{message.state}", **since), html=True)
    if message.state == "withdrawn":
        return Text(work.texts("officers.reply.withdrawn"), html=True)
    head, actions = _how_far(work, message)
    label = work.texts.label("officers.button.read")
    read = buttons(work, case, [(label, "read", "")], message_id=message.id)
    text = f"{head}\n{work.texts('officers.reply.hidden_words')}"
    choices = (*_buttons(work, case, message, *actions), *read)
    return Text(text, choices, html=True, rows=2)


def version_of(work: Work, message: CaseMessage) -> str:
    """By what Kirim under a preview knows that its author saw it as it is."""
    version = message_content(work.vault, message).version
    return str(version) if version else ""


def _how_far(work: Work, message: CaseMessage) -> tuple[str, list[str]]:
    """How far a reply came that was handed over, and what can be done about it."""
    rows = rows_of(work.session, message.id)
    actions: list[str] = []
    if rows and all(row.status == "queued" and row.attempts == 0 for row in rows):
        head, actions = work.texts("officers.reply.soon"), ["undo"]
    else:
        head = whole_line(work, rows)
    if any(row.status in TROUBLED for row in rows):
        actions = ["resend"]
    return "\n".join([head, *delivery_lines(work, message)]), actions


def _draft(work: Work, case: Case, message: CaseMessage, *, private: bool = False) -> Text:
    """The request for words; after Ubah with the old ones, to be copied."""
    old = message_content(work.vault, message).text
    key = "write"
    if old or message.attachment_id is not None:
        key = "rewrite" if old else "rewrite_file"
    shown = copyable(shortened(old, _REPLY_COPIED))
    key += "_private" if private else ""
    text = work.texts(f"officers.reply.{key}", text=shown, number=case.number)
    return Text(text, _buttons(work, case, message, "cancel"), html=True, rows=2)


def _preview(work: Work, case: Case, message: CaseMessage, *, private: bool = False) -> Text:
    reach = reach_of(work, case)
    channel = work.texts(f"officers.channel.{_channel_of(reach)}")
    late = message_content(work.vault, message).late
    lines = [
        work.texts("officers.reply.preview", number=case.number, channel=channel),
        *([work.texts("officers.reply.late")] if late else []),
        *audience_lines(work, case, message),
        _body(work, case, message, private=private),
    ]
    if NAME_GAP in as_reporter_reads(work, case, message):
        lines.append(work.texts("officers.reply.name_gap"))
    lines += rings_late(work, case)
    trouble = file_trouble(work, reach, message)
    if trouble is not None:
        lines.append(_trouble_line(work, message, trouble))
    actions = ("edit", "cancel") if trouble else ("send", "edit", "cancel")
    buttons = _buttons(work, case, message, *actions)
    return Text("\n".join(lines), buttons, html=True, rows=2)


def _trouble_line(work: Work, message: CaseMessage, trouble: FileTrouble) -> str:
    sort = "album" if len(files_of(work, message)) > 1 else "file"
    limit = limit_of(trouble.file.kind) // _MEGABYTE
    words = {"limit": limit, "index": trouble.place}
    return work.texts(f"officers.reply.{sort}_{trouble.why}", **words)


def _body(work: Work, case: Case, message: CaseMessage, *, private: bool = False) -> str:
    """What she reads, what it answers, and the files."""
    lines = []
    content = message_content(work.vault, message)
    quote = content.quote if private else _shown_quote(work, case, content)
    if quote:
        lines.append(work.texts("officers.reply.answers", quote=escaped(quote)))
    words = escaped(shortened(as_reporter_reads(work, case, message), _REPLY_SHOWN))
    if words:
        lines.append(f"<blockquote>{words}</blockquote>")
    files = files_of(work, message)
    if files:
        lines.append(_file_line(work, files[0]) if len(files) == 1 else _album_line(work, files))
    return "\n".join(lines)


def _shown_quote(work: Work, case: Case, content: MessageContent) -> str:
    """Her words; never those of a story that does not stand in the topic."""
    return "" if work.hides(case) else content.quote


def _file_line(work: Work, file: Attachment) -> str:
    facts = [work.texts(f"officers.file.{file.kind}"), _name(work, file)]
    if file.size:
        facts.append(_size(file.size))
    return "📎 " + " · ".join(fact for fact in facts if fact)


def _album_line(work: Work, files: Sequence[Attachment]) -> str:
    """How many there are of each sort, and the names of those that have one."""
    kinds = Counter(file.kind for file in files)
    counted = [f"{count} {work.texts(f'officers.file.{kind}')}" for kind, count in kinds.items()]
    names = [name for file in files if (name := _name(work, file))]
    return "📎 " + " · ".join(filter(None, (", ".join(counted), ", ".join(names))))


def _name(work: Work, file: Attachment) -> str:
    name = str(work.vault.open_json(file.sealed, "attachments").get("name", ""))
    return escaped(shortened(name, _NAME_SHOWN))


def _size(size: int) -> str:
    if size < _MEGABYTE:
        return f"{max(size // _KILOBYTE, 1)} KB"
    return f"{size / _MEGABYTE:.1f} MB".replace(".", ",")


def _buttons(work: Work, case: Case, message: CaseMessage, *actions: str) -> tuple[Choice, ...]:
    seen = version_of(work, message)
    wanted = (
        (work.texts.label(f"officers.button.reply_{action}"), f"reply_{action}",
         seen if action == "send" else "")
        for action in actions
    )  # fmt: skip
    return buttons(work, case, wanted, message_id=message.id)


def _channel_of(reach: Reach | None) -> str:
    return reach.address.channel.removeprefix("sim-") if reach else "none"
