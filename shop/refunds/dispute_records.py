"""Disputes and banks' warnings of fraud, and what is evidence against them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.books.moments import maybe_moment, maybe_seconds, moment, seconds
from shop.books.queries import Row, Sql
from shop.core.errors import NotFoundError
from shop.core.money import Money
from shop.core.moves import must_move
from shop.refunds.states import DISPUTE_MOVES, DisputeState


class DisputeKind(StrEnum):
    """Whether money was taken back, or only may be."""

    DISPUTE = "dispute"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """One case at a bank; `receipt` None until its money is in the books.

    `frozen_id` is the subscription whose access it holds.
    """

    id: int
    provider: str
    kind: DisputeKind
    dispute_ref: str
    receipt_id: str
    receipt: int | None
    payment_id: int
    customer_id: int
    money: Money
    state: DisputeState
    reason: str
    answer_by: datetime | None
    frozen_id: int | None
    opened_at: datetime
    closed_at: datetime | None


class Disputes:
    """The table of disputes."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def add(
        self,
        *,
        provider: str,
        kind: DisputeKind,
        dispute_ref: str,
        receipt_id: str,
        receipt: int | None,
        payment_id: int,
        customer_id: int,
        money: Money,
        state: DisputeState,
        reason: str,
        answer_by: datetime | None,
        now: datetime,
    ) -> int:
        """Note that a bank is asking."""
        found: int = self._sql.value(
            "dispute_add",
            provider=provider,
            kind=kind,
            dispute_ref=dispute_ref,
            receipt_id=receipt_id,
            receipt=receipt,
            payment_id=payment_id,
            customer_id=customer_id,
            minor=money.minor,
            currency=money.currency,
            state=state,
            reason=reason,
            answer_by=maybe_seconds(answer_by),
            now=seconds(now),
        )
        return found

    def get(self, dispute_id: int) -> Dispute:
        """The dispute of this id."""
        row = self._sql.one("dispute_by_id", id=dispute_id)
        if row is None:
            raise NotFoundError(what="dispute", name=dispute_id)
        return _dispute(row)

    def about(self, provider: str, kind: DisputeKind, receipt_id: str) -> list[Dispute]:
        """Every case about this money, the oldest first."""
        rows = self._sql.all("disputes_about", provider=provider, kind=kind, receipt_id=receipt_id)
        return [_dispute(row) for row in rows]

    def name(self, dispute: Dispute) -> None:
        """Note what became known of it since."""
        self._sql.run(
            "dispute_name",
            id=dispute.id,
            dispute_ref=dispute.dispute_ref,
            minor=dispute.money.minor,
            currency=dispute.money.currency,
            reason=dispute.reason,
            receipt=dispute.receipt,
            answer_by=maybe_seconds(dispute.answer_by),
        )

    def close(self, dispute: Dispute, state: DisputeState, *, now: datetime) -> bool:
        """It is decided; False when another transaction was first."""
        must_move(DISPUTE_MOVES, dispute.state, state)
        return self._sql.count("dispute_close", id=dispute.id, state=state, now=seconds(now)) == 1

    def freeze(self, dispute_id: int, subscription_id: int | None) -> None:
        """Note whose access it holds."""
        self._sql.run("dispute_freeze", id=dispute_id, subscription_id=subscription_id)

    def is_frozen(self, subscription_id: int, *, besides: int) -> bool:
        """Whether another open case holds this access."""
        many = self._sql.value(
            "disputes_freezing", subscription_id=subscription_id, besides=besides
        )
        return bool(many)

    def of(self, customer_id: int, *, most: int) -> list[Dispute]:
        """A customer's latest cases."""
        rows = self._sql.all("disputes_of", customer_id=customer_id, most=most)
        return [_dispute(row) for row in rows]


def _dispute(row: Row) -> Dispute:
    return Dispute(
        id=row["id"],
        provider=row["provider"],
        kind=DisputeKind(row["kind"]),
        dispute_ref=row["dispute_ref"],
        receipt_id=row["receipt_id"],
        receipt=row["receipt"],
        payment_id=row["payment_id"],
        customer_id=row["customer_id"],
        money=Money(row["minor"], row["currency"]),
        state=DisputeState(row["state"]),
        reason=row["reason"],
        answer_by=maybe_moment(row["answer_by"]),
        frozen_id=row["frozen_id"],
        opened_at=moment(row["opened_at"]),
        closed_at=maybe_moment(row["closed_at"]),
    )
