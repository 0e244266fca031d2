"""Signed `checkout.session.completed` events as Stripe sends them, 2 kB each.

Source: https://docs.stripe.com/api/checkout/sessions/object
"""

import hmac
import json
import time
from collections.abc import Mapping
from typing import Final

from benchmarks.orders import Sale

SECRET = "whsec_benchmark"  # noqa: S105 - it opens nothing
_PAYER: Final[Mapping[str, object]] = {
    "address": {"city": None, "country": "DE", "line1": None, "postal_code": None},
    "email": "someone@mail.example",
    "name": "Some One",
    "phone": None,
    "tax_exempt": "none",
    "tax_ids": [],
}
_NOTHING: Final = dict.fromkeys(
    (
        "after_expiration",
        "allow_promotion_codes",
        "billing_address_collection",
        "consent",
        "consent_collection",
        "currency_conversion",
        "customer",
        "invoice",
        "payment_link",
        "recovered_from",
        "setup_intent",
        "shipping_cost",
        "shipping_details",
        "submit_type",
        "subscription",
        "url",
    )
)
"""What a session has a name for, and this one leaves empty."""


def request_of(sale: Sale) -> bytes:
    """The whole HTTP request that says this sale was paid."""
    body = json.dumps(_event(sale), indent=2).encode()
    stamp = int(time.time())
    code = hmac.digest(SECRET.encode(), b"%d.%b" % (stamp, body), "sha256").hex()
    head = (
        "POST /webhooks/stripe HTTP/1.1\r\nHost: shop.example\r\n"
        "Content-Type: application/json; charset=utf-8\r\nCache-Control: no-cache\r\n"
        "User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\nAccept: */*\r\n"
        f"Stripe-Signature: t={stamp},v1={code},v0={code[::-1]}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _event(sale: Sale) -> dict[str, object]:
    return {
        "id": f"evt_1{sale.reference[3:]}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "data": {"object": _session(sale)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": "checkout.session.completed",
    }


def _session(sale: Sale) -> dict[str, object]:
    return {
        "id": sale.provider_ref,
        "object": "checkout.session",
        "amount_subtotal": sale.money.minor,
        "amount_total": sale.money.minor,
        "automatic_tax": {"enabled": False, "liability": None, "status": None},
        "cancel_url": "https://shop.example/pay/return?reference=" + sale.reference,
        "client_reference_id": sale.reference,
        "created": int(time.time()) - 60,
        "currency": sale.money.currency.lower(),
        "customer_creation": "if_required",
        "customer_details": _PAYER,
        "expires_at": int(time.time()) + 86400,
        "invoice_creation": {"enabled": False, "invoice_data": {"description": None}},
        "livemode": False,
        "locale": "de",
        "metadata": {"reference": sale.reference},
        "mode": "payment",
        "payment_intent": f"pi_3{sale.reference[3:]}",
        "payment_method_types": ["card", "sepa_debit"],
        "payment_status": "paid",
        "phone_number_collection": {"enabled": False},
        "status": "complete",
        "success_url": "https://shop.example/pay/return?reference=" + sale.reference,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        **_NOTHING,
    }
