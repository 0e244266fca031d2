"""The two kinds of books, each as durable as in a shop: synchronous=FULL, fsync on."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg

from shop.books.migrate import migrate_postgres
from tests.fixtures.postgres import Server, find_binaries


class Engine(Protocol):
    """Gives new, empty books."""

    name: str

    def fresh(self) -> str:
        """The DATABASE_URL of books nobody wrote in yet."""
        ...


class SqliteEngine:
    """Books as files of one folder."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, count(1)

    def fresh(self) -> str:
        """Name a new file."""
        return f"sqlite:///{self._folder / f'{next(self._numbers)}.db'}"


class PostgresEngine:
    """Books as databases of one server."""

    name = "PostgreSQL"

    def __init__(self, server: Server) -> None:
        self._server = server

    def fresh(self) -> str:
        """Make a new database with today's schema."""
        return self._server.fresh(_migrate)


@contextmanager
def engines() -> Iterator[list[Engine]]:
    """Both engines; everything they wrote is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="telekiosk-bench-") as folder:
        found: list[Engine] = [SqliteEngine(Path(folder))]
        binaries = find_binaries()
        server = Server(binaries, is_durable=True) if binaries else None
        if server is not None:
            found.append(PostgresEngine(server))
        try:
            yield found
        finally:
            if server is not None:
                server.stop()


def _migrate(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        migrate_postgres(connection)
