"""Small notes that outlive the process, such as how far the demo's clock was moved."""

from datetime import datetime

from shop.books.books import Books
from shop.books.moments import seconds
from shop.books.queries import Sql


class Notes:
    """The table of notes."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def take_turn(self, job: str, *, now: datetime, next_at: datetime) -> bool:
        """Whether the job's moment has come and it is ours; others wait until `next_at`."""
        value = f"{seconds(next_at):012d}"  # as text, so that it sorts as the times do
        found = self._sql.value("note_turn", key=job, value=value, now=f"{seconds(now):012d}")
        return found is not None

    def note(self, key: str) -> str | None:
        """A small note, such as how far the demo's clock was moved."""
        found: str | None = self._sql.value("note_get", key=key)
        return found

    def under(self, prefix: str) -> dict[str, str]:
        """The notes whose keys begin so, by the rest of their keys."""
        rows = self._sql.all("notes_under", prefix=prefix, size=len(prefix))
        return {row["key"].removeprefix(prefix): row["value"] for row in rows}

    def set_note(self, key: str, value: str) -> None:
        """Keep a small note."""
        self._sql.run("note_set", key=key, value=value)


def recall(books: Books, key: str) -> str:
    """What was noted under this key, "" when nothing was."""
    return books[Notes].note(key) or ""


def remember(books: Books, key: str, value: str) -> None:
    """Note something under a key."""
    books[Notes].set_note(key, value)
