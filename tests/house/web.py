"""Doors on a real port of this machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette

from bot.listener import Listener, bind


@asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Serve an app; gives a client of it."""
    sock = bind("127.0.0.1", 0)
    listener = Listener(app, sock)
    address = f"http://127.0.0.1:{sock.getsockname()[1]}"
    await listener.start()
    try:
        async with httpx.AsyncClient(base_url=address, timeout=30, trust_env=False) as client:
            yield client
    finally:
        await listener.stop()
        sock.close()
