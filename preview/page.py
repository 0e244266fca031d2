"""Serves the browser: the page's files, live events, and deep links."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from preview import views

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request

    from preview.telegram import Telegram


__all__ = ["Page"]

STATIC = Path(__file__).parent / "static"
HEARTBEAT_SECONDS = 15.0
# Nothing is loaded from elsewhere; frames may show the shop's pages, like an in-app browser.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline';"
    " frame-src http: https:; object-src 'none'; base-uri 'none'"
)


class Page:
    """Serves the chat page."""

    def __init__(self, telegram: Telegram, *, stopping: Callable[[], bool]) -> None:
        """Serve this state; event streams end when `stopping` returns True."""
        self.telegram = telegram
        self._stopping = stopping

    def routes(self) -> list[Route | Mount]:
        """Give the page's routes."""
        return [
            Route("/", self.index),
            Route("/t.me/{bot}", self.deep_link),
            Route("/_preview/events", self.events),
            Route("/_preview/files/{file_id}", self.file),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]

    async def index(self, request: Request) -> Response:
        """Give the page itself."""
        del request
        headers = {"content-security-policy": POLICY, "cache-control": "no-cache"}
        return FileResponse(STATIC / "index.html", headers=headers)

    async def deep_link(self, request: Request) -> Response:
        """Lead from t.me/<bot>?start=… into the chat."""
        bot = str(request.path_params["bot"])
        if bot.lower() != self.telegram.config.bot_username.lower():
            return RedirectResponse(f"https://t.me/{quote(bot)}?{request.url.query}")
        headers = {"content-security-policy": POLICY, "cache-control": "no-cache"}
        return FileResponse(STATIC / "return.html", headers=headers)

    async def events(self, request: Request) -> Response:
        """Stream events from `after` on, as server-sent events."""
        after = request.query_params.get("after", "")
        last = request.headers.get("last-event-id", "") or after
        seq = int(last) if last.isdecimal() else self.telegram.feed.seq
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        stream = self._stream(request, seq)
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    async def file(self, request: Request) -> Response:
        """Serve a message's file: pictures inline, everything else as a download."""
        found = self.telegram.files.get(str(request.path_params["file_id"]))
        headers = {"x-content-type-options": "nosniff", "cache-control": "max-age=86400"}
        harmless = found.kind in {"image/png", "image/jpeg", "image/gif", "image/webp"}
        if not harmless:
            name = quote(found.name)
            headers["content-disposition"] = f"attachment; filename*=UTF-8''{name}"
        kind = found.kind if harmless else "application/octet-stream"
        return Response(found.content, media_type=kind, headers=headers)

    async def _stream(self, request: Request, seq: int) -> AsyncIterator[str]:
        yield "retry: 500\n\n"
        while not self._stopping() and not await request.is_disconnected():
            for event in self.telegram.feed.since(seq):
                seq = event["seq"]
                shown = views.event(self.telegram, event)
                yield f"id: {seq}\ndata: {json.dumps(shown)}\n\n"
            if not await self.telegram.feed.wait(timeout=HEARTBEAT_SECONDS):
                yield ": still here\n\n"
