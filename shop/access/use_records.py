"""Where and when an account was used, for evidence in a dispute."""

from dataclasses import dataclass
from datetime import datetime

from shop.books.moments import moment, seconds
from shop.books.queries import Sql


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUse:
    """An account used from one address at one door."""

    door: str
    address: str
    first_at: datetime
    last_at: datetime
    times: int


class AccountUseRecords:
    """The table of who used an account from where."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def note(self, subscription_id: int, *, door: str, address: str, now: datetime) -> None:
        """Someone was let in."""
        self._sql.run(
            "use_note",
            subscription_id=subscription_id,
            door=door,
            address=address,
            now=seconds(now),
        )

    def of(self, subscription_id: int, *, most: int) -> list[AccountUse]:
        """The latest addresses first."""
        rows = self._sql.all("uses_of", subscription_id=subscription_id, most=most)
        return [
            AccountUse(
                door=row["door"],
                address=row["address"],
                first_at=moment(row["first_at"]),
                last_at=moment(row["last_at"]),
                times=row["times"],
            )
            for row in rows
        ]

    def forget(self, *, before: datetime) -> int:
        """Delete what is older; returns how many."""
        return self._sql.count("uses_forget", before=seconds(before))
