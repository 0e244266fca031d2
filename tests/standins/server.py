"""Serves a stand-in from a thread, so that blocking and async clients can both call it."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_STARTING = 10.0
_STEP = 0.005
_A_SECOND = 1.0


class PromptServer(uvicorn.Server):
    """Leaves as soon as it is told and its answers are out; uvicorn looks ten times a second."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin, ready to be told."""
        self._loop, self._told = asyncio.get_running_loop(), asyncio.Event()
        await super().startup(sockets)

    async def main_loop(self) -> None:
        """Wait to be told; keep the Date header right meanwhile, which the tick does."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), _A_SECOND)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, let what is being answered end, unless it is forced."""
        for server in self.servers:
            server.close()
        for sock in sockets or []:
            sock.close()
        state, patience = self.server_state, self.config.timeout_graceful_shutdown
        for connection in list(state.connections):
            connection.shutdown()
            if self.force_exit:
                connection.transport.abort()
        deadline = time.monotonic() + (float("inf") if patience is None else patience)
        while (state.connections or state.tasks) and not self.force_exit:
            if time.monotonic() > deadline:
                self.force_exit = True
                for task in state.tasks:
                    task.cancel()
            await asyncio.sleep(_STEP)
        await self.lifespan.shutdown()

    def leave(self, *, at_once: bool = False) -> None:
        """Tell it to end, from any thread; `at_once` breaks off what is being answered."""
        self.should_exit, self.force_exit = True, at_once
        with suppress(RuntimeError):  # its loop is closed: it has left already
            self._loop.call_soon_threadsafe(self._told.set)


def bound(port: int = 0) -> socket.socket:
    """A socket that listens on this machine.

    It names TCP: asyncio switches Nagle's algorithm off for no other, and then each answer of
    two pieces takes 40 ms.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen(128)
    return listening


@contextmanager
def serve(app: "ASGIApp", *, port: int = 0) -> Iterator[str]:
    """Serve `app` on a free loopback port; yields `http://127.0.0.1:PORT`."""
    with bound(port) as listening:
        config = uvicorn.Config(app, log_level="warning", lifespan="off", ws="none")
        server = PromptServer(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            _wait_until_started(server)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            # Slow answers are part of some tests; nobody waits for them at the end.
            server.leave(at_once=True)
            thread.join()


def _wait_until_started(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + _STARTING
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.005)
