"""Crypto Pay: invoices in the order's currency, paid from a @CryptoBot wallet inside Telegram.

Source: https://help.send.tg/en/articles/10279948-crypto-pay-api. The wallet pays an invoice
exactly and instantly: never short, over or pending.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

import httpx

from payments import fields
from payments.outgoing import TOTAL_SECONDS, ask, pending, reason_without, refusal, understood
from payments.receiving import no_receipt_of_nothing
from payments.signatures import check_code, check_open, keys_of
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.ports import (
    Clock,
    Happening,
    PaymentEvent,
    PaymentPage,
    PaymentRequest,
    ProviderError,
)

NAME = "cryptopay"
API_URL = "https://pay.crypt.bot"
SIGNATURE_HEADER = "crypto-pay-api-signature"
_CODES = "USD EUR RUB BYN UAH GBP CNY KZT UZS GEL TRY AMD THB INR BRL IDR AZN AED PLN ILS"
CURRENCIES = frozenset(_CODES.split())

_H = Happening
_STATES = {"active": _H.PENDING, "paid": _H.RECEIVED, "expired": _H.EXPIRED}
_PAID = "invoice_paid"
_REPEATED_FOR = timedelta(days=4)
_LONGEST_DESCRIPTION = 1024
_LONGEST_LIFETIME = 31 * 24 * 3600
_MOST = 1000


class CryptoPay:
    """Invoices of one app.

    `token` makes the calls; webhooks signed with any of `webhook_tokens` are accepted, which
    helps during a change of token. The test network's `api_url` is
    `https://testnet-pay.crypt.bot`.
    """

    name = NAME
    currencies: frozenset[str] | None = CURRENCIES

    def __init__(
        self,
        *,
        token: str,
        webhook_tokens: str | Sequence[str],
        clock: Clock,
        http: httpx.AsyncClient,
        api_url: str = API_URL,
        seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._token = token
        self._keys = tuple(sha256(key).digest() for key in keys_of(webhook_tokens))
        self._clock = clock
        self._http = http
        self._base = f"{api_url.rstrip('/')}/api"
        self._seconds = seconds

    async def create(self, request: PaymentRequest) -> PaymentPage:
        """Make an invoice, or find ours among the unpaid: there are no idempotency keys."""
        known = await self._invoices(status="active", count=_MOST)
        ours = (row for row in known if row.get("payload") == request.reference)
        invoice = next(ours, None) or await self._ask("createInvoice", self._invoice(request))
        return understood(_page_of, invoice)

    async def look_up(self, reference: str, provider_ref: str) -> Sequence[PaymentEvent]:
        """Ask for the invoice; one that was never recorded cannot have been paid."""
        if not provider_ref:
            return [pending(reference)]
        rows = await self._invoices(invoice_ids=provider_ref)
        if not rows:
            raise ProviderError(reason="it does not know this invoice")
        return [understood(partial(_event_of, provider_ref=provider_ref), row) for row in rows]

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> Sequence[PaymentEvent]:
        """Check `crypto-pay-api-signature` and read the invoice inside.

        Deliveries are repeated for three days, so the signed `request_date` may be a few days
        off, but no more. `update_id` is not unique; an invoice is paid once.
        """
        check_open(self._keys)
        check_code(body, [headers.get(SIGNATURE_HEADER, "")], keys=self._keys)
        update = fields.parse_object(body)
        if update.get("request_date"):
            sent_at = fields.iso_moment(update, "request_date")
            if abs(sent_at - now) > _REPEATED_FOR:
                raise BadInputError(reason="The update is of another time.")
        kind = fields.text(update, "update_type")
        if kind != _PAID:
            event_id = f"{fields.identifier(update, 'update_id')}.{kind}"
            return [PaymentEvent(event_id=event_id, kind=kind, happening=_H.UNHANDLED)]
        return [_event_of(fields.section(update, "payload"))]

    async def check(self) -> str:
        """Ask which app the token belongs to."""
        app = await self._ask("getMe")
        name = understood(lambda data: fields.text(data, "name"), app)
        return f"{NAME}: the app {name} answers"

    async def close(self) -> None:
        """Nothing to close: the client is shared."""

    def _invoice(self, request: PaymentRequest) -> dict[str, object]:
        lifetime = int((request.expires_at - self._clock.now()).total_seconds())
        body: dict[str, object] = {
            "currency_type": "fiat",
            "fiat": request.amount.currency,
            "amount": f"{request.amount.decimal():f}",
            "description": f"{request.title} {request.description}".strip()[:_LONGEST_DESCRIPTION],
            "payload": request.reference,
            "expires_in": min(max(lifetime, 1), _LONGEST_LIFETIME),
            "allow_comments": False,
        }
        if request.return_url.startswith("https://"):
            body |= {"paid_btn_name": "callback", "paid_btn_url": request.return_url}
        return body

    async def _invoices(self, **params: object) -> list[fields.Fields]:
        found = await self._ask("getInvoices", params)
        return understood(_items, found)

    async def _ask(self, method: str, params: Mapping[str, object] | None = None) -> fields.Fields:
        answer = await ask(
            self._http,
            "POST",
            f"{self._base}/{method}",
            secrets=[self._token],
            seconds=self._seconds,
            headers={"crypto-pay-api-token": self._token},
            json=params or {},
        )
        if answer.get("ok") is False:
            error = answer.get("error")
            told = error if isinstance(error, dict) else {}
            words = reason_without(f"{told.get('name', '')}", [self._token])
            code = told.get("code")
            raise refusal(code if type(code) is int else None, words)
        return understood(lambda data: fields.section(data, "result"), answer)


def _items(found: fields.Fields) -> list[fields.Fields]:
    if "items" not in found:
        raise BadInputError(reason="There is no list of invoices.")
    return fields.rows(found, "items")


def _page_of(invoice: fields.Fields) -> PaymentPage:
    ends = fields.iso_moment(invoice, "expiration_date") if "expiration_date" in invoice else None
    return PaymentPage(
        provider_ref=fields.identifier(invoice, "invoice_id"),
        url=fields.address(invoice, "bot_invoice_url"),
        expires_at=ends,
    )


def _event_of(invoice: fields.Fields, *, provider_ref: str = "") -> PaymentEvent:
    """Read an invoice; one not priced in a fiat currency was not made by us."""
    invoice_id, status = fields.identifier(invoice, "invoice_id"), fields.text(invoice, "status")
    if status not in _STATES or provider_ref not in ("", invoice_id):
        raise BadInputError(reason="The invoice is another, or in no known state.")
    happening = _STATES[status]
    kind = f"invoice_{status}"
    if invoice.get("currency_type") != "fiat":
        return PaymentEvent(
            event_id=f"{invoice_id}.{kind}",
            kind=kind,
            happening=_H.UNHANDLED,
            reference=fields.optional_text(invoice, "payload"),
            for_staff={"invoice": invoice_id, "asset": fields.optional_text(invoice, "asset")},
        )
    is_paid = happening is _H.RECEIVED
    event = PaymentEvent(
        event_id=f"{invoice_id}.{kind}",
        kind=kind,
        happening=happening,
        reference=fields.optional_text(invoice, "payload"),
        provider_ref=invoice_id,
        receipt_id="" if happening is _H.PENDING else invoice_id,
        money=_paid(invoice) if is_paid else None,
        occurred_at=fields.iso_moment(invoice, "paid_at") if invoice.get("paid_at") else None,
        for_staff={
            key: str(fields.amount(invoice, key))
            if key == "paid_amount"
            else fields.text(invoice, key)
            for key in ("paid_asset", "paid_amount")
            if invoice.get(key) not in (None, "")
        },
    )
    return no_receipt_of_nothing(event)


def _paid(invoice: fields.Fields) -> Money:
    """Read the price, which is what was paid; nothing where the coins paid are said to be none."""
    price = Money.parse(f"{fields.amount(invoice, 'amount'):f}", fields.currency(invoice, "fiat"))
    is_said = invoice.get("paid_amount") not in (None, "")
    is_nothing = is_said and not fields.amount(invoice, "paid_amount")
    return Money.zero(price.currency) if is_nothing else price
