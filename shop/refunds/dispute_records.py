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

    `asked` is what the bank wants back, zero where it never said; `money` what of that it has at
    present. `frozen_id` is the subscription whose access it holds. `heard_at` is when, by the
    bank's clock, it said what made this state; `turns` counts what was booked and decided.
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
    asked: Money
    state: DisputeState
    reason: str
    answer_by: datetime | None
    frozen_id: int | None
    opened_at: datetime
    closed_at: datetime | None
    heard_at: datetime | None
    turns: int

    @property
    def about(self) -> Money:
        """What it is about: what is asked for, else what was taken."""
        return self.money if self.asked.is_zero else self.asked


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
        currency: str,
        reason: str,
        answer_by: datetime | None,
        heard_at: datetime | None,
        now: datetime,
    ) -> int:
        """Note that a bank is asking; it has nothing yet."""
        found: int = self._sql.value(
            "dispute_add",
            provider=provider,
            kind=kind,
            dispute_ref=dispute_ref,
            receipt_id=receipt_id,
            receipt=receipt,
            payment_id=payment_id,
            customer_id=customer_id,
            currency=currency,
            reason=reason,
            answer_by=maybe_seconds(answer_by),
            heard_at=maybe_seconds(heard_at),
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

    def of_receipt(self, receipt: int) -> list[Dispute]:
        """The disputes about this money, the oldest first."""
        return [_dispute(row) for row in self._sql.all("disputes_of_receipt", receipt=receipt)]

    def is_open(self, payment_id: int) -> bool:
        """Whether a bank asks for money of this payment now."""
        return self._sql.value("dispute_open", payment_id=payment_id) is not None

    def name(self, dispute: Dispute) -> None:
        """Note what became known of it since."""
        self._sql.run(
            "dispute_name",
            id=dispute.id,
            dispute_ref=dispute.dispute_ref,
            minor=dispute.money.minor,
            asked=dispute.asked.minor,
            currency=dispute.money.currency,
            reason=dispute.reason,
            receipt=dispute.receipt,
            answer_by=maybe_seconds(dispute.answer_by),
            heard_at=maybe_seconds(dispute.heard_at),
        )

    def take(self, dispute: Dispute, money: Money) -> None:
        """So much of it the bank has now."""
        self._sql.run("dispute_take", id=dispute.id, minor=money.minor)

    def move(self, dispute: Dispute, state: DisputeState, *, now: datetime) -> bool:
        """It is decided, or begins anew; False when another transaction was first."""
        must_move(DISPUTE_MOVES, dispute.state, state)
        changed = self._sql.count(
            "dispute_move",
            id=dispute.id,
            old=dispute.state,
            state=state,
            closed_at=None if state is DisputeState.OPEN else seconds(now),
        )
        return changed == 1

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
        asked=Money(row["asked"], row["currency"]),
        state=DisputeState(row["state"]),
        reason=row["reason"],
        answer_by=maybe_moment(row["answer_by"]),
        frozen_id=row["frozen_id"],
        opened_at=moment(row["opened_at"]),
        closed_at=maybe_moment(row["closed_at"]),
        heard_at=maybe_moment(row["heard_at"]),
        turns=row["turns"],
    )
