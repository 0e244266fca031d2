"""What is on hold is neither sold more time nor renewed: it would run while nobody can use it."""

from shop.access.subscription_records import Subscription
from shop.core.errors import ShopError


class OnHoldError(ShopError):
    """This is on hold just now. Please write to us: /support."""


def refuse_on_hold(subscription: Subscription | None) -> None:
    """Raise `OnHoldError` where staff, or a bank's question, hold it."""
    if subscription is not None and subscription.standing.is_frozen:
        raise OnHoldError
