"""Turns the sandbox's acts into events and into the JSON of its webhooks."""

import json
from datetime import timedelta

from payments import fields
from payments.sandbox.till import Act, Slip
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.ports import (
    Decline,
    DisputeFacts,
    EventDetail,
    Happening,
    OnItsWay,
    PaymentEvent,
    Refusal,
    ReturnedRefund,
)

_ON_ITS_WAY = OnItsWay(within=timedelta(days=1))
_DISPUTES = frozenset({Happening.DISPUTED, Happening.DISPUTE_WON, Happening.DISPUTE_LOST})


def to_event(act: Act, slip: Slip) -> PaymentEvent:
    """An act as `look_up` reports it."""
    return PaymentEvent(
        event_id=act.event_id,
        kind=f"payment.{act.happening}",
        happening=act.happening,
        reference=slip.reference,
        provider_ref=slip.reference,
        receipt_id=act.receipt_id,
        money=Money(act.minor, slip.amount.currency) if act.minor else None,
        occurred_at=act.occurred_at,
        detail=_detail(act.happening, act.receipt_id, refund=_own_name(act, slip), why=act.why),
    )


def _own_name(act: Act, slip: Slip) -> str:
    return act.refund.removeprefix(f"{slip.reference}_")


def _detail(happening: Happening, receipt: str, *, refund: str, why: str) -> EventDetail | None:
    """A dispute has a name at every bank, here that of its money."""
    if happening is Happening.REFUND_RETURNED:
        return ReturnedRefund(refund_ref=refund, reason="account_closed")
    if happening is Happening.SEEN:
        return _ON_ITS_WAY
    if happening is Happening.WARNED:
        return DisputeFacts(dispute_ref=f"warning_{receipt}", reason="fraud")
    if happening in _DISPUTES:
        return DisputeFacts(dispute_ref=f"dispute_{receipt}", reason="fraud")
    return Decline(why=Refusal(why)) if why in set(Refusal) else None


def to_body(act: Act, slip: Slip) -> bytes:
    """An act as its webhook reports it."""
    event = {
        "id": act.event_id,
        "type": f"payment.{act.happening}",
        "created": int(act.occurred_at.timestamp()),
        "payment": {
            "reference": slip.reference,
            "receipt": act.receipt_id,
            "minor": act.minor,
            "currency": slip.amount.currency,
            "why": act.why,
            "refund": _own_name(act, slip),
        },
    }
    return json.dumps(event).encode()


def read_event(event: fields.Fields) -> PaymentEvent:
    """Read one of our own webhooks; a malformed one is a `BadInputError`."""
    event_id, kind = fields.text(event, "id"), fields.text(event, "type")
    try:
        happening = Happening(kind.removeprefix("payment."))
    except ValueError:
        return PaymentEvent(event_id=event_id, kind=kind, happening=Happening.UNHANDLED)
    payment = fields.section(event, "payment")
    reference, minor = fields.text(payment, "reference"), fields.whole(payment, "minor")
    receipt = fields.optional_text(payment, "receipt")
    if happening is Happening.RECEIVED and not (receipt and minor):
        raise BadInputError(reason="Money was received, but which and how much is not said.")
    refund = fields.optional_text(payment, "refund")
    if happening is Happening.REFUND_RETURNED and not (receipt and minor and refund):
        raise BadInputError(reason="A refund came back, but which and how much is not said.")
    return PaymentEvent(
        event_id=event_id,
        kind=kind,
        happening=happening,
        reference=reference,
        provider_ref=reference,
        receipt_id=receipt,
        money=Money(minor, fields.currency(payment, "currency")) if minor else None,
        occurred_at=fields.unix_moment(event, "created"),
        detail=_detail(
            happening, receipt, refund=refund, why=fields.optional_text(payment, "why")
        ),
    )
