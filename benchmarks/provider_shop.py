"""A shop with every way to pay at its doors: `python -m benchmarks.provider_shop URL`.

Prints its port, and ends when its input does; settings and secrets are those of tests/fixtures.
"""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.orders import POLICY
from benchmarks.shop_process import Shop
from bot.assemble import assemble
from bot.listener import Listener, bind
from bot.reception import Reception
from handlers.counter import Counter
from handlers.http.routes import build_web
from shop.owner_file.live_policy import LivePolicy
from tests.fixtures.doors import settings_of


@contextmanager
def running(url: str) -> Iterator[Shop]:
    """Such a shop in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.provider_shop", url]
    with subprocess.Popen(  # noqa: S603 - ourselves
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Shop(pid=process.pid, port=int(process.stdout.readline()))
        process.stdin.close()
    assert process.returncode == 0


async def _serve(url: str, folder: Path) -> None:
    settings = settings_of(url)
    parts = assemble(settings, folder=folder)
    await parts.storage.open()
    counter = Counter(
        storage=parts.storage,
        clock=parts.clock,
        encryption=parts.encryption,
        policies=LivePolicy(POLICY),
        providers=parts.providers,
        bot_username="shop_bot",
        public_url="https://shop.example",
        wake=lambda: None,
    )
    reception = Reception(counter, answer=_no_answer, call=_no_call, read_money=parts.read_money)
    secret = settings.telegram_webhook_secret.get_secret_value()
    sock = bind("127.0.0.1", 0)
    listener = Listener(build_web(counter, take=reception.take, telegram_secret=secret), sock)
    await listener.start()
    print(sock.getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await listener.stop()
    await parts.close()


async def _no_answer(_update: Mapping[str, Any]) -> None:
    """Nobody chats here."""


async def _no_call(_method: str, **_fields: object) -> None:
    """Nor is anything sent."""


def main(run: Callable[..., Any] = uvloop.run) -> None:
    """Serve until the input ends."""
    with tempfile.TemporaryDirectory(prefix="telekiosk-bench-") as folder:
        run(_serve(sys.argv[1], Path(folder)))


if __name__ == "__main__":
    main()
