"""Bitcoin and whatever else the owner's own BTCPay Server accepts.

Source: https://docs.btcpayserver.org/API/Greenfield/v1/. A webhook does not say how much came in
the invoice's currency, so it only makes us ask; the invoice's payments are the receipts.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import quote

import httpx

from payments import fields
from payments.btcpay_events import events_of, is_of, read_events
from payments.btcpay_refund import answer_of, body_of, find
from payments.outgoing import TOTAL_SECONDS, ask, ask_rows, understood
from payments.signatures import check_code, check_open, keys_of
from shop.core.errors import BadInputError
from shop.ports import (
    BadSignatureError,
    Clock,
    PaymentEvent,
    PaymentPage,
    PaymentRequest,
    RefundAnswer,
    RefundRequest,
)

NAME = "btcpay"
SIGNATURE_HEADER = "btcpay-sig"

# The rate holds until the invoice expires; money after that still counts, as late.
_LONGEST = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_MONITORED_MINUTES = 24 * 60


class BTCPay:
    """Invoices of one store; `url` is the server's address.

    The API key needs to view and create invoices of this store, and for refunds to view and
    create its pull payments (non-approved ones will do). Use a store for the shop alone,
    because its webhook reports every invoice of the store.
    """

    name = NAME
    currencies: frozenset[str] | None = None
    refunds_parts = True

    def __init__(
        self,
        *,
        url: str,
        api_key: str,
        store_id: str,
        webhook_secrets: str | Sequence[str],
        clock: Clock,
        http: httpx.AsyncClient,
        seconds: float = TOTAL_SECONDS,
    ) -> None:
        # Old servers know the single-invoice routes only with the store in the path.
        self._api = f"{url.rstrip('/')}/api/v1"
        self._store = f"/stores/{quote(store_id, safe='')}"
        self._invoices = f"{self._store}/invoices"
        self._api_key, self._store_id = api_key, store_id
        self._keys = keys_of(webhook_secrets)
        self._clock = clock
        self._http = http
        self._seconds = seconds

    async def create(self, request: PaymentRequest) -> PaymentPage:
        """Make an invoice, or find ours by its reference: there are no idempotency keys."""
        known = await self._find(request.reference)
        invoice = (
            known[0]
            if known
            else await self._ask("POST", self._invoices, body=self._invoice(request))
        )
        return understood(_page_of, invoice)

    async def look_up(self, reference: str, provider_ref: str) -> Sequence[PaymentEvent]:
        """Fetch every invoice with this reference, and the payments of each."""
        invoices = await self._find(reference) if reference else []
        if provider_ref and not any(row.get("id") == provider_ref for row in invoices):
            invoices.append(await self._ask("GET", self._invoice_path(provider_ref)))
        told = []
        for invoice in invoices:
            invoice_id = understood(lambda row: fields.text(row, "id"), invoice)
            methods = await self._list(f"{self._invoice_path(invoice_id)}/payment-methods")
            told.append((invoice, methods))
        return understood(partial(events_of, reference=reference), told)

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> Sequence[PaymentEvent]:
        """Check `BTCPay-Sig` and read which payment to ask about.

        A webhook only makes us ask, so its time does not matter.
        """
        del now
        check_open(self._keys)
        scheme, _, code = headers.get(SIGNATURE_HEADER, "").partition("=")
        if scheme != "sha256":
            raise BadSignatureError
        check_code(body, [code], keys=self._keys)
        return read_events(fields.parse_object(body), store_id=self._store_id)

    async def refund(self, request: RefundRequest) -> RefundAnswer:
        """Find the pull payment of this reference, or make one for the customer to claim."""
        pulls = await self._list(f"{self._store}/pull-payments?includeArchived=true")
        pull = find(pulls, request.reference)
        if pull is None:
            invoice = self._invoice_path(request.provider_ref)
            methods = await self._list(f"{invoice}/payment-methods")
            body = understood(partial(body_of, request), methods)
            made = await self._ask("POST", f"{invoice}/refund", body=body)
            return understood(lambda row: answer_of(row, []), made)
        pull_id = understood(lambda row: fields.text(row, "id"), pull)
        payouts = await self._list(f"/pull-payments/{quote(pull_id, safe='')}/payouts")
        return understood(lambda rows: answer_of(pull, rows), payouts)

    async def check(self) -> str:
        """List one invoice with the key."""
        await self._list(f"{self._invoices}?take=1")
        webhooks = "webhooks are signed" if self._keys else "no webhook secret yet"
        return f"{NAME}: the key works, {webhooks}"

    async def close(self) -> None:
        """Nothing to close: the client is shared."""

    async def _find(self, reference: str) -> list[fields.Fields]:
        """Find the invoices of this reference; the first is the one to pay."""
        rows = await self._list(
            f"{self._invoices}?orderId={quote(reference, safe='')}&includeArchived=true"
        )
        return sorted((row for row in rows if is_of(row, reference)), key=_rank)

    def _invoice_path(self, invoice_id: str) -> str:
        return f"{self._invoices}/{quote(invoice_id, safe='')}"

    def _invoice(self, request: PaymentRequest) -> dict[str, object]:
        lifetime = min(request.expires_at - self._clock.now(), _LONGEST)
        checkout: dict[str, object] = {
            "expirationMinutes": max(lifetime // _MINUTE, 1),
            "monitoringMinutes": _MONITORED_MINUTES,
            "paymentTolerance": 0,  # the shop applies its own tolerance
        }
        if request.return_url.startswith(("https://", "http://")):
            checkout["redirectURL"] = request.return_url
        return {
            # Without an amount, any payment would settle the invoice.
            "amount": f"{request.amount.decimal():f}",
            "currency": request.amount.currency,
            "metadata": {
                "orderId": request.reference,
                "itemDesc": f"{request.title} {request.description}".strip(),
            },
            "checkout": checkout,
        }

    async def _ask(
        self, method: str, rest: str, *, body: Mapping[str, object] | None = None
    ) -> fields.Fields:
        return await ask(
            self._http,
            method,
            f"{self._api}{rest}",
            secrets=[self._api_key],
            seconds=self._seconds,
            headers=self._headers(),
            json=body,
        )

    async def _list(self, rest: str) -> list[fields.Fields]:
        return await ask_rows(
            self._http,
            f"{self._api}{rest}",
            secrets=[self._api_key],
            seconds=self._seconds,
            headers=self._headers(),
        )

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"token {self._api_key}"}


def _page_of(invoice: fields.Fields) -> PaymentPage:
    return PaymentPage(
        provider_ref=fields.text(invoice, "id"),
        url=fields.address(invoice, "checkoutLink"),
        expires_at=fields.unix_moment(invoice, "expirationTime"),
    )


def _rank(invoice: fields.Fields) -> tuple[bool, int]:
    """Order open invoices before closed ones, and older before younger ones."""
    try:
        made = fields.whole(invoice, "createdTime")
    except BadInputError:
        made = 0
    return invoice.get("status") not in ("New", "Processing"), made
