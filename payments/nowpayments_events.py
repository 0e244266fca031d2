"""What NOWPayments' payments mean to a shop, from a notification or a list.

Source: NOWPayments' API documentation, "Payment statuses" and "Repeated deposits". An invoice may
have several payments, one for each coin that was tried.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from payments import fields
from payments.outgoing import pending
from shop.core.currencies import EXPONENTS
from shop.core.money import Money, round_minor
from shop.ports import Happening, OnItsWay, PaymentEvent

_H = Happening
_STATES = {
    "waiting": _H.PENDING,
    "confirming": _H.SEEN,
    "confirmed": _H.SEEN,
    "sending": _H.SEEN,
    "finished": _H.RECEIVED,
    "partially_paid": _H.RECEIVED,
    "failed": _H.FAILED,
    "expired": _H.EXPIRED,
    "refunded": _H.REFUNDED,
}
# When several payments have brought no money, the most advanced state counts.
_FURTHEST = (_H.SEEN, _H.PENDING, _H.FAILED, _H.EXPIRED)
# They name the payment that brought none, or brings none any more.
_NO_MONEY = (_H.FAILED, _H.EXPIRED, _H.REFUNDED)
_ON_ITS_WAY = OnItsWay(within=timedelta(days=7))  # as long as a payment of theirs may wait
_PART = "partially_paid"
_TOLD_TO_STAFF = ("actually_paid", "pay_amount", "price_amount")


class _Heading(NamedTuple):
    """What every event of a payment has in common."""

    event_id: str
    kind: str
    reference: str
    provider_ref: str


def read_events(payment: fields.Fields) -> list[PaymentEvent]:
    """Read a notification; "nothing paid yet" is not an event.

    A failed or expired payment may have a sibling in another coin, so it means ASK.
    """
    event = _read(payment)
    if event.happening in (_H.FAILED, _H.EXPIRED):
        return [replace(event, happening=_H.ASK)]
    return [] if event.happening is _H.PENDING else [event]


def events_of(
    payments: Sequence[fields.Fields], *, reference: str, provider_ref: str
) -> list[PaymentEvent]:
    """Return the events that notifications would have reported for listed payments."""
    ours = [row for row in payments if row.get("order_id") == reference]
    events = [_read(row) for row in ours]
    quiet = [event for event in events if event.happening in _FURTHEST]
    best = min(quiet, key=lambda event: _FURTHEST.index(event.happening), default=None)
    loud = [event for event in events if event not in quiet]
    if not loud:
        return [best or pending(reference, provider_ref)]
    return [*loud, best] if best and best.happening is _H.SEEN else loud


def _read(payment: fields.Fields) -> PaymentEvent:
    payment_id = fields.identifier(payment, "payment_id")
    status = fields.text(payment, "payment_status")
    invoice = payment.get("invoice_id")
    heading = _Heading(
        event_id=f"{payment_id}.{status}",
        kind=f"payment.{status}",
        reference=fields.optional_text(payment, "order_id"),
        provider_ref="" if invoice is None else fields.identifier(payment, "invoice_id"),
    )
    happening = _STATES.get(status, _H.UNHANDLED)
    if happening is _H.RECEIVED and payment.get("parent_payment_id"):
        # A further deposit to an address already paid, perhaps in another coin: its price is
        # not what came.
        return _for_staff(payment, heading._replace(kind="payment.repeated_deposit"))
    is_received = happening is _H.RECEIVED
    money = _worth(payment, is_part=status == _PART) if is_received else None
    if happening is _H.UNHANDLED or (is_received and money is None):
        return _for_staff(payment, heading)
    return PaymentEvent(
        **heading._asdict(),
        happening=happening,
        receipt_id=payment_id if is_received or happening in _NO_MONEY else "",
        money=money,
        occurred_at=_changed_at(payment) if happening is _H.REFUNDED else None,
        detail=_ON_ITS_WAY if happening is _H.SEEN else None,
    )


def _changed_at(payment: fields.Fields) -> datetime | None:
    """When it changed last: listed payments say so, notifications may not [?]."""
    told = payment.get("updated_at")
    return fields.iso_moment(payment, "updated_at") if isinstance(told, str) and told else None


def _for_staff(payment: fields.Fields, heading: _Heading) -> PaymentEvent:
    told = {"payment": fields.identifier(payment, "payment_id"), "reference": heading.reference}
    for key in _TOLD_TO_STAFF:
        if payment.get(key) not in (None, ""):
            unit = "price_currency" if key == "price_amount" else "pay_currency"
            code = fields.optional_text(payment, unit).upper()
            told[key] = f"{fields.amount(payment, key):f} {code}".strip()
    return PaymentEvent(**heading._asdict(), happening=_H.UNHANDLED, for_staff=told)


def _worth(payment: fields.Fields, *, is_part: bool) -> Money | None:
    """Convert what came, at the rate this payment was quoted at.

    A finished payment is worth at least its price. None when nothing is said to have come, the
    price is in a coin, as of a gift, or the figures of a partial payment are missing or not
    partial: staff have to look, if it is ours at all.
    """
    price = _price(payment)
    if price is None:
        return None
    asked, came = (_coins(payment, key) for key in ("pay_amount", "actually_paid"))
    if not came or price.is_zero:
        return None
    if not asked or is_part == (came >= asked):
        return None if is_part else price
    worth = fields.minor_units(round_minor(price.minor * came / asked))
    return Money(worth, price.currency) if worth else None


def _coins(payment: fields.Fields, key: str) -> Decimal:
    return Decimal(0) if payment.get(key) in (None, "") else fields.amount(payment, key)


def _price(payment: fields.Fields) -> Money | None:
    """Read the requested price; None where it is in no currency of ours, for we ask in no coin."""
    amount, code = fields.amount(payment, "price_amount"), fields.text(payment, "price_currency")
    currency = code.upper()
    return Money.parse(f"{amount:f}", currency) if currency in EXPONENTS else None
