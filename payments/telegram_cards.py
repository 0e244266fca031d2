"""Cards inside Telegram, through the provider whose token @BotFather gave out.

Source: https://core.telegram.org/bots/payments. The payment comes as a chat message, which
Telegram keeps for 24 hours while we are offline. The Bot API cannot be asked whether something was
paid, so `look_up` knows nothing, and an open payment waits.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import httpx

from payments import fields
from payments.outgoing import TOTAL_SECONDS, ask, pending, understood
from payments.receiving import no_receipt_of_nothing
from payments.star_events import CURRENCY as STARS
from payments.stars import API_URL
from shop.core.currencies import CURRENCIES
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.ports import (
    EndpointClosedError,
    Happening,
    Limits,
    PaymentEvent,
    PaymentPage,
    PaymentRequest,
    ProviderError,
    RequestRefusedError,
)

NAME = "telegram_cards"

_LONGEST_TITLE, _LONGEST_DESCRIPTION = 32, 255
_CODE = 3  # Telegram uses ISO 4217's three letters, and XTR, which is not for cards
# Telegram takes about 1 to 10,000 US dollars, at rates that it changes by itself; these leave a
# margin, and others are left to its answer. Source: https://core.telegram.org/bots/payments
# ("Supported currencies").
LIMITS = {
    "USD": Limits(least=100, most=1_000_000),
    "EUR": Limits(least=100, most=750_000),
    "GBP": Limits(least=100, most=650_000),
}
_MESSAGES = (
    ("successful_payment", Happening.RECEIVED),
    ("refunded_payment", Happening.REFUNDED),
)
_NO_SUCH_PROVIDER = "PAYMENT_PROVIDER_INVALID"
_TRIED = 1000  # minor units of the invoice that the doctor makes and nobody sees


class TelegramCards:
    """Card payments to the bot of this token, taken by the provider of `provider_token`."""

    name = NAME
    is_askable = False
    limits: Mapping[str, Limits] = LIMITS
    currencies: frozenset[str] | None = frozenset(
        code for code in CURRENCIES if len(code) == _CODE and code != STARS
    )

    def __init__(
        self,
        *,
        token: str,
        provider_token: str,
        http: httpx.AsyncClient,
        api_url: str = API_URL,
        currency: str = "EUR",
        seconds: float = TOTAL_SECONDS,
    ) -> None:
        """`currency` is the shop's own; the doctor tests the provider token with it."""
        self._secrets = (token, provider_token)
        self._provider_token, self._currency = provider_token, currency
        self._http = http
        self._base = f"{api_url.rstrip('/')}/bot{token}"
        self._seconds = seconds

    async def create(self, request: PaymentRequest) -> PaymentPage:
        """Make an invoice link; its payload is the reference, whichever link gets paid."""
        url = await self._invoice(
            request.reference,
            request.amount,
            title=request.title,
            description=request.description or request.title,
        )
        return PaymentPage(provider_ref=request.reference, url=url)

    async def look_up(self, reference: str, provider_ref: str) -> Sequence[PaymentEvent]:
        """Nothing is known, as Telegram cannot be asked: the payment waits."""
        return [pending(reference, provider_ref)]

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> Sequence[PaymentEvent]:
        """Refuse: these payments arrive as chat updates, see `read_update`."""
        del headers, body, now
        raise EndpointClosedError

    def read_update(self, update: Mapping[str, object]) -> PaymentEvent | None:
        """Read a `successful_payment` by card, or its `refunded_payment`; else None.

        Today Telegram tells of refunds in Stars only; cards go back at their own provider, which
        the Bot API does not report. It writes amounts in the minor units of ISO 4217, as we do:
        145 is USD 1.45, JPY 145.
        """
        message = fields.optional_section(update, "message")
        told = ((happening, fields.optional_section(message, key)) for key, happening in _MESSAGES)
        happening, payment = next((one for one in told if one[1]), (Happening.PENDING, {}))
        if not payment or payment.get("currency") == STARS:
            return None
        currency = fields.currency(payment, "currency")
        # Telegram writes codes in capitals; `fields` would also accept "eur".
        if len(currency) != _CODE or currency != payment["currency"]:
            raise BadInputError(reason=f"{currency!r} is not a currency.")
        charge_id = fields.text(payment, "telegram_payment_charge_id")
        reference = fields.text(payment, "invoice_payload")
        event = PaymentEvent(
            event_id=f"{charge_id}.{happening}",
            kind=f"{NAME}.{happening}",
            happening=happening,
            reference=reference,
            provider_ref=reference,
            receipt_id=charge_id,
            money=Money(fields.whole(payment, "total_amount"), currency),
            occurred_at=fields.unix_moment(message, "date"),
            for_staff={
                "provider_charge": fields.optional_text(payment, "provider_payment_charge_id")
            },
        )
        return no_receipt_of_nothing(event)

    async def check(self) -> str:
        """Make an invoice that nobody sees: this tests both tokens."""
        sample = Money(_TRIED, self._currency)
        await self._invoice("doctor", sample, title="Doctor", description="Nobody sees this.")
        return f"{NAME}: Telegram makes invoices in {self._currency}"

    async def close(self) -> None:
        """Nothing to close: the client is shared."""

    async def _invoice(self, payload: str, amount: Money, *, title: str, description: str) -> str:
        short = title[:_LONGEST_TITLE]
        try:
            answer = await self._link(amount, payload=payload, short=short, long=description)
        except RequestRefusedError as error:
            if _NO_SUCH_PROVIDER in str(
                error.facts["reason"]
            ):  # about the key, not about this request
                raise ProviderError(**error.facts) from None
            raise
        return understood(lambda data: fields.address(data, "result"), answer)

    async def _link(
        self, amount: Money, *, payload: str, short: str, long: str
    ) -> Mapping[str, object]:
        return await ask(
            self._http,
            "POST",
            f"{self._base}/createInvoiceLink",
            secrets=self._secrets,
            seconds=self._seconds,
            json={
                "title": short,
                "description": long[:_LONGEST_DESCRIPTION],
                "payload": payload,
                "provider_token": self._provider_token,
                "currency": amount.currency,
                "prices": [{"label": short, "amount": amount.minor}],
            },
        )
