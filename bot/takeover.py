"""Sees which processes on the same books are gone, and takes up what they had under way."""

import time

import structlog

from shop.books.opening import Storage
from shop.intake.leases import lease_holders, take_over
from shop.ports import Clock

# A living process that lost its session to the server has it again within a look.
LOOK_EVERY = 2.0
GONE_AFTER = 5.0
log = structlog.get_logger()


class Takeover:
    """Looks every two seconds; who is missing for five is gone: nine at most after a kill."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        """Remember the books; nothing was seen yet."""
        self._storage, self._clock = storage, clock
        self._next_look = 0.0
        self._missing: dict[int, float] = {}

    async def at_start(self) -> None:
        """Where the books are this process's alone, whoever else held a lease is gone."""
        if self._storage.dialect == "sqlite":
            holders = await self._storage.read(lease_holders, now=self._clock.now())
            await self._take_over(holders - await self._storage.living())

    async def look(self) -> None:
        """Look, if it is time to; what is missing for long enough is taken over."""
        now = time.monotonic()
        if self._storage.dialect == "sqlite" or now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY
        missing, self._missing = self._missing, {}  # where this look fails, all begins anew
        living = await self._storage.living()
        holders = await self._storage.read(lease_holders, now=self._clock.now())
        found = {one: missing.get(one, now) for one in holders - living}
        gone = {one for one, since in found.items() if now - since >= GONE_AFTER}
        await self._take_over(gone)
        self._missing = {one: since for one, since in found.items() if one not in gone}

    async def _take_over(self, gone: set[int] | frozenset[int]) -> None:
        if gone:
            many = await self._storage.run(take_over, gone, now=self._clock.now())
            log.info("took_over", holders=sorted(gone), rows=many)
