"""The Checkout Session we ask Stripe for.

Source: https://docs.stripe.com/api/checkout/sessions/create
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from payments.stripe_money import to_stripe
from shop.ports import PaymentRequest

if TYPE_CHECKING:
    from stripe.params.checkout import (
        SessionCreateParams,
        SessionCreateParamsLineItemPriceDataProductData,
    )


_SHORTEST, _LONGEST = timedelta(minutes=31), timedelta(hours=24)  # Stripe's are 30 min and 24 h
_GRID = timedelta(hours=1)
_LOCALES = (
    "bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt nb"
    " nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW"
)
_LOCALE_OF = {tag.lower(): tag for tag in _LOCALES.split()} | {
    "no": "nb",
    "nn": "nb",
    "hi": "hi-IN",
}


def session_params(request: PaymentRequest, closes_at: datetime) -> "SessionCreateParams":
    """Write a payment down as Stripe wants it; payment methods are left to the dashboard."""
    product: SessionCreateParamsLineItemPriceDataProductData = {"name": request.title}
    if request.description:
        product["description"] = request.description
    metadata = {"reference": request.reference}
    return {
        "mode": "payment",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": request.amount.currency.lower(),
                    "unit_amount": to_stripe(request.amount),
                    "product_data": product,
                },
            }
        ],
        "client_reference_id": request.reference,
        "metadata": metadata,
        # Not copied from the session: refunds and disputes bring only the intent's.
        "payment_intent_data": {"metadata": metadata},
        "success_url": request.return_url,
        "cancel_url": request.return_url,
        "expires_at": int(closes_at.timestamp()),
        "locale": _locale(request.language),
    }


def _locale(language: str) -> str:
    tag = language.lower().replace("_", "-")
    return _LOCALE_OF.get(tag) or _LOCALE_OF.get(tag.partition("-")[0]) or "auto"


def closing_times(expires_at: datetime, now: datetime) -> Iterator[datetime]:
    """When the session may close: first what fits now, then what an earlier try may have said.

    A repeated request must be the same to the second, or Stripe refuses its idempotency key.
    Times that had to be moved lie on whole hours, so tries near each other agree.
    """
    earliest = _next_hour(now + _SHORTEST)
    latest = _next_hour(now + _LONGEST) - _GRID
    fitting = expires_at if now + _SHORTEST <= expires_at <= now + _LONGEST else None
    moved = earliest if expires_at < earliest else latest
    yield from dict.fromkeys([fitting or moved, expires_at, moved, moved - _GRID])


def _next_hour(moment: datetime) -> datetime:
    floor = moment.replace(minute=0, second=0, microsecond=0)
    return floor if floor == moment else floor + _GRID
