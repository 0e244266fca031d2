"""Opens the books that DATABASE_URL names; each driver loads only when it is used."""

from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from shop.books.books import Books
from shop.core.errors import BadInputError

P = ParamSpec("P")
T = TypeVar("T")
_SQLITE = "sqlite:///"


class Storage(Protocol):
    """Where use cases run: `run` writes, `read` looks.

    Both raise `BooksUnavailableError` when the books cannot be reached, and may raise
    `BadInputError` for a text with NUL inside; a use case's own error comes through. Nothing
    it wrote remains then.
    """

    dialect: str
    holder: int  # this process, by which its leases are known

    async def open(self) -> list[str]:
        """Connect and migrate; returns the migrations applied."""
        ...

    async def run(
        self, use_case: Callable[Concatenate[Books, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case as one transaction."""
        ...

    async def read(
        self, use_case: Callable[Concatenate[Books, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case that only reads."""
        ...

    async def living(self) -> frozenset[int]:
        """The holders whose processes live, this one among them."""
        ...

    async def close(self) -> None:
        """Finish what runs, then let go."""
        ...


def storage_at(url: str) -> Storage:
    """The storage of this DATABASE_URL, not open yet."""
    if url.startswith(_SQLITE) and len(url) > len(_SQLITE):
        from shop.books.sqlite import SqliteStorage

        return SqliteStorage(Path(url.removeprefix(_SQLITE)))
    if url.startswith(("postgresql://", "postgres://")):
        from shop.books.postgres import PostgresStorage

        return PostgresStorage(url)
    raise BadInputError(
        reason="DATABASE_URL must look like sqlite:///telekiosk.db or postgresql://…"
    )
