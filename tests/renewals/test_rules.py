"""When a subscription that renews by itself is announced, charged, and charged again: tables."""

from datetime import UTC, datetime, timedelta

import pytest

from shop.renewals.rules import (
    RenewalPolicy,
    Round,
    decline_wait,
    notice_after,
    plan_round,
    silence_wait,
)

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
USUAL = RenewalPolicy()


def test_where_the_owner_chose_nothing_nobody_is_asked_and_this_is_the_rhythm() -> None:
    assert RenewalPolicy(asks=False, notice_days=3, charge_hours=24, retry_days=(1, 2)) == USUAL


@pytest.mark.parametrize(
    ("length", "policy", "told", "charged"),
    [
        pytest.param(30 * DAY, USUAL, 26 * DAY, 29 * DAY, id="a month, as usual"),
        pytest.param(
            30 * DAY,
            RenewalPolicy(notice_days=7, charge_hours=6),
            22 * DAY + 18 * HOUR,
            29 * DAY + 18 * HOUR,
            id="as the owner likes it",
        ),
        pytest.param(4 * DAY, USUAL, timedelta(), 3 * DAY, id="the notice fits just in"),
        pytest.param(
            4 * DAY - SECOND, USUAL, timedelta(), 3 * DAY - SECOND, id="not told before it began"
        ),
        pytest.param(2 * DAY, USUAL, timedelta(), DAY, id="charged at the half"),
        pytest.param(2 * DAY + SECOND, USUAL, timedelta(), DAY + SECOND, id="just after its half"),
        pytest.param(DAY, USUAL, timedelta(), 12 * HOUR, id="not in its first half"),
        pytest.param(
            10 * DAY,
            RenewalPolicy(notice_days=1, charge_hours=240),
            4 * DAY,
            5 * DAY,
            id="however early the owner would charge",
        ),
        pytest.param(
            3 * SECOND, USUAL, timedelta(), SECOND, id="books hold whole seconds: 1.5 is 1"
        ),
    ],
)
def test_a_period_is_announced_and_charged_before_it_ends_but_not_in_its_first_half(
    length: timedelta, policy: RenewalPolicy, told: timedelta, charged: timedelta
) -> None:
    found = plan_round(starts_at=START, ends_at=START + length, policy=policy)
    assert found == Round(tell_at=START + told, charge_at=START + charged)


def test_a_round_is_told_at_a_whole_second_too() -> None:
    end = START + 30 * DAY + timedelta(microseconds=7)
    found = plan_round(starts_at=START, ends_at=end, policy=USUAL)
    assert found == Round(tell_at=START + 26 * DAY, charge_at=START + 29 * DAY)


@pytest.mark.parametrize(
    ("left", "policy", "wait"),
    [
        pytest.param(10 * DAY, USUAL, 3 * DAY, id="due notice fits before the end"),
        pytest.param(3 * DAY, USUAL, 3 * DAY, id="it ends with the notice"),
        pytest.param(2 * DAY, USUAL, 2 * DAY, id="not past the end"),
        pytest.param(DAY, USUAL, DAY, id="a day is left"),
        pytest.param(HOUR, USUAL, DAY, id="less than a day is left: a day all the same"),
        pytest.param(-5 * DAY, USUAL, DAY, id="over already: a day"),
        pytest.param(-DAY, RenewalPolicy(notice_days=0), timedelta(), id="no notice is due"),
    ],
)
def test_a_price_told_late_is_charged_after_notice_though_not_past_the_end_nor_at_once(
    left: timedelta, policy: RenewalPolicy, wait: timedelta
) -> None:
    assert notice_after(START, ends_at=START + left, policy=policy) == START + wait


@pytest.mark.parametrize(
    ("tries", "retry_days", "wait"),
    [
        (1, (1, 2), DAY),
        (2, (1, 2), 2 * DAY),
        (3, (1, 2), None),
        (9, (1, 2), None),
        (1, (5,), 5 * DAY),
        (2, (5,), None),
        (1, (), None),
    ],
)
def test_a_declined_charge_is_tried_again_after_each_of_the_days_then_the_person_has_to_act(
    tries: int, retry_days: tuple[int, ...], wait: timedelta | None
) -> None:
    assert decline_wait(tries, RenewalPolicy(retry_days=retry_days)) == wait


@pytest.mark.parametrize(
    ("silences", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 60), (1000, 60)]
)
def test_a_silent_provider_is_asked_again_in_minutes_without_an_end(
    silences: int, minutes: int
) -> None:
    assert silence_wait(silences) == timedelta(minutes=minutes)
