"""Who renews a subscription, if anybody: one answer for every page, notice and rule."""

from datetime import datetime
from enum import StrEnum

from shop.access.lifecycle import state_at
from shop.access.states import SubscriptionState
from shop.access.subscription_records import Subscription
from shop.books.books import Books
from shop.renewals.records import Renewal
from shop.renewals.star_records import StarSubscription, StarSubscriptions


class Renewer(StrEnum):
    """Who charges for the next time without being asked again."""

    NOBODY = "nobody"
    CARD = "card"  # we charge a kept card
    STARS = "stars"  # Telegram charges Stars


def who_renews(
    subscription: Subscription,
    renewal: Renewal | None,
    star: StarSubscription | None,
    *,
    now: datetime,
) -> Renewer:
    """Decide from how it stands; `star` is the Star subscription that pays for it, if one does."""
    if star is not None and star.renews:
        return Renewer.STARS
    is_asked_of_a_card = (
        renewal is not None
        and renewal.is_on
        and not renewal.waits_for_person
        and renewal.method.forgotten_at is None
    )
    if renewal is None or not is_asked_of_a_card:
        return Renewer.NOBODY
    standing = subscription.standing
    if standing.is_frozen or state_at(standing, now=now) is SubscriptionState.ENDED:
        return Renewer.NOBODY
    # Time was taken back, with its money: nobody is charged for that again unasked.
    return Renewer.NOBODY if standing.paid_until < renewal.round_end else Renewer.CARD


def charged_at(subscription: Subscription, renewal: Renewal, *, now: datetime) -> datetime | None:
    """When the card is charged next; None while that is not planned yet, or is under way."""
    is_planned = renewal.round_end == subscription.standing.paid_until
    return renewal.charge_at if is_planned and renewal.charge_at > now else None


def is_telegrams(books: Books, subscription: Subscription, *, now: datetime) -> bool:
    """Whether Telegram renews this, so that no card does: twice would be once too often."""
    star = books[StarSubscriptions].running_for(subscription, now=now)
    return star is not None and star.renews
