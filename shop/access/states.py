"""The states of a subscription, and which may follow which."""

from collections.abc import Mapping
from enum import StrEnum


class SubscriptionState(StrEnum):
    """Where a subscription's billing stands; access is asked of `may` (law 14)."""

    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    SUSPENDED = "suspended"
    PAUSED = "paused"
    ENDED = "ended"


_S = SubscriptionState
SUBSCRIPTION_MOVES: Mapping[SubscriptionState, frozenset[SubscriptionState]] = {
    _S.TRIALING: frozenset({_S.ACTIVE, _S.PAST_DUE, _S.SUSPENDED, _S.ENDED}),
    _S.ACTIVE: frozenset({_S.PAST_DUE, _S.SUSPENDED, _S.PAUSED, _S.ENDED}),
    _S.PAST_DUE: frozenset({_S.ACTIVE, _S.SUSPENDED, _S.ENDED}),
    _S.SUSPENDED: frozenset({_S.ACTIVE, _S.PAST_DUE, _S.TRIALING, _S.ENDED}),
    _S.PAUSED: frozenset({_S.ACTIVE, _S.ENDED}),
    _S.ENDED: frozenset(),
}
LIVE = frozenset({_S.TRIALING, _S.ACTIVE, _S.PAST_DUE})
