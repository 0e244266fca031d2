"""Receipts whose place was not clear when they came: held for a person, or of no known order."""

from dataclasses import dataclass
from datetime import datetime

from shop.books.moments import moment
from shop.books.queries import Row, Sql
from shop.core.money import Money
from shop.customers.records import Customer, customer_of
from shop.ledger.receiving import Judgement, Verdict
from shop.orders.payment_records import Payment, payment_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LooseMoney:
    """Money without a place; `letter_id` is what told of it."""

    id: int
    provider: str
    receipt_id: str
    money: Money
    verdict: Verdict
    occurred_at: datetime
    letter_id: int | None


class Receipts:
    """The same table of receipts, seen by those who find the money its place."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def get(self, receipt: int) -> LooseMoney | None:
        """The receipt of this number."""
        row = self._sql.one("receipt_by_id", id=receipt)
        return None if row is None else _loose(row)

    def claim(self, receipt: int) -> None:
        """Hold money of nobody until the commit; somebody's goes with his own claim."""
        self._sql.run("receipt_claim", id=receipt)

    def decide(self, receipt: int, judgement: Judgement) -> bool:
        """A person decided about held money; False when another was first."""
        return self._sql.count("receipt_decide", id=receipt, **_columns(judgement)) == 1

    def assign(
        self, receipt: int, *, customer_id: int, payment_id: int | None, judgement: Judgement
    ) -> bool:
        """Give money of no known order to someone; False when another was first."""
        changed = self._sql.count(
            "receipt_assign",
            id=receipt,
            customer_id=customer_id,
            payment_id=payment_id,
            **_columns(judgement),
        )
        return changed == 1

    def note_letter(self, receipt: int, letter_id: int) -> None:
        """Remember what told of it."""
        self._sql.run("receipt_note_letter", id=receipt, letter_id=letter_id)

    def unassigned(self, *, most: int) -> list[LooseMoney]:
        """Money of no known order, the oldest first."""
        return [_loose(row) for row in self._sql.all("receipts_unassigned", most=most)]

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


def _columns(judgement: Judgement) -> dict[str, object]:
    return {
        "verdict": judgement.verdict,
        "to_order": judgement.to_order.minor,
        "to_wallet": judgement.to_wallet.minor,
        "from_wallet": judgement.from_wallet.minor,
    }


def _loose(row: Row) -> LooseMoney:
    return LooseMoney(
        id=row["id"],
        provider=row["provider"],
        receipt_id=row["receipt_id"],
        money=Money(row["minor"], row["currency"]),
        verdict=Verdict(row["verdict"]),
        occurred_at=moment(row["occurred_at"]),
        letter_id=row["letter_id"],
    )
