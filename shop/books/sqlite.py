"""The books in one SQLite file: a writer that commits in groups (law 5), readers for screens."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import aiosqlite

from shop.books.books import Books
from shop.books.leases import new_holder
from shop.books.migrate import migrate_sqlite
from shop.core.errors import BooksUnavailableError

P = ParamSpec("P")
T = TypeVar("T")
C = TypeVar("C", bound=aiosqlite.Connection)
UseCase = Callable[Concatenate[Books, P], T]
_Work = Callable[[], Any]
_Outcome = tuple[Any, BaseException | None]
_BUSY_SECONDS = 5.0
_MOST_TOGETHER = 256
_TURNS = 4  # of the loop, some 0.1 ms, in which another call may come
_READERS = 2
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    # What a savepoint may have to undo, 200 kB for a settlement: else a temporary file takes it.
    "temp_store=MEMORY",
)


class WriterConnection(aiosqlite.Connection):
    """One connection whose thread runs whole use cases; those that wait commit together."""

    def __init__(self, connector: Callable[[], sqlite3.Connection], *, holder: int = 0) -> None:
        """Prepare; `await` it to connect. `holder` is whose leases it writes."""
        super().__init__(connector, iter_chunk_size=64)
        self._holder = holder
        self._waiting: deque[tuple[_Work, asyncio.Future[Any]]] = deque()
        self._drain: asyncio.Task[None] | None = None
        self._books: Books | None = None
        self._is_suspect = False

    async def run(self, use_case: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a use case in a savepoint of its own; answers after the commit that holds it."""
        if not self._running or not self._connection:
            raise BooksUnavailableError
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append((partial(self._call, use_case, args, kwargs), future))
        if self._drain is None or self._drain.done():
            self._drain = loop.create_task(self._drain_waiting())
        return await future

    async def settle_down(self) -> None:
        """Wait until nothing is being written."""
        while self._drain is not None and not self._drain.done():
            await asyncio.wait([self._drain])

    def _call(self, use_case: Callable[..., T], args: Any, kwargs: Any) -> T:  # noqa: ANN401
        if self._books is None:
            self._books = Books(self._conn, "sqlite", holder=self._holder)
        return use_case(self._books, *args, **kwargs)

    async def _drain_waiting(self) -> None:
        while self._waiting:
            await self._let_gather()
            size = min(len(self._waiting), _MOST_TOGETHER)
            batch = [self._waiting.popleft() for _ in range(size)]
            works = [work for work, _ in batch]
            try:
                outcomes: list[_Outcome] = await self._execute(self._commit_together, works)  # type: ignore[no-untyped-call]
            except Exception as error:  # noqa: BLE001 - every caller gets the one reason
                outcomes = [(None, _unavailable(error))] * size
            for (_, future), (value, trouble) in zip(batch, outcomes, strict=True):
                if future.done():
                    continue
                if trouble is None:
                    future.set_result(value)
                else:
                    future.set_exception(trouble)

    async def _let_gather(self) -> None:
        """Wait while the loop brings more: else its thread and the writer's fight over the GIL."""
        many = 0
        while many < len(self._waiting) < _MOST_TOGETHER:
            many = len(self._waiting)
            for _ in range(_TURNS):
                await asyncio.sleep(0)

    def _commit_together(self, works: list[_Work]) -> list[_Outcome]:
        if self._is_suspect:
            self._reopen()
        connection = self._conn
        try:
            outcomes = _trusting(connection, works) or _one_by_one(connection, works)
            connection.execute("COMMIT")
        except BaseException as error:
            self._is_suspect = isinstance(error, sqlite3.Error) and not _is_busy(error)
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return outcomes

    def _reopen(self) -> None:
        # After an I/O error or a full disk the handle may be stale; a new one recovers by itself.
        fresh = self._connector()
        self._conn.close()
        self._connection, self._books, self._is_suspect = fresh, None, False


