"""The owner upgrades without fear: from nothing, from any version, and through a kill."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from shop.storage import migrate
from shop.storage.migrate import (
    ChangedMigrationError,
    Migration,
    NewerBooksError,
    load_migrations,
    migrate_postgres,
    migrate_sqlite,
)
from shop.storage.opening import storage_at
from shop.storage.queries import Dialect
from tests.books import put_plan, subscribe
from tests.postgres import FreshDatabase

ROOT = Path(__file__).parents[2]
DIALECTS: list[Dialect] = ["sqlite", "postgres"]


@pytest.fixture(params=DIALECTS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/shop.db"
    fresh: FreshDatabase = request.getfixturevalue("postgres_url")
    return fresh(_leave_empty)


def _leave_empty(_url: str) -> None:
    """Migrate nothing."""


def execute(url: str, *statements: str) -> list[tuple[object, ...]]:
    """What the last statement answers."""
    rows: list[tuple[object, ...]] = []
    if url.startswith("sqlite"):
        file = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for statement in statements:
            rows = file.execute(statement).fetchall()
        file.close()
        return rows
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            answer = connection.execute(statement.encode())
            rows = answer.fetchall() if answer.description else []
    return rows


def migrate_to(url: str, version: int | None = None) -> list[str]:
    if url.startswith("sqlite"):
        file = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        try:
            return migrate_sqlite(file, upto=version)
        finally:
            file.close()
    with psycopg.connect(url, autocommit=True) as connection:
        return migrate_postgres(connection, upto=version)


def schema(url: str) -> list[tuple[object, ...]]:
    if url.startswith("sqlite"):
        return execute(url, "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name")
    return execute(
        url,
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
        " WHERE table_schema = 'public' ORDER BY table_name, column_name",
    )


@pytest.mark.parametrize("dialect", DIALECTS)
def test_migrations_are_numbered_without_a_gap(dialect: Dialect) -> None:
    versions = [migration.version for migration in load_migrations(dialect)]
    assert versions == list(range(1, len(versions) + 1))


def test_both_databases_have_the_same_migrations() -> None:
    names = [[one.name for one in load_migrations(dialect)] for dialect in DIALECTS]
    assert names[0] == names[1]


async def test_new_books_are_made_and_opened_again(empty: str) -> None:
    storage = storage_at(empty)
    assert await storage.open() == [one.name for one in load_migrations("sqlite")]
    await storage.run(put_plan)
    await storage.close()
    again = storage_at(empty)
    assert await again.open() == []
    assert await again.run(subscribe, 1) == 1
    await again.close()


def test_every_earlier_version_becomes_todays(empty: str, tmp_path: Path) -> None:
    migrate_to(empty)
    today = schema(empty)
    for migration in load_migrations("sqlite"):
        if empty.startswith("sqlite"):
            url = f"sqlite:///{tmp_path}/from_{migration.version}.db"
        else:
            execute(empty, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
            url = empty
        migrate_to(url, migration.version)
        migrate_to(url)
        assert schema(url) == today


def test_both_databases_have_the_same_columns(tmp_path: Path, postgres_url: FreshDatabase) -> None:
    lite, postgres = f"sqlite:///{tmp_path}/shop.db", postgres_url(_leave_empty)
    for url in (lite, postgres):
        migrate_to(url)
    columns = execute(
        lite,
        "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c"
        " WHERE t.type = 'table' ORDER BY t.name, c.name",
    )
    assert columns == [(table, column) for table, column, *_ in schema(postgres)]


async def test_books_of_a_newer_telekiosk_are_left_alone(empty: str) -> None:
    migrate_to(empty)
    before = schema(empty)
    execute(empty, "INSERT INTO schema_migrations (version, digest) VALUES (9999, 'x')")
    with pytest.raises(NewerBooksError, match=r"newer Telekiosk \(schema 9999\)"):
        await storage_at(empty).open()
    assert schema(empty) == before


def test_a_process_that_meets_newer_books_ends(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shop.db"
    migrate_to(url)
    execute(url, "INSERT INTO schema_migrations (version, digest) VALUES (9999, 'x')")
    program = (
        "import asyncio, sys\n"
        "from shop.storage.opening import storage_at\n"
        "asyncio.run(storage_at(sys.argv[1]).open())\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, url],
        cwd=ROOT,
        capture_output=True,
        timeout=30,
        text=True,
        check=False,
    )
    assert "NewerBooksError" in ended.stderr


async def test_a_changed_migration_is_refused(empty: str) -> None:
    migrate_to(empty)
    execute(empty, "UPDATE schema_migrations SET digest = 'other' WHERE version = 1")
    with pytest.raises(ChangedMigrationError, match="Migration 1 is not the one"):
        await storage_at(empty).open()


def test_a_migration_that_fails_leaves_nothing(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate_to(empty)
    before = schema(empty)
    broken = Migration(
        version=9000,
        name="9000_broken",
        sql="CREATE TABLE half (id BIGINT);\nINSERT INTO nowhere VALUES (1);\n",
    )
    monkeypatch.setattr(migrate, "load_migrations", with_one_more(broken))
    for _ in range(2):
        with pytest.raises((sqlite3.OperationalError, psycopg.errors.UndefinedTable)):
            migrate_to(empty)
        assert schema(empty) == before
    repaired = Migration(version=9000, name="9000_whole", sql="CREATE TABLE half (id BIGINT);\n")
    monkeypatch.setattr(migrate, "load_migrations", with_one_more(repaired))
    assert migrate_to(empty) == ["9000_whole"]


def with_one_more(migration: Migration) -> Callable[[Dialect], list[Migration]]:
    return lambda dialect: [*load_migrations(dialect), migration]


# A migration that takes seconds after half of its work is done; a server whose client was killed
# goes on to the end of them before it lets go.
SLOW = {
    "sqlite": (
        "CREATE TABLE half (id INTEGER);\nINSERT INTO half VALUES (1);\n"
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000000)\n"
        "INSERT INTO half SELECT COUNT(*) FROM n;\nCREATE TABLE whole (id INTEGER);\n"
    ),
    "postgres": (
        "CREATE TABLE half (id INTEGER);\nINSERT INTO half VALUES (1);\n"
        "SELECT pg_sleep(4);\nCREATE TABLE whole (id INTEGER);\n"
    ),
}
PROGRAM = """
import asyncio, sys
from shop.storage import migrate
from shop.storage.opening import storage_at
url, slow = sys.argv[1:]
known = migrate.load_migrations
more = migrate.Migration(version=9000, name="9000_slow", sql=slow)
migrate.load_migrations = lambda dialect: [*known(dialect), more]
print("begin", flush=True)
asyncio.run(storage_at(url).open())
"""


@pytest.mark.parametrize("seconds", [0.0, 0.3, 0.8])
def test_a_kill_in_the_middle_leaves_the_books_as_they_were(empty: str, seconds: float) -> None:
    migrate_to(empty)
    before = schema(empty)
    slow = SLOW["sqlite" if empty.startswith("sqlite") else "postgres"]
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, empty, slow], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "begin\n"
        time.sleep(seconds)
        os.kill(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert schema(empty) == before
    assert migrate_to(empty) == []


def test_two_processes_migrate_new_books_once(empty: str) -> None:
    program = (
        "import asyncio, sys\n"
        "from shop.storage.opening import storage_at\n"
        "async def main():\n"
        "    storage = storage_at(sys.argv[1])\n"
        "    print(len(await storage.open()))\n"
        "    await storage.close()\n"
        "asyncio.run(main())\n"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", program, empty], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    answers = sorted(int(process.communicate(timeout=40)[0]) for process in both)
    assert answers == [0, len(load_migrations("sqlite"))]
