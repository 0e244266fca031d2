"""Builds the Checkout Session that we ask Stripe for.

Source: https://docs.stripe.com/api/checkout/sessions/create
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from payments import fields
from payments.stripe.money import to_stripe
from shop.core.errors import BadInputError
from shop.ports import PaymentPage, PaymentRequest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from stripe import RequestOptions, StripeClient
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


@dataclass(frozen=True, slots=True, kw_only=True)
class StripeOptions:
    """The owner's settings of Checkout.

    `tax_ids`: business customers may enter theirs. `automatic_tax`: Stripe Tax calculates the
    tax included in our price, so that the total stays. `managed_payments`: Stripe is the merchant
    of record and handles tax, so neither of the other two may be on
    (https://docs.stripe.com/payments/managed-payments/update-checkout). `tax_code` is Stripe's
    code for what is sold; "" leaves it to the account.
    """

    tax_ids: bool = False
    automatic_tax: bool = False
    managed_payments: bool = False
    tax_code: str = ""

    def __post_init__(self) -> None:
        """Refuse options that Stripe would refuse at every sale."""
        if self.managed_payments and (self.tax_ids or self.automatic_tax):
            other = "STRIPE_TAX_IDS" if self.tax_ids else "STRIPE_AUTOMATIC_TAX"
            reason = f"STRIPE_MANAGED_PAYMENTS: Stripe then manages tax itself; switch {other} off"
            raise BadInputError(reason=reason)


def session_params(
    request: PaymentRequest, closes_at: datetime, options: StripeOptions
) -> "SessionCreateParams":
    """Build Stripe's request for a session; the dashboard chooses the payment methods."""
    params = _plain_params(request, closes_at)
    price = params["line_items"][0]["price_data"]
    if options.tax_code:
        price["product_data"]["tax_code"] = options.tax_code
    if options.tax_ids:
        params["tax_id_collection"] = {"enabled": True}
        params["customer_creation"] = "always"
    if options.automatic_tax:
        params["automatic_tax"] = {"enabled": True}
        price["tax_behavior"] = "inclusive"
    if options.managed_payments:
        params["managed_payments"] = {"enabled": True}
    elif request.saves:
        # Stripe's page tells the payer, too.
        params["payment_intent_data"]["setup_future_usage"] = "off_session"
        params["customer_creation"] = "always"
    return params


def _plain_params(request: PaymentRequest, closes_at: datetime) -> "SessionCreateParams":
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
        # Not copied from the session; refunds and disputes carry only the intent's.
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
    """Closing times to try: the one that fits now, then those of possible earlier attempts.

    A repeated request must match to the second, or Stripe refuses its idempotency key. Times
    that had to be moved are on whole hours, so that attempts close together agree.
    """
    earliest = _next_hour(now + _SHORTEST)
    latest = _next_hour(now + _LONGEST) - _GRID
    fitting = expires_at if now + _SHORTEST <= expires_at <= now + _LONGEST else None
    moved = earliest if expires_at < earliest else latest
    yield from dict.fromkeys([fitting or moved, expires_at, moved, moved - _GRID])


def _next_hour(moment: datetime) -> datetime:
    floor = moment.replace(minute=0, second=0, microsecond=0)
    return floor if floor == moment else floor + _GRID


def opening(
    params: "SessionCreateParams", options: "RequestOptions"
) -> "Callable[[StripeClient], Awaitable[object]]":
    """Build the request for a new session."""
    return lambda client: client.v1.checkout.sessions.create_async(params, options)


def page_of(session: fields.Fields) -> PaymentPage:
    """Read the address of the payment page."""
    return PaymentPage(
        provider_ref=fields.text(session, "id"),
        url=fields.address(session, "url"),
        expires_at=fields.unix_moment(session, "expires_at"),
    )
