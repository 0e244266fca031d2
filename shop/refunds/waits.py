"""How long to wait before a provider is asked again about a refund."""

from datetime import timedelta

from shop.orders.waits import poll_wait


def refund_wait(age: timedelta) -> timedelta:
    """The wait before a provider is asked again about money it gives back.

    It never ends while the outcome is not known; an old one is asked about daily.
    """
    return poll_wait(age) or timedelta(days=1)
