"""What the page gets to see: messages, topics and people as JSON."""

from typing import Any

from bot.handlers.simulator.markup import BadMarkup, parse_html
from bot.handlers.simulator.messages import BOT, Message, Said, Topic
from bot.handlers.simulator.people import (
    GROUP,
    GROUP_CHAT,
    LOOKS,
    OUTSIDER,
    PLACES,
    SIMULATED_OFFICERS,
    SIMULATED_WORKERS,
    TELEGRAM,
    officer_name,
    worker_of,
)
from bot.handlers.simulator.store import SimulatorStore

BOT_NAME = "Kawan Buruh"
_ROLES = {"coordinator": "koordinator", "officer": "petugas", "readonly": "hanya membaca"}


def state_view(store: SimulatorStore) -> dict[str, Any]:
    """Everything a page needs at its start, and the news it may read on from."""
    return {
        "news": store.latest_news(),
        "looks": list(LOOKS),
        "workers": [{"id": w.id, "name": w.name, "work": w.work} for w in SIMULATED_WORKERS],
        "officers": [_officer_view(*officer) for officer in SIMULATED_OFFICERS]
        + [{"id": OUTSIDER[0], "name": OUTSIDER[1], "role": "bukan petugas", "chat": ""}],
        "group": {"id": GROUP_CHAT, "chat": str(GROUP)},
        "places": [
            {"label": p.label, "latitude": p.latitude, "longitude": p.longitude} for p in PLACES
        ],
        "topics": [topic_view(topic) for topic in store.topics(str(GROUP))],
        "latest": [
            {"chat": chat, "thread": thread, "id": last} for chat, thread, last in store.latest()
        ],
    }


def topic_view(topic: Topic) -> dict[str, Any]:
    """A topic of the group."""
    return {"id": topic.id, "title": topic.title, "closed": topic.closed}


def message_view(message: Message) -> dict[str, Any]:
    """A message with all that stands on its bubble; no markup is left in it."""
    said = message.said
    return {
        "id": message.id,
        "chat": message.chat,
        "thread": message.thread,
        "at": message.at.isoformat(),
        "author": said.author,
        "name": _name(said.author),
        "text": said.text,
        "rich": _rich(said),
        "buttons": [
            {"id": c.id, "label": c.label, "detail": c.detail, "tapped": c.id in said.tapped}
            for c in said.choices
        ],
        "rows": said.rows,
        "list_label": said.list_label,
        "media": _media_view(said),
        "location": said.location
        and {
            "label": said.location.label,
            "latitude": said.location.latitude,
            "longitude": said.location.longitude,
        },
        "reply_to": said.reply_to,
        "edited": said.edited,
        "pinned": said.pinned,
        "ticks": said.ticks.value,
    }


def _officer_view(user_id: str, name: str, role: str) -> dict[str, Any]:
    return {"id": user_id, "name": name, "role": _ROLES[role], "chat": f"{TELEGRAM}:{user_id}"}


def _media_view(said: Said) -> dict[str, Any] | None:
    media = said.media
    if media is None:
        return None
    return {
        "url": f"/simulator/files/{media.file}",
        "name": media.name,
        "type": media.content_type,
        "kind": media.kind.value,
        "size": media.size,
    }


def _name(author: str) -> str:
    if author == BOT:
        return BOT_NAME
    worker = worker_of(author)
    return worker.name if worker else officer_name(author) or author


def _rich(said: Said) -> Any:
    if not said.html:
        return None
    try:
        return parse_html(said.text)
    except BadMarkup:
        return None
