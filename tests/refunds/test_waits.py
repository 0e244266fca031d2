"""How often a provider is asked about money it gives back: ever less, but without an end."""

from datetime import timedelta

import pytest

from shop.refunds.waits import refund_wait


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (timedelta(0), timedelta(seconds=30)),
        (timedelta(hours=2), timedelta(minutes=15)),
        (timedelta(days=8), timedelta(hours=6)),
        (timedelta(days=8, seconds=1), timedelta(days=1)),
        (timedelta(days=400), timedelta(days=1)),
    ],
)
def test_a_refund_is_asked_about_as_a_payment_is_and_daily_once_that_would_end(
    age: timedelta, wait: timedelta
) -> None:
    assert refund_wait(age) == wait
