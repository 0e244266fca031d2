"""Reads invoices from calls, and checks them against Telegram's limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from preview.errors import BadRequestError, refuse

if TYPE_CHECKING:
    from preview.parameters import Parameters

__all__ = ["MONTH", "Invoice", "read_invoice"]

MONTH = 2_592_000
STARS_MOST = 25_000
SUBSCRIPTION_MOST = 10_000
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
TITLE, DESCRIPTION, PAYLOAD_BYTES = 32, 255, 128
MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "UGX": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """What is to be paid; amounts in the currency's smallest unit, whole Stars for XTR."""

    title: str
    description: str
    payload: str
    currency: str
    prices: tuple[tuple[str, int], ...]
    start_parameter: str = ""
    period: int = 0

    @property
    def total(self) -> int:
        """The sum of the prices."""
        return sum(amount for _, amount in self.prices)

    @property
    def in_stars(self) -> bool:
        """Say whether this is paid in Stars rather than by card."""
        return self.currency == "XTR"

    def shown(self) -> dict[str, Any]:
        """Give the Invoice object of a message."""
        return {
            "title": self.title,
            "description": self.description,
            "start_parameter": self.start_parameter,
            "currency": self.currency,
            "total_amount": self.total,
        }

    def amount_text(self) -> str:
        """Write the amount as a Pay button does."""
        if self.in_stars:
            return f"⭐️{self.total}"
        digits = MINOR_DIGITS.get(self.currency, 2)
        whole, part = divmod(self.total, 10**digits)
        sign = SIGNS.get(self.currency, f"{self.currency} ")
        return f"{sign}{whole}" + (f".{part:0{digits}d}" if digits else "")


def read_invoice(call: Parameters, *, link: bool) -> Invoice:
    """Read an invoice; subscriptions in Stars can only be sold through a link."""
    invoice = Invoice(
        title=call.required("title"),
        description=call.required("description"),
        payload=call.required("payload"),
        currency=call.required("currency").upper(),
        prices=_read_prices(call),
        start_parameter=call.text("start_parameter"),
        period=call.integer("subscription_period") if link else 0,
    )
    _check_words(invoice)
    _check_money(invoice, provider=call.text("provider_token"))
    return invoice


def _read_prices(call: Parameters) -> tuple[tuple[str, int], ...]:
    call.required("prices")
    value = call.structure("prices")
    if not isinstance(value, list):
        refuse("expected an Array of labeled prices")
    if not value:
        refuse("there must be at least one price")
    prices = []
    for one in value:
        if not isinstance(one, dict) or "label" not in one or "amount" not in one:
            refuse("can't parse labeled price: LabeledPrice must be an Object")
        if not one["label"]:
            refuse("can't parse labeled price: LabeledPrice label must be non-empty")
        try:
            prices.append((str(one["label"]), int(one["amount"])))
        except (TypeError, ValueError) as wrong:
            msg = "can't parse labeled price: Can't parse \"amount\" as Number"
            raise BadRequestError(msg) from wrong
    return tuple(prices)


def _check_words(invoice: Invoice) -> None:
    limits = [
        (len(invoice.title) > TITLE, "INVOICE_TITLE_INVALID"),
        (len(invoice.description) > DESCRIPTION, "INVOICE_DESCRIPTION_INVALID"),
        (len(invoice.payload.encode()) > PAYLOAD_BYTES, "INVOICE_PAYLOAD_INVALID"),
        (len(invoice.currency) != len("XTR"), "CURRENCY_INVALID"),
    ]
    _refuse(limits)


def _check_money(invoice: Invoice, *, provider: str) -> None:
    stars, total = invoice.in_stars, invoice.total
    most = SUBSCRIPTION_MOST if invoice.period else STARS_MOST
    limits = [
        (not stars and not provider, "PAYMENT_PROVIDER_INVALID"),
        (stars and bool(provider), "STARS_INVOICE_INVALID"),
        (stars and len(invoice.prices) != 1, "STARS_INVOICE_INVALID"),
        (stars and not 1 <= total <= most, "CURRENCY_TOTAL_AMOUNT_INVALID"),
        (not stars and total <= 0, "CURRENCY_TOTAL_AMOUNT_INVALID"),
        (bool(invoice.period) and invoice.period != MONTH, "SUBSCRIPTION_PERIOD_INVALID"),
        (bool(invoice.period) and not stars, "SUBSCRIPTION_PERIOD_INVALID"),
    ]
    _refuse(limits)


def _refuse(limits: list[tuple[bool, str]]) -> None:
    for broken, words in limits:
        if broken:
            raise BadRequestError(words)
