from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.access.provisioning import CONNECTOR_MINUTES, connector_wait
from shop.messaging.outbox import MESSAGE_TRIES, message_wait
from shop.orders.waits import POLL_FOR, poll_wait


def test_a_connector_is_tried_after_1_5_15_and_60_minutes_then_given_up() -> None:
    waits = [connector_wait(failures) for failures in range(1, 6)]
    assert waits == [*(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)), None]
    assert len(CONNECTOR_MINUTES) == 4


@given(st.integers(1, MESSAGE_TRIES - 1))
def test_a_message_waits_twice_as_long_each_time_but_for_jitter(failures: int) -> None:
    wait = message_wait(failures)
    assert wait is not None
    middle = min(2**failures, 15 * 60)
    assert timedelta(seconds=middle * 0.75) <= wait <= timedelta(seconds=middle * 1.25)


def test_a_message_is_given_up_in_the_end() -> None:
    assert message_wait(MESSAGE_TRIES) is None


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (timedelta(0), timedelta(seconds=30)),
        (timedelta(minutes=9, seconds=59), timedelta(seconds=30)),
        (timedelta(minutes=10), timedelta(minutes=2)),
        (timedelta(hours=1), timedelta(minutes=15)),
        (timedelta(days=1), timedelta(hours=6)),
        (POLL_FOR, timedelta(hours=6)),
        (POLL_FOR + timedelta(seconds=1), None),
    ],
)
def test_a_payment_is_asked_about_less_and_less(age: timedelta, wait: timedelta | None) -> None:
    assert poll_wait(age) == wait
