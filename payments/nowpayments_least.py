"""What NOWPayments takes at least: it knows for each coin, in a fiat currency's worth.

Source: NOWPayments' API documentation, "Get the minimum payment amount". A payer chooses the coin
on its page, so only what no coin of the account takes is too little.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from decimal import ROUND_CEILING, Decimal
from time import monotonic
from urllib.parse import quote

from payments import fields
from payments.outgoing import understood
from shop.core.currencies import exponent_of
from shop.core.errors import BadInputError
from shop.ports import ProviderError, ProviderSilentError, RequestRefusedError

Ask = Callable[[str, str], Awaitable[fields.Fields]]

_HOLDS = 3600.0  # seconds
_PATIENCE = 3.0  # of whoever waits for a page
_MOST_COINS = 25  # of more, some coin will do; the page says so itself
_AT_ONCE = 5


class Least:
    """Asks, and remembers for an hour; losing that costs a few calls."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._known: dict[str, tuple[float, int]] = {}

    async def of(self, currency: str) -> int:
        """The least in minor units of this currency; 1 where nobody says."""
        known = self._known.get(currency)
        if known is None or monotonic() - known[0] > _HOLDS:
            try:
                async with asyncio.timeout(_PATIENCE):
                    known = (monotonic(), await self._asked(currency))
            except (ProviderError, TimeoutError):
                return 1
            self._known[currency] = known
        return known[1]

    async def _asked(self, currency: str) -> int:
        coins = understood(_coins, await self._ask("GET", "/merchant/coins"))
        if not 0 < len(coins) <= _MOST_COINS:
            return 1
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(coin: str) -> Decimal | None:
            async with places:
                return await self._of_coin(coin, currency)

        found = [least for least in await asyncio.gather(*map(one, coins)) if least is not None]
        if not found:
            return 1
        minor = min(found).scaleb(exponent_of(currency)).to_integral_value(ROUND_CEILING)
        return max(fields.minor_units(int(minor)), 1)

    async def _of_coin(self, coin: str, currency: str) -> Decimal | None:
        """None where this coin cannot be paid with just now."""
        query = f"currency_from={quote(coin, safe='')}&fiat_equivalent={currency.lower()}"
        try:
            answer = await self._ask("GET", f"/min-amount?{query}")
        except ProviderSilentError:
            raise
        except RequestRefusedError:
            return None
        return understood(lambda told: fields.amount(told, "fiat_equivalent"), answer)


def _coins(answer: Mapping[str, object]) -> list[str]:
    coins = answer.get("selectedCurrencies")
    if type(coins) is not list or not all(type(coin) is str and coin for coin in coins):
        raise BadInputError(reason="There is no list of coins.")
    return [coin.lower() for coin in coins]
