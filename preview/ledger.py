"""The money at Telegram: open invoices, payments, Star subscriptions."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from preview.errors import BadRequestError, refuse

if TYPE_CHECKING:
    from preview.invoices import Invoice

__all__ = ["Ledger", "Payment", "StarSubscription", "SubscriptionState"]


class SubscriptionState(StrEnum):
    """The state of a Star subscription."""

    ACTIVE = "active"
    CANCELED = "canceled"
    FAILED = "failed"


@dataclass(slots=True, kw_only=True)
class Payment:
    """Money that reached the bot."""

    charge_id: str
    provider_charge_id: str
    person_id: int
    invoice: Invoice
    date: int
    refunded_at: int | None = None

    def amounts(self) -> dict[str, Any]:
        """Give the fields that payments and refunds share."""
        return {
            "currency": self.invoice.currency,
            "total_amount": self.invoice.total,
            "invoice_payload": self.invoice.payload,
            "telegram_payment_charge_id": self.charge_id,
            "provider_payment_charge_id": self.provider_charge_id,
        }


@dataclass(slots=True, kw_only=True)
class StarSubscription:
    """A subscription that is charged each period until someone cancels it."""

    person_id: int
    invoice: Invoice
    expires: int
    charge_ids: list[str]
    state: SubscriptionState = SubscriptionState.ACTIVE
    canceled_by_bot: bool = False

    @property
    def renews(self) -> bool:
        """Say whether the next period will be paid."""
        return self.state is SubscriptionState.ACTIVE and not self.canceled_by_bot

    def shown(self) -> dict[str, Any]:
        """Give what the page lists under a person's subscriptions."""
        return {
            "charge_id": self.charge_ids[0],
            "title": self.invoice.title,
            "amount": self.invoice.total,
            "expires": self.expires,
            "state": self.state.value,
            "canceled_by_bot": self.canceled_by_bot,
        }


@dataclass(slots=True)
class Ledger:
    """Invoices by (chat, message) or link slug; payments by charge id."""

    by_message: dict[tuple[int, int], Invoice] = field(default_factory=dict)
    by_link: dict[str, Invoice] = field(default_factory=dict)
    paid_messages: set[tuple[int, int]] = field(default_factory=set)
    payments: dict[str, Payment] = field(default_factory=dict)
    subscriptions: list[StarSubscription] = field(default_factory=list)

    def link(self, invoice: Invoice) -> str:
        """Make a link for an invoice."""
        slug = secrets.token_urlsafe(12)
        self.by_link[slug] = invoice
        return f"https://t.me/${slug}"

    def linked(self, link: str) -> Invoice | None:
        """Find the invoice behind a link, in any of its spellings."""
        tail = link.partition("?")[0].rstrip("/").rpartition("/")[2]
        return self.by_link.get(tail.removeprefix("$"))

    def pay(self, invoice: Invoice, *, person_id: int, date: int) -> Payment:
        """Book a payment under new ids."""
        prefix = "st" if invoice.in_stars else "tg"
        payment = Payment(
            charge_id=f"{prefix}{secrets.token_urlsafe(24)}",
            provider_charge_id="" if invoice.in_stars else f"ch_{secrets.token_hex(12)}",
            person_id=person_id,
            invoice=invoice,
            date=date,
        )
        self.payments[payment.charge_id] = payment
        return payment

    def refund(self, charge_id: str, *, person_id: int, date: int) -> Payment:
        """Refund Stars, once; else BadRequest in Telegram's words."""
        payment = self.payments.get(charge_id)
        if payment is None or payment.person_id != person_id or not payment.invoice.in_stars:
            refuse("CHARGE_ID_INVALID")
        if payment.refunded_at is not None:
            refuse("CHARGE_ALREADY_REFUNDED")
        payment.refunded_at = date
        return payment

    def subscription(self, charge_id: str, *, person_id: int) -> StarSubscription:
        """Find a subscription by any of its charges."""
        for one in self.subscriptions:
            if one.person_id == person_id and charge_id in one.charge_ids:
                return one
        msg = "CHARGE_ID_INVALID"
        raise BadRequestError(msg)

    def balance(self) -> int:
        """Give the bot's Stars."""
        kept = [one for one in self.payments.values() if one.invoice.in_stars]
        return sum(one.invoice.total for one in kept if one.refunded_at is None)

    def star_payments(self) -> list[Payment]:
        """Give the payments in Stars, oldest first."""
        return [one for one in self.payments.values() if one.invoice.in_stars]
