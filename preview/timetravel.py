"""Skips time: moves the shop's clock and the chat's together, then renews what is due."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import httpx

from preview.checkout import renew_due
from preview.invoices import MONTH

if TYPE_CHECKING:
    from preview.telegram import Telegram

__all__ = ["Arrival", "skip"]

CATCH_UP_SECONDS = 2.0
SHOP_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The new time, and a sentence if the shop did not follow."""

    now: datetime
    error: str | None = None


async def skip(telegram: Telegram, *, seconds: float) -> Arrival:
    """Move time ahead; if the shop does not follow, nothing moves."""
    error = None
    end = telegram.clock.now().timestamp() + seconds
    for stop in [*_renewals_before(telegram, end), end]:
        error = await _leap(telegram, seconds=stop - telegram.clock.now().timestamp())
        if error:
            break
    telegram.feed.tell("clock", now=telegram.clock.now().isoformat())
    return Arrival(now=telegram.clock.now(), error=error)


def _renewals_before(telegram: Telegram, end: float) -> list[float]:
    """Give the moments to stop at, so that the shop sees each renewal when it is due."""
    stops = set()
    for subscription in telegram.ledger.subscriptions:
        due = subscription.expires
        while subscription.renews and telegram.clock.unix() < due < end:
            stops.add(float(due))
            due += MONTH
    return sorted(stops)


async def _leap(telegram: Telegram, *, seconds: float) -> str | None:
    await _catch_up(telegram)
    telegram.clock.move(seconds)
    error = None
    if telegram.config.clock_url:
        whole = round(seconds)
        error = await _tell_shop(telegram, telegram.config.clock_url, seconds=whole)
    if error:
        telegram.clock.move(-seconds)
    renew_due(telegram)
    return error


async def _catch_up(telegram: Telegram) -> None:
    """Let a running bot take what waits, so that no update expires during the skip."""
    updates = telegram.updates
    deadline = time.monotonic() + CATCH_UP_SECONDS
    while updates.fresh() and time.monotonic() < deadline:
        if not (updates.polled() or updates.webhook_set):
            return
        await asyncio.sleep(0.02)


async def _tell_shop(telegram: Telegram, url: str, *, seconds: int) -> str | None:
    try:
        async with httpx.AsyncClient(timeout=SHOP_SECONDS, trust_env=False) as client:
            answer = await client.post(url, json={"seconds": seconds})
    except httpx.HTTPError:
        return f"The shop does not answer at {url}, so the time stays as it is."
    if not answer.is_success:
        return f"The shop refused to move its clock ({answer.status_code}); nothing moved."
    try:
        now = datetime.fromisoformat(str(answer.json()["now"]))
    except (ValueError, KeyError, TypeError):
        return "The shop moved its clock but did not say what time it is now; nothing moved here."
    if now.tzinfo is None:
        return "The shop told the time without a time zone; nothing moved here."
    telegram.clock.follow(now)
    return None
