"""Runs Stripe's library over the shop's HTTP client: one pool, one set of timeouts.

The library's `HTTPXClient` passes the body in a way that httpx has deprecated.
"""

import asyncio
from collections.abc import Mapping

import httpx
import stripe
from typing_extensions import override

from payments.outgoing import CONNECT_SECONDS


class SharedTransport(stripe.HTTPClient):
    """The `http_client` that `stripe.StripeClient` wants, for async calls."""

    name = "httpx"

    def __init__(self, http: httpx.AsyncClient, *, seconds: float) -> None:
        super().__init__()
        self._http = http
        self._limits = httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))

    @override
    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: str | None = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            answer = await self._http.request(
                method, url, headers=headers, content=post_data, timeout=self._limits
            )
        except httpx.HTTPError as error:
            raise _no_connection(error) from error
        return answer.content, answer.status_code, answer.headers

    @override
    async def sleep_async(self, secs: float) -> None:
        await asyncio.sleep(secs)


def _no_connection(error: httpx.HTTPError) -> stripe.APIConnectionError:
    words = type(error).__name__
    return stripe.APIConnectionError(words, should_retry=True)  # type: ignore[no-untyped-call]  # theirs lacks types
