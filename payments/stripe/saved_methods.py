"""Cards saved at Stripe, and what becomes of charging them off session.

Source: https://docs.stripe.com/payments/save-and-reuse. The handle names the customer and the
payment method at Stripe; it is never logged, and stored encrypted.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from payments import fields
from payments.receiving import no_receipt_of_nothing
from payments.stripe.money import from_stripe, to_stripe
from shop.core.errors import BadInputError
from shop.ports import (
    ChargeRequest,
    Decline,
    Happening,
    MethodDetails,
    OnItsWay,
    PaymentEvent,
    ProviderError,
    Refusal,
)

if TYPE_CHECKING:
    from stripe.params import PaymentIntentCreateParams

    from shop.core.money import Money


KEPT_FOR = timedelta(hours=20)
"""Stripe remembers idempotency keys for at least a day; older charges are searched for."""
RENEWAL = "renewal"
ON_ITS_WAY = OnItsWay(within=timedelta(days=21))
"""A bank debit is known to have worked within 14 business days at the latest (SEPA).

https://docs.stripe.com/payments/sepa-debit
"""
_GONE = frozenset(
    {
        "resource_missing",
        "expired_card",
        "lost_card",
        "stolen_card",
        "pickup_card",
        "payment_method_unactivated",
    }
)
_ASKS_PAYER = frozenset({"authentication_required", "payment_intent_authentication_failure"})
_BRANDS = {"amex": "American Express", "sepa_debit": "SEPA", "us_bank_account": "Bank"}
_HAPPENINGS = {
    "succeeded": Happening.RECEIVED,
    "processing": Happening.SEEN,
    "requires_action": Happening.FAILED,
    "requires_payment_method": Happening.FAILED,
    "canceled": Happening.FAILED,
}


class CardRefusedError(ProviderError):
    """The card was not charged ({reason})."""

    def __init__(self, *, reason: str, codes: Sequence[str], intent: fields.Fields) -> None:
        """Keep Stripe's codes and the payment intent, which is not secret."""
        super().__init__(reason=reason)
        self.codes, self.intent = tuple(codes), intent


def means_of(session: fields.Fields) -> MethodDetails | None:
    """Read what a session was paid with; expand `payment_intent.payment_method`."""
    if not fields.text(session, "id") or session.get("object") != "checkout.session":
        raise BadInputError(reason="This is no session.")
    intent = fields.optional_section(session, "payment_intent")
    if not intent or intent.get("setup_future_usage") != "off_session":
        return None
    customer = session.get("customer")
    name = fields.text(customer, "id") if isinstance(customer, dict) else customer
    method = fields.optional_section(intent, "payment_method")
    if not (name and isinstance(name, str) and method):
        return None
    kind = fields.text(method, "type")
    details = fields.optional_section(method, kind)
    brand = fields.optional_text(details, "brand") or kind
    return MethodDetails(
        handle=json.dumps({"customer": name, "method": fields.text(method, "id")}),
        brand=_BRANDS.get(brand) or brand.replace("_", " ").title(),
        last4=fields.optional_text(details, "last4"),
    )


def customer_and_method(handle: str) -> tuple[str, str]:
    """Split a handle into customer and payment method."""
    held = fields.parse_object(handle.encode())
    return fields.text(held, "customer"), fields.text(held, "method")


def charge_params(request: ChargeRequest) -> "PaymentIntentCreateParams":
    """Build Stripe's request for an immediate off-session charge."""
    customer, method = customer_and_method(request.handle)
    return {
        "amount": to_stripe(request.amount),
        "currency": request.amount.currency.lower(),
        "customer": customer,
        "payment_method": method,
        "off_session": True,
        "confirm": True,
        "description": request.title,
        "metadata": {"reference": request.reference, "kind": RENEWAL},
        # Nobody is present to be sent to a bank's page.
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "expand": ["latest_charge"],
    }


def events_of_intent(intent: fields.Fields, *, reference: str = "") -> list[PaymentEvent]:
    """Return what became of a charge; the same from a webhook and from a fetched intent."""
    intent_id, status = fields.text(intent, "id"), fields.text(intent, "status")
    happening = _HAPPENINGS.get(status, Happening.PENDING)
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, dict) else {}
    is_received = happening is Happening.RECEIVED
    metadata = fields.optional_section(intent, "metadata")
    first = PaymentEvent(
        event_id=f"{intent_id}.{happening}",
        kind=f"intent.{happening}",
        happening=happening,
        reference=reference or fields.optional_text(metadata, "reference"),
        provider_ref=intent_id,
        receipt_id=intent_id,
        money=_money(intent, "amount_received") if is_received else None,
        occurred_at=fields.unix_moment(charge or intent, "created"),
        detail=_detail(intent, happening),
    )
    first = no_receipt_of_nothing(first)
    return [first, *(_after(charge, first) if is_received else [])]


def _detail(intent: fields.Fields, happening: Happening) -> Decline | OnItsWay | None:
    if happening is Happening.FAILED:
        return Decline(why=_why(intent))
    return ON_ITS_WAY if happening is Happening.SEEN else None


def refused(error: CardRefusedError, request: ChargeRequest) -> tuple[str, list[PaymentEvent]]:
    """Turn a refusal into the event that its webhook would bring, with the intent's id."""
    why = reason_of(error.codes)
    intent_id = fields.optional_text(error.intent, "id")
    event = PaymentEvent(
        event_id=f"{intent_id or request.reference}.{Happening.FAILED}",
        kind=f"intent.{Happening.FAILED}",
        happening=Happening.FAILED,
        reference=request.reference,
        provider_ref=intent_id,
        detail=Decline(why=why),
    )
    return intent_id, [event]


def reason_of(codes: Sequence[str]) -> Refusal:
    """Why a card was refused, as far as that changes what happens next."""
    if _ASKS_PAYER.intersection(codes):
        return Refusal.NEEDS_PAYER
    return Refusal.GONE if _GONE.intersection(codes) else Refusal.DECLINED


def _why(intent: fields.Fields) -> Refusal:
    if intent.get("status") == "requires_action":
        return Refusal.NEEDS_PAYER
    error = fields.optional_section(intent, "last_payment_error")
    return reason_of([fields.optional_text(error, key) for key in ("code", "decline_code")])


def _after(charge: fields.Fields, first: PaymentEvent) -> list[PaymentEvent]:
    """What happened to the money later, as far as the charge shows."""
    told = []
    if charge.get("amount_refunded") not in (None, 0):
        told.append((Happening.REFUNDED, "amount_refunded"))
    if charge.get("disputed") is True:
        told.append((Happening.DISPUTED, "amount"))
    return [
        PaymentEvent(
            event_id=f"{first.provider_ref}.{happening}",
            kind=f"intent.{happening}",
            happening=happening,
            reference=first.reference,
            provider_ref=first.provider_ref,
            receipt_id=first.receipt_id,
            money=_money(charge, key),
        )
        for happening, key in told
    ]


def _money(thing: fields.Fields, key: str) -> "Money":
    return from_stripe(fields.whole(thing, key), fields.text(thing, "currency"))
