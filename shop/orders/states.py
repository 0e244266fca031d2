"""The states of orders and of payments, and which may follow which."""

from collections.abc import Mapping
from enum import StrEnum


class OrderState(StrEnum):
    """An intent to buy."""

    OPEN = "open"
    IN_REVIEW = "in_review"  # its money is here, and a person decides
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


_O, _P = OrderState, PaymentState
ORDER_MOVES: Mapping[OrderState, frozenset[OrderState]] = {
    _O.OPEN: frozenset({_O.PAID, _O.IN_REVIEW, _O.EXPIRED, _O.CANCELLED}),
    _O.IN_REVIEW: frozenset({_O.PAID, _O.CANCELLED}),
    _O.PAID: frozenset({_O.REFUNDED}),
    # Money may come for an order that closed meanwhile; the owner's policy may still honour it.
    _O.EXPIRED: frozenset({_O.PAID, _O.IN_REVIEW}),
    _O.CANCELLED: frozenset(),
    # A bank that had taken its money gave it back.
    _O.REFUNDED: frozenset({_O.PAID}),
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
    _P.REFUNDED: frozenset({_P.FINAL, _P.DISPUTED}),  # a bank gave it back, or asks about it
}
OPEN_PAYMENTS = frozenset({_P.CREATED, _P.SEEN, _P.UNKNOWN})
