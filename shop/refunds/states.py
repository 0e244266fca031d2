"""The states of refunds and of disputes, and which may follow which."""

from collections.abc import Mapping
from enum import StrEnum


class RefundState(StrEnum):
    """Money on its way back."""

    ASKED = "asked"  # in the books before the provider is asked
    UNKNOWN = "unknown"  # the provider was silent: it is asked again
    PENDING = "pending"  # the provider is at it
    LINK = "link"  # the customer has a link and takes it
    MANUAL = "manual"  # staff pay it back outside, and say so
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DisputeState(StrEnum):
    """What a bank decides about money it was asked to take back."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


_R = RefundState
REFUND_MOVES: Mapping[RefundState, frozenset[RefundState]] = {
    _R.ASKED: frozenset({_R.UNKNOWN, _R.PENDING, _R.LINK, _R.MANUAL, _R.DONE, _R.FAILED}),
    _R.UNKNOWN: frozenset({_R.PENDING, _R.LINK, _R.DONE, _R.FAILED}),
    _R.PENDING: frozenset({_R.LINK, _R.DONE, _R.FAILED}),
    _R.LINK: frozenset({_R.DONE}),  # a promise that was handed out
    _R.MANUAL: frozenset({_R.DONE, _R.CANCELLED}),
    # A bank returned it: a person finds another way; or gave back what it had taken itself.
    _R.DONE: frozenset({_R.MANUAL, _R.CANCELLED}),
    _R.FAILED: frozenset(),
    _R.CANCELLED: frozenset(),
}
# A bank may turn round: an inquiry that was closed becomes a dispute, an appeal ends otherwise.
# What is lost stays lost while it looks again, for the money is there.
DISPUTE_MOVES: Mapping[DisputeState, frozenset[DisputeState]] = {
    DisputeState.OPEN: frozenset({DisputeState.WON, DisputeState.LOST}),
    DisputeState.WON: frozenset({DisputeState.OPEN, DisputeState.LOST}),
    DisputeState.LOST: frozenset({DisputeState.WON}),
}
