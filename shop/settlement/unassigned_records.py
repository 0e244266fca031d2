"""Money that came for no order we know."""

from shop.books.queries import Sql
from shop.core.money import Money
from shop.customers.records import Customer, customer_of
from shop.ledger.receipt_records import UnassignedReceipt, unassigned_receipt_of
from shop.orders.payment_records import Payment, payment_of


class UnassignedReceipts:
    """Money of no known order, and whom it might be for."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def unassigned(self, *, most: int) -> list[UnassignedReceipt]:
        """Money of no known order, the oldest first."""
        return [
            unassigned_receipt_of(row) for row in self._sql.all("receipts_unassigned", most=most)
        ]

    def count_unassigned(self) -> int:
        """How many times money of no known order lies there."""
        return int(self._sql.value("receipts_count_unassigned"))

    def assignable(self, customer_id: int, currency: str, *, most: int) -> list[Payment]:
        """The latest try of each unpaid order of a customer in this currency."""
        rows = self._sql.all(
            "payments_assignable", customer_id=customer_id, currency=currency, most=most
        )
        return [payment_of(row) for row in rows]

    def owing(self, money: Money, *, most: int) -> list[Customer]:
        """Who was asked for just this sum lately, and has not paid it."""
        rows = self._sql.all(
            "customers_owing", minor=money.minor, currency=money.currency, most=most
        )
        return [customer_of(row) for row in rows]
