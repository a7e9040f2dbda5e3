"""What workers and officers do at the fake providers, and waiting for what they see."""

from collections.abc import Callable

from tests.fakes.telegram_state import StoredMessage as TelegramMessage
from tests.fakes.twilio_state import StoredMessage as WhatsAppMessage
from tests.patience import wait_until
from tests.program import GROUP, Program

STORY = "gaji saya bulan kemarin belum dibayar sampai tgl 20 di PT Maju Jaya Garmindo Bekasi"


def last(program: Program, phone: str) -> WhatsAppMessage | None:
    messages = program.twilio.messages(phone)
    return messages[-1] if messages else None


def heard(program: Program, phone: str, words: str) -> WhatsAppMessage:
    """Wait until the worker's newest message contains these words."""

    def there() -> bool:
        message = last(program, phone)
        return message is not None and words in message_text(message)

    wait_until(there, words)
    found = last(program, phone)
    assert found is not None
    return found


def asked_after(program: Program, question: WhatsAppMessage) -> WhatsAppMessage:
    """Wait until the worker's newest message is a question after this one."""

    def there() -> bool:
        message = last(program, question.to)
        return message is not None and message.sid != question.sid and bool(message.labels)

    wait_until(there, "the next question")
    found = last(program, question.to)
    assert found is not None
    return found


def message_text(message: WhatsAppMessage) -> str:
    return message.rendered.body if message.rendered else message.body


def in_group(program: Program, words: str) -> TelegramMessage:
    """Wait until a post in the officers' group contains these words."""
    wait_until(lambda: bool(posts(program, words)), words)
    return posts(program, words)[-1]


def posts(program: Program, words: str) -> list[TelegramMessage]:
    return [m for m in program.telegram.sent(GROUP) if words in m.text]


def tell_whole_story(program: Program, phone: str, story: str = STORY, name: str = "Sri") -> str:
    """A WhatsApp worker reports; returns the case number."""
    program.twilio.inbound(phone, story, profile_name=name)
    message, label = heard(program, phone, "setuju"), "Setuju"
    for _ in range(12):
        program.twilio.tap(message, label)
        message = asked_after(program, message)
        if "Kirim" in message.labels:
            break
        label = "Rahasiakan nama" if "Rahasiakan nama" in message.labels else "Lewati"
    program.twilio.tap(message, "Kirim")
    return number_in(message_text(heard(program, phone, "KB-")))


def number_in(receipt: str) -> str:
    start = receipt.index("KB-")
    return receipt[start : start + 12]


class TelegramWorker:
    """A worker who writes to the bot on Telegram."""

    def __init__(self, program: Program, user_id: int, name: str) -> None:
        self._telegram = program.telegram
        self.user = program.telegram.user(user_id, name)

    def newest(self) -> TelegramMessage:
        return self._telegram.sent(self.user.id)[-1]

    def says(self, text: str) -> None:
        """She writes and waits for the answer."""
        self._heard_more(lambda: self._telegram.private_message(self.user, text))

    def taps(self, label: str) -> None:
        """She taps the newest message and waits for the answer."""
        self._heard_more(lambda: self._telegram.tap(self.newest(), label, self.user))

    def finishes(self) -> str:
        """She leaves out what can be left out and sends; returns the case number."""
        for _ in range(14):
            wait_until(lambda: self.newest().labels, "a question")
            labels = self.newest().labels
            if "Kirim" in labels:
                break
            wanted = [one for one in ("Rahasiakan nama", "Lewati") if one in labels]
            self.taps((wanted or labels)[0])
        self.taps("Kirim")
        wait_until(lambda: "Nomor: KB-" in self.newest().text, "the receipt")
        return number_in(self.newest().text)

    def _heard_more(self, act: Callable[[], object]) -> None:
        seen = len(self._telegram.sent(self.user.id))
        act()
        self._telegram.wait_sent(self.user.id, seen + 1)
