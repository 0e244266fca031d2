"""Crypto through Coinbase Commerce, the older API that Coinbase ended on 2026-03-31.

The `coinbase-commerce` package makes and reads charges: it blocks, so it runs in its own
threads, each call with a deadline. We check webhooks ourselves: the package's error would show the
expected signature. Source: https://docs.cdp.coinbase.com/commerce
"""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING

from payments import fields
from payments.commerce_events import events_of, read_events
from payments.outgoing import (
    CONNECT_SECONDS,
    TOTAL_SECONDS,
    is_silence,
    pending,
    reason_without,
    refusal,
    understood,
)
from payments.signatures import check_code, check_open, keys_of
from shop.ports import (
    PaymentEvent,
    PaymentPage,
    PaymentRequest,
    ProviderError,
    ProviderSilentError,
)

if TYPE_CHECKING:
    from coinbase_commerce.client import Client

NAME = "coinbase_commerce"
API_URL = "https://api.commerce.coinbase.com"
CURRENCIES = frozenset({"USD", "EUR", "GBP"})
SIGNATURE_HEADER = "x-cc-webhook-signature"

_LONGEST_NAME, _LONGEST_DESCRIPTION = 100, 200
_THREADS = 4
_LATEST = 100


class CoinbaseCommerce:
    """Charges at a fixed price; each on-chain payment to one is a receipt.

    `api_url` replaces the address: `{api_url}/charges`.
    """

    name = NAME
    currencies: frozenset[str] | None = CURRENCIES

    def __init__(
        self,
        *,
        api_key: str,
        webhook_secrets: str | Sequence[str],
        api_url: str = API_URL,
        seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._api_key = api_key
        self._keys = keys_of(webhook_secrets)
        self._api_url = api_url.rstrip("/")
        self._seconds = seconds
        self._threads: ThreadPoolExecutor | None = None

    async def create(self, request: PaymentRequest) -> PaymentPage:
        """Make a charge, or find it among the latest: this API has no idempotency keys."""
        known = await self._find(request.reference)
        charge = known or await self._ask("post", body=_charge(request))
        return understood(_page_of, charge)

    async def look_up(self, reference: str, provider_ref: str) -> Sequence[PaymentEvent]:
        """Ask for the charge; one that was never recorded cannot have been paid."""
        if not provider_ref:
            return [pending(reference)]
        return understood(events_of, await self._ask("get", provider_ref))

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> Sequence[PaymentEvent]:
        """Check `X-CC-Webhook-Signature` and read the charge inside; each payment is an event.

        The signature covers no time, so `now` is not used.
        """
        del now
        check_open(self._keys)
        check_code(body, [headers.get(SIGNATURE_HEADER, "")], keys=self._keys)
        return read_events(fields.parse_object(body))

    async def check(self) -> str:
        """List the charges with the key."""
        await self._ask("get", limit=1)
        webhooks = "webhooks are signed" if self._keys else "no webhook secret yet"
        return f"{NAME}: the key works, {webhooks}"

    async def close(self) -> None:
        """Release the threads; a running call ends by its own timeout."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    async def _find(self, reference: str) -> fields.Fields | None:
        try:
            answer = await self._ask("get", limit=_LATEST)
        except ProviderSilentError:
            raise
        except ProviderError:
            return None  # a key that may make charges but not list them
        for charge in understood(lambda data: fields.rows(data, "data"), answer):
            metadata = charge.get("metadata")
            if isinstance(metadata, dict) and metadata.get("reference") == reference:
                return charge
        return None

    async def _ask(
        self,
        method: str,
        charge_id: str = "",
        *,
        body: Mapping[str, object] | None = None,
        limit: int = 0,
    ) -> fields.Fields:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix=NAME)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._seconds):
                return await loop.run_in_executor(
                    self._threads, self._call, method, charge_id, body, limit
                )
        except TimeoutError as error:
            raise ProviderSilentError(reason=type(error).__name__) from None

    def _call(
        self, method: str, charge_id: str, body: Mapping[str, object] | None, limit: int
    ) -> fields.Fields:
        """Make one call on a worker thread, each with its own client: sessions are not shared."""
        from coinbase_commerce.error import APIError

        client = self._client()
        path = ("charges", charge_id) if charge_id else ("charges",)
        options: dict[str, object] = {"timeout": (CONNECT_SECONDS, self._seconds)}
        options |= {"data": dict(body)} if body else {}
        options |= {"params": {"limit": limit}} if limit else {}
        try:
            answer = getattr(client, method)(*path, **options).data
        except APIError as error:
            trouble = self._trouble(error.http_status, str(error))
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
            # What the package raises when the answer is not its JSON.
            trouble = ProviderSilentError(reason="its answer is not readable")
        else:
            return _unwrapped(answer, keep=bool(limit))
        finally:
            client.session.close()
        raise trouble  # outside `except`: its context would hold the request and its key

    def _trouble(self, status: int | None, words: str) -> ProviderError:
        reason = reason_without(words, [self._api_key])
        return (
            ProviderSilentError(reason=reason) if is_silence(status) else refusal(status, reason)
        )

    def _client(self) -> "Client":
        from coinbase_commerce.client import Client

        client = Client(self._api_key)
        # Not through the constructor, which warns about every address without https. The
        # package's resource classes are not used: they share one key between all clients.
        client.BASE_API_URI = f"{self._api_url}/"
        return client


def _charge(request: PaymentRequest) -> dict[str, object]:
    return {
        "name": request.title[:_LONGEST_NAME],
        "description": (request.description or request.title)[:_LONGEST_DESCRIPTION],
        "pricing_type": "fixed_price",
        "local_price": {
            "amount": f"{request.amount.decimal():f}",
            "currency": request.amount.currency,
        },
        "redirect_url": request.return_url,
        "cancel_url": request.return_url,
        "metadata": {"reference": request.reference},
    }


def _unwrapped(answer: object, *, keep: bool) -> fields.Fields:
    """Take the charge out of `{"data": …}`; a list stays as it is."""
    if not isinstance(answer, dict):
        raise ProviderSilentError(reason="its answer is not readable")
    charge = answer.get("data")
    return charge if not keep and isinstance(charge, dict) else answer


def _page_of(charge: fields.Fields) -> PaymentPage:
    return PaymentPage(
        provider_ref=fields.text(charge, "id"),
        url=fields.address(charge, "hosted_url"),
        expires_at=fields.iso_moment(charge, "expires_at") if charge.get("expires_at") else None,
    )
