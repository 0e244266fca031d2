"""SQL lives in files beside the records they serve; here it is loaded once a dialect and bound."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import aiosql

Dialect = Literal["sqlite", "postgres"]
Row = Mapping[str, Any]
_WINGS = Path(__file__).parents[1]


class _Driver(NamedTuple):
    """What differs between the drivers: aiosql's name for it, and the first column of a row."""

    name: str
    first: Callable[[Any], Any]


_DRIVERS: Final[Mapping[Dialect, _Driver]] = {
    "sqlite": _Driver("sqlite3", itemgetter(0)),
    "postgres": _Driver("psycopg", lambda row: next(iter(row.values()))),
}


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
    queries = aiosql.from_path(path, _DRIVERS[dialect].name, mandatory_parameters=False)
    names = (name for name in queries.available_queries if not name.endswith("_cursor"))
    return {name: getattr(queries, name).sql for name in names}


class Sql:
    """The queries, bound to the connection of one unit of work."""

    __slots__ = ("_connection", "_execute", "_first", "_queries", "_sync", "holder")

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
        self._first = _DRIVERS[dialect].first
        self._queries = load_queries(dialect)

    def one(self, query: str, **values: object) -> Row | None:
        """The first row, or None (`^` queries)."""
        row: Row | None = self._execute(self._queries[query], values).fetchone()
        return row

    def all(self, query: str, **values: object) -> list[Row]:
        """Every row."""
        rows: list[Row] = self._execute(self._queries[query], values).fetchall()
        return rows

    def value(self, query: str, **values: object) -> Any:  # noqa: ANN401 - a column of any type
        """The one column of the first row, or None (`$` queries)."""
        row = self._execute(self._queries[query], values).fetchone()
        return None if row is None else self._first(row)

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
