"""Periods of a subscription (law 2): months are counted from a stored anchor, never chained."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Self

from shop.core.errors import BadInputError

_MONTHS_A_YEAR = 12
_KEY = re.compile(r"([1-9]\d{0,3})([dm])")
_WORDS = re.compile(r"([1-9]\d{0,3}) (day|month|year)s?")
_MOST = {"d": 3660, "m": 120}


class Unit(StrEnum):
    """What an interval counts."""

    DAY = "d"
    MONTH = "m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A length of paid time, such as 3 months."""

    count: int
    unit: Unit

    @property
    def key(self) -> str:
        """The short form used in callback data and in the books: `3m`, `30d`."""
        return f"{self.count}{self.unit}"

    @classmethod
    def from_key(cls, key: str) -> Self:
        """Read the short form back."""
        count, unit = _read_key(key)
        return cls(count=count, unit=unit)

    @classmethod
    def from_words(cls, words: str) -> Self:
        """Read an owner's words: `30 days`, `1 month`, `1 year`."""
        if not (found := _WORDS.fullmatch(words)):
            raise BadInputError(reason=f"{words!r} is not an interval such as '3 months'.")
        count, unit = int(found[1]), Unit.DAY if found[2] == "day" else Unit.MONTH
        if found[2] == "year":
            count *= _MONTHS_A_YEAR
        if count > _MOST[unit]:
            raise BadInputError(reason=f"{words!r} is longer than ten years.")
        return cls(count=count, unit=unit)

    def words(self) -> str:
        """The form an owner writes in the catalog file."""
        noun = "day" if self.unit is Unit.DAY else "month"
        return f"{self.count} {noun}{'s' if self.count > 1 else ''}"


@lru_cache(maxsize=256)
def _read_key(key: str) -> tuple[int, Unit]:
    # Every settlement reads one, and a shop has few.
    if not (found := _KEY.fullmatch(key)):
        raise BadInputError(reason=f"{key!r} is not an interval such as 3m.")
    return int(found[1]), Unit(found[2])


def add_months(start: datetime, months: int, *, anchor_day: int) -> datetime:
    """The same time of day `months` later, on the anchor day or the month's last day."""
    index = start.year * _MONTHS_A_YEAR + start.month - 1 + months
    year, month = divmod(index, _MONTHS_A_YEAR)
    month += 1
    last = calendar.monthrange(year, month)[1]
    return start.replace(year=year, month=month, day=min(anchor_day, last))


def end_of(start: datetime, interval: Interval, *, anchor_day: int) -> datetime:
    """When a period that starts at `start` ends (exclusive)."""
    if interval.unit is Unit.DAY:
        return start + timedelta(days=interval.count)
    return add_months(start, interval.count, anchor_day=anchor_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time [starts_at, ends_at) with the anchor day that made it."""

    starts_at: datetime
    ends_at: datetime
    anchor_day: int


def next_span(
    interval: Interval, *, now: datetime, paid_until: datetime | None, anchor_day: int | None
) -> Span:
    """The span a payment buys: after what is paid already, or from now with a new anchor.

    `paid_until` is None when nothing runs that the new time could be added to.
    """
    if paid_until is None or anchor_day is None:
        start, day = now.astimezone(UTC), now.astimezone(UTC).day
    else:
        start, day = paid_until, anchor_day
    end = end_of(start, interval, anchor_day=day)
    # Days move the end off the anchor: a month bought after them is counted from where they end.
    return Span(
        starts_at=start, ends_at=end, anchor_day=end.day if interval.unit is Unit.DAY else day
    )
