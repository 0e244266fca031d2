"""Serves a stand-in from a thread, so that blocking and async clients can both call it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_STARTING = 10.0


@contextmanager
def serve(app: "ASGIApp", *, port: int = 0) -> Iterator[str]:
    """Serve `app` on a free loopback port; yields `http://127.0.0.1:PORT`."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(128)
        config = uvicorn.Config(app, log_level="warning", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            _wait_until_started(server)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            # Slow answers are part of some tests; nobody waits for them at the end.
            server.should_exit = server.force_exit = True
            thread.join()


def _wait_until_started(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + _STARTING
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.005)
