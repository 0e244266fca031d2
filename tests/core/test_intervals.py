from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.errors import BadInputError
from shop.core.intervals import Interval, Unit, add_months, end_of, next_span

MONTH = Interval(count=1, unit=Unit.MONTH)
intervals = st.builds(Interval, count=st.integers(1, 120), unit=st.sampled_from(Unit))
moments = st.integers(946684800, 4102444800).map(lambda at: datetime.fromtimestamp(at, UTC))


def day(year: int, month: int, of_month: int, hour: int = 12) -> datetime:
    return datetime(year, month, of_month, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("1 day", "1d"),
        ("30 days", "30d"),
        ("1 month", "1m"),
        ("3 months", "3m"),
        ("1 year", "12m"),
        ("10 years", "120m"),
        ("3660 days", "3660d"),
    ],
)
def test_an_owners_words_become_an_interval(words: str, key: str) -> None:
    assert Interval.from_words(words).key == key


@pytest.mark.parametrize(
    "words",
    [
        "",
        "month",
        "0 months",
        "-1 month",
        "1.5 months",
        "1  month",
        "1 week",
        "11 years",
        "121 months",
        "3661 days",
        "01 month",
        " 1 month",
        "99999 days",
    ],
)
def test_other_words_are_refused(words: str) -> None:
    with pytest.raises(BadInputError):
        Interval.from_words(words)


def test_what_is_refused_is_named_with_what_would_do() -> None:
    for attempt, sentence in {
        (Interval.from_words, "1 week"): "'1 week' is not an interval such as '3 months'.",
        (Interval.from_words, "11 years"): "'11 years' is longer than ten years.",
        (Interval.from_key, "1w"): "'1w' is not an interval such as 3m.",
    }.items():
        read, text = attempt
        with pytest.raises(BadInputError) as caught:
            read(text)
        assert caught.value.sentence == sentence


@pytest.mark.parametrize(
    ("key", "words"), [("1d", "1 day"), ("2d", "2 days"), ("1m", "1 month"), ("12m", "12 months")]
)
def test_an_interval_is_written_as_an_owner_would(key: str, words: str) -> None:
    assert Interval.from_key(key).words() == words


@pytest.mark.parametrize("key", ["", "m", "0m", "-1m", "1w", "1", "1m ", "99999m", "1M"])
def test_other_keys_are_refused(key: str) -> None:
    with pytest.raises(BadInputError):
        Interval.from_key(key)


@given(intervals)
def test_an_interval_survives_its_short_form_and_its_words(interval: Interval) -> None:
    assert Interval.from_key(interval.key) == interval
    assert Interval.from_words(interval.words()) == interval


@pytest.mark.parametrize(
    ("start", "months", "anchor", "end"),
    [
        (day(2026, 1, 31), 1, 31, day(2026, 2, 28)),
        (day(2026, 2, 28), 1, 31, day(2026, 3, 31)),
        (day(2026, 3, 31), 1, 31, day(2026, 4, 30)),
        (day(2028, 1, 31), 1, 31, day(2028, 2, 29)),
        (day(2028, 1, 30), 1, 30, day(2028, 2, 29)),
        (day(2028, 2, 29), 12, 29, day(2029, 2, 28)),
        (day(2029, 2, 28), 36, 29, day(2032, 2, 29)),
        (day(2026, 12, 15), 1, 15, day(2027, 1, 15)),
        (day(2026, 12, 31), 2, 31, day(2027, 2, 28)),
        (day(2099, 12, 31), 2, 31, day(2100, 2, 28)),
    ],
)
def test_months_end_on_the_anchor_day_or_the_last(
    start: datetime, months: int, anchor: int, end: datetime
) -> None:
    assert add_months(start, months, anchor_day=anchor) == end


@given(moments, st.integers(1, 60))
def test_a_month_at_a_time_arrives_where_all_at_once_does(start: datetime, months: int) -> None:
    at = start
    for _ in range(months):
        at = add_months(at, 1, anchor_day=start.day)
    assert at == add_months(start, months, anchor_day=start.day)


@given(moments, intervals)
def test_a_period_always_goes_forward_and_keeps_its_time_of_day(
    start: datetime, interval: Interval
) -> None:
    end = end_of(start, interval, anchor_day=start.day)
    assert end > start
    assert end.timetz() == start.timetz()


def test_days_are_days_of_24_hours() -> None:
    month = Interval(count=30, unit=Unit.DAY)
    assert end_of(day(2026, 1, 31), month, anchor_day=31) == day(2026, 3, 2)


def test_the_first_period_begins_now_with_todays_anchor() -> None:
    now = datetime(2026, 1, 31, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    span = next_span(MONTH, now=now, paid_until=None, anchor_day=None)
    assert (span.starts_at, span.ends_at) == (
        datetime(2026, 2, 1, 4, 30, tzinfo=UTC),
        datetime(2026, 3, 1, 4, 30, tzinfo=UTC),
    )
    assert span.anchor_day == 1


def test_a_renewal_begins_where_the_paid_time_ends() -> None:
    span = next_span(MONTH, now=day(2026, 2, 20), paid_until=day(2026, 2, 28), anchor_day=31)
    assert (span.starts_at, span.ends_at) == (day(2026, 2, 28), day(2026, 3, 31))
    assert span.anchor_day == 31


@given(moments, st.lists(intervals, min_size=1, max_size=6))
def test_renewals_leave_no_gap_and_do_not_overlap(now: datetime, bought: list[Interval]) -> None:
    paid_until, anchor = None, None
    for interval in bought:
        span = next_span(interval, now=now, paid_until=paid_until, anchor_day=anchor)
        assert span.starts_at == (paid_until or now)
        assert span.ends_at > span.starts_at
        paid_until, anchor = span.ends_at, span.anchor_day
