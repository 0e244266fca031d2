"""What BTCPay's webhooks, invoices and payments mean to a shop.

Source: the Greenfield API's webhook and invoice schemas. Each on-chain or Lightning payment is a
receipt, worth what BTCPay credits for it: (value - fee) at the invoice's rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from payments import fields
from payments.outgoing import pending
from payments.receiving import no_receipt_of_nothing
from shop.core.currencies import exponent_of
from shop.core.errors import BadInputError
from shop.core.money import Money, round_minor
from shop.ports import ForeignAccount, Happening, OnItsWay, PaymentEvent, taken_back

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
_INVALID = "Invalid"  # of an invoice, and of a payment
_OPEN = ("New", "Processing")
_ENDS = {"Settled": _H.EXPIRED, "Expired": _H.EXPIRED, "Invalid": _H.FAILED}
_LOUD = (_H.RECEIVED, _H.DISPUTED, _H.UNHANDLED)
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

    Money counts once its invoice is closed: until then the rest may still come. From an invoice
    that is invalid, and from a payment that is, it is taken back.
    """
    events = [event for invoice in told for event in _of_invoice(invoice, reference)]
    loud = [event for event in events if event.happening in _LOUD]
    quiet = [event for event in events if event not in loud]
    best = min(quiet, key=lambda event: _FURTHEST.index(event.happening), default=None)
    if not any(event.happening is not _H.DISPUTED for event in loud):
        return [*loud, best or pending(reference)]
    return [*loud, best] if best and best.happening is _H.SEEN else loud


def is_of(invoice: fields.Fields, reference: str) -> bool:
    """Whether an invoice has this reference: a search may find others."""
    return _reference(invoice) == reference


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paid:
    """One payment; `came` is in coins, `gross` in the invoice's currency, unrounded."""

    receipt_id: str
    at: datetime
    status: str
    came: Decimal
    gross: Decimal

    @property
    def is_settled(self) -> bool:
        return self.status == "Settled"


def _of_invoice(told: Invoice, reference: str) -> list[PaymentEvent]:
    invoice, methods = told
    invoice_id, status = fields.text(invoice, "id"), fields.text(invoice, "status")
    rows = _payments(methods)
    payments = [payment for payment in rows if payment.status != _INVALID]
    undone = _invalid_payments(invoice, rows, reference)
    if status in _OPEN:
        state = _H.SEEN if payments or status == "Processing" else _H.PENDING
        return [*undone, _plain(invoice_id, reference, state)]
    if status not in _ENDS:
        raise BadInputError(reason=f"{status} is no status of an invoice.")
    is_marked = invoice.get("additionalStatus") == "Marked"
    events = _receipts(invoice, payments, reference)
    came = [event for event in events if event.happening is _H.RECEIVED]
    denied = _denied(came, invoice_id, is_marked=is_marked) if status == _INVALID else []
    # An invoice that nobody marked may have failed for another payment than one that has come:
    # its word is about money that was told of before, and not about what it tells of now.
    events = [*undone, *events, *denied] if is_marked else [*undone, *denied, *events]
    if any(not payment.is_settled for payment in payments):
        events.append(_plain(invoice_id, reference, _H.SEEN))
    elif not any(event.happening in (_H.RECEIVED, _H.UNHANDLED) for event in events):
        events.append(_plain(invoice_id, reference, _ENDS[status]))
    if status == "Settled" and is_marked:
        events.append(_marked(invoice_id, reference))
    return events


def _payments(methods: Sequence[fields.Fields]) -> list[_Paid]:
    """Read the payments by all methods, oldest first."""
    found = [
        _Paid(
            receipt_id=fields.text(row, "id"),
            at=fields.unix_moment(row, "receivedDate"),
            status=str(row.get("status")),
            came=fields.amount(row, "value"),
            gross=_counted(row, method),
        )
        for method in methods
        for row in fields.rows(method, "payments")
    ]
    return sorted(found, key=lambda payment: (payment.at, payment.receipt_id))


def _counted(payment: fields.Fields, method: fields.Fields) -> Decimal:
    fee = fields.amount(payment, "fee") if payment.get("fee") is not None else Decimal(0)
    net = max(fields.amount(payment, "value") - fee, Decimal(0))
    return net * fields.amount(method, "rate")


def _worths(payments: Sequence[_Paid], currency: str) -> list[tuple[_Paid, Money]]:
    """Round the running total, not each payment, so that the receipts add up to the invoice."""
    total, before, found = Decimal(0), 0, []
    for payment in payments:
        total += payment.gross.scaleb(exponent_of(currency))
        minor, before = round_minor(total) - before, round_minor(total)
        found.append((payment, Money(fields.minor_units(minor), currency)))
    return found


def _receipts(
    invoice: fields.Fields, payments: Sequence[_Paid], reference: str
) -> list[PaymentEvent]:
    """What came; coins that BTCPay reckons to be worth nothing are for a person to see."""
    told = []
    for payment, money in _worths(payments, fields.currency(invoice, "currency")):
        if not payment.is_settled or not payment.came:
            continue
        event = PaymentEvent(
            event_id=f"{payment.receipt_id}.received",
            kind="payment.received",
            happening=_H.RECEIVED,
            reference=reference,
            provider_ref=fields.text(invoice, "id"),
            receipt_id=payment.receipt_id,
            money=money,
            occurred_at=payment.at,
            for_staff={"invoice": fields.optional_text(invoice, "additionalStatus")},
        )
        told.append(no_receipt_of_nothing(event, came=f"{payment.came:f}"))
    return told


def _invalid_payments(
    invoice: fields.Fields, rows: Sequence[_Paid], reference: str
) -> list[PaymentEvent]:
    """Payments that the chain has no more: replaced, spent twice, or reorganised away."""
    return [
        PaymentEvent(
            event_id=f"{payment.receipt_id}.taken_back.payment",
            kind="payment.invalid",
            happening=_H.DISPUTED,
            reference=reference,
            provider_ref=fields.text(invoice, "id"),
            receipt_id=payment.receipt_id,
            money=money,
            detail=taken_back(fields.text(invoice, "id"), reason="payment invalid"),
        )
        for payment, money in _worths(rows, fields.currency(invoice, "currency"))
        if payment.status == _INVALID
    ]


def _denied(
    received: Sequence[PaymentEvent], invoice_id: str, *, is_marked: bool
) -> list[PaymentEvent]:
    """The same money once its invoice is invalid: by itself, or marked so by its merchant."""
    word = "marked invalid" if is_marked else "invalid"
    return [
        replace(
            event,
            event_id=f"{event.receipt_id}.taken_back.{'marked' if is_marked else 'invoice'}",
            kind="invoice.marked_invalid" if is_marked else "invoice.invalid",
            happening=_H.DISPUTED,
            occurred_at=None,
            detail=taken_back(invoice_id, reason=word),
        )
        for event in received
    ]


def _marked(invoice_id: str, reference: str) -> PaymentEvent:
    """The event for an invoice marked paid by hand: by that word no money came; staff see it."""
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
