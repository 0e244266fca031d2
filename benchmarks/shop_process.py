"""The shop as the benchmarks run it: the real webhook door over real books, nothing beside it.

`python -m benchmarks.shop_process URL WAY` prints its port, and ends when its input does.
"""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx
import uvloop

from benchmarks.orders import POLICY
from benchmarks.webhooks import SECRET
from bot.clocks import SystemClock
from bot.encryption import FernetEncryption
from bot.listener import Listener, bind
from handlers.counter import Counter
from handlers.http.routes import build_web
from payments.stripe.provider import Stripe
from shop.books.opening import Storage, storage_at
from shop.owner_file.live_policy import LivePolicy
from shop.settlement.settle import Outcome


class Way(StrEnum):
    """How the shop is run."""

    SHOP = "as in a shop"
    ALONE = "one at a time"  # SQLite: a commit each. PostgreSQL: one connection
    NO_BOOKS = "no books"  # signature and JSON are read, nothing is written: the ceiling


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A running shop process."""

    pid: int
    port: int


class NoBooks:
    """Says that everything was settled, and writes nothing."""

    dialect = "none"
    holder = 0

    async def open(self) -> list[str]:
        """Nothing to open."""
        return []

    async def run(self, *_work: Any, **_facts: Any) -> Any:  # noqa: ANN401 - any use case
        """Settled."""
        return [Outcome.SETTLED]

    read = run

    async def living(self) -> frozenset[int]:
        """Nobody else is there."""
        return frozenset({self.holder})

    async def close(self) -> None:
        """Nothing to close."""


@contextmanager
def running(url: str, way: Way = Way.SHOP) -> Iterator[Shop]:
    """A shop in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.shop_process", url, way.name]
    with subprocess.Popen(  # noqa: S603 - ourselves
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Shop(pid=process.pid, port=int(process.stdout.readline()))
        process.stdin.close()
    assert process.returncode == 0


async def _serve(url: str, way: Way) -> None:
    storage = _storage(url, way)
    await storage.open()
    clock = SystemClock()
    http = httpx.AsyncClient()
    stripe = Stripe(
        secret_key="sk_test_benchmark",  # noqa: S106 - it opens nothing
        webhook_secrets=SECRET,
        clock=clock,
        http=http,
    )
    counter = Counter(
        storage=storage,
        clock=clock,
        encryption=FernetEncryption("benchmark" * 4),
        policies=LivePolicy(POLICY),
        providers={stripe.name: stripe},
        bot_username="shop_bot",
        public_url="https://shop.example",
        wake=lambda: None,
    )
    sock = bind("127.0.0.1", 0)
    listener = Listener(build_web(counter, take=_no_updates, telegram_secret=""), sock)
    await listener.start()
    print(sock.getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await listener.stop()
    await http.aclose()
    await storage.close()


async def _no_updates(_updates: list[dict[str, Any]]) -> None:
    """Nobody chats here."""


def _storage(url: str, way: Way) -> Storage:
    if way is Way.NO_BOOKS:
        return NoBooks()
    if way is Way.ALONE:
        import shop.books.postgres
        import shop.books.sqlite

        shop.books.sqlite._MOST_TOGETHER = 1  # noqa: SLF001 - what it is like without
        shop.books.postgres._SIZE = 1  # noqa: SLF001 - the same
    return storage_at(url)


def main(run: Callable[..., Any] = uvloop.run) -> None:
    """Serve until the input ends."""
    _, url, way = sys.argv
    run(_serve(url, Way[way]))


if __name__ == "__main__":
    main()
