"""When a person is reminded: at set days around the end, within their daytime, once each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shop.core.errors import BadInputError

DAYS_BEFORE = (7, 3, 1, 0, -1)
_DAY_STARTS, _DAY_ENDS = time(10), time(19)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One reminder: `days_before` the end (negative: after), to be told at `at` (UTC)."""

    days_before: int
    at: datetime


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this IANA name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInputError(
            reason=f"{name!r} is not a time zone such as Europe/Berlin."
        ) from error


def days_until(end: datetime, zone: ZoneInfo, *, now: datetime) -> int:
    """How many midnights lie between now and the end, where the person lives."""
    return (end.astimezone(zone).date() - now.astimezone(zone).date()).days


def in_daytime(moment: datetime, zone: ZoneInfo) -> datetime:
    """This moment, or the nearest one of the same day at which people there are awake.

    Never the next day: who buys at night would hear "tomorrow" on the last day itself.
    """
    local = moment.astimezone(zone)
    if local.time() < _DAY_STARTS:
        local = _at(local, _DAY_STARTS)
    elif local.time() > _DAY_ENDS:
        local = _at(local, _DAY_ENDS)
    return local.astimezone(moment.tzinfo)


def schedule(
    *, starts_at: datetime, ends_at: datetime, zone: ZoneInfo, days: Sequence[int] = DAYS_BEFORE
) -> Iterator[Reminder]:
    """All reminders of one period in order of time, each made when it is asked for.

    `days` are in falling order. Every payment asks for the next one, and the rest cost time.

    A reminder that a short period would bring in its first half is left out: nobody who
    bought three days wants to hear on the first that they end.
    """
    half = starts_at + (ends_at - starts_at) / 2
    for days_before in days:
        due = ends_at - timedelta(days=days_before)
        if days_before > 0 and due < half:
            continue
        if days_before == 0:
            due = max(_last_call(ends_at, zone), starts_at)
            yield Reminder(days_before=0, at=due)
        else:
            yield Reminder(days_before=days_before, at=in_daytime(due, zone))


def _last_call(ends_at: datetime, zone: ZoneInfo) -> datetime:
    """The morning of the day it ends, or the evening before when it ends before that."""
    local = ends_at.astimezone(zone)
    morning = _at(local, _DAY_STARTS)
    call = morning if morning < local else _at(local - timedelta(days=1), _DAY_ENDS)
    return call.astimezone(ends_at.tzinfo)


def _at(local: datetime, hour: time) -> datetime:
    return local.replace(hour=hour.hour, minute=0, second=0, microsecond=0, fold=0)


def next_after(reminders: Iterable[Reminder], *, after: datetime) -> Reminder | None:
    """The first reminder later than `after`, or None when all have been told."""
    return next((reminder for reminder in reminders if reminder.at > after), None)


def latest_due(reminders: Sequence[Reminder], *, now: datetime) -> Reminder | None:
    """The most recent reminder that is due; older missed ones are not told any more."""
    due = [reminder for reminder in reminders if reminder.at <= now]
    return due[-1] if due else None
