"""Serves the HTTP doors with uvicorn inside our own loop; signals stay with the process."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.applications import Starlette

from shop.rules.errors import BadInputError

_BACKLOG = 2048


class QuietServer(uvicorn.Server):
    """A server that leaves SIGTERM and SIGINT to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def bind(host: str, port: int) -> socket.socket:
    """The listening socket; raises `BadInputError` that names LISTEN."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
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

    def __init__(self, app: Starlette, sock: socket.socket) -> None:
        """Prepare; `start` serves."""
        self._socket = sock
        self._server = QuietServer(
            uvicorn.Config(
                app,
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
        """Return once requests are answered."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            if self._task.done():
                await self._task
                return
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Answer what is at hand, then close."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
