"""Crypto through Coinbase Business, the Checkouts API (merchants in the US and Singapore).

Source: https://docs.cdp.coinbase.com/api-reference/business-api/rest-api/checkouts
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit
from uuid import UUID, uuid5

import httpx

from payments import fields
from payments.coinbase.events import events_of, read_event
from payments.coinbase.key import CoinbaseKey
from payments.coinbase.refunds import answer_of, body_of, find
from payments.hook0 import check_hook0
from payments.outgoing import TOTAL_SECONDS, ask, pending, understood
from payments.signatures import keys_of
from shop.ports import (
    Clock,
    Limits,
    PaymentEvent,
    PaymentPage,
    PaymentRequest,
    RefundAnswer,
    RefundRequest,
)

NAME = "coinbase"
API_URL = "https://business.coinbase.com"
CURRENCIES = frozenset({"USD", "EUR", "GBP", "SGD", "USDC"})
_PATH = "/api/v1/checkouts"
_NAMESPACE = UUID("6a3b5a38-7f4e-5f0a-9c55-2d5b9a3f7a10")  # ours; any fixed value will do
_LONGEST_DESCRIPTION = 500
_MOST = 100_000_000_00  # of cents; the least is one


class Coinbase:
    """Single-use checkouts, settled in USDC.

    `key_secret` is base64 (Ed25519) or PEM (ECDSA); `api_url` replaces the scheme, host and
    path prefix of Coinbase's address (its own sandbox: `https://business.coinbase.com/sandbox`).
    """

    name = NAME
    currencies: frozenset[str] | None = CURRENCIES
    limits: Mapping[str, Limits] = dict.fromkeys(CURRENCIES, Limits(most=_MOST))
    refunds_parts = True

    def __init__(
        self,
        *,
        key_id: str,
        key_secret: str,
        webhook_secrets: str | Sequence[str],
        clock: Clock,
        http: httpx.AsyncClient,
        api_url: str = API_URL,
        seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._key = CoinbaseKey(key_id=key_id, secret=key_secret)
        self._key_secret = key_secret
        self._keys = keys_of(webhook_secrets)
        self._clock = clock
        self._http = http
        self._api_url = api_url.rstrip("/")
        self._seconds = seconds

    async def create(self, request: PaymentRequest) -> PaymentPage:
        """Make a checkout; repeated with the same reference, it returns the same one."""
        body: dict[str, object] = {
            "amount": f"{request.amount.decimal():f}",
            "currency": request.amount.currency,
            "description": f"{request.title} {request.description}".strip()[:_LONGEST_DESCRIPTION],
            # The currency later tells which of two amounts is the one we asked for.
            "metadata": {
                "reference": request.reference,
                "currency": request.amount.currency,
            },
            "expiresAt": f"{request.expires_at:%Y-%m-%dT%H:%M:%SZ}",
        }
        if request.return_url.startswith("https://"):  # Coinbase takes no other
            body |= dict.fromkeys(("successRedirectUrl", "failRedirectUrl"), request.return_url)
        once = _key_of(request.reference)
        return understood(_page_of, await self._ask("POST", body=body, once=once))

    async def look_up(self, reference: str, provider_ref: str) -> Sequence[PaymentEvent]:
        """Ask for the checkout; one that was never recorded cannot have been paid."""
        if not provider_ref:
            return [pending(reference)]
        checkout = await self._ask("GET", f"/{provider_ref}")
        return understood(events_of, checkout)

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> Sequence[PaymentEvent]:
        """Check `X-Hook0-Signature` and read the checkout inside."""
        check_hook0(headers, body, keys=self._keys, now=now)
        return [read_event(fields.parse_object(body))]

    async def refund(self, request: RefundRequest) -> RefundAnswer:
        """Find the refund of this reference in the checkout, or make it."""
        path = f"/{request.provider_ref or request.receipt_id}"
        checkout = await self._ask("GET", path)
        found = understood(partial(find, request=request), checkout)
        if found is not None:
            return found
        once = _key_of(request.reference)
        made = await self._ask("POST", f"{path}/refund", body=body_of(request), once=once)
        return understood(lambda answer: answer_of(fields.section(answer, "refund")), made)

    async def check(self) -> str:
        """List one checkout with the key."""
        await self._ask("GET", query="?pageSize=1")
        webhooks = "webhooks are signed" if self._keys else "no webhook secret yet"
        return f"{NAME}: the key works, {webhooks}"

    async def close(self) -> None:
        """Nothing to close: the client is shared."""

    async def _ask(
        self,
        method: str,
        rest: str = "",
        *,
        query: str = "",
        body: Mapping[str, object] | None = None,
        once: str = "",
    ) -> fields.Fields:
        path = f"{_PATH}{rest}"
        claims = [f"{method} {host}{path}" for host in _hosts(self._api_url)]
        # The first token imports PyJWT and cryptography; no other task should wait for that.
        token = await asyncio.to_thread(self._key.token, claims, now=self._clock.now())
        headers = {"authorization": f"Bearer {token}"}
        if once:
            headers["x-idempotency-key"] = once
        return await ask(
            self._http,
            method,
            f"{self._api_url}{path}{query}",
            secrets=[self._key_secret, token],
            seconds=self._seconds,
            headers=headers,
            json=body,
        )


def _key_of(reference: str) -> str:
    """The idempotency key of a reference: derived from it, shaped like a version 4 UUID.

    Coinbase documents version 4, but a random key would change after a crash.
    """
    return str(UUID(bytes=uuid5(_NAMESPACE, reference).bytes, version=4))


def _hosts(api_url: str) -> list[str]:
    """Name the hosts a token is valid for.

    A stand-in checks the host it was called by; a proxy passes the token on to Coinbase, which
    checks its own. So with another host than Coinbase's, both are named.
    """
    called, published = urlsplit(api_url), urlsplit(API_URL)
    here = called.netloc + called.path
    return [here] if called.netloc == published.netloc else [here, published.netloc]


def _page_of(checkout: fields.Fields) -> PaymentPage:
    return PaymentPage(
        provider_ref=fields.text(checkout, "id"),
        url=fields.address(checkout, "url"),
        expires_at=fields.iso_moment(checkout, "expiresAt"),
    )
