"""Every HTTP route of the shop, in one list."""

from collections.abc import Sequence

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from handlers.counter import Counter
from handlers.http.access import flussonic_door, nginx_door, playlist_door
from handlers.http.health import alive, metrics_door, ready_door
from handlers.http.payment_return import return_door
from handlers.http.telegram import Take, telegram_door
from handlers.http.webhooks import webhook_door

log = structlog.get_logger()


def build_web(
    counter: Counter, *, take: Take, telegram_secret: str, further: Sequence[BaseRoute] = ()
) -> Starlette:
    """The web application; `further` are routes that only some shops have (sandbox, demo)."""
    routes: list[BaseRoute] = [
        Route("/webhooks/{provider}", webhook_door(counter), methods=["POST"]),
        Route("/telegram", telegram_door(take, secret=telegram_secret), methods=["POST"]),
        Route("/pay/return", return_door(counter)),
        Route("/access/nginx", nginx_door(counter)),
        Route("/access/flussonic", flussonic_door(counter)),
        Route("/playlist/{token}.m3u8", playlist_door(counter)),
        Route("/healthz", alive),
        Route("/readyz", ready_door(counter)),
        Route("/metrics", metrics_door(counter)),
        *further,
    ]
    return Starlette(routes=routes, exception_handlers={Exception: _our_trouble})


async def _our_trouble(request: Request, error: Exception) -> Response:
    # A defect of ours: the caller may try again, and learns no internals.
    log.error("door_failed", path=request.url.path, error=type(error).__name__, exc_info=error)
    return Response(status_code=503)
