"""What of a refund each line of its order gives back."""

from collections.abc import Sequence
from dataclasses import dataclass

from shop.books.queries import Sql
from shop.core.money import Money
from shop.refunds.records import Refund
from shop.refunds.rules import LineMoney


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePart:
    """What a refund takes of a line; `seconds_back` of its time went with refunds before."""

    line_id: int
    subscription_id: int
    back: Money
    paid: Money
    seconds_back: int


class RefundLines:
    """The table of what refunds take of lines."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def left(self, order_id: int, currency: str) -> list[LineMoney]:
        """What of each sold line of an order may still go back."""
        rows = self._sql.all("refund_lines_left", order_id=order_id)
        return [
            LineMoney(
                line_id=row["id"],
                # A sum comes back as Decimal from PostgreSQL.
                money=Money(int(row["minor"]), currency),
                tax=Money(int(row["tax"]), currency),
            )
            for row in rows
        ]

    def add(self, refund_id: int, shares: Sequence[LineMoney]) -> None:
        """What a refund takes of each line."""
        self._sql.many(
            "refund_line_add",
            [
                {
                    "refund_id": refund_id,
                    "line_id": one.line_id,
                    "minor": one.money.minor,
                    "tax": one.tax.minor,
                }
                for one in shares
            ],
        )

    def parts(self, refund: Refund, order_id: int) -> list[LinePart]:
        """What a refund takes of each sold line, and what these were paid with."""
        currency = refund.money.currency
        rows = self._sql.all("refund_line_parts", id=refund.id, order_id=order_id)
        return [
            LinePart(
                line_id=row["id"],
                subscription_id=row["subscription_id"],
                back=Money(row["minor"], currency),
                paid=Money(row["paid"], currency),
                seconds_back=int(row["seconds_back"]),
            )
            for row in rows
        ]

    def note_time_revoked(self, refund_id: int, line_id: int, *, seconds_back: int) -> None:
        """How much of a line's time went with it."""
        self._sql.run("refund_took_time", id=refund_id, line_id=line_id, seconds=seconds_back)
