"""What became of access while money went back or came again, for those who tell it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.access.lifecycle import may_use
from shop.access.states import SubscriptionState
from shop.access.subscription_records import Subscription, Subscriptions
from shop.books.books import Books


class AccessChange(StrEnum):
    """What changed for whoever uses it."""

    NONE = "none"
    ENDED = "ended"
    SHORTENED = "shortened"
    BACK = "back"  # it rested, and is on again
    RESTORED = "restored"  # time that had been taken was given again


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessNow:
    """What changed; `until` is to when access runs now, None where it rests or has ended."""

    change: AccessChange
    until: datetime | None


Snapshot = Mapping[int, Subscription]


def snapshot(books: Books, customer_id: int) -> Snapshot:
    """A customer's subscriptions as they stand."""
    return {one.id: one for one in books[Subscriptions].of(customer_id)}


def changed_since(
    before: Snapshot, after: Snapshot, *, about: Collection[int], now: datetime
) -> AccessNow:
    """The first of those it is `about` that changed says it, or one that is new."""
    for number, one in after.items():
        if number in before and number not in about:
            continue
        change = _change(before.get(number), one, now=now)
        if change is not AccessChange.NONE:
            is_on = may_use(one.standing, now=now)
            return AccessNow(change=change, until=one.standing.paid_until if is_on else None)
    return AccessNow(change=AccessChange.NONE, until=None)


def _change(old: Subscription | None, new: Subscription, *, now: datetime) -> AccessChange:
    if old is None or old.standing.paid_until < new.standing.paid_until:
        return AccessChange.RESTORED
    has_ended = SubscriptionState.ENDED is new.standing.state is not old.standing.state
    if has_ended and now < old.standing.access_until:
        return AccessChange.ENDED
    if new.standing.paid_until < old.standing.paid_until and not has_ended:
        return AccessChange.SHORTENED
    was_on = may_use(old.standing, now=now)
    is_on = may_use(new.standing, now=now)
    return AccessChange.BACK if is_on and not was_on else AccessChange.NONE
