"""When a subscription that renews by itself is announced, charged, and charged again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LOOK_AGAIN = timedelta(hours=6)
"""When a renewal that has to wait for something else is looked at again."""
_SILENCE_MINUTES = (1, 5, 15, 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalPolicy:
    """The owner's choices: whether people are asked to have their card kept, and the rhythm.

    `notice_days` lie between the announcement and the charge, `charge_hours` between the charge
    and the end; after a decline it is tried again after each of `retry_days`.
    """

    asks: bool = False
    notice_days: int = 3
    charge_hours: int = 24
    retry_days: tuple[int, ...] = (1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """When one period's renewal is told and when it is charged."""

    tell_at: datetime
    charge_at: datetime


def plan_round(*, starts_at: datetime, ends_at: datetime, policy: RenewalPolicy) -> Round:
    """The usual times, brought closer together in a short period.

    Nothing is charged in a period's first half, and nothing is told before it began.
    """
    half = starts_at + (ends_at - starts_at) / 2
    charge_at = max(ends_at - timedelta(hours=policy.charge_hours), half)
    tell_at = max(charge_at - timedelta(days=policy.notice_days), starts_at)
    return Round(
        tell_at=tell_at.replace(microsecond=0), charge_at=charge_at.replace(microsecond=0)
    )


def notice_after(told_at: datetime, *, ends_at: datetime, policy: RenewalPolicy) -> datetime:
    """When to charge a price that was told this late: after due notice, though not past the end.

    Someone whose time is over already wants it back soon, and gets a day.
    """
    due = told_at + timedelta(days=policy.notice_days)
    return min(due, max(ends_at, told_at + timedelta(days=1)))


def decline_wait(tries: int, policy: RenewalPolicy) -> timedelta | None:
    """The wait after this many declines (from 1), or None: the person has to act."""
    if tries > len(policy.retry_days):
        return None
    return timedelta(days=policy.retry_days[tries - 1])


def silence_wait(silences: int) -> timedelta:
    """The wait after this many answers that never came (from 1): minutes, without an end."""
    return timedelta(minutes=_SILENCE_MINUTES[min(silences, len(_SILENCE_MINUTES)) - 1])
