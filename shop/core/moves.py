"""The states of whatever has some, each kind with its one transition table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar


class OrderState(StrEnum):
    """An intent to buy."""

    OPEN = "open"
    HELD = "held"  # its money is here, and a person decides
    PAID = "paid"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class PaymentState(StrEnum):
    """One try to pay an order with one provider."""

    CREATED = "created"
    SEEN = "seen"
    FINAL = "final"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class RefundState(StrEnum):
    """Money on its way back."""

    ASKED = "asked"  # in the books before the provider is asked
    UNKNOWN = "unknown"  # the provider was silent: it is asked again
    PENDING = "pending"  # the provider is at it
    CLAIM = "claim"  # the customer has a link and takes it himself
    BY_HAND = "by_hand"  # staff pay it back outside, and say so
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DisputeState(StrEnum):
    """What a bank decides about money it was asked to take back."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class SubscriptionState(StrEnum):
    """Where a subscription's billing stands; access is asked of `may` (law 14)."""

    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    SUSPENDED = "suspended"
    PAUSED = "paused"
    ENDED = "ended"


_O, _P, _R, _S = OrderState, PaymentState, RefundState, SubscriptionState
ORDER_MOVES: Mapping[OrderState, frozenset[OrderState]] = {
    _O.OPEN: frozenset({_O.PAID, _O.HELD, _O.EXPIRED, _O.CANCELLED}),
    _O.HELD: frozenset({_O.PAID, _O.CANCELLED}),
    _O.PAID: frozenset({_O.REFUNDED}),
    # Money may come for an order that closed meanwhile; the owner's policy may still honour it.
    _O.EXPIRED: frozenset({_O.PAID, _O.HELD}),
    _O.CANCELLED: frozenset(),
    _O.REFUNDED: frozenset(),
}
PAYMENT_MOVES: Mapping[PaymentState, frozenset[PaymentState]] = {
    _P.CREATED: frozenset({_P.SEEN, _P.FINAL, _P.FAILED, _P.EXPIRED, _P.UNKNOWN}),
    _P.SEEN: frozenset({_P.FINAL, _P.FAILED, _P.EXPIRED, _P.UNKNOWN}),
    _P.UNKNOWN: frozenset({_P.CREATED, _P.SEEN, _P.FINAL, _P.FAILED, _P.EXPIRED}),
    # A provider may find money after it gave up (late crypto, a delayed bank debit).
    _P.FAILED: frozenset({_P.FINAL}),
    _P.EXPIRED: frozenset({_P.FINAL}),
    _P.FINAL: frozenset({_P.REFUNDED, _P.DISPUTED}),
    _P.DISPUTED: frozenset({_P.FINAL, _P.REFUNDED}),
    _P.REFUNDED: frozenset(),
}
REFUND_MOVES: Mapping[RefundState, frozenset[RefundState]] = {
    _R.ASKED: frozenset({_R.UNKNOWN, _R.PENDING, _R.CLAIM, _R.BY_HAND, _R.DONE, _R.FAILED}),
    _R.UNKNOWN: frozenset({_R.PENDING, _R.CLAIM, _R.DONE, _R.FAILED}),
    _R.PENDING: frozenset({_R.DONE, _R.FAILED}),
    _R.CLAIM: frozenset({_R.DONE}),  # a promise that was handed out
    _R.BY_HAND: frozenset({_R.DONE, _R.CANCELLED}),
    _R.DONE: frozenset({_R.BY_HAND}),  # a bank returned it: a person finds another way
    _R.FAILED: frozenset(),
    _R.CANCELLED: frozenset(),
}
DISPUTE_MOVES: Mapping[DisputeState, frozenset[DisputeState]] = {
    DisputeState.OPEN: frozenset({DisputeState.WON, DisputeState.LOST}),
    DisputeState.WON: frozenset(),
    DisputeState.LOST: frozenset(),
}
SUBSCRIPTION_MOVES: Mapping[SubscriptionState, frozenset[SubscriptionState]] = {
    _S.TRIALING: frozenset({_S.ACTIVE, _S.PAST_DUE, _S.SUSPENDED, _S.ENDED}),
    _S.ACTIVE: frozenset({_S.PAST_DUE, _S.SUSPENDED, _S.PAUSED, _S.ENDED}),
    _S.PAST_DUE: frozenset({_S.ACTIVE, _S.SUSPENDED, _S.ENDED}),
    _S.SUSPENDED: frozenset({_S.ACTIVE, _S.PAST_DUE, _S.TRIALING, _S.ENDED}),
    _S.PAUSED: frozenset({_S.ACTIVE, _S.ENDED}),
    _S.ENDED: frozenset(),
}
OPEN_PAYMENTS = frozenset({_P.CREATED, _P.SEEN, _P.UNKNOWN})
LIVE = frozenset({_S.TRIALING, _S.ACTIVE, _S.PAST_DUE})
State = TypeVar("State", bound=StrEnum)


def may_move(table: Mapping[State, frozenset[State]], old: State, new: State) -> bool:
    """Whether the table allows this change; staying where one is needs no move."""
    return new in table[old]
