"""How cases look to officers at the moment of sending, for the outbox."""

from collections.abc import Callable

from sqlmodel import Session

from bot.cases.card import card, title
from bot.cases.reply_posts import private_news, private_post, reply_post
from bot.cases.work import Work
from bot.outbox.posts import Renderers
from storage.tables import Organisation


def renderers(work: Callable[[Session, Organisation], Work]) -> Renderers:
    """Each post as it is shown by the work that is done then, for that union."""
    return Renderers(
        title=lambda session, union, case: title(work(session, union), case),
        card=lambda session, union, case: card(work(session, union), case),
        reply=lambda session, union, *reply: reply_post(work(session, union), *reply),
        private=lambda session, union, *reply: private_post(work(session, union), *reply),
        private_news=lambda session, union, *reply: private_news(work(session, union), *reply),
    )
