"""Our routes behind a real server on a free port, with an acceptance that only remembers."""

from collections.abc import Callable, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.inbox.accept import Accepted, NotAccepted
from tests.fakes.http_server import HttpFake


class Accepting:
    """Remembers what was accepted; refuses while `refusing` is above 0, counting down."""

    def __init__(self) -> None:
        self.items: list[Accepted] = []
        self.refusing = 0

    async def __call__(self, item: Accepted) -> bool:
        if self.refusing > 0:
            self.refusing -= 1
            raise NotAccepted
        new = item.external_id not in {known.external_id for known in self.items}
        self.items.append(item)
        return new


class LocalApp(HttpFake):
    """Serves routes; `make_routes` gets the acceptance."""

    def __init__(self, make_routes: Callable[[Accepting], Sequence[Route]]) -> None:
        super().__init__()
        self.accept = Accepting()
        self._routes = Starlette(routes=list(make_routes(self.accept)))

    async def handle(self, _request: Request) -> ASGIApp:
        return self._routes
