"""What money that arrived means (law 7): one pure decision, its cases in a table test."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.rules.money import Money


class Verdict(StrEnum):
    """What a receipt did for its order."""

    PAID = "paid"
    SHORT = "short"
    OVER = "over"
    LATE = "late"
    DUPLICATE = "duplicate"
    WRONG_CURRENCY = "wrong_currency"
    UNKNOWN_ORDER = "unknown_order"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPolicy:
    """The owner's choices about money that is not exactly what was asked.

    `tolerance` is how many minor units may be missing; `late_days` how long after its
    expiry an unpaid order is still honoured at its old price.
    """

    tolerance: int = 0
    late_days: int = 3


def judge(due: Due, received: Money, *, at: datetime, policy: ReceiptPolicy) -> Judgement:
    """Decide on one receipt: what it pays, and what goes to the customer's wallet."""
    currency = received.currency
    nothing = Money.zero(currency)

    def all_to_wallet(verdict: Verdict) -> Judgement:
        return Judgement(
            verdict=verdict, to_order=nothing, to_wallet=received, from_wallet=nothing,
            fulfils=False,
        )  # fmt: skip

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
    if asked - together > policy.tolerance:
        return all_to_wallet(Verdict.SHORT)
    to_order = min(together, asked)
    from_wallet = min(before, max(to_order - received.minor, 0))
    to_wallet = received.minor - (to_order - from_wallet)
    verdict = Verdict.LATE if is_late else Verdict.OVER if to_wallet > 0 else Verdict.PAID
    return Judgement(
        verdict=verdict, to_order=Money(to_order, currency), to_wallet=Money(to_wallet, currency),
        from_wallet=Money(from_wallet, currency), fulfils=True,
    )  # fmt: skip
