"""What Coinbase Commerce's charges mean to a shop, in their old and their on-chain form.

Source: https://docs.cdp.coinbase.com/commerce/api-architecture/webhooks-fields. A charge can be
paid short, over, late or several times, so each confirmed payment is a receipt.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from payments import fields
from payments.receiving import no_receipt_of_nothing
from shop.core.currencies import exponent_of
from shop.core.errors import BadInputError
from shop.core.money import Money, round_minor
from shop.ports import Happening, OnItsWay, Payer, PaymentEvent

_H = Happening
# Delayed and failed charges may still hold money that came late or was too little.
_KINDS: Mapping[str, Happening] = {
    "charge:pending": _H.SEEN,
    "charge:confirmed": _H.RECEIVED,
    "charge:resolved": _H.RECEIVED,
    "charge:delayed": _H.SEEN,
    "charge:failed": _H.FAILED,
}
_STATES: Mapping[str, Happening] = {
    "NEW": _H.PENDING,
    "SIGNED": _H.PENDING,
    "PENDING": _H.SEEN,
    "CONFIRMED": _H.RECEIVED,
    "COMPLETED": _H.RECEIVED,
    "RESOLVED": _H.RECEIVED,
    "UNRESOLVED": _H.FAILED,
    "FAILED": _H.FAILED,
    "EXPIRED": _H.EXPIRED,
    "CANCELED": _H.EXPIRED,
}
_ON_ITS_WAY = OnItsWay(within=timedelta(days=3))  # charges were decided within hours
_CONFIRMED = frozenset({"confirmed", "completed"})
_MOST = Decimal(2**62)
_LONGEST_ADDRESS = 128


def read_events(envelope: fields.Fields) -> list[PaymentEvent]:
    """Read a webhook: one event, or one for each confirmed payment."""
    event = fields.section(envelope, "event")
    event_id, kind = fields.text(event, "id"), fields.text(event, "type")
    happening = _KINDS.get(kind)
    if happening is None:
        return [PaymentEvent(event_id=event_id, kind=kind, happening=_H.UNHANDLED)]
    charge = fields.section(event, "data")
    if happening is _H.FAILED and _status(charge) == "EXPIRED":
        happening = _H.EXPIRED
    return _told(charge, happening, event_id=event_id, kind=kind)


def events_of(charge: fields.Fields) -> list[PaymentEvent]:
    """Return the events that webhooks would have reported for a fetched charge."""
    happening = _STATES.get(_status(charge))
    if happening is None:
        raise BadInputError(reason="The charge is in no known state.")
    charge_id = fields.text(charge, "id")
    return _told(
        charge, happening, event_id=f"{charge_id}.{happening}", kind=f"charge.{happening}"
    )


def _told(
    charge: fields.Fields, happening: Happening, *, event_id: str, kind: str
) -> list[PaymentEvent]:
    payments = _confirmed(charge, is_final=happening is _H.RECEIVED)
    if not payments:
        return [_plain(charge, happening, event_id=event_id, kind=kind)]
    received = [
        PaymentEvent(
            event_id=f"{event_id}.{place}" if place else event_id,
            kind=kind,
            happening=_H.RECEIVED,
            reference=_reference(charge),
            provider_ref=fields.text(charge, "id"),
            receipt_id=_receipt_id(payment, charge),
            money=_rounded(fields.section(fields.section(payment, "value"), "local")),
            occurred_at=(
                fields.iso_moment(payment, "detected_at") if payment.get("detected_at") else None
            ),
            payer=_payer(payment),
            for_staff={"network": fields.optional_text(payment, "network")},
        )
        for place, payment in enumerate(payments)
    ]
    return [no_receipt_of_nothing(event) for event in received]


def _plain(
    charge: fields.Fields, happening: Happening, *, event_id: str, kind: str
) -> PaymentEvent:
    charge_id = fields.text(charge, "id")
    if happening is _H.RECEIVED:
        # Confirmed, and no payment is named: how much came is not said.
        return PaymentEvent(
            event_id=event_id,
            kind=kind,
            happening=_H.UNHANDLED,
            reference=_reference(charge),
            provider_ref=charge_id,
            for_staff={"charge": charge_id, "reference": _reference(charge)},
        )
    return PaymentEvent(
        event_id=event_id,
        kind=kind,
        happening=happening,
        reference=_reference(charge),
        provider_ref=charge_id,
        receipt_id=_denied(charge) if happening in (_H.FAILED, _H.EXPIRED) else "",
        detail=_ON_ITS_WAY if happening is _H.SEEN else None,
    )


def _denied(charge: fields.Fields) -> str:
    """The only payment of a charge that has failed: had it been confirmed, it is taken back."""
    payments = fields.rows(charge, "payments")
    return _receipt_id(payments[0], charge) if len(payments) == 1 else ""


def _confirmed(charge: fields.Fields, *, is_final: bool) -> Sequence[fields.Fields]:
    """Choose the confirmed payments; all of a final charge, if it does not say which."""
    payments = [(str(row.get("status")).lower(), row) for row in fields.rows(charge, "payments")]
    confirmed = [row for status, row in payments if status in _CONFIRMED]
    if confirmed or not is_final:
        return confirmed
    return [row for status, row in payments if status != "failed"]


def _receipt_id(payment: fields.Fields, charge: fields.Fields) -> str:
    for key in ("transaction_id", "payment_id"):
        if payment.get(key):
            return fields.text(payment, key)
    return fields.text(charge, "id")


def _reference(charge: fields.Fields) -> str:
    return fields.optional_text(fields.optional_section(charge, "metadata"), "reference")


def _status(charge: fields.Fields) -> str:
    timeline = fields.rows(charge, "timeline")
    return fields.text(timeline[-1], "status") if timeline else ""


def _payer(payment: fields.Fields) -> Payer:
    """The address of the paying wallet; the old form names none."""
    addresses = payment.get("payer_addresses")
    first = addresses[0] if isinstance(addresses, list) and addresses else ""
    is_word = isinstance(first, str) and first.isprintable() and len(first) <= _LONGEST_ADDRESS
    return Payer(fingerprint=first.lower() if is_word else "")


def _rounded(value: fields.Fields) -> Money:
    """Read a converted amount, which may have more digits than the currency."""
    currency = fields.currency(value, "currency")
    try:
        amount = Decimal(fields.text(value, "amount"))
    except InvalidOperation:
        amount = Decimal(-1)
    if not (amount.is_finite() and 0 <= amount <= _MOST):
        raise BadInputError(reason="The amount paid is not an amount.")
    return Money(round_minor(amount.scaleb(exponent_of(currency))), currency)