class SqliteStorage:
    """The books in one file."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        """Remember where; `open` connects."""
        self._path, self.holder = path, new_holder()
        self._writer: WriterConnection | None = None
        self._readers: list[aiosqlite.Connection] = []
        self._turn = 0

    async def open(self) -> list[str]:
        """Connect and migrate; returns the migrations applied."""
        try:
            writer = await _opened(
                WriterConnection(partial(_connect, self._path), holder=self.holder)
            )
            self._writer = writer
            applied: list[str] = await writer._execute(_migrate, writer)  # type: ignore[no-untyped-call]  # noqa: SLF001 - its own thread
            for _ in range(_READERS):
                reader = aiosqlite.Connection(partial(_connect_reader, self._path), 64)
                self._readers.append(await _opened(reader))
        except sqlite3.Error as error:
            await self.close()
            raise BooksUnavailableError from error
        except BaseException:
            await self.close()  # a thread left behind would keep the process from ending
            raise
        return applied

    async def run(self, use_case: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Write: the use case's changes are on the disk when this returns."""
        if self._writer is None:
            raise BooksUnavailableError
        return await self._writer.run(use_case, *args, **kwargs)

    async def read(self, use_case: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read in one consistent snapshot; writing fails."""
        if not self._readers:
            raise BooksUnavailableError
        self._turn = (self._turn + 1) % len(self._readers)
        reader = self._readers[self._turn]
        work = partial(_in_snapshot, reader, use_case, args, kwargs)
        try:
            result: T = await reader._execute(work)  # type: ignore[no-untyped-call]  # noqa: SLF001 - its way in
        except sqlite3.OperationalError as error:
            raise BooksUnavailableError from error
        return result

    async def living(self) -> frozenset[int]:
        """This process alone: SQLite means one."""
        return frozenset({self.holder})

    async def close(self) -> None:
        """Finish what waits, then let go of the file."""
        if self._writer is not None:
            await self._writer.settle_down()
            await self._writer.close()
        for reader in self._readers:
            await reader.close()
        self._writer, self._readers = None, []


async def _opened(connection: C) -> C:
    try:
        _ = await connection
    except BaseException:
        # aiosqlite does not wait for the thread it stops, whose last word needs this loop.
        await asyncio.to_thread(connection._thread.join)  # noqa: SLF001 - there is no other way
        raise
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, cached_statements=512
    )
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_reader(path: Path) -> sqlite3.Connection:
    connection = _connect(path)
    connection.execute("PRAGMA query_only=ON")
    return connection


def _migrate(writer: WriterConnection) -> list[str]:
    return migrate_sqlite(writer._conn)  # noqa: SLF001 - the raw connection, on its own thread


def _trusting(connection: sqlite3.Connection, works: list[_Work]) -> list[_Outcome] | None:
    """Run all in one transaction without savepoints, which cost a tenth of a settlement.

    Nothing is left and None returned where one fails after it has written.
    """
    connection.execute("BEGIN IMMEDIATE")
    outcomes: list[_Outcome] = []
    for work in works:
        changes = connection.total_changes
        try:
            outcomes.append((work(), None))
        except Exception as error:
            if not connection.in_transaction:
                raise  # SQLite rolled the whole batch back (disk full, I/O): nobody was told yet
            if connection.total_changes != changes:
                connection.execute("ROLLBACK")
                return None
            outcomes.append(_failed(error))
    return outcomes


def _one_by_one(connection: sqlite3.Connection, works: list[_Work]) -> list[_Outcome]:
    """Run all, so that what one of them wrote can be undone alone."""
    connection.execute("BEGIN IMMEDIATE")
    return [_in_savepoint(connection, work) for work in works]


def _failed(error: Exception) -> _Outcome:
    return (None, _unavailable(error) if _is_trouble(error) else error)


def _in_savepoint(connection: sqlite3.Connection, work: _Work) -> _Outcome:
    connection.execute("SAVEPOINT one")
    try:
        outcome: _Outcome = (work(), None)
    except Exception as error:
        if not connection.in_transaction:
            raise  # SQLite rolled the whole batch back (disk full, I/O): nobody was told yet
        connection.execute("ROLLBACK TO one")
        outcome = _failed(error)
    connection.execute("RELEASE one")
    return outcome


def _in_snapshot(
    reader: aiosqlite.Connection,
    use_case: Callable[..., T],
    args: Any,  # noqa: ANN401 - passed through
    kwargs: Any,  # noqa: ANN401 - passed through
) -> T:
    connection = reader._conn  # noqa: SLF001 - the raw connection, on its own thread
    connection.execute("BEGIN")
    try:
        return use_case(Books(connection, "sqlite"), *args, **kwargs)
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _is_busy(error: BaseException) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _is_trouble(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError)


def _unavailable(error: BaseException) -> BaseException:
    if isinstance(error, sqlite3.Error | ValueError):
        trouble = BooksUnavailableError()
        trouble.__cause__ = error
        return trouble
    return error
