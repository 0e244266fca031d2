"""SQL lives in files beside the records they serve; here it is loaded once a dialect and bound."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import aiosql

Dialect = Literal["sqlite", "postgres"]
Row = Mapping[str, Any]
_WINGS = Path(__file__).parents[1]


_DRIVERS: Final[Mapping[Dialect, str]] = {"sqlite": "sqlite3", "postgres": "psycopg"}
"""What aiosql calls each."""


@cache
def load_queries(dialect: Dialect) -> Mapping[str, str]:
    """Every wing's queries by name; a file under its `postgres/` replaces some of its namesake's.

    aiosql reads the files and writes each driver's own parameters. The calls it would make
    open a cursor and check its arguments each time, a tenth of a settlement; ours do not.
    """
    found: dict[str, str] = {}
    for path in sorted(_WINGS.glob("*/*.sql")):
        queries = _read(path, dialect)
        if twice := found.keys() & queries:
            msg = f"{path} has queries of names that are taken: {', '.join(sorted(twice))}"
            raise ValueError(msg)
        found |= queries
        if dialect == "postgres" and (override := path.parent / "postgres" / path.name).exists():
            found |= _read(override, dialect)
    return found


def _read(path: Path, dialect: Dialect) -> dict[str, str]:
    queries = aiosql.from_path(path, _DRIVERS[dialect], mandatory_parameters=False)
    names = (name for name in queries.available_queries if not name.endswith("_cursor"))
    return {name: getattr(queries, name).sql for name in names}


@cache
def without_returning(text: str) -> str:
    """The same without RETURNING, for which SQLite makes a table each time: it knows the id."""
    head, returning, rest = text.partition("RETURNING id")
    if not returning or rest.strip("; \n") or "INSERT" not in head or "DO UPDATE" in head:
        msg = f"the id is not that of a row this adds: {text}"
        raise ValueError(msg)
    return head


class Sql:
    """The queries, bound to the connection of one unit of work."""

    __slots__ = ("_connection", "_execute", "_names", "_queries", "_sync", "holder")

    def __init__(
        self,
        connection: Any,  # noqa: ANN401 - of either driver
        dialect: Dialect,
        sync: Callable[[], None] | None = None,
        *,
        holder: int = 0,
    ) -> None:
        """Bind; the connection belongs to the storage that made it.

        `sync` waits for the server's answers where statements are sent in a pipeline; `holder`
        is this process, by which a lease names whose it is.
        """
        self.holder = holder
        self._connection = connection
        self._execute = connection.execute
        self._sync = sync
        # psycopg names its rows. SQLite's are tuples, named here: a look-up in sqlite3.Row
        # compares name after name, 6 µs for the columns that a settlement reads.
        self._names: dict[str, tuple[str, ...]] | None = {} if dialect == "sqlite" else None
        self._queries = load_queries(dialect)

    def one(self, query: str, **values: object) -> Row | None:
        """The first row, or None (`^` queries)."""
        cursor = self._execute(self._queries[query], values)
        row = cursor.fetchone()
        return None if row is None else self._named(query, cursor, row)

    def all(self, query: str, **values: object) -> list[Row]:
        """Every row."""
        cursor = self._execute(self._queries[query], values)
        return [self._named(query, cursor, row) for row in cursor.fetchall()]

    def value(self, query: str, **values: object) -> Any:  # noqa: ANN401 - a column of any type
        """The one column of the first row, or None (`$` queries)."""
        row = self._execute(self._queries[query], values).fetchone()
        if row is None:
            return None
        return row[0] if self._names is not None else next(iter(row.values()))

    def added(self, query: str, **values: object) -> int | None:
        """The id of the row it adds, or None where one was there (`$` queries, RETURNING id)."""
        if self._names is None:
            found: int | None = self.value(query, **values)
            return found
        cursor = self._execute(without_returning(self._queries[query]), values)
        return int(cursor.lastrowid) if cursor.rowcount else None

    def run(self, query: str, **values: object) -> None:
        """Change rows, as many as there are (`!` queries); nobody waits for the answer."""
        self._execute(self._queries[query], values)

    def count(self, query: str, **values: object) -> int:
        """How many rows it changed (`!` queries)."""
        cursor = self._execute(self._queries[query], values)
        if self._sync is not None:
            self._sync()
        count: int = cursor.rowcount
        return count

    def many(self, query: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Run once for each mapping (`*!` queries)."""
        self._connection.cursor().executemany(self._queries[query], rows)

    def _named(self, query: str, cursor: Any, row: Any) -> Row:  # noqa: ANN401 - the driver's
        """A row by its columns' names, which are read once a query."""
        if self._names is None:
            found: Row = row
            return found
        names = self._names.get(query)
        if names is None or len(names) != len(row):  # a column may have come
            names = self._names[query] = tuple(column[0] for column in cursor.description)
        return dict(zip(names, row, strict=True))
