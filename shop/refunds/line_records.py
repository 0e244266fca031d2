"""What of a refund each line of its order gives back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shop.books.moments import maybe_moment
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRevoked:
    """What a refund took of a line's time, with that which had been given again for it before."""

    line_id: int
    subscription_id: int
    seconds: int


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

    def of(self, refund_id: int, currency: str) -> list[LineMoney]:
        """What a refund takes of each line."""
        rows = self._sql.all("refund_lines_of", id=refund_id)
        return [
            LineMoney(
                line_id=row["line_id"],
                money=Money(row["minor"], currency),
                tax=Money(row["tax"], currency),
            )
            for row in rows
        ]

    def lessen(self, refund_id: int, shares: Sequence[LineMoney]) -> None:
        """So much of it is another refund's now."""
        self._sql.many(
            "refund_line_lessen",
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

    def restored(self, part: LinePart) -> list[LinePart]:
        """The lines that gave this one's time again, as far as that had gone before."""
        rows = self._sql.all("refund_lines_restored", line_id=part.line_id)
        return [
            replace(
                part,
                line_id=row["id"],
                subscription_id=row["subscription_id"],
                seconds_back=int(row["seconds_back"]),
            )
            for row in rows
        ]

    def subscriptions(self, order_id: int | None) -> list[int]:
        """What an order's lines bought, or lengthened, and what gave their time again."""
        rows = self._sql.all("refund_subscriptions", order_id=order_id)
        return [row["subscription_id"] for row in rows]

    def paid_until(self, order_id: int) -> datetime | None:
        """To when the time runs that this order paid for; None where it gave none."""
        return maybe_moment(self._sql.value("refund_paid_until", order_id=order_id))

    def note_time_revoked(self, refund_id: int, line_id: int, *, seconds_back: int) -> None:
        """How much of a line's time went with it; money of another order went with no line."""
        self._sql.run("refund_took_time", id=refund_id, line_id=line_id, seconds=seconds_back)

    def time_revoked(self, refund_id: int) -> list[TimeRevoked]:
        """What a refund took of the time of each line that was sold."""
        rows = self._sql.all("refund_lines_took", id=refund_id)
        return [
            TimeRevoked(
                line_id=row["line_id"],
                subscription_id=row["subscription_id"],
                seconds=int(row["seconds"]),
            )
            for row in rows
        ]

    def note_restored(self, refund_id: int, line_id: int, *, by: int) -> None:
        """Which line gave again what it had taken of this one's time."""
        self._sql.run("refund_line_restore", id=refund_id, line_id=line_id, restored_by=by)
