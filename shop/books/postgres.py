"""The books in PostgreSQL: the same use cases, each a transaction on a small pool (law 5)."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from shop.books.books import Books
from shop.books.leases import new_holder
from shop.books.migrate import migrate_postgres
from shop.books.presence import Presence
from shop.core.errors import BadInputError, BooksUnavailableError

P = ParamSpec("P")
T = TypeVar("T")
UseCase = Callable[Concatenate[Books, P], T]
_SIZE = 8
_WAIT_SECONDS = 5.0
_TRIES = 8
_CONFLICTS = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)
_UNFIT = "That is not a text or number that books can hold."  # such as one with NUL inside
_GONE = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    PoolTimeout,
    PoolClosed,
    psycopg.errors.ReadOnlySqlTransaction,  # a standby answers, until it is promoted
    psycopg.errors.IdleInTransactionSessionTimeout,
)


class PostgresStorage:
    """The books on a PostgreSQL server."""

    dialect = "postgres"

    def __init__(self, url: str) -> None:
        """Remember where; `open` connects."""
        self._url, self.holder = url, new_holder()
        self._presence = Presence(url, self.holder)
        self._threads = ThreadPoolExecutor(_SIZE, thread_name_prefix="books")
        self._pool: ConnectionPool[psycopg.Connection[dict[str, Any]]] | None = None

    async def open(self) -> list[str]:
        """Connect and migrate; returns the migrations applied."""
        return await self._in_thread(self._open)

    async def run(self, use_case: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Write: the use case's changes are durable when this returns."""
        return await self._in_thread(partial(self._transact, use_case, args, kwargs))

    async def read(self, use_case: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read in one consistent snapshot; writing fails."""
        return await self._in_thread(partial(self._snapshot, use_case, args, kwargs))

    async def living(self) -> frozenset[int]:
        """Whose session holds its lock; ours is taken again where it was lost."""
        return await self._in_thread(self._living)

    async def close(self) -> None:
        """Finish what runs, then let go of the connections."""
        await asyncio.to_thread(self._threads.shutdown)
        await asyncio.to_thread(self._presence.close)
        if self._pool is not None:
            await asyncio.to_thread(self._pool.close)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        except RuntimeError as error:  # the executor was shut down
            raise BooksUnavailableError from error
        return await future

    def _open(self) -> list[str]:
        try:
            with psycopg.connect(self._url, autocommit=True) as connection:
                applied = migrate_postgres(connection)
            self._presence.living()
        except psycopg.OperationalError as error:
            raise BooksUnavailableError from error
        self._pool = ConnectionPool(
            self._url,
            connection_class=psycopg.Connection[dict[str, Any]],
            kwargs={"row_factory": dict_row, "autocommit": True, "prepare_threshold": 2},
            min_size=1,
            max_size=_SIZE,
            timeout=_WAIT_SECONDS,
            # The pool waits twice as long each time; forgetting the outage lets the next use
            # case try at once, instead of minutes after the server is back.
            reconnect_timeout=_WAIT_SECONDS,
            open=True,
        )
        return applied

    def _living(self) -> frozenset[int]:
        try:
            return self._presence.living()
        except psycopg.OperationalError as error:
            raise BooksUnavailableError from error

    def _transact(self, use_case: Callable[..., T], args: Any, kwargs: Any) -> T:  # noqa: ANN401
        for last in range(_TRIES - 1, -1, -1):
            try:
                with self._connection() as connection:
                    return _in_pipeline(connection, self.holder, use_case, args, kwargs)
            except _CONFLICTS as error:
                if not last:
                    raise BooksUnavailableError from error
            except _GONE as error:
                raise self._unavailable() from error
            except psycopg.DataError as error:
                raise BadInputError(reason=_UNFIT) from error
        raise BooksUnavailableError

    def _snapshot(self, use_case: Callable[..., T], args: Any, kwargs: Any) -> T:  # noqa: ANN401
        try:
            with self._connection() as connection, connection.transaction():
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                return use_case(Books(connection, "postgres"), *args, **kwargs)
        except _GONE as error:
            raise self._unavailable() from error
        except psycopg.DataError as error:
            raise BadInputError(reason=_UNFIT) from error

    def _unavailable(self) -> BooksUnavailableError:
        # Where one connection broke the idle ones did too; they go before anyone is given them.
        if self._pool is not None and not self._pool.closed:
            self._pool.check()
        return BooksUnavailableError()

    def _connection(self) -> Any:  # noqa: ANN401 - the pool's context manager
        if self._pool is None:
            raise BooksUnavailableError
        return self._pool.connection()


def _in_pipeline(
    connection: "psycopg.Connection[dict[str, Any]]",
    holder: int,
    use_case: Callable[..., T],
    args: Any,  # noqa: ANN401 - passed through
    kwargs: Any,  # noqa: ANN401 - passed through
) -> T:
    """One transaction whose statements wait for an answer only where the use case reads it.

    An error leaves the transaction open; the pool's connection rolls it back.
    """
    with connection.pipeline() as pipeline:
        connection.execute("BEGIN")
        books = Books(connection, "postgres", pipeline.sync, holder=holder)
        outcome = use_case(books, *args, **kwargs)
        connection.execute("COMMIT")
    return outcome
