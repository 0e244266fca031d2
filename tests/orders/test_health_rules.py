"""When a provider is hidden, and how long it rests before it is tried again."""

from datetime import timedelta

import pytest

from shop.orders.health_rules import HealthPolicy, probe_wait


@pytest.mark.parametrize(
    ("tries", "minutes"), [(0, 1), (1, 2), (2, 4), (3, 8), (4, 15), (5, 15), (1000, 15)]
)
def test_a_hidden_provider_rests_longer_after_each_try_but_never_beyond_a_quarter_hour(
    tries: int, minutes: int
) -> None:
    assert probe_wait(tries) == timedelta(minutes=minutes)


def test_where_the_owner_chose_nothing_five_failures_hide_and_ten_seconds_are_one() -> None:
    assert HealthPolicy() == HealthPolicy(failures=5, slow_seconds=10)
