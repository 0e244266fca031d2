"""Whoever pays for a month gets a month, whatever days were added before."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.intervals import Interval, Span, Unit, next_span

MONTH = Interval(count=1, unit=Unit.MONTH)
STARTS = st.integers(0, 8 * 365 * 24 * 3600).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
INTERVALS = st.one_of(
    st.builds(Interval, count=st.integers(1, 400), unit=st.just(Unit.DAY)),
    st.builds(Interval, count=st.integers(1, 24), unit=st.just(Unit.MONTH)),
)


def after(span: Span, interval: Interval) -> Span:
    return next_span(
        interval, now=span.starts_at, paid_until=span.ends_at, anchor_day=span.anchor_day
    )


@given(start=STARTS, bought=st.lists(INTERVALS, min_size=1, max_size=12))
def test_a_bought_month_is_never_shorter_than_a_month_nor_longer(
    start: datetime, bought: list[Interval]
) -> None:
    span = next_span(bought[0], now=start, paid_until=None, anchor_day=None)
    for interval in bought[1:]:
        following = after(span, interval)
        assert following.starts_at == span.ends_at
        length = following.ends_at - following.starts_at
        if interval.unit is Unit.DAY:
            assert length == timedelta(days=interval.count)
        else:
            months = interval.count
            assert timedelta(days=28 * months) <= length <= timedelta(days=31 * months)
        span = following


@pytest.mark.parametrize(("given_days", "month_ends"), [(24, "2026-03-25"), (9, "2026-03-10")])
def test_a_month_after_given_days_is_counted_from_where_they_end(
    given_days: int, month_ends: str
) -> None:
    january = next_span(
        MONTH, now=datetime(2026, 1, 1, tzinfo=UTC), paid_until=None, anchor_day=None
    )
    given = after(january, Interval(count=given_days, unit=Unit.DAY))
    assert f"{after(given, MONTH).ends_at:%Y-%m-%d}" == month_ends


def test_months_are_counted_from_the_anchor_and_never_chained() -> None:
    span = next_span(
        MONTH, now=datetime(2026, 1, 31, 9, tzinfo=UTC), paid_until=None, anchor_day=None
    )
    ends = [span.ends_at]
    for _ in range(12):
        span = after(span, MONTH)
        ends.append(span.ends_at)
    assert [f"{end:%d.%m}" for end in ends] == [
        "28.02",
        "31.03",
        "30.04",
        "31.05",
        "30.06",
        "31.07",
        "31.08",
        "30.09",
        "31.10",
        "30.11",
        "31.12",
        "31.01",
        "28.02",
    ]
