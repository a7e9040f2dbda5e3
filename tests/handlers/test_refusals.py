"""What webhooks refuse is counted, by provider and reason, on the page that Prometheus reads."""

import asyncio
import re

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handlers.refusals import counted
from bot.metrics import Metrics
from bot.web import web_app
from tests.databases import ON_SQLITE
from tests.world import World

_LINE = re.compile(
    r'^kawan_inbound_refused_total\{reason="(\w+)",source="(\w+)"\} (\d+)', re.MULTILINE
)


def _refused(page: str) -> dict[tuple[str, str], int]:
    """How many were refused, by provider and reason; without those of which there are none."""
    told = {(source, reason): int(count) for reason, source, count in _LINE.findall(page)}
    return {key: count for key, count in told.items() if count}


@ON_SQLITE
def test_refused_webhooks_stand_on_the_metrics_page(world: World) -> None:
    """An operator sees a wrong token, and who tries the door."""

    async def knock() -> str:
        transport = httpx.ASGITransport(web_app(world.app))
        async with httpx.AsyncClient(transport=transport, base_url="http://uji") as client:
            first = (await client.get("/metrics")).text
            assert 'reason="unproven",source="telegram"} 0' in first
            for path in ("/twilio/inbound", "/twilio/status", "/telegram/webhook"):
                assert (await client.post(path, data={"Body": "KENARI"})).status_code == 403
            long = {"content-type": "application/x-www-form-urlencoded"}
            body = b"Body=" + b"a" * 1_000_000
            answer = await client.post("/twilio/inbound", content=body, headers=long)
            assert answer.status_code == 413
            return (await client.get("/metrics")).text

    page = asyncio.run(knock())
    assert _refused(page) == {
        ("twilio", "unproven"): 2, ("telegram", "unproven"): 1, ("twilio", "too_large"): 1,
    }  # fmt: skip
    assert "KENARI" not in page


@pytest.mark.parametrize(
    ("status", "reason"), [(200, ""), (400, "unreadable"), (503, "not_stored"), (405, "")]
)
def test_each_answer_counts_for_what_it_says(status: int, reason: str) -> None:
    """What was taken is no refusal; a wrong method never reaches the door."""
    metrics = Metrics()

    async def answers(_request: Request) -> Response:
        return Response(status_code=status)

    (route,) = counted("twilio", [Route("/x", answers, methods=["POST"])], metrics)

    async def ask() -> int:
        transport = httpx.ASGITransport(route)
        async with httpx.AsyncClient(transport=transport, base_url="http://uji") as client:
            asked = client.get("/x") if status == 405 else client.post("/x")
            return (await asked).status_code

    assert asyncio.run(ask()) == status
    wanted = {("twilio", reason): 1} if reason else {}
    assert _refused(metrics.page().decode()) == wanted
