"""Brings a database to today's schema: each numbered file once, in a transaction with its record.

Ours and not a library's, because a kill between a migration and its mark must leave
nothing to mend by hand (docs/decisions/0004).
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shop.rules.errors import ShopError
from shop.storage.queries import Dialect

if TYPE_CHECKING:
    import psycopg

_FOLDER = Path(__file__).parent / "migrations"
_TABLE = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    version BIGINT PRIMARY KEY,
    digest TEXT NOT NULL
)
"""
_LOCK = 7_305_921_664  # any number, the same in every process


class NewerBooksError(ShopError):
    """The books were written by a newer Telekiosk (schema {found}); this one knows {known}."""


class ChangedMigrationError(ShopError):
    """Migration {version} is not the one these books were made with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One numbered file."""

    version: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        """Recognises the file again."""
        return hashlib.sha256(self.sql.encode()).hexdigest()[:16]


def load_migrations(dialect: Dialect) -> list[Migration]:
    """All migrations of this dialect in order."""
    return [
        Migration(version=int(path.name[:4]), name=path.stem, sql=path.read_text("utf-8"))
        for path in sorted((_FOLDER / dialect).glob("*.sql"))
    ]


def migrate_sqlite(connection: sqlite3.Connection, *, upto: int | None = None) -> list[str]:
    """Apply what is missing; returns the names applied. The connection is in autocommit."""
    applied = []
    known = _upto(load_migrations("sqlite"), upto)
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(_TABLE)
        done = dict(connection.execute("SELECT version, digest FROM schema_migrations").fetchall())
        for migration in _missing(known, done, is_whole=upto is None):
            for statement in _statements(migration.sql):
                connection.execute(statement)
            connection.execute(
                "INSERT INTO schema_migrations (version, digest) VALUES (?, ?)",
                (migration.version, migration.digest),
            )
            applied.append(migration.name)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return applied


def migrate_postgres(
    connection: "psycopg.Connection[tuple[object, ...]]", *, upto: int | None = None
) -> list[str]:
    """Apply what is missing, one process at a time; returns the names applied."""
    applied = []
    known = _upto(load_migrations("postgres"), upto)
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        connection.execute("SET LOCAL client_min_messages = warning")
        connection.execute(_TABLE)
        rows = connection.execute("SELECT version, digest FROM schema_migrations").fetchall()
        done = {int(str(version)): str(digest) for version, digest in rows}
        for migration in _missing(known, done, is_whole=upto is None):
            connection.execute(migration.sql.encode())
            connection.execute(
                "INSERT INTO schema_migrations (version, digest) VALUES (%s, %s)",
                (migration.version, migration.digest),
            )
            applied.append(migration.name)
    return applied


def _upto(migrations: list[Migration], upto: int | None) -> list[Migration]:
    return [migration for migration in migrations if upto is None or migration.version <= upto]


def _missing(
    known: list[Migration], done: dict[int, str], *, is_whole: bool
) -> Iterator[Migration]:
    newest = max((migration.version for migration in known), default=0)
    if is_whole and done and max(done) > newest:
        raise NewerBooksError(found=max(done), known=newest)
    for migration in known:
        if (digest := done.get(migration.version)) is None:
            yield migration
        elif digest != migration.digest:
            raise ChangedMigrationError(version=migration.version)


def _statements(sql: str) -> Iterator[str]:
    """Cut a script into statements; SQLite itself knows where one with a trigger ends."""
    piece = ""
    for line in sql.splitlines(keepends=True):
        piece += line
        if sqlite3.complete_statement(piece):
            yield piece
            piece = ""
