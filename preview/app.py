"""Builds the web application: all doors over one shared state."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from preview.bot_api import BotApi
from preview.config import PersonConfig, PreviewConfig
from preview.control import Control
from preview.errors import BotApiError
from preview.page import Page
from preview.telegram import Telegram
from preview.webhook import Courier

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["PersonConfig", "PreviewConfig", "create_app"]


def create_app(
    config: PreviewConfig, *, stopping: Callable[[], bool] = lambda: False
) -> Starlette:
    """Build a stand-in; run it under a server, or in a test's own loop.

    `stopping` becomes true when the server is about to stop, so that open streams can end.
    """
    telegram = Telegram(config)
    bot_api = BotApi(telegram)
    telegram.courier = Courier(
        updates=telegram.updates,
        clock=telegram.clock,
        reply=bot_api.run_reply,
        unit=config.retry_unit,
    )
    app = Starlette(
        routes=[
            Route("/bot{token}/{method}", bot_api.call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", bot_api.file),
            *Page(telegram, stopping=stopping).routes(),
            Mount("/_preview", routes=Control(telegram).routes()),
        ],
        exception_handlers={BotApiError: _refused},
        lifespan=_lifespan(telegram, telegram.courier, stopping=stopping),
    )
    app.state.telegram = telegram
    return app


def _lifespan(
    telegram: Telegram, courier: Courier, *, stopping: Callable[[], bool]
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        del app
        watch = asyncio.create_task(_let_go(telegram, stopping=stopping))
        yield
        watch.cancel()
        await courier.stop()

    return lifespan


async def _let_go(telegram: Telegram, *, stopping: Callable[[], bool]) -> None:
    """End long polls and event streams when the server stops, as it waits for them."""
    while not stopping():  # noqa: ASYNC110 - a server sets a flag, not an event
        await asyncio.sleep(0.1)
    telegram.updates.close()
    telegram.feed.tell("closing")


async def _refused(request: Request, error: Exception) -> Response:
    del request
    code = error.code if isinstance(error, BotApiError) else 500
    return JSONResponse({"error": str(error)}, status_code=code)
