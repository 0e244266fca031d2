"""What BTCPay's webhooks, invoices and payments mean to a shop.

Source: the Greenfield API's webhook and invoice schemas. Each on-chain or Lightning payment is a
receipt, worth what BTCPay credits for it: (value - fee) at the invoice's rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from payments import fields
from payments.outgoing import pending
from shop.core.currencies import exponent_of
from shop.core.errors import BadInputError
from shop.core.money import Money, round_minor
from shop.ports import ForeignAccount, Happening, OnItsWay, PaymentEvent

_H = Happening
_KINDS_TO_ASK = (
    "InvoiceReceivedPayment",
    "InvoicePaymentSettled",
    "InvoiceProcessing",
    "InvoiceSettled",
    "InvoiceExpired",
    "InvoiceInvalid",
)
_NO_NEWS = ("InvoiceCreated",)
_LONGEST_REFERENCE = 40
# An invoice is watched for a day (see `create`), and then it is settled or invalid.
_ON_ITS_WAY = OnItsWay(within=timedelta(days=3))
_OPEN = ("New", "Processing")
_ENDS = {"Settled": _H.EXPIRED, "Expired": _H.EXPIRED, "Invalid": _H.FAILED}
# When several invoices of one reference have no money, the most advanced state counts.
_FURTHEST = (_H.SEEN, _H.PENDING, _H.EXPIRED, _H.FAILED)

Invoice = tuple[fields.Fields, Sequence[fields.Fields]]
"""An invoice and its payment methods, which hold its payments."""


def read_events(delivery: fields.Fields, *, store_id: str) -> list[PaymentEvent]:
    """Read a webhook: a change of an invoice means ASK; a redelivery is the same event.

    News of another store is ignored, even if correctly signed.
    """
    kind = fields.text(delivery, "type")
    if kind in _NO_NEWS:
        return []
    # Servers before 1.2 misspell this name.
    names = ("originalDeliveryId", "orignalDeliveryId", "deliveryId")
    event_id = fields.text(delivery, next((n for n in names if delivery.get(n)), names[0]))
    if kind not in _KINDS_TO_ASK:
        return [PaymentEvent(event_id=event_id, kind=kind, happening=_H.UNHANDLED)]
    if (store := fields.optional_text(delivery, "storeId")) not in {"", store_id}:
        return [
            PaymentEvent(
                event_id=event_id,
                kind=kind,
                happening=_H.FOREIGN,
                detail=ForeignAccount(account=store),
                for_staff={"invoice": fields.text(delivery, "invoiceId")},
            )
        ]
    return [
        PaymentEvent(
            event_id=event_id,
            kind=kind,
            happening=_H.ASK,
            reference=_reference(delivery),
            provider_ref=fields.text(delivery, "invoiceId"),
            occurred_at=fields.unix_moment(delivery, "timestamp"),
        )
    ]


def events_of(told: Sequence[Invoice], *, reference: str) -> list[PaymentEvent]:
    """Return what became of all invoices with one reference.

    Money counts once its invoice is closed: until then the rest may still come.
    """
    events = [event for invoice in told for event in _of_invoice(invoice, reference)]
    loud = [event for event in events if event.happening in (_H.RECEIVED, _H.UNHANDLED)]
    quiet = [event for event in events if event not in loud]
    best = min(quiet, key=lambda event: _FURTHEST.index(event.happening), default=None)
    if not loud:
        return [best or pending(reference)]
    return [*loud, best] if best and best.happening is _H.SEEN else loud


def is_of(invoice: fields.Fields, reference: str) -> bool:
    """Whether an invoice has this reference: a search may find others."""
    return _reference(invoice) == reference


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paid:
    """One payment; `gross` is in the invoice's currency, unrounded."""

    receipt_id: str
    at: datetime
    is_settled: bool
    gross: Decimal


def _of_invoice(told: Invoice, reference: str) -> list[PaymentEvent]:
    invoice, methods = told
    invoice_id, status = fields.text(invoice, "id"), fields.text(invoice, "status")
    payments = _payments(methods)
    if status in _OPEN:
        state = _H.SEEN if payments or status == "Processing" else _H.PENDING
        return [_plain(invoice_id, reference, state)]
    if status not in _ENDS:
        raise BadInputError(reason=f"{status} is no status of an invoice.")
    events = _receipts(invoice, payments, reference)
    if any(not payment.is_settled for payment in payments):
        events.append(_plain(invoice_id, reference, _H.SEEN))
    elif not events:
        events.append(_plain(invoice_id, reference, _ENDS[status]))
    if status == "Settled" and invoice.get("additionalStatus") == "Marked":
        events.append(_marked(invoice_id, reference))
    return events


def _payments(methods: Sequence[fields.Fields]) -> list[_Paid]:
    """Read the payments by all methods, oldest first, without double spends."""
    found = [
        _Paid(
            receipt_id=fields.text(row, "id"),
            at=fields.unix_moment(row, "receivedDate"),
            is_settled=row.get("status") == "Settled",
            gross=_counted(row, method),
        )
        for method in methods
        for row in fields.rows(method, "payments")
        if row.get("status") != "Invalid"
    ]
    return sorted(found, key=lambda payment: (payment.at, payment.receipt_id))


def _counted(payment: fields.Fields, method: fields.Fields) -> Decimal:
    fee = fields.amount(payment, "fee") if payment.get("fee") is not None else Decimal(0)
    net = max(fields.amount(payment, "value") - fee, Decimal(0))
    return net * fields.amount(method, "rate")


def _receipts(
    invoice: fields.Fields, payments: Sequence[_Paid], reference: str
) -> list[PaymentEvent]:
    """Round the running total, not each payment, so that the receipts add up to the invoice."""
    currency = fields.currency(invoice, "currency")
    total, before, events = Decimal(0), 0, []
    for payment in payments:
        total += payment.gross.scaleb(exponent_of(currency))
        minor, before = round_minor(total) - before, round_minor(total)
        if payment.is_settled and minor:
            events.append(
                PaymentEvent(
                    event_id=f"{payment.receipt_id}.received",
                    kind="payment.received",
                    happening=_H.RECEIVED,
                    reference=reference,
                    provider_ref=fields.text(invoice, "id"),
                    receipt_id=payment.receipt_id,
                    money=Money(fields.minor_units(minor), currency),
                    occurred_at=payment.at,
                    for_staff={"invoice": fields.optional_text(invoice, "additionalStatus")},
                )
            )
    return events


def _marked(invoice_id: str, reference: str) -> PaymentEvent:
    """The event for an invoice marked paid by hand: we see no money, so staff decide."""
    return PaymentEvent(
        event_id=f"{invoice_id}.marked",
        kind="invoice.marked_settled",
        happening=_H.UNHANDLED,
        reference=reference,
        provider_ref=invoice_id,
        for_staff={"reference": reference, "invoice": invoice_id},
    )


def _plain(invoice_id: str, reference: str, happening: Happening) -> PaymentEvent:
    return PaymentEvent(
        event_id=f"{invoice_id}.{happening}",
        kind=f"invoice.{happening}",
        happening=happening,
        reference=reference,
        provider_ref=invoice_id,
        detail=_ON_ITS_WAY if happening is _H.SEEN else None,
    )


def _reference(thing: fields.Fields) -> str:
    """Read our reference; other programs may have put something else there."""
    metadata = thing.get("metadata")
    found = metadata.get("orderId") if isinstance(metadata, dict) else None
    if isinstance(found, str) and found.isprintable() and len(found) <= _LONGEST_REFERENCE:
        return found
    return ""
