"""Many coins through NOWPayments: an invoice page where the customer chooses one.

Source: https://documenter.getpostman.com/view/7907941/2s93JusNJt. Only some API keys may list
the payments of an invoice; with others, notifications (IPN) are the only source.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from urllib.parse import quote

import httpx

from payments import fields
from payments import javascript_json as js
from payments.nowpayments_events import events_of, read_events
from payments.nowpayments_ipn import check_ipn
from payments.nowpayments_least import Least
from payments.outgoing import TOTAL_SECONDS, ask, pending, understood
from payments.signatures import keys_of
from shop.core.errors import BadInputError
from shop.ports import (
    PaymentEvent,
    PaymentPage,
    PaymentRequest,
    ProviderError,
    ProviderSilentError,
    TooLittleError,
)

NAME = "nowpayments"
API_URL = "https://api.nowpayments.io"
# The documented fiat currencies of `price_currency`; undocumented ones exist, too.
CURRENCIES = frozenset({"USD", "EUR", "GBP", "BRL", "NZD"})

_MOST = 500
_SMALL = 100_00  # what is more, any coin takes


class NowPayments:
    """Invoices of one account; notifications are sent to `webhook_url`.

    `api_url` replaces scheme, host and path prefix: the calls go to `{api_url}/v1/…`.
    """

    name = NAME
    currencies: frozenset[str] | None = CURRENCIES

    def __init__(
        self,
        *,
        api_key: str,
        webhook_secrets: str | Sequence[str],
        webhook_url: str,
        http: httpx.AsyncClient,
        api_url: str = API_URL,
        seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._api_key = api_key
        self._keys = keys_of(webhook_secrets)
        self._webhook_url = webhook_url
        self._http = http
        self._base = f"{api_url.rstrip('/')}/v1"
        self._seconds = seconds
        self._least = Least(self._ask)

    async def create(self, request: PaymentRequest) -> PaymentPage:
        """Make an invoice, unless no coin takes so little.

        There are no idempotency keys and no search: a repeated request makes a second page for
        the same reference, and money on either counts.
        """
        if request.amount.minor < _SMALL:
            least = await self._least.of(request.amount.currency)
            if request.amount.minor < least:
                raise TooLittleError(reason=f"the least is {least}", least=least)
        answer = await self._ask("POST", "/invoice", body=self._invoice(request))
        return understood(_page_of, answer)

    async def look_up(self, reference: str, provider_ref: str) -> Sequence[PaymentEvent]:
        """List the invoice's payments; `ProviderError` when the key may not list them."""
        if not provider_ref:
            return [pending(reference)]
        answer = await self._ask(
            "GET", f"/payment/?limit={_MOST}&page=0&invoiceId={quote(provider_ref, safe='')}"
        )
        payments = understood(_payments, answer)
        return understood(
            partial(events_of, reference=reference, provider_ref=provider_ref), payments
        )

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> Sequence[PaymentEvent]:
        """Check `x-nowpayments-sig` and read the payment; `now` is not used."""
        del now
        check_ipn(headers, body, keys=self._keys)
        return read_events(fields.parse_object(body))

    async def check(self) -> str:
        """List one payment; when the key may not, ask which coins are accepted."""
        asked = "payments can be asked about"
        try:
            await self._ask("GET", "/payment/?limit=1&page=0")
        except ProviderSilentError:
            raise
        except ProviderError:
            await self._ask("GET", "/merchant/coins")
            asked = "payments cannot be asked about: only its notifications bring news"
        webhooks = "they are signed" if self._keys else "there is no IPN secret yet"
        return f"{NAME}: the key works; {asked}; {webhooks}"

    async def close(self) -> None:
        """Nothing to close: the client is shared."""

    def _invoice(self, request: PaymentRequest) -> dict[str, object]:
        body: dict[str, object] = {
            "price_amount": js.Number(f"{request.amount.decimal():f}"),
            "price_currency": request.amount.currency.lower(),
            "order_id": request.reference,
            "order_description": f"{request.title} {request.description}".strip(),
        }
        if self._webhook_url.startswith("https://"):
            body["ipn_callback_url"] = self._webhook_url
        if request.return_url.startswith(("https://", "http://")):
            body |= dict.fromkeys(("success_url", "cancel_url"), request.return_url)
        return body

    async def _ask(
        self, method: str, path: str, *, body: Mapping[str, object] | None = None
    ) -> fields.Fields:
        headers = {"x-api-key": self._api_key}
        if body is not None:
            headers["content-type"] = "application/json"
        return await ask(
            self._http,
            method,
            f"{self._base}{path}",
            secrets=[self._api_key],
            seconds=self._seconds,
            headers=headers,
            content=None if body is None else js.write(body).encode(),
        )


def _payments(answer: fields.Fields) -> list[fields.Fields]:
    if "data" not in answer:
        raise BadInputError(reason="There is no list of payments.")
    return fields.rows(answer, "data")


def _page_of(invoice: fields.Fields) -> PaymentPage:
    return PaymentPage(
        provider_ref=fields.identifier(invoice, "id"),
        url=fields.address(invoice, "invoice_url"),
    )
