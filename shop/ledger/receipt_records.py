"""Receipts: money that arrived (law 7)."""

from dataclasses import dataclass
from datetime import datetime

from shop.books.moments import moment, seconds
from shop.books.queries import Row, Sql
from shop.core.money import Money
from shop.ledger.receiving import Judgement, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Money that arrived and what became of it."""

    id: int
    provider: str
    receipt_id: str
    payment_id: int | None
    money: Money
    verdict: Verdict
    to_wallet: Money
    recorded_at: datetime


def _receipt(row: Row) -> Receipt:
    return Receipt(
        id=row["id"],
        provider=row["provider"],
        receipt_id=row["receipt_id"],
        payment_id=row["payment_id"],
        money=Money(row["minor"], row["currency"]),
        verdict=Verdict(row["verdict"]),
        to_wallet=Money(row["to_wallet"], row["currency"]),
        recorded_at=moment(row["recorded_at"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnassignedReceipt:
    """Money without a place; `inbox_event_id` is what told of it."""

    id: int
    provider: str
    receipt_id: str
    money: Money
    verdict: Verdict
    occurred_at: datetime
    inbox_event_id: int | None


class Receipts:
    """The same table of receipts, seen by those who find the money its place."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def get(self, receipt: int) -> UnassignedReceipt | None:
        """The receipt of this number."""
        row = self._sql.one("receipt_by_id", id=receipt)
        return None if row is None else unassigned_receipt_of(row)

    def claim(self, receipt: int) -> None:
        """Hold money of nobody until the commit; somebody's goes with its customer's claim."""
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

    def note_inbox_event(self, receipt: int, inbox_event_id: int) -> None:
        """Remember what told of it."""
        self._sql.run("receipt_note_letter", id=receipt, inbox_event_id=inbox_event_id)

    def receipts_between(
        self, provider: str, *, since: datetime, until: datetime
    ) -> dict[str, Money]:
        """What the books say came in that time: sums by the provider's name of the money."""
        rows = self._sql.all(
            "star_receipts", provider=provider, since=seconds(since), until=seconds(until)
        )
        return {row["receipt_id"]: Money(row["minor"], row["currency"]) for row in rows}

    def add_receipt(
        self,
        *,
        provider: str,
        receipt_id: str,
        payment_id: int | None,
        customer_id: int | None,
        money: Money,
        judgement: Judgement,
        tax: Money,
        occurred_at: datetime,
        now: datetime,
    ) -> int | None:
        """Record money; None when exactly this money is in the books already."""
        return self._sql.added(
            "receipt_add",
            provider=provider,
            receipt_id=receipt_id,
            payment_id=payment_id,
            customer_id=customer_id,
            minor=money.minor,
            currency=money.currency,
            verdict=judgement.verdict,
            to_order=judgement.to_order.minor,
            to_wallet=judgement.to_wallet.minor,
            from_wallet=judgement.from_wallet.minor,
            tax=tax.minor,
            occurred_at=seconds(occurred_at),
            now=seconds(now),
        )

    def receipts_of(self, customer_id: int, *, most: int) -> list[Receipt]:
        """A customer's latest receipts."""
        rows = self._sql.all("receipts_of", customer_id=customer_id, most=most)
        return [_receipt(row) for row in rows]

    def totals(self, *, since: datetime, until: datetime) -> list[tuple[int, Money]]:
        """How many receipts, and how much, in each currency: of what has its place."""
        rows = self._sql.all("receipts_totals", since=seconds(since), until=seconds(until))
        return [(row["many"], Money(int(row["minor"]), row["currency"])) for row in rows]

    def receipts_of_payment(self, payment_id: int) -> list[int]:
        """The receipts of a payment, the latest first."""
        rows = self._sql.all("receipts_of_payment", payment_id=payment_id)
        return [row["id"] for row in rows]

    def receipt_named(self, provider: str, receipt_id: str) -> int | None:
        """The receipt of exactly this money, if it is in the books."""
        found: int | None = self._sql.value(
            "receipt_named", provider=provider, receipt_id=receipt_id
        )
        return found


def _columns(judgement: Judgement) -> dict[str, object]:
    return {
        "verdict": judgement.verdict,
        "to_order": judgement.to_order.minor,
        "to_wallet": judgement.to_wallet.minor,
        "from_wallet": judgement.from_wallet.minor,
    }


def unassigned_receipt_of(row: Row) -> UnassignedReceipt:
    """A receipt as it stands in a row of its table."""
    return UnassignedReceipt(
        id=row["id"],
        provider=row["provider"],
        receipt_id=row["receipt_id"],
        money=Money(row["minor"], row["currency"]),
        verdict=Verdict(row["verdict"]),
        occurred_at=moment(row["occurred_at"]),
        inbox_event_id=row["inbox_event_id"],
    )


def unnamed(reference: str) -> str:
    """What is kept under this name is about a payment whose money was not named."""
    return f"~{reference}"
