"""Notes who used an account from where, now and then: evidence, should a bank ever ask."""

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
    """Writes at most four times an hour for each address, after the answer has gone.

    What it remembers only saves writing: forgetting it costs a row's update, nothing else.
    """

    def __init__(self, counter: Counter) -> None:
        """Begin with nobody seen."""
        self._counter = counter
        self._trusted = tuple(ip_network(one) for one in counter.trusted_proxies)
        self._seen: dict[tuple[int, str, str], datetime] = {}

    def after(self, request: Request, *, subscription_id: int, door: str) -> BackgroundTask | None:
        """What is left to do once the answer has gone, if anything is."""
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
        """The viewer's, as a media server of the owner's tells it; else whoever asks.

        "" when it is no address. What just anyone tells would be evidence that he forges himself.
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
