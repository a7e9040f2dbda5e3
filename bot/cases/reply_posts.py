"""An officer's reply as its author sees it: draft, preview, on its way, arrived, failed."""

from bot.cases.delivery import delivery_line, outbound_of
from bot.cases.markup import escaped, shortened
from bot.cases.taps import button
from bot.cases.work import Work, reach_of
from bot.channels import Text
from bot.commands import Choice
from storage.cases import message_content
from storage.tables import Case, CaseMessage

_REPLY_SHOWN = 2500


def reply_post(work: Work, case: Case, message: CaseMessage) -> Text:
    """An officer's reply as its author sees it: preview, on its way, arrived or failed."""
    content = message_content(work.vault, message)
    words = escaped(shortened(content.text, _REPLY_SHOWN)) or work.texts("officers.reply.file")
    quoted = f"<blockquote>{words}</blockquote>"
    if message.state == "draft":
        cancel = _reply_button(work, case, message, "cancel")
        return Text(work.texts("officers.reply.write"), (cancel,), html=True, rows=2)
    if message.state == "preview":
        channel = _channel_label(work, case)
        head = work.texts("officers.reply.preview", number=case.number, channel=channel)
        both = (
            _reply_button(work, case, message, "send"),
            _reply_button(work, case, message, "cancel"),
        )
        return Text(f"{head}\n{quoted}", both, html=True, rows=2)
    if message.state == "withdrawn":
        return Text(f"{work.texts('officers.reply.withdrawn')}\n{quoted}", html=True)
    sent = outbound_of(work.session, message)
    if sent is not None and sent.status == "queued" and sent.attempts == 0:
        undo = _reply_button(work, case, message, "undo")
        head = work.texts("officers.reply.soon")
        return Text(f"{head}\n{quoted}", (undo,), html=True, rows=2)
    head = delivery_line(work, sent)
    buttons: tuple[Choice, ...] = ()
    if sent is not None and sent.status in {"failed", "uncertain", "dead"}:
        buttons = (_reply_button(work, case, message, "resend"),)
    return Text(f"{head}\n{quoted}", buttons, html=True, rows=2)


def _reply_button(work: Work, case: Case, message: CaseMessage, action: str) -> Choice:
    label = work.texts.label(f"officers.button.reply_{action}")
    return button(work, case, label, f"reply_{action}", message_id=message.id)


def _channel_label(work: Work, case: Case) -> str:
    reach = reach_of(work, case)
    name = reach.address.channel.removeprefix("sim-") if reach else "none"
    return work.texts(f"officers.channel.{name}")
