"""Counts what the webhooks refuse, for ``/metrics``; of the requests nothing is kept."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.metrics import Metrics

_REASONS = {400: "unreadable", 403: "unproven", 413: "too_large", 503: "not_stored"}


def counted(source: str, routes: Sequence[Route], metrics: Metrics) -> list[Route]:
    """The same routes of a provider; what they refuse is counted by its reason.

    Each reason stands on the page from the start, so that a rise from nothing is seen.
    """
    by_status = {status: metrics.refused.labels(source, why) for status, why in _REASONS.items()}

    def counting(route: Route) -> Route:
        async def answer(request: Request) -> Response:
            answered: Response = await route.endpoint(request)
            if answered.status_code in by_status:
                by_status[answered.status_code].inc()
            return answered

        return Route(route.path, answer, methods=["POST"])

    return [counting(route) for route in routes]
