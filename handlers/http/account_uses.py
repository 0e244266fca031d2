"""Notes from which addresses an account is used: evidence in case of a dispute."""

from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import structlog
from starlette.background import BackgroundTask
from starlette.requests import Request

from handlers.counter import Counter
from shop.core.errors import ShopError
from shop.refunds.evidence import note_use

_EVERY = timedelta(minutes=15)
_MOST = 10_000
_LOG = structlog.get_logger()


class AccountUses:
    """Writes at most four times an hour for each address, after the response was sent.

    Its memory only saves writes: losing it costs one extra update, nothing else.
    """

    def __init__(self, counter: Counter) -> None:
        """Start with an empty memory."""
        self._counter = counter
        self._trusted = tuple(ip_network(one) for one in counter.trusted_proxies)
        self._seen: dict[tuple[int, str, str], datetime] = {}

    def after(self, request: Request, *, subscription_id: int, door: str) -> BackgroundTask | None:
        """The task to run after the response was sent, if a use is due to be noted."""
        now, address = self._counter.clock.now(), self._address(request)
        key = (subscription_id, door, address)
        last = self._seen.get(key)
        if not address or (last is not None and now - last < _EVERY):
            return None
        if len(self._seen) >= _MOST:
            self._seen.clear()
        self._seen[key] = now
        return BackgroundTask(self._note, subscription_id, door, address, now)

    async def _note(self, subscription_id: int, door: str, address: str, now: datetime) -> None:
        try:
            await self._counter.storage.run(
                note_use, subscription_id, door=door, address=address, now=now
            )
        except ShopError as error:
            _LOG.info("use_not_noted", error=error.sentence)  # access matters more

    def _address(self, request: Request) -> str:
        """The viewer's address as a trusted proxy reports it, else the caller's; "" if unreadable.

        Only trusted proxies are believed: anyone else could forge evidence.
        """
        asked = _read(request.client.host if request.client is not None else "")
        if asked is None or not any(asked in network for network in self._trusted):
            return str(asked or "")
        told = request.query_params.get("ip") or request.headers.get("x-real-ip") or ""
        return str(_read(told) or asked)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.strip())
    except ValueError:
        return None
