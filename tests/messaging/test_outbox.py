"""How long a message that cannot be sent is tried."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shop.messaging.outbox import MESSAGE_TRIES, message_wait


@given(st.integers(1, MESSAGE_TRIES - 1))
def test_a_message_waits_twice_as_long_each_time_but_for_jitter(failures: int) -> None:
    wait = message_wait(failures)
    assert wait is not None
    middle = min(2**failures, 15 * 60)
    assert timedelta(seconds=middle * 0.75) <= wait <= timedelta(seconds=middle * 1.25)


def test_a_message_is_given_up_in_the_end() -> None:
    assert message_wait(MESSAGE_TRIES) is None
