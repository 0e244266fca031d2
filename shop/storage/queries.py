"""SQL lives in files; here each query is loaded once a dialect and bound to a connection."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import aiosql
from aiosql.adapters.sqlite3 import SQLite3Adapter

Dialect = Literal["sqlite", "postgres"]
Row = Mapping[str, Any]
_FOLDER = Path(__file__).parent / "sql"


class _RowsAdapter(SQLite3Adapter):
    """aiosql's own takes a single value from a tuple only, not from a `sqlite3.Row`."""

    def select_value(self, *call: Any) -> Any:  # noqa: ANN401 - aiosql has no types here
        """The first column of the first row, or None."""
        row = super().select_one(*call)  # type: ignore[no-untyped-call] # the same
        return None if row is None else row[0]


_DRIVERS: Final[Mapping[str, Any]] = {"sqlite": _RowsAdapter, "postgres": "psycopg"}


@cache
def load_queries(dialect: Dialect) -> Mapping[str, Any]:
    """Every query by name; a file under `sql/postgres/` replaces queries of its namesake."""
    found: dict[str, Any] = {}
    for path in sorted(_FOLDER.glob("*.sql")):
        _read(path, dialect, found)
        if dialect == "postgres" and (override := _FOLDER / "postgres" / path.name).exists():
            _read(override, dialect, found)
    return found


def _read(path: Path, dialect: Dialect, found: dict[str, Any]) -> None:
    queries = aiosql.from_path(path, _DRIVERS[dialect], mandatory_parameters=False)
    for name in queries.available_queries:
        if not name.endswith("_cursor"):
            found[name] = getattr(queries, name)


class Sql:
    """The queries, bound to the connection of one unit of work."""

    __slots__ = ("_connection", "_queries")

    def __init__(self, connection: object, dialect: Dialect) -> None:
        """Bind; the connection belongs to the storage that made it."""
        self._connection = connection
        self._queries = load_queries(dialect)

    def one(self, query: str, **values: object) -> Row | None:
        """The first row, or None (`^` queries)."""
        row: Row | None = self._queries[query](self._connection, **values)
        return row

    def all(self, query: str, **values: object) -> list[Row]:
        """Every row."""
        return list(self._queries[query](self._connection, **values))

    def value(self, query: str, **values: object) -> Any:  # noqa: ANN401 - a column of any type
        """The one column of the first row, or None (`$` queries)."""
        return self._queries[query](self._connection, **values)

    def run(self, query: str, **values: object) -> int:
        """How many rows it changed (`!` queries)."""
        count: int = self._queries[query](self._connection, **values)
        return count

    def many(self, query: str, rows: Iterable[Mapping[str, object]]) -> int:
        """Run once for each mapping (`*!` queries)."""
        count: int = self._queries[query](self._connection, list(rows))
        return count
