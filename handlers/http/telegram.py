"""Where Telegram calls in webhook mode: an update is in the books before it is acknowledged."""

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from handlers.http.metrics import REJECTED
from handlers.http.webhooks import Endpoint, TooLargeError, read_body
from shop.core.errors import BadInputError, BooksUnavailableError

Take = Callable[[list[dict[str, Any]]], Awaitable[None]]


def telegram_door(take: Take, *, secret: str) -> Endpoint:
    """Behind `POST /telegram`; `take` returns once the updates are stored.

    `secret` may hold several, separated by commas, during a rotation.
    """
    secrets = [piece.strip().encode() for piece in secret.split(",") if piece.strip()]

    async def receive(request: Request) -> Response:
        given = request.headers.get("x-telegram-bot-api-secret-token", "")
        if not secrets:
            return Response(status_code=404)
        if not any(hmac.compare_digest(given.encode(), one) for one in secrets):
            REJECTED.labels("telegram", "signature").inc()
            return Response(status_code=400)
        try:
            update = _read(await read_body(request))
        except (ValueError, RecursionError, TooLargeError, BadInputError):
            REJECTED.labels("telegram", "body").inc()
            return Response(status_code=400)
        try:
            await take([update])
        except BooksUnavailableError:
            return Response(status_code=503, headers={"Retry-After": "5"})
        return Response(status_code=200)

    return receive


def _read(body: bytes) -> dict[str, Any]:
    update = json.loads(body)
    if not isinstance(update, dict) or type(update.get("update_id")) is not int:
        raise BadInputError(reason="That is not an update.")
    return update
