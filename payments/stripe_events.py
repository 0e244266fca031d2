"""What Stripe's events and objects mean to a shop.

Source: https://docs.stripe.com/api/events/types. The payment intent is the receipt: it is the
same in the session, the charge and the dispute. REFUNDED tells the total given back so far.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from payments import fields
from payments.stripe_money import from_stripe
from shop.ports import Happening, PaymentEvent
from shop.rules.money import Money

_PAID = frozenset({"paid", "no_payment_required"})
_H = Happening


def read_event(event: fields.Fields) -> PaymentEvent:
    """Read a webhook's event; a kind that we do not act on comes back UNHANDLED.

    `refund.*` is among those: `charge.refunded` comes with it and knows the total.
    """
    event_id, kind = fields.text(event, "id"), fields.text(event, "type")
    read = _READERS.get(kind)
    plain = PaymentEvent(event_id=event_id, kind=kind, happening=_H.UNHANDLED)
    if read is None:
        return plain
    told = read(fields.section(fields.section(event, "data"), "object"))
    occurred_at = fields.unix_moment(event, "created")
    return replace(told, event_id=event_id, kind=kind, occurred_at=occurred_at) if told else plain


def events_of(session: fields.Fields) -> list[PaymentEvent]:
    """Tell what its webhooks would have told of a session that was asked for.

    Wants `payment_intent.latest_charge` expanded; without it, less is known.
    """
    intent = session.get("payment_intent")
    intent = intent if isinstance(intent, dict) else {}
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, dict) else {}
    state = _state(session, intent)
    told = [_of_session(session, state)]
    if charge and state is _H.RECEIVED:
        told[0] = replace(told[0], occurred_at=fields.unix_moment(charge, "created"))
        told += [_of_charge(charge)] if charge.get("amount_refunded") else []
        told += [_of_charge(charge, _H.DISPUTED)] if charge.get("disputed") is True else []
    reference, session_id = told[0].reference, fields.text(session, "id")
    return [
        replace(
            event,
            event_id=f"{session_id}.{event.happening}",
            kind=f"session.{event.happening}",
            reference=reference,
            provider_ref=session_id,
        )
        for event in told
    ]


def _state(session: fields.Fields, intent: fields.Fields) -> Happening:
    match session.get("status"), session.get("payment_status"):
        case "expired", _:
            return _H.EXPIRED
        case "complete", "paid" | "no_payment_required":
            return _H.RECEIVED
        case "complete", _:
            # A bank debit on its way, unless its intent wants to be paid all over again.
            has_failed = intent.get("status") in {"requires_payment_method", "canceled"}
            return _H.FAILED if has_failed else _H.SEEN
        case _:
            return _H.PENDING


def _of_session(session: fields.Fields, happening: Happening) -> PaymentEvent:
    session_id = fields.text(session, "id")
    metadata = fields.optional_section(session, "metadata")
    is_received = happening is _H.RECEIVED
    return PaymentEvent(
        event_id=session_id,
        kind="",
        happening=happening,
        reference=fields.optional_text(session, "client_reference_id")
        or fields.optional_text(metadata, "reference"),
        provider_ref=session_id,
        # Nothing to pay means no intent; the session itself is the receipt then.
        receipt_id=_intent_id(session) or (session_id if is_received else ""),
        money=_money(session, "amount_total") if is_received else None,
    )


def _completed(session: fields.Fields) -> PaymentEvent | None:
    is_paid = session.get("payment_status") in _PAID
    return _of_payment(session, _H.RECEIVED if is_paid else _H.SEEN)


def _of_payment(session: fields.Fields, happening: Happening) -> PaymentEvent | None:
    # Subscriptions and card set-ups that the owner runs beside this shop.
    if session.get("mode", "payment") != "payment":
        return None
    return _of_session(session, happening)


def _of_charge(charge: fields.Fields, happening: Happening = _H.REFUNDED) -> PaymentEvent:
    metadata = fields.optional_section(charge, "metadata")
    key = "amount_refunded" if happening is _H.REFUNDED else "amount"
    return PaymentEvent(
        event_id=fields.text(charge, "id"),
        kind="",
        happening=happening,
        reference=fields.optional_text(metadata, "reference"),
        receipt_id=_intent_id(charge) or fields.text(charge, "id"),
        money=_money(charge, key),
    )


def _of_dispute(dispute: fields.Fields) -> PaymentEvent:
    return PaymentEvent(
        event_id=fields.text(dispute, "id"),
        kind="",
        happening=_H.DISPUTED,
        receipt_id=_intent_id(dispute) or fields.text(dispute, "charge"),
        money=_money(dispute, "amount"),
        facts={
            "dispute": fields.text(dispute, "id"),
            "reason": fields.optional_text(dispute, "reason"),
        },
    )


def _intent_id(thing: fields.Fields) -> str:
    """Return the payment intent's id, whether it came expanded or not; "" without one."""
    intent = thing.get("payment_intent")
    if isinstance(intent, dict):
        return fields.text(intent, "id")
    return fields.optional_text(thing, "payment_intent")


def _money(thing: fields.Fields, key: str) -> Money:
    return from_stripe(fields.whole(thing, key), fields.text(thing, "currency"))


def _as(happening: Happening) -> Callable[[fields.Fields], PaymentEvent | None]:
    return lambda session: _of_payment(session, happening)


_READERS: Mapping[str, Callable[[fields.Fields], PaymentEvent | None]] = {
    "checkout.session.completed": _completed,
    "checkout.session.async_payment_succeeded": _as(_H.RECEIVED),
    "checkout.session.async_payment_failed": _as(_H.FAILED),
    "checkout.session.expired": _as(_H.EXPIRED),
    "charge.refunded": _of_charge,
    "charge.dispute.created": _of_dispute,
}
