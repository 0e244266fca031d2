"""Serves HTTP with uvicorn inside our own loop; the process handles signals itself."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Sequence

import uvicorn
from starlette.applications import Starlette

from shop.core.errors import BadInputError

_BACKLOG = 2048


class QuietServer(uvicorn.Server):
    """A server that leaves SIGTERM and SIGINT to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def bind(host: str, port: int) -> socket.socket:
    """Open the listening socket; raises `BadInputError` naming LISTEN."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # TCP is named because asyncio turns Nagle's algorithm off only then; uvloop always does.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        reason = f"LISTEN: cannot listen on {host}:{port} ({error.strerror})"
        raise BadInputError(reason=reason) from error
    sock.listen(_BACKLOG)
    sock.setblocking(False)  # noqa: FBT003 - socket's own signature
    return sock


class Listener:
    """The web server as one task."""

    def __init__(
        self, app: Starlette, sock: socket.socket, *, trusted_proxies: Sequence[str] = ()
    ) -> None:
        """Prepare; `start` serves. Only trusted peers may name the caller behind them."""
        self._socket = sock
        self._server = QuietServer(
            uvicorn.Config(
                app,
                # Without proxies of our own, anyone could claim any address in X-Forwarded-For.
                proxy_headers=bool(trusted_proxies),
                forwarded_allow_ips=list(trusted_proxies),
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=5,
                timeout_keep_alive=30,
                server_header=False,
            )
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start serving; returns once requests are answered."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            if self._task.done():
                await self._task
                return
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Finish the requests at hand, then close."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
