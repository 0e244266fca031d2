"""How much of a receipt its provider says went back."""

from datetime import datetime

from shop.books.moments import maybe_seconds, seconds
from shop.books.queries import Sql
from shop.core.money import Money


class RefundTotals:
    """The table of totals that providers tell."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def tell(
        self,
        provider: str,
        receipt_id: str,
        money: Money,
        *,
        told_at: datetime | None,
        now: datetime,
    ) -> bool:
        """A provider's total given back so far; False when as much was told before.

        After a refund came back, a total counts by what it was told later than that, or exceeds
        all that was told before; whatever else is told may be of the time before.
        """
        told = self._sql.value(
            "refund_total_tell",
            provider=provider,
            receipt_id=receipt_id,
            minor=money.minor,
            currency=money.currency,
            told_at=maybe_seconds(told_at) or 0,
            now=seconds(now),
        )
        return told is not None

    def lower(
        self, provider: str, receipt_id: str, money: Money, *, returned_at: datetime
    ) -> None:
        """So much of the total came back."""
        self._sql.run(
            "refund_total_lower",
            provider=provider,
            receipt_id=receipt_id,
            minor=money.minor,
            currency=money.currency,
            returned_at=seconds(returned_at),
        )

    def of(self, provider: str, receipt_id: str, currency: str) -> Money | None:
        """The highest total that was told of this money in its own currency."""
        found: int | None = self._sql.value(
            "refund_total", provider=provider, receipt_id=receipt_id, currency=currency
        )
        return None if found is None else Money(found, currency)
