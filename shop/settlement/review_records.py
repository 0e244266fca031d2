"""Payments that wait for a decision by a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.books.moments import moment, seconds
from shop.books.queries import Row, Sql
from shop.core.money import Money
from shop.ledger.receiving import Judgement, Verdict
from shop.screening.records import read_findings, write_findings
from shop.screening.rules import Finding


class ReviewState(StrEnum):
    """What became of money that was held."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    RETURNED = "returned"  # it went back while nobody had decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Money that is here while a person decides; `judgement` is what an approval brings about."""

    id: int
    receipt_id: int
    payment_id: int
    order_id: int
    customer_id: int
    reference: str
    provider: str
    money: Money
    state: ReviewState
    findings: tuple[Finding, ...]
    fingerprint: str
    judgement: Judgement
    opened_at: datetime


def _review(row: Row) -> Review:
    currency = row["currency"]
    return Review(
        id=row["id"],
        receipt_id=row["receipt_id"],
        payment_id=row["payment_id"],
        order_id=row["order_id"],
        customer_id=row["customer_id"],
        reference=row["reference"],
        provider=row["provider"],
        money=Money(row["minor"], currency),
        state=ReviewState(row["state"]),
        findings=read_findings(row["findings"]),
        fingerprint=row["fingerprint"],
        judgement=Judgement(
            verdict=Verdict(row["verdict"]),
            to_order=Money(row["to_order"], currency),
            to_wallet=Money(row["to_wallet"], currency),
            from_wallet=Money(row["from_wallet"], currency),
            fulfils=True,
        ),
        opened_at=moment(row["opened_at"]),
    )


class Reviews:
    """Payments that a person decides about."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def open(
        self,
        *,
        receipt: int,
        payment_id: int,
        order_id: int,
        customer_id: int,
        findings: Sequence[Finding],
        fingerprint: str,
        judgement: Judgement,
        now: datetime,
    ) -> int:
        """Note what an approval will bring about; the review's number."""
        return int(
            self._sql.value(
                "review_add",
                receipt_id=receipt,
                payment_id=payment_id,
                order_id=order_id,
                customer_id=customer_id,
                findings=write_findings(findings),
                fingerprint=fingerprint,
                verdict=judgement.verdict,
                to_order=judgement.to_order.minor,
                to_wallet=judgement.to_wallet.minor,
                from_wallet=judgement.from_wallet.minor,
                currency=judgement.to_order.currency,
                now=seconds(now),
            )
        )

    def review(self, review_id: int) -> Review | None:
        """The review of this number."""
        row = self._sql.one("review_by_id", id=review_id)
        return None if row is None else _review(row)

    def review_of(self, receipt: int) -> Review | None:
        """The review of this receipt."""
        row = self._sql.one("review_of_receipt", receipt_id=receipt)
        return None if row is None else _review(row)

    def waiting(self, *, most: int) -> list[Review]:
        """What waits for a decision, the oldest first."""
        return [_review(row) for row in self._sql.all("reviews_open", most=most)]

    def count_waiting(self) -> int:
        """How much waits for a decision."""
        return int(self._sql.value("reviews_count"))

    def decide(
        self, review_id: int, state: ReviewState, *, staff_id: int | None, now: datetime
    ) -> bool:
        """Close a review; False when another was first."""
        changed = self._sql.count(
            "review_decide", id=review_id, state=state, staff_id=staff_id, now=seconds(now)
        )
        return changed == 1

    def has_refused_money(self, customer_id: int) -> bool:
        """Whether their money that staff refused is here still, and none was approved since."""
        return bool(self._sql.value("customer_refused_money", customer_id=customer_id))
