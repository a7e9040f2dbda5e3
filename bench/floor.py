"""The floor to compare with: a bare ASGI route with the signature check and one durable INSERT."""

import asyncio
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import uvicorn
from sqlalchemy import create_engine, event, text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from bench.load import TOKEN, form_of


def application(database_url: str, public_url: str) -> Starlette:
    """One route, one INSERT a request, committed before the answer."""
    url = database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, pool_size=8)
    if url.startswith("sqlite"):

        @event.listens_for(engine, "connect")
        def prepare(connection: object, _record: object) -> None:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
                connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    with engine.begin() as connection:
        blob = "BLOB" if url.startswith("sqlite") else "BYTEA"
        connection.execute(text(f"CREATE TABLE raw (id TEXT PRIMARY KEY, body {blob})"))
    validator, pool, lock = RequestValidator(TOKEN), ThreadPoolExecutor(8), threading.Lock()
    insert = text("INSERT INTO raw VALUES (:id, :body)")

    def store(body: bytes) -> None:
        with lock if url.startswith("sqlite") else threading.RLock(), engine.begin() as connection:
            connection.execute(insert, {"id": uuid.uuid4().hex, "body": body})

    async def inbound(request: Request) -> Response:
        body = await request.body()
        signature = request.headers.get("x-twilio-signature", "")
        if not validator.validate(f"{public_url}/twilio/inbound", form_of(body), signature):
            return Response(status_code=403)
        await asyncio.get_running_loop().run_in_executor(pool, store, body)
        return Response("<Response/>", media_type="text/xml")

    return Starlette(
        routes=[
            Route("/twilio/inbound", inbound, methods=["POST"]),
            Route("/readyz", lambda _request: Response("ok")),
        ]
    )


if __name__ == "__main__":
    address, url_of_database = sys.argv[1], sys.argv[2]
    host, _, port = address.rpartition(":")
    uvicorn.run(
        application(url_of_database, f"http://{address}"),
        host=host,
        port=int(port),
        log_config=None,
        access_log=False,
    )
