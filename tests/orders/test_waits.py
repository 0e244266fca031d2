"""How often a provider is asked about a payment."""

from datetime import timedelta

import pytest

from shop.orders.waits import poll_wait


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (timedelta(0), timedelta(seconds=30)),
        (timedelta(minutes=9, seconds=59), timedelta(seconds=30)),
        (timedelta(minutes=10), timedelta(minutes=2)),
        (timedelta(minutes=59, seconds=59), timedelta(minutes=2)),
        (timedelta(hours=1), timedelta(minutes=15)),
        (timedelta(hours=23, minutes=59, seconds=59), timedelta(minutes=15)),
        (timedelta(days=1), timedelta(hours=6)),
        (timedelta(days=8), timedelta(hours=6)),
        (timedelta(days=8, seconds=1), None),
    ],
)
def test_a_payment_is_asked_about_less_and_less(age: timedelta, wait: timedelta | None) -> None:
    assert poll_wait(age) == wait
