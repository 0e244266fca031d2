from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.access.reminder_rules import (
    DAYS_BEFORE,
    Reminder,
    days_until,
    in_daytime,
    latest_due,
    next_after,
    schedule,
    zone_of,
)
from shop.core.errors import BadInputError

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "America/St_Johns",
    "Africa/Casablanca",
]
zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.integers(1704067200, 1893456000).map(lambda at: datetime.fromtimestamp(at, UTC))


def berlin(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


def told(starts_at: datetime, ends_at: datetime) -> list[tuple[int, datetime]]:
    return [
        (one.days_before, one.at.astimezone(BERLIN))
        for one in schedule(starts_at=starts_at, ends_at=ends_at, zone=BERLIN)
    ]


def test_a_month_is_announced_7_3_and_1_days_before_that_morning_and_the_day_after() -> None:
    assert told(berlin(5, 10, 15), berlin(6, 10, 15)) == [
        (7, berlin(6, 3, 15)),
        (3, berlin(6, 7, 15)),
        (1, berlin(6, 9, 15)),
        (0, berlin(6, 10, 10)),
        (-1, berlin(6, 11, 15)),
    ]


def test_who_bought_late_at_night_hears_it_the_evening_before() -> None:
    assert told(berlin(5, 10, 23), berlin(6, 10, 23)) == [
        (7, berlin(6, 3, 19)),
        (3, berlin(6, 7, 19)),
        (1, berlin(6, 9, 19)),
        (0, berlin(6, 10, 10)),
        (-1, berlin(6, 11, 19)),
    ]


def test_what_ends_before_breakfast_is_told_the_day_before() -> None:
    assert told(berlin(5, 10, 3), berlin(6, 10, 3)) == [
        (7, berlin(6, 3, 10)),
        (3, berlin(6, 7, 10)),
        (1, berlin(6, 9, 10)),
        (0, berlin(6, 9, 19)),
        (-1, berlin(6, 11, 10)),
    ]


def test_across_the_change_of_clocks_it_stays_daytime() -> None:
    # Clocks go forward on 29 March 2026 in Berlin, and back on 25 October.
    assert dict(told(berlin(3, 1, 10), berlin(4, 1, 10)))[3] == berlin(3, 29, 10)
    assert dict(told(berlin(10, 1, 19), berlin(11, 1, 19)))[7] == berlin(10, 25, 19)


@pytest.mark.parametrize(
    ("length", "days"),
    [
        (timedelta(days=3), [1, 0, -1]),
        (timedelta(days=5), [1, 0, -1]),
        (timedelta(days=6), [3, 1, 0, -1]),  # the half itself is not in its first half
        (timedelta(days=13), [3, 1, 0, -1]),
        (timedelta(days=14), [7, 3, 1, 0, -1]),
        (timedelta(hours=36), [0, -1]),
        (timedelta(days=2), [1, 0, -1]),
    ],
)
def test_nothing_is_announced_in_a_short_periods_first_half(
    length: timedelta, days: list[int]
) -> None:
    start = berlin(5, 10, 15)
    assert [days for days, _ in told(start, start + length)] == days


def test_what_ends_just_at_ten_is_told_the_evening_before_not_when_it_is_over() -> None:
    found = dict(told(berlin(5, 10, 10), berlin(6, 10, 10)))
    assert found[0] == berlin(6, 9, 19)


@given(moments, st.integers(1, 400), zones)
def test_everybody_hears_everything_by_day_and_in_order(
    starts_at: datetime, days: int, zone: ZoneInfo
) -> None:
    ends_at = starts_at + timedelta(days=days)
    reminders = list(schedule(starts_at=starts_at, ends_at=ends_at, zone=zone))
    assert [one.days_before for one in reminders] == sorted(
        (one.days_before for one in reminders), reverse=True
    )
    assert [one.at for one in reminders] == sorted(one.at for one in reminders)
    assert {0, -1} <= {one.days_before for one in reminders} <= set(DAYS_BEFORE)
    assert len({one.at for one in reminders}) == len(reminders)
    for one in reminders:
        assert time(10) <= one.at.astimezone(zone).time() <= time(20) or one.at == starts_at
        assert (one.at < ends_at) == (one.days_before >= 0)


@given(moments, zones)
def test_daytime_is_within_the_same_day(moment: datetime, zone: ZoneInfo) -> None:
    found = in_daytime(moment, zone)
    assert found.astimezone(zone).date() == moment.astimezone(zone).date()
    assert in_daytime(found, zone) == found


@pytest.mark.parametrize(
    ("now", "days"),
    [
        (berlin(6, 3, 19), 7),
        (berlin(6, 9, 23, 59), 1),
        (berlin(6, 10, 0, 1), 0),
        (berlin(6, 11, 10), -1),
    ],
)
def test_days_are_counted_by_midnights_where_the_person_lives(now: datetime, days: int) -> None:
    assert days_until(berlin(6, 10, 15), BERLIN, now=now) == days


@pytest.mark.parametrize("name", ["", "Berlin", "Europe/Atlantis", "../etc/passwd", "/etc", "\0"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(BadInputError) as caught:
        zone_of(name)
    assert caught.value.sentence == f"{name!r} is not a time zone such as Europe/Berlin."


def test_of_several_missed_reminders_only_the_latest_is_told() -> None:
    day = timedelta(days=1)
    start = berlin(5, 10, 15)
    three, one = (Reminder(days_before=days, at=start + (9 - days) * day) for days in (3, 1))
    assert latest_due([three, one], now=start) is None
    assert latest_due([three, one], now=three.at) == three
    assert latest_due([three, one], now=start + 30 * day) == one
    assert next_after([three, one], after=start) == three
    assert next_after([three, one], after=three.at) == one
    assert next_after([three, one], after=one.at) is None
