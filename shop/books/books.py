"""The unit of work every use case is given: one transaction, its tables asked for by type."""

from collections.abc import Callable
from typing import Any, TypeVar

from shop.books.queries import Dialect, Sql

R = TypeVar("R")


class Books:
    """One transaction's view of the books; never kept longer than the use case runs."""

    __slots__ = ("_bound", "_sql")

    def __init__(
        self,
        connection: object,
        dialect: Dialect,
        sync: Callable[[], None] | None = None,
        *,
        holder: int = 0,
    ) -> None:
        """Bind to the connection; for `sync` and `holder` see `Sql`."""
        self._sql = Sql(connection, dialect, sync, holder=holder)
        self._bound: dict[Callable[[Sql], Any], Any] = {}

    def __getitem__(self, records: Callable[[Sql], R]) -> R:
        """One family of tables, asked for by its class: `books[Refunds].refund(7)`.

        Whoever uses a table imports its class, so the import contracts see every use.
        """
        bound: R | None = self._bound.get(records)
        if bound is None:
            self._bound[records] = bound = records(self._sql)
        return bound
