"""Books with a shop's whole life in them, at each version, become the next one's; all is kept."""

import sqlite3
from itertools import count
from typing import Any

import psycopg
import pytest

from shop.books.opening import storage_at
from shop.core.money import Money
from shop.orders.payment_records import Payments
from shop.orders.states import OrderState
from shop.settlement.settle import Outcome
from tests.books.made_up import GUARD, REAL, made_up
from tests.books.test_migrations import empty, execute, migrate_to
from tests.fixtures.goods import MONTH
from tests.fixtures.shop import Shop
from tests.fixtures.tables import TABLES, Tables, contradictions

__all__ = ["empty", "made_up"]
Rows = dict[str, list[dict[str, Any]]]


async def lived(url: str) -> None:
    """One pays and gets access, one pays too little, one's money is of no known order."""
    shop = await Shop(storage_at(url)).open()
    anna, bruno = await shop.greet(), await shop.greet(1002)
    assert await shop.pay(await shop.ask(anna)) is Outcome.SETTLED
    short = await shop.ask(bruno, slug="bare")
    little = shop.received(short, money=Money(1, "EUR"))
    assert await shop.settle(little) is Outcome.TO_WALLET
    lost = shop.received(short)
    assert await shop.settle(lost, provider="sandbox_crypto") is Outcome.UNKNOWN
    await shop.drain()
    await shop.ask(anna, term=MONTH)
    await shop.storage.close()


def columns(url: str) -> dict[str, list[str]]:
    """Those of each table."""
    if url.startswith("sqlite"):
        rows = execute(
            url,
            "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c"
            " WHERE t.type = 'table' ORDER BY c.cid",
        )
    else:
        rows = execute(
            url,
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name IN (SELECT tablename FROM pg_tables)"
            " ORDER BY ordinal_position",
        )
    found: dict[str, list[str]] = {}
    for table, column in rows:
        found.setdefault(str(table), []).append(str(column))
    return found


def read(url: str, wanted: dict[str, list[str]]) -> Rows:
    """Every row of these tables, by these columns."""
    tables = Tables(url)
    return {
        table: [
            dict(zip(names, row, strict=True))
            for row in tables.rows(
                f"SELECT {', '.join(names)} FROM {table} ORDER BY 1"  # noqa: S608 - ours
            )
        ]
        for table, names in wanted.items()
        if table in TABLES
    }


def put(url: str, rows: Rows) -> None:
    """Write rows as they are, past the order in which they came."""
    with Tables(url).connection() as connection:
        is_lite = url.startswith("sqlite")
        if not is_lite:
            connection.execute("SET session_replication_role = replica")
        for table, found in rows.items():
            for row in found:
                places = ", ".join(["?" if is_lite else "%s"] * len(row))
                connection.execute(
                    f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})",  # noqa: S608
                    list(row.values()),
                )
            if not is_lite and found and "id" in found[0]:
                connection.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table}"  # noqa: S608
                )


@pytest.mark.parametrize("version", REAL)
async def test_an_earlier_versions_books_are_kept_and_gone_on_with(
    empty: str, version: int, made_up: str
) -> None:
    migrate_to(empty)
    await lived(empty)
    later = columns(empty)
    life = read(empty, later)
    if empty.startswith("sqlite"):
        empty = empty.replace("shop.db", "old.db")
    else:
        execute(empty, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    migrate_to(empty, version)
    then = {table: names for table, names in columns(empty).items() if table in TABLES}
    old = {
        table: [{name: row[name] for name in names} for row in life[table]]
        for table, names in then.items()
    }
    put(empty, old)
    assert sum(map(len, old.values())) > 40, "a life, not a sketch of one"

    storage = storage_at(empty)
    applied = await storage.open()
    assert (applied[-1], len(applied)) == (made_up, len(REAL) + 1 - version)
    assert columns(empty) == later
    assert read(empty, then) == old, "nothing is lost or changed"
    assert_made_up(empty)

    shop = Shop(storage, numbers=count(100))
    (number,) = Tables(empty).rows("SELECT id FROM payments WHERE state = 'created'")[-1]
    payment = await storage.read(lambda books: books[Payments].get(number))
    assert payment is not None
    assert await shop.settle(shop.received(payment, receipt="after")) is Outcome.SETTLED
    await storage.close()
    tables = Tables(empty)
    assert contradictions(tables) == {}
    assert tables.one("SELECT state FROM orders ORDER BY id DESC LIMIT 1") == OrderState.PAID
    if empty.startswith("sqlite"):
        assert execute(empty, "PRAGMA foreign_key_check") == []


def assert_made_up(url: str) -> None:
    """What the made-up migration asks for is there, old rows included, and its guard stands."""
    people = execute(url, "SELECT id, created_at FROM customers ORDER BY id")
    assert len(people) == len({1001, 1002})
    assert execute(url, "SELECT customer_id, came_at FROM visits ORDER BY id") == people
    assert execute(url, "SELECT DISTINCT shoe_size, picture FROM customers") == [(42, None)]
    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.RaiseException), match=GUARD):
        execute(url, "DELETE FROM visits")


def test_a_dump_of_the_tables_leaves_none_out(empty: str) -> None:
    migrate_to(empty)
    found = {name for name in columns(empty) if not name.startswith(("sqlite_", "schema_"))}
    assert found == set(TABLES)
