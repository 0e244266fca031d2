"""Fills books with past sales as fast as the database takes them: no use case, no checks."""

import asyncio
import hashlib
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from benchmarks.orders import stock
from shop.books.opening import storage_at

_SALES = (Path(__file__).parent / "filling.sql").read_text("utf-8")
_REST = "-- the rest of a sale"
_SQLITE = "sqlite:///"
_BODY_BYTES = 256  # a real webhook has 2,000: these rows are written once and never read
_IDENTITIES = (
    "customers",
    "subscriptions",
    "orders",
    "order_lines",
    "payments",
    "receipts",
    "periods",
    "outbox",
    "inbox",
)


def fill(url: str, many: int, *, is_whole: bool = True) -> None:
    """Put in `many` customers with a running subscription each, and the whole sale behind it."""
    asyncio.run(_open_shop(url))
    script = _SALES if is_whole else _SALES.partition(_REST)[0]
    if url.startswith(_SQLITE):
        _fill_sqlite(Path(url.removeprefix(_SQLITE)), script, many)
    else:
        _fill_postgres(url, script, many)


async def _open_shop(url: str) -> None:
    storage = storage_at(url)
    await storage.open()
    await stock(storage, now=datetime.now(UTC))
    await storage.close()


def _written(script: str, many: int, *, body: str) -> list[str]:
    whole = script.format(first=1, last=many, now=int(time.time()), body=body)
    return [statement for statement in whole.split(";\n") if "INSERT" in statement]


def _fill_sqlite(path: Path, script: str, many: int) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.create_function("md5", 1, _md5, deterministic=True)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-500000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    for statement in _written(script, many, body=f"zeroblob({_BODY_BYTES})"):
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.close()


def _fill_postgres(url: str, script: str, many: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET session_replication_role = replica")  # no foreign keys just now
        connection.execute("SET maintenance_work_mem = '256MB'")
        body = f"decode(repeat('00', {_BODY_BYTES}), 'hex')"
        for statement in _written(script, many, body=body):
            connection.execute(statement.encode())
        for table in _IDENTITIES:
            connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "  # noqa: S608 - ours
                f"(SELECT COALESCE(MAX(id), 1) FROM {table}))".encode()
            )
        connection.execute("ANALYZE")
        connection.execute("CHECKPOINT")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
