"""Until when a payment that was seen may wait for its provider's last word."""

from datetime import datetime

from shop.books.moments import moment, seconds
from shop.books.queries import Sql
from shop.orders.waits import NEWS_FOR


class SeenPayments:
    """The bound in the table of payments."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def note(self, payment_id: int, *, until: datetime, poll_at: datetime, now: datetime) -> None:
        """It was seen just now; somebody asks about it at `poll_at`."""
        self._sql.run(
            "seen_note",
            id=payment_id,
            until=seconds(until),
            poll_at=seconds(poll_at),
            since=seconds(now - NEWS_FOR),
        )

    def until(self, payment_id: int) -> datetime:
        """The bound of a payment that was seen."""
        return moment(self._sql.value("seen_until", id=payment_id))
