"""What Coinbase's checkouts and their webhooks mean to a shop.

Source: https://docs.cdp.coinbase.com/coinbase-business/checkout-apis/webhooks
"""

from collections.abc import Mapping
from datetime import timedelta

from payments import fields
from payments.coinbase.refunds import back_so_far, is_in_fiat, read_failed
from payments.receiving import no_receipt_of_nothing
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.ports import Happening, OnItsWay, PaymentEvent

_H = Happening
_ON_ITS_WAY = OnItsWay(within=timedelta(days=3))  # a day at most for a checkout, and some patience
_RETURNED = "checkout.refund.failed"
_HAPPENINGS: Mapping[str, Happening] = {
    "checkout.payment.success": _H.RECEIVED,
    "checkout.payment.failed": _H.FAILED,
    "checkout.payment.expired": _H.EXPIRED,
    "checkout.refund.success": _H.REFUNDED,
}
_STATES: Mapping[str, Happening] = {
    "ACTIVE": _H.PENDING,
    "PROCESSING": _H.SEEN,
    "COMPLETED": _H.RECEIVED,
    "FAILED": _H.FAILED,
    "EXPIRED": _H.EXPIRED,
    "DEACTIVATED": _H.EXPIRED,
    "PARTIALLY_REFUNDED": _H.REFUNDED,
    "REFUNDED": _H.REFUNDED,
}


def read_event(checkout: fields.Fields) -> PaymentEvent:
    """Read a webhook's flat body: a checkout that includes the event type.

    There is no event id. A checkout is paid, fails or expires once; several refunds are told
    apart by their time.
    """
    kind, checkout_id = fields.text(checkout, "eventType"), fields.text(checkout, "id")
    happening = _HAPPENINGS.get(kind, _H.UNHANDLED)
    if kind == _RETURNED:
        return read_failed(checkout, kind)
    when = f".{fields.optional_text(checkout, 'updatedAt')}" if ".refund." in kind else ""
    event_id = f"{checkout_id}.{kind}{when}"
    if happening is _H.UNHANDLED:
        return PaymentEvent(event_id=event_id, kind=kind, happening=happening)
    return _told(checkout, happening, event_id=event_id, kind=kind)


def events_of(checkout: fields.Fields) -> list[PaymentEvent]:
    """Return the events that webhooks would have reported for a fetched checkout.

    One that failed or ran out names its money: had it been paid, that is taken back.
    """
    status = fields.text(checkout, "status")
    happening = _STATES.get(status)
    if happening is None:
        raise BadInputError(reason=f"{status} is no status of a checkout.")
    # A refunded checkout was paid first, and we may have missed that.
    happenings = [_H.RECEIVED, happening] if happening is _H.REFUNDED else [happening]
    checkout_id = fields.text(checkout, "id")
    return [
        _told(checkout, each, event_id=f"{checkout_id}.{each}", kind=f"checkout.{each}")
        for each in happenings
    ]


def _told(
    checkout: fields.Fields, happening: Happening, *, event_id: str, kind: str
) -> PaymentEvent:
    status = fields.optional_text(checkout, "status")
    is_received, is_refunded = happening is _H.RECEIVED, happening is _H.REFUNDED
    # A partial refund may not say how much was given back.
    is_whole = is_received or (is_refunded and status == "REFUNDED")
    back = back_so_far(checkout) if is_refunded else None
    # The last change to a refunded checkout was its refund, not its payment.
    is_dated = is_refunded or _STATES.get(status) is not _H.REFUNDED
    checkout_id = fields.text(checkout, "id")
    event = PaymentEvent(
        event_id=event_id,
        kind=kind,
        happening=happening,
        reference=fields.optional_text(fields.optional_section(checkout, "metadata"), "reference"),
        provider_ref=checkout_id,
        receipt_id=checkout_id,  # a checkout takes one payment and then closes
        money=_price(checkout) if is_whole else back,
        occurred_at=fields.iso_moment(checkout, "updatedAt") if is_dated else None,
        detail=_ON_ITS_WAY if happening is _H.SEEN else None,
        for_staff={
            key: fields.text(checkout, key)
            for key in ("status", "network", "transactionHash")
            if checkout.get(key)
        },
    )
    return no_receipt_of_nothing(event)


def _price(checkout: fields.Fields) -> Money:
    """Read the requested price, which is what was paid; another amount may stand beside it."""
    is_fiat = is_in_fiat(checkout)
    amount, currency = ("fiatAmount", "fiatCurrency") if is_fiat else ("amount", "currency")
    value = fields.amount(checkout, amount)
    return Money.parse(f"{value:f}", fields.currency(checkout, currency))
