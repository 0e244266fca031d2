"""How long the clock takes for 1,000 due reminders: among 10,000 subscriptions, then a million."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from statistics import median

from benchmarks.engines import Engine
from benchmarks.filling import fill
from benchmarks.tables import milliseconds, ratio, show, thousands
from bot.due import is_due
from shop.access.reminders import remind
from shop.books.books import Books
from shop.books.opening import storage_at
from shop.messaging.outbox_records import Outbox

_SIZES = (10_000, 1_000_000)
_DUE = 1_000
_ROUNDS = 5


def reminders(engine: Engine) -> None:
    """Print one line for each size."""
    rows: list[tuple[int, float, float]] = []
    for size in _SIZES:
        url = engine.fresh()
        fill(url, size, is_whole=False)
        rows.append((size, *asyncio.run(_claim(url))))
    _, _, first = rows[0]
    show(
        f"reminders: {_DUE:,} due ones claimed and queued, {engine.name}",
        ("subscriptions", "an idle look", "claimed and queued", "ratio"),
        [
            (thousands(size), milliseconds(idle), milliseconds(took), ratio(took, first))
            for size, idle, took in rows
        ],
        f"Median of {_ROUNDS} rounds; each queued {_DUE:,} messages in one transaction.",
    )


async def _claim(url: str) -> tuple[float, float]:
    storage = storage_at(url)
    await storage.open()
    now = datetime.now(UTC)
    idle: list[float] = []
    took: list[float] = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        due = await storage.read(is_due, now=now)
        idle.append(time.perf_counter() - began)
        assert not due.reminders
    before = await storage.read(_waiting)
    # Everyone's first reminder lies in the coming days; far enough ahead a thousand are due.
    later = now + timedelta(days=30)
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        assert await storage.run(remind, now=later, most=_DUE) == _DUE
        took.append(time.perf_counter() - began)
    assert await storage.read(_waiting) - before == _DUE * _ROUNDS
    await storage.close()
    return median(idle), median(took)


def _waiting(books: Books) -> int:
    return sum(depth.many for depth in books[Outbox].depth())
