"""Lines of credentials loaded by staff; each is handed out once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.books.moments import seconds
from shop.books.queries import Row, Sql


class LineState(StrEnum):
    """Where a line is in its life."""

    FREE = "free"
    TAKEN = "taken"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStockLine:
    """A line to be loaded, known by keyed hashes.

    An account is its `username` within its `panel`, "" where none is named; `fingerprint` is
    the same for the very same credentials.
    """

    username: str
    panel: str
    fingerprint: str
    encrypted: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLine:
    """The line that an account has already, on this or another plan's shelf."""

    id: int
    plan: str
    state: LineState
    fingerprint: str


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

    def add(self, plan: str, line: NewStockLine, *, now: datetime) -> int:
        """Load a line of an account that none is `known` of; returns its id."""
        found: int = self._sql.value(
            "stock_add",
            plan=plan,
            username=line.username,
            panel=line.panel,
            fingerprint=line.fingerprint,
            encrypted=line.encrypted,
            now=seconds(now),
        )
        return found

    def known(self, line: NewStockLine) -> KnownLine | None:
        """The line of this account, if one was ever loaded."""
        row = self._sql.one("stock_known", username=line.username, panel=line.panel)
        if row is None:
            return None
        return KnownLine(
            id=row["id"],
            plan=row["plan"],
            state=LineState(row["state"]),
            fingerprint=row["fingerprint"],
        )

    def replace(self, line_id: int, line: NewStockLine, *, now: datetime) -> bool:
        """Give a line on the shelf these credentials; False when it is not there any more."""
        changed = self._sql.count(
            "stock_replace",
            id=line_id,
            panel=line.panel,
            fingerprint=line.fingerprint,
            encrypted=line.encrypted,
            now=seconds(now),
        )
        return changed == 1

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
