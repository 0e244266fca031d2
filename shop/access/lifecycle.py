"""When unpaid time turns into grace, suspension and the end, and what that means for access."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.access.states import SubscriptionState as State
from shop.catalog.products import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A subscription's billing as far as access depends on it."""

    state: State
    is_frozen: bool
    is_trial: bool
    paid_until: datetime
    terms: Terms

    @property
    def access_until(self) -> datetime:
        """The moment access ends if nothing more is paid; a trial has no grace."""
        return self.paid_until + timedelta(days=0 if self.is_trial else self.terms.grace_days)

    @property
    def kept_until(self) -> datetime:
        """The moment the account itself is given up."""
        return self.access_until + timedelta(days=self.terms.keep_days)


def may_use(standing: Standing, *, now: datetime) -> bool:
    """The one question about access (law 14): by the time, even when the clock is late."""
    if standing.is_frozen or standing.state in {State.PAUSED, State.ENDED}:
        return False
    return now < standing.access_until


def state_at(standing: Standing, *, now: datetime) -> State:
    """The billing state that the time alone demands; paused and ended stay as they are."""
    if standing.state in {State.PAUSED, State.ENDED}:
        return standing.state
    if now < standing.paid_until:
        return State.TRIALING if standing.is_trial else State.ACTIVE
    if now < standing.access_until:
        return State.PAST_DUE
    if now < standing.kept_until:
        return State.SUSPENDED
    return State.ENDED


def next_change(standing: Standing, *, now: datetime) -> datetime | None:
    """When the clock has to look at this subscription again, or None when never."""
    if standing.state in {State.PAUSED, State.ENDED}:
        return None
    marks = (standing.paid_until, standing.access_until, standing.kept_until)
    return next((mark for mark in marks if mark > now), None)
