"""Everything a settlement decides on, read in one statement."""

from dataclasses import dataclass

from shop.books.queries import Sql
from shop.ledger.receipt_records import unnamed
from shop.orders.payment_records import Affairs, affairs_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances(Affairs):
    """A payment's affairs, and what the wings below settlement know of its customer and money.

    `is_charge`: the shop took this itself, with a saved payment method; `saves`: the payer agreed
    that the method is kept; `is_listed`: the blocklist names the customer; `is_told_of`: the money
    at hand was told before to have gone back, or to be disputed.
    """

    is_charge: bool
    saves: bool
    is_listed: bool
    is_told_of: bool


class CircumstanceRecords:
    """Reads what payments, renewals, the blocklist, refunds and disputes know."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def of(self, reference: str, *, receipt_id: str = "") -> Circumstances:
        """Read under the customer's claim, so that it holds until the commit.

        `receipt_id` is the provider's identity of the money at hand, where there is some.
        """
        row = self._sql.one(
            "payment_circumstances",
            reference=reference,
            receipt_id=receipt_id,
            unnamed=unnamed(reference),
        )
        assert row is not None  # noqa: S101 - the caller holds the payment
        return Circumstances(
            **affairs_of(row),
            is_charge=bool(row["is_charge"]),
            saves=row["consent_id"] is not None,
            is_listed=bool(row["is_listed"]),
            is_told_of=bool(row["is_told_of"]),
        )
