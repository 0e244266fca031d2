"""The states of orders, payments and subscriptions, each with its one transition table."""

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


class SubscriptionState(StrEnum):
    """Where a subscription's billing stands; access is asked of `may` (law 14)."""

    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    SUSPENDED = "suspended"
    PAUSED = "paused"
    ENDED = "ended"


_O, _P, _S = OrderState, PaymentState, SubscriptionState

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
