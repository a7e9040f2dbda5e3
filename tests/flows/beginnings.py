"""Chats that have already come some way."""

from tests.flows.chat import Chat

STORY = "gaji kami dipotong terus tiap bulan min"


def agreed(story: str = STORY) -> Chat:
    """She told her story and agreed."""
    chat = Chat()
    chat.say(story)
    chat.tap("Setuju")
    return chat


def at_review(story: str = STORY) -> Chat:
    """She passed every question over and looks at the summary."""
    chat = agreed(story)
    pass_to_review(chat)
    return chat


def pass_to_review(chat: Chat) -> None:
    """She passes every question over that is left, and hides her name."""
    for _ in range(20):
        if step(chat) == "review":
            return
        chat.say("rahasiakan nama" if step(chat) == "identity" else "lewati")
    raise AssertionError("the review was never reached")


def with_case(count: int = 1) -> Chat:
    """She has open cases, and nothing runs."""
    chat = Chat(consented=True)
    for _ in range(count):
        chat.say("lapor baru")
        chat.say("usul semoga mess dikasih kipas")
        chat.hush()
        chat.tap("Kirim")
    chat.commands.clear()
    return chat


def step(chat: Chat) -> str:
    """Where she stands."""
    return chat.state.step if chat.state else ""
