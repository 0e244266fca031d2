"""Lines of credentials loaded by staff; each is handed out once."""

from dataclasses import dataclass
from datetime import datetime

from shop.books.moments import seconds
from shop.books.queries import Row, Sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line; `encrypted` holds the encrypted credentials."""

    id: int
    encrypted: bytes


class Stock:
    """The table of lines."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def add(self, plan: str, *, fingerprint: str, encrypted: bytes, now: datetime) -> bool:
        """Load a line; False when the same line was loaded before."""
        found = self._sql.value(
            "stock_add", plan=plan, fingerprint=fingerprint, encrypted=encrypted, now=seconds(now)
        )
        return found is not None

    def in_hand(self, subscription_id: int) -> Line | None:
        """The line this subscription has."""
        return _line(self._sql.one("stock_in_hand", subscription_id=subscription_id))

    def take(self, plan: str, subscription_id: int, *, now: datetime) -> Line | None:
        """Hand out the oldest free line; None when there is none."""
        return _line(
            self._sql.one(
                "stock_take", plan=plan, subscription_id=subscription_id, now=seconds(now)
            )
        )

    def retire(self, subscription_id: int) -> None:
        """Take the line out of use; it is never handed out again."""
        self._sql.run("stock_retire", subscription_id=subscription_id)

    def left(self, plan: str) -> int:
        """How many lines are free."""
        return int(self._sql.value("stock_left", plan=plan))

    def levels(self) -> dict[str, int]:
        """Free lines of each plan that has any."""
        return {row["plan"]: row["many"] for row in self._sql.all("stock_levels")}


def _line(row: Row | None) -> Line | None:
    return None if row is None else Line(id=row["id"], encrypted=bytes(row["encrypted"]))
