"""How long each provider takes to check a webhook's signature and read what it says."""

import asyncio
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.orders import stock
from benchmarks.providers import open_with
from benchmarks.tables import ratio, show
from bot.assemble import assemble
from tests.doors.senders import SENDERS
from tests.fixtures.doors import settings_of

_TIMES, _ROUNDS = 400, 5
_BASE = "stripe"


def reading() -> None:
    """Print the quickest round of each; nothing is settled."""
    with tempfile.TemporaryDirectory(prefix="telekiosk-bench-") as folder:
        found = asyncio.run(_measure(Path(folder)))
    show(
        "reading: processor time to check and read one webhook",
        ("provider", "quickest of 5 rounds", f"to {_BASE}"),
        [
            (name, f"{took * 1e6:.0f} µs", ratio(took, found[_BASE]))
            for name, took in found.items()
        ],
        f"Rounds of {_TIMES}, no books and no HTTP.",
    )


async def _measure(folder: Path) -> dict[str, float]:
    parts = assemble(settings_of(f"sqlite:///{folder / 'books.db'}"), folder=folder)
    await parts.storage.open()
    now = datetime.now(UTC).replace(microsecond=0)
    await stock(parts.storage, now=now)
    found: dict[str, float] = {}
    for place, (name, sender) in enumerate(SENDERS.items(), start=1):
        (payment,) = await parts.storage.run(
            open_with, range(place, place + 1), provider=name, currency="EUR", now=now
        )
        body = json.dumps(sender.event(payment, now)).encode()
        headers = {key.lower(): value for key, value in sender.sign(body, now).items()}
        read = parts.providers[name].read_webhook
        rounds = []
        for _ in range(_ROUNDS):
            began = time.thread_time()
            for _ in range(_TIMES):
                assert read(headers, body, now=now)
            rounds.append((time.thread_time() - began) / _TIMES)
        found[name] = min(rounds)
    await parts.close()
    return found
