"""Books that cannot be written for a while: providers are asked to come again, nothing is half."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from shop.books import postgres, sqlite
from tests.books.test_postgres_faults import cut_all, read_only_server
from tests.books.test_sqlite_faults import files_up_to
from tests.doors.conftest import OpenDoors
from tests.doors.senders import SENDERS
from tests.fixtures.doors import Doors
from tests.fixtures.tables import contradictions

STRIPE = SENDERS["stripe"]
Trouble = Callable[[Doors], AbstractContextManager[None]]


@contextmanager
def locked(doors: Doors) -> Iterator[None]:
    """Another program writes, and does not end."""
    other = sqlite3.connect(doors.url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@contextmanager
def full(doors: Doors) -> Iterator[None]:
    """There is room for a page more, which a settlement needs ten of."""
    log = Path(doors.url.removeprefix("sqlite:///") + "-wal")
    with files_up_to(log.stat().st_size + 4_200):
        yield


@contextmanager
def read_only(doors: Doors) -> Iterator[None]:
    """The disk has been mounted read-only, as after an error of its own."""
    writer = doors.parts.storage._writer  # type: ignore[attr-defined]  # noqa: SLF001 - to tell it so
    doors.do(writer.execute_fetchall("PRAGMA query_only = 1"))
    yield
    doors.do(writer.execute_fetchall("PRAGMA query_only = 0"))


@contextmanager
def cut(doors: Doors) -> Iterator[None]:
    """The server has ended every connection."""
    cut_all(doors.url)
    yield


@contextmanager
def standby(doors: Doors) -> Iterator[None]:
    """The server that answers now takes no writes."""
    with read_only_server(doors.url):
        send(doors, b"{}")  # finds the cut connections out
        yield


TROUBLES: list[tuple[str, Trouble]] = [
    ("sqlite", locked),
    ("sqlite", full),
    ("sqlite", read_only),
    ("postgres", cut),
    ("postgres", standby),
]


def send(doors: Doors, body: bytes) -> tuple[int, str]:
    headers = STRIPE.sign(body, doors.clock.now())
    answer = doors.post("/webhooks/stripe", content=body, headers=headers)
    return answer.status_code, answer.headers.get("retry-after", "")


@pytest.mark.parametrize(
    ("database_url", "trouble"),
    TROUBLES,
    indirect=["database_url"],
    ids=[f"{dialect}-{trouble.__name__}" for dialect, trouble in TROUBLES],
)
def test_a_webhook_is_503_until_the_books_are_well_again(
    open_doors: OpenDoors, monkeypatch: pytest.MonkeyPatch, trouble: Trouble
) -> None:
    monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 0.2)
    monkeypatch.setattr(postgres, "_WAIT_SECONDS", 1.0)
    doors = open_doors()
    payment = doors.do(doors.shop.ask(doors.do(doors.shop.greet()), provider="stripe"))
    body = STRIPE.write(payment, doors.clock.now())
    before = doors.tables.dump()

    with trouble(doors):
        assert send(doors, body) == (503, "5")
        assert doors.tables.dump() == before, "nothing is half written"

    began = time.monotonic()
    while (answer := send(doors, body))[0] == 503:
        assert time.monotonic() - began < 10, "it recovers by itself"
    assert answer[0] == 200
    assert doors.tables.one("SELECT COUNT(*) FROM receipts") == 1
    assert doors.tables.one("SELECT state FROM orders") == "paid"
    assert contradictions(doors.tables) == {}
