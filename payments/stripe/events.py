"""What Stripe's events and objects mean to a shop.

Source: https://docs.stripe.com/api/events/types. The payment intent is the receipt: session,
charge, refund and dispute all name it. REFUNDED carries the total given back so far; a refund
that a bank returned is BOUNCED.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

from payments import fields
from payments.receiving import no_receipt_of_nothing
from payments.stripe.money import from_stripe
from payments.stripe.payer import payer_of
from payments.stripe.saved_methods import ON_ITS_WAY, RENEWAL, events_of_intent
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.ports import DisputeFacts, Happening, PaymentEvent, ReturnedRefund

# Tuples, because the value looked up may be unhashable, such as a list.
_PAID = ("paid", "no_payment_required")
_RETURNED = ("failed", "canceled")
_GIVEN_UP = ("requires_payment_method", "canceled")
_H = Happening
_DECIDED = {"won": _H.DISPUTE_WON, "lost": _H.DISPUTE_LOST, "warning_closed": _H.DISPUTE_WON}


class _Heading(NamedTuple):
    """What every event has in common."""

    event_id: str
    kind: str
    occurred_at: datetime | None = None
    provider_ref: str = ""
    reference: str = ""


_Reader = Callable[[fields.Fields, _Heading], PaymentEvent | None]


def read_event(event: fields.Fields) -> PaymentEvent:
    """Read a webhook's event; kinds that we do not act on are UNHANDLED.

    So is `refund.created`, because `charge.refunded` comes with it and has the total.
    """
    event_id, kind = fields.text(event, "id"), fields.text(event, "type")
    read = _READERS.get(kind)
    if read is not None:
        heading = _Heading(event_id, kind, fields.unix_moment(event, "created"))
        told = read(fields.section(fields.section(event, "data"), "object"), heading)
        if told is not None:
            return told
    return PaymentEvent(event_id=event_id, kind=kind, happening=_H.UNHANDLED)


def events_of(session: fields.Fields) -> list[PaymentEvent]:
    """Return the events that webhooks would have reported for a fetched session.

    Expand `payment_intent.latest_charge`; without it, less is known.
    """
    intent = session.get("payment_intent")
    intent = intent if isinstance(intent, dict) else {}
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, dict) else {}
    session_id, state = fields.text(session, "id"), _state(session, intent)
    paid_at = fields.unix_moment(charge, "created") if charge else None
    heading = _Heading(f"{session_id}.{state}", f"session.{state}", paid_at)
    told = [_of_session(session, heading, happening=state)]
    if state is not _H.RECEIVED:
        return told
    told = [replace(told[0], payer=payer_of(session, charge))]
    happened = {
        _H.REFUNDED: charge.get("amount_refunded") not in (None, 0),
        _H.DISPUTED: charge.get("disputed") is True,
    }
    for happening in (one for one, has_happened in happened.items() if has_happened):
        heading = _Heading(
            f"{session_id}.{happening}",
            f"session.{happening}",
            provider_ref=session_id,
            reference=told[0].reference,
        )
        told.append(_of_charge(charge, heading, happening=happening))
    return told


def _state(session: fields.Fields, intent: fields.Fields) -> Happening:
    match session.get("status"), session.get("payment_status"):
        case "expired", _:
            return _H.EXPIRED
        case "complete", "paid" | "no_payment_required":
            return _H.RECEIVED
        case "complete", _:
            # A bank debit on its way, unless its intent asks for a new payment.
            has_failed = intent.get("status") in _GIVEN_UP
            return _H.FAILED if has_failed else _H.SEEN
        case "open", _:
            return _H.PENDING
        case _:
            raise BadInputError(reason="The session is in no known state.")


def _of_session(
    session: fields.Fields, heading: _Heading, *, happening: Happening
) -> PaymentEvent:
    session_id = fields.text(session, "id")
    is_received = happening is _H.RECEIVED
    event = PaymentEvent(
        event_id=heading.event_id,
        kind=heading.kind,
        happening=happening,
        reference=fields.optional_text(session, "client_reference_id") or _reference(session),
        provider_ref=session_id,
        # With nothing to pay there is no intent; then the session is the receipt.
        receipt_id=_intent_id(session) or (session_id if is_received else ""),
        money=_money(session, "amount_total") if is_received else None,
        tax=_tax(session) if is_received else None,
        occurred_at=heading.occurred_at,
        detail=ON_ITS_WAY if happening is _H.SEEN else None,
    )
    # With nothing to pay, nothing came; but who has paid has paid something.
    is_owed = session.get("payment_status") != "no_payment_required"
    return no_receipt_of_nothing(event) if is_owed else event


def _of_payment(
    session: fields.Fields, heading: _Heading, *, happening: Happening
) -> PaymentEvent | None:
    # Subscriptions and card set-ups that the owner runs outside this shop.
    if session.get("mode", "payment") != "payment":
        return None
    event = _of_session(session, heading, happening=happening)
    return replace(event, payer=payer_of(session, {})) if event.money else event


def _completed(session: fields.Fields, heading: _Heading) -> PaymentEvent | None:
    is_paid = session.get("payment_status") in _PAID
    return _of_payment(session, heading, happening=_H.RECEIVED if is_paid else _H.SEEN)


def _of_charge(
    charge: fields.Fields, heading: _Heading, *, happening: Happening = _H.REFUNDED
) -> PaymentEvent:
    return PaymentEvent(
        event_id=heading.event_id,
        kind=heading.kind,
        happening=happening,
        reference=heading.reference or _reference(charge),
        provider_ref=heading.provider_ref,
        receipt_id=_intent_id(charge) or fields.text(charge, "id"),
        money=_money(charge, "amount_refunded" if happening is _H.REFUNDED else "amount"),
        occurred_at=heading.occurred_at,
    )


def _of_dispute(dispute: fields.Fields, heading: _Heading) -> PaymentEvent:
    """Read a dispute by its state, as its events come in any order.

    An inquiry (`warning_…`) has taken no money yet; once closed, it never will. One that was
    `prevented` is over: blocked, or resolved by giving the money back; its own transactions say
    which (https://docs.stripe.com/changelog/basil/2025-08-27/add-preventions-to-dispute).
    """
    status = fields.optional_text(dispute, "status")
    deadline = fields.optional_section(dispute, "evidence_details")
    is_dated = deadline.get("due_by") is not None
    is_inquiry = status.startswith("warning_")
    return PaymentEvent(
        event_id=heading.event_id,
        kind=heading.kind,
        happening=_prevented(dispute)
        if status == "prevented"
        else _DECIDED.get(status, _H.DISPUTED),
        receipt_id=_intent_id(dispute) or fields.text(dispute, "charge"),
        money=None if is_inquiry else _money(dispute, "amount"),
        occurred_at=heading.occurred_at,
        detail=DisputeFacts(
            dispute_ref=fields.text(dispute, "id"),
            reason=fields.optional_text(dispute, "reason"),
            answer_by=fields.unix_moment(deadline, "due_by") if is_dated else None,
        ),
    )


def _prevented(dispute: fields.Fields) -> Happening:
    rows = fields.rows(dispute, "balance_transactions")
    moved = [row.get("amount") for row in rows]
    is_taken = sum(one for one in moved if type(one) is int) < 0
    return _H.DISPUTE_LOST if is_taken else _H.DISPUTE_WON


def _of_warning(warning: fields.Fields, heading: _Heading) -> PaymentEvent | None:
    """Read an early fraud warning: the bank has taken nothing yet, and probably will.

    It is told of again once it is no longer `actionable`: the money went back, or is disputed,
    which have events of their own.
    """
    if heading.kind.endswith(".updated") and warning.get("actionable") is not True:
        return None
    return PaymentEvent(
        event_id=heading.event_id,
        kind=heading.kind,
        happening=_H.WARNED,
        receipt_id=_intent_id(warning) or fields.text(warning, "charge"),
        occurred_at=heading.occurred_at,
        detail=DisputeFacts(
            dispute_ref=fields.text(warning, "id"),
            reason=fields.optional_text(warning, "fraud_type"),
        ),
    )


def _of_refund(refund: fields.Fields, heading: _Heading) -> PaymentEvent | None:
    """Read a refund that a bank returned, perhaps weeks after it had succeeded.

    The money is back at Stripe (https://docs.stripe.com/refunds#failed-refunds). An old and a
    new kind of event report it; all other changes come with `charge.refunded`. Whether the
    charge's total shrinks is not documented, so we do not rely on it.
    """
    if refund.get("status") not in _RETURNED:
        return None
    metadata = fields.optional_section(refund, "metadata")
    return PaymentEvent(
        event_id=heading.event_id,
        kind=heading.kind,
        happening=_H.REFUND_RETURNED,
        reference=_reference(refund),
        receipt_id=_intent_id(refund) or fields.text(refund, "charge"),
        money=_money(refund, "amount"),
        occurred_at=heading.occurred_at,
        detail=ReturnedRefund(
            reference=fields.optional_text(metadata, "refund"),
            refund_ref=fields.text(refund, "id"),
            reason=fields.optional_text(refund, "failure_reason"),
        ),
    )


def _reference(thing: fields.Fields) -> str:
    return fields.optional_text(fields.optional_section(thing, "metadata"), "reference")


def _intent_id(thing: fields.Fields) -> str:
    """Return the payment intent's id, expanded or not; "" when there is none."""
    intent = thing.get("payment_intent")
    if isinstance(intent, dict):
        return fields.text(intent, "id")
    return fields.optional_text(thing, "payment_intent")


def _tax(session: fields.Fields) -> Money | None:
    details = fields.optional_section(session, "total_details")
    return _money({**session, **details}, "amount_tax") if details.get("amount_tax") else None


def _money(thing: fields.Fields, key: str) -> Money:
    return from_stripe(fields.whole(thing, key), fields.currency(thing, "currency"))


def _of_intent(intent: fields.Fields, heading: _Heading) -> PaymentEvent | None:
    # A card that fails on Checkout's own page may be tried there again.
    metadata = fields.optional_section(intent, "metadata")
    if metadata.get("kind") != RENEWAL:
        return None
    told = events_of_intent(intent)[0]
    if told.happening is _H.PENDING:
        return None
    return replace(
        told, event_id=heading.event_id, kind=heading.kind, occurred_at=heading.occurred_at
    )


_READERS: Mapping[str, _Reader] = {
    "checkout.session.completed": _completed,
    "checkout.session.async_payment_succeeded": partial(_of_payment, happening=_H.RECEIVED),
    "checkout.session.async_payment_failed": partial(_of_payment, happening=_H.FAILED),
    "checkout.session.expired": partial(_of_payment, happening=_H.EXPIRED),
    "payment_intent.succeeded": _of_intent,
    "payment_intent.payment_failed": _of_intent,
    "payment_intent.processing": _of_intent,
    "payment_intent.canceled": _of_intent,
    "charge.refunded": _of_charge,
    "refund.failed": _of_refund,
    "refund.updated": _of_refund,
    "charge.refund.updated": _of_refund,
    "charge.dispute.created": _of_dispute,
    "charge.dispute.updated": _of_dispute,
    "charge.dispute.funds_withdrawn": _of_dispute,
    "charge.dispute.funds_reinstated": _of_dispute,
    "charge.dispute.closed": _of_dispute,
    "radar.early_fraud_warning.created": _of_warning,
    "radar.early_fraud_warning.updated": _of_warning,
}
