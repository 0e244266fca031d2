"""Queues shared by several: each row goes to one of them (law 6)."""

import asyncio
import sqlite3
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from shop.access.reminders import remind
from shop.access.stock_records import Line, NewStockLine, Stock
from shop.books.books import Books
from shop.books.opening import Storage, storage_at
from shop.books.queries import Sql, load_queries
from shop.intake.polling import claim_polls
from shop.messaging.jobs import MessageKind
from shop.messaging.outbox import claim, finish_effect
from shop.messaging.outbox_records import Effect, Outbox
from tests.fixtures.meeting import UNGUARDED, meet_after
from tests.fixtures.shop import Shop
from tests.fixtures.tables import Tables

WORKERS = 4


def queue(books: Books, *, many: int, now: datetime) -> None:
    books[Outbox].add(
        [
            Effect(kind=MessageKind.CHAT, lane=f"chat:{n}", key=f"note:{n}", payload={"to": n})
            for n in range(many)
        ],
        now=now,
    )


async def test_rows_read_first_and_taken_after_go_to_both(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, _ = postgres_shop
    await shop.run(queue, many=1, now=shop.now)

    look = "SELECT * FROM outbox WHERE state = 'waiting' AND due_at <= %(now)s LIMIT %(most)s"
    queries = dict(load_queries("postgres")) | {"outbox_claim": look}
    monkeypatch.setattr("shop.books.queries.load_queries", lambda _dialect: queries)
    meet_after(monkeypatch, Sql, "all", seconds=UNGUARDED)

    taken = await asyncio.gather(*(shop.run(claim, now=shop.now, most=9) for _ in range(2)))

    assert [len(effects) for effects in taken] == [1, 1]


async def test_effects_go_to_one_worker_each(shop: Shop, database_url: str) -> None:
    await shop.run(queue, many=200, now=shop.now)
    others = [storage_at(database_url) for _ in range(WORKERS)]
    await asyncio.gather(*(other.open() for other in others))

    async def work(storage: Storage) -> list[int]:
        found: list[int] = []
        while effects := await storage.run(claim, now=shop.now, most=7):
            found += [effect.id for effect in effects]
        return found

    shares = await asyncio.gather(*(work(other) for other in others))
    await asyncio.gather(*(other.close() for other in others))

    taken = [number for share in shares for number in share]
    assert len(taken) == len(set(taken)) == 200


async def test_what_a_dead_worker_took_comes_again_after_its_lease(shop: Shop) -> None:
    await shop.run(queue, many=1, now=shop.now)
    first = await shop.run(claim, now=shop.now, most=1)
    assert await shop.run(claim, now=shop.clock.move(seconds=89), most=1) == []

    again = await shop.run(claim, now=shop.clock.move(seconds=1), most=1)

    assert [effect.id for effect in again] == [effect.id for effect in first]
    assert again[0].tries == 2


async def test_a_lane_gives_its_effects_one_after_the_other(shop: Shop) -> None:
    lane = [
        Effect(kind=MessageKind.CHAT, lane="chat:1", key=f"note:{n}", payload={"to": 1})
        for n in range(3)
    ]
    await shop.run(add, lane, now=shop.now)

    for n in range(3):
        (only,) = await shop.run(claim, now=shop.now, most=9)
        assert only.key == f"note:{n}"
        await shop.run(finish_effect, only, now=shop.now)


async def test_a_reminder_is_queued_once_by_many(
    shop: Shop, tables: Tables, database_url: str
) -> None:
    for person in range(20):
        await shop.pay(await shop.ask(await shop.greet(2000 + person)))
    shop.clock.move(days=25)
    others = [storage_at(database_url) for _ in range(WORKERS)]
    await asyncio.gather(*(other.open() for other in others))

    await asyncio.gather(*(other.run(remind, now=shop.now, most=500) for other in others))
    await asyncio.gather(*(other.close() for other in others))

    keys = tables.rows("SELECT key FROM outbox WHERE key LIKE 'reminder:%'")
    assert len(keys) == 20
    assert tables.one("SELECT MIN(remind_at) FROM subscriptions") > shop.now.timestamp()


async def test_a_payment_is_asked_about_by_one(shop: Shop, database_url: str) -> None:
    for person in range(20):
        await shop.ask(await shop.greet(2000 + person))
    shop.clock.move(minutes=1)
    others = [storage_at(database_url) for _ in range(WORKERS)]
    await asyncio.gather(*(other.open() for other in others))

    shares = await asyncio.gather(
        *(other.run(claim_polls, now=shop.now, most=500) for other in others)
    )
    await asyncio.gather(*(other.close() for other in others))

    asked = [payment.id for share in shares for payment in share]
    assert len(asked) == len(set(asked)) == 20


async def test_a_line_looked_at_first_and_taken_after_goes_to_two(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, _ = postgres_shop
    await shop.run(load, most=1, now=shop.now)

    look = "SELECT * FROM stock WHERE plan = %(plan)s AND state = 'free'"
    queries = dict(load_queries("postgres")) | {"stock_take": look}
    monkeypatch.setattr("shop.books.queries.load_queries", lambda _dialect: queries)
    meet_after(monkeypatch, Sql, "one", seconds=UNGUARDED)

    taken = await asyncio.gather(*(shop.run(take, n, now=shop.now) for n in (1, 2)))

    assert taken[0] == taken[1] is not None


async def test_the_last_line_wanted_by_twenty_goes_to_one(shop: Shop, tables: Tables) -> None:
    for person in range(20):
        await shop.pay(await shop.ask(await shop.greet(3000 + person), slug="duo"))
    await shop.run(load, most=1, now=shop.now)

    taken = await asyncio.gather(
        *(shop.run(take, number, now=shop.now) for number in range(1, 21))
    )

    assert sum(line is not None for line in taken) == 1
    assert tables.one("SELECT COUNT(*) FROM stock WHERE state = 'taken'") == 1


async def test_as_many_lines_as_people_reach_everyone_once(shop: Shop, tables: Tables) -> None:
    for person in range(20):
        await shop.pay(await shop.ask(await shop.greet(3000 + person), slug="duo"))
    await shop.run(load, most=20, now=shop.now)

    taken = await asyncio.gather(
        *(shop.run(take, number, now=shop.now) for number in range(1, 21))
    )

    assert len({line.id for line in taken if line is not None}) == 20
    assert tables.one("SELECT COUNT(*) FROM stock WHERE state = 'free'") == 0


def take(books: Books, number: int, *, now: datetime) -> Line | None:
    return books[Stock].take("duo", number, now=now)


def add(books: Books, effects: list[Effect], *, now: datetime) -> None:
    books[Outbox].add(effects, now=now)


def load(books: Books, *, most: int, now: datetime) -> None:
    for n in range(most):
        line = NewStockLine(username=f"{n}", panel="", fingerprint=f"{n}", encrypted=b"sealed")
        books[Stock].add("duo", line, now=now)


@pytest.mark.parametrize(("begin", "lost"), [("BEGIN", 1), ("BEGIN IMMEDIATE", 0)])
def test_in_sqlite_only_an_immediate_transaction_may_read_and_then_write(
    tmp_path: Path, begin: str, lost: int
) -> None:
    path = tmp_path / "wallet.db"
    with sqlite3.connect(path, isolation_level=None) as setup:
        setup.execute("PRAGMA journal_mode=WAL")
        setup.execute("CREATE TABLE wallet (minor INTEGER)")
        setup.execute("INSERT INTO wallet VALUES (0)")
    setup.close()
    both_have_read = threading.Barrier(2)
    refused: list[sqlite3.OperationalError] = []

    def add_one() -> None:
        connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        try:
            connection.execute(begin)
            (found,) = connection.execute("SELECT minor FROM wallet").fetchone()
            try:
                both_have_read.wait(0.3)
            except threading.BrokenBarrierError:
                both_have_read.reset()
            connection.execute("UPDATE wallet SET minor = ?", (found + 1,))
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=add_one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timedelta(seconds=20).total_seconds())

    connection = sqlite3.connect(path)
    (minor,) = connection.execute("SELECT minor FROM wallet").fetchone()
    connection.close()
    assert minor == 2 - lost
    assert len(refused) == lost
