"""The demo as `make demo` starts it, in a process of its own, for a browser to use."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

_READY = "Your shop is open"
_READY_WITHIN = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A running demo; `page` is the chat page's address, `shop` the shop's."""

    process: asyncio.subprocess.Process
    page: str
    shop: str


@asynccontextmanager
async def running_demo(
    folder: Path, *, ports: tuple[int, int], catalog: Path | None = None
) -> AsyncIterator[Demo]:
    """Start it and wait until it says it is open; stop it as Ctrl-C does."""
    port, preview_port = ports
    further = ["--catalog", str(catalog)] if catalog else []
    log = folder.with_suffix(".log")
    with log.open("wb") as writing:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "demo",
            "--no-open",
            "--folder",
            str(folder),
            "--port",
            str(port),
            "--preview-port",
            str(preview_port),
            *further,
            stdout=writing,
            stderr=writing,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    try:
        await _until_ready(process, log)
        yield Demo(
            process=process,
            page=f"http://127.0.0.1:{preview_port}",
            shop=f"http://127.0.0.1:{port}",
        )
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
            await asyncio.wait_for(process.wait(), 15)


async def _until_ready(process: asyncio.subprocess.Process, log: Path) -> None:
    async with asyncio.timeout(_READY_WITHIN):
        while _READY not in (said := await asyncio.to_thread(log.read_text, "utf-8")):
            assert process.returncode is None, f"the demo ended: {said}"
            await asyncio.sleep(0.05)


def free_ports() -> tuple[int, int]:
    """Two ports nobody listens on."""
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]
