"""What money that arrived means (law 7): one pure decision, its cases in a table test."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shop.core.money import Money


class Verdict(StrEnum):
    """What a receipt did for its order."""

    PAID = "paid"
    TOLERATED = "tolerated"  # a little less than the price, and the owner lets it be
    SHORT = "short"
    OVER = "over"
    LATE = "late"
    DUPLICATE = "duplicate"
    WRONG_CURRENCY = "wrong_currency"
    UNKNOWN_ORDER = "unknown_order"
    IN_REVIEW = "in_review"  # a person decides first; it lies in the account of what is held
    REFUSED = "refused"  # that person said no, and the wallet has it
    ASSIGNED = "assigned"  # it was of no known order, and staff gave it to a wallet


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a payment asked for, and whether its order still waits for it."""

    amount: Money
    expires_at: datetime
    is_order_open: bool
    is_order_paid: bool
    received_before: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Where received money goes; `to_order + to_wallet - from_wallet == received`."""

    verdict: Verdict
    to_order: Money
    to_wallet: Money
    from_wallet: Money
    fulfils: bool

    @property
    def whole(self) -> Money:
        """What came, with what is taken from the wallet beside it."""
        return self.to_order + self.to_wallet


_WHOLE = 10_000  # basis points


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How much of a price may be missing: minor units, basis points; of both, the smaller."""

    minor: int | None = None
    points: int | None = None

    def of(self, asked: int) -> int:
        """What may be missing of so many minor units; a share is rounded down."""
        share = None if self.points is None else asked * self.points // _WHOLE
        return min((one for one in (self.minor, share) if one is not None), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPolicy:
    """The owner's choices about money that is not exactly what was asked.

    `tolerance` says by currency what may be missing; `late_days` how long after its expiry
    an unpaid order is still honoured at its old price.
    """

    tolerance: Mapping[str, Tolerance] = field(default_factory=dict)
    late_days: int = 3

    def may_miss(self, asked: Money) -> int:
        """How many minor units of this price may be missing."""
        found = self.tolerance.get(asked.currency)
        return 0 if found is None else found.of(asked.minor)


def judge(due: Due, received: Money, *, at: datetime, policy: ReceiptPolicy) -> Judgement:
    """Decide on one receipt: what it pays, and what goes to the customer's wallet."""
    currency = received.currency
    nothing = Money.zero(currency)

    def all_to_wallet(verdict: Verdict) -> Judgement:
        return Judgement(
            verdict=verdict,
            to_order=nothing,
            to_wallet=received,
            from_wallet=nothing,
            fulfils=False,
        )

    if currency != due.amount.currency:
        return all_to_wallet(Verdict.WRONG_CURRENCY)
    if due.is_order_paid:
        return all_to_wallet(Verdict.DUPLICATE)
    is_late = not due.is_order_open or at > due.expires_at
    if is_late and (at - due.expires_at).days >= policy.late_days:
        return all_to_wallet(Verdict.LATE)
    # What came short before lies in the wallet for this order; it counts now.
    together = (received + due.received_before).minor
    before, asked = due.received_before.minor, due.amount.minor
    if asked - together > policy.may_miss(due.amount):
        return all_to_wallet(Verdict.SHORT)
    to_order = min(together, asked)
    from_wallet = min(before, max(to_order - received.minor, 0))
    to_wallet = received.minor - (to_order - from_wallet)
    return Judgement(
        verdict=_verdict(asked - to_order, to_wallet, is_late=is_late),
        to_order=Money(to_order, currency),
        to_wallet=Money(to_wallet, currency),
        from_wallet=Money(from_wallet, currency),
        fulfils=True,
    )


def _verdict(missing: int, more: int, *, is_late: bool) -> Verdict:
    if missing:
        return Verdict.TOLERATED
    if is_late:
        return Verdict.LATE
    return Verdict.OVER if more > 0 else Verdict.PAID
