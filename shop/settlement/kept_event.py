"""A payment event that is in the inbox, and whose payment it is about."""

from dataclasses import dataclass
from datetime import datetime

from shop.books.books import Books
from shop.core.policy import Policy
from shop.customers.records import Customers
from shop.orders.claimed_payment import PaymentUpdate
from shop.orders.payment_records import Payments
from shop.ports import Happening, PaymentEvent
from shop.settlement.circumstances import CircumstanceRecords, Circumstances


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvent:
    """An event in the inbox, with what whoever acts on it needs besides.

    `is_believed`, `is_looked_at` and `is_wanted` are those of its `Source`.
    """

    books: Books
    inbox_event: int
    event: PaymentEvent
    provider: str
    is_believed: bool
    is_looked_at: bool
    is_wanted: bool
    policy: Policy
    now: datetime


def inbox_name(event: PaymentEvent) -> str:
    """The event's identity in the inbox: a hint's is its own.

    Some providers give the answer the identity of the notification that had us ask; named alike,
    the hint would hide it.
    """
    is_hint = event.happening is Happening.ASK
    return f"{event.event_id}.{event.happening}" if is_hint else event.event_id


def claim_payment(kept: KeptEvent) -> PaymentUpdate[Circumstances] | None:
    """Claim the customer whose payment this is about; None when it is in no book."""
    books, event, provider = kept.books, kept.event, kept.provider
    reference = event.reference
    if event.happening is Happening.REFUNDED and event.receipt_id and reference:
        # Every charge of a series names the first payment; the money itself knows its own.
        own = books[Payments].by_receipt(provider, event.receipt_id)
        reference = own.reference if own is not None else reference
    customer = books[Payments].claim_payer(reference, provider) if reference else None
    if customer is None:
        if reference and books[Payments].by_reference(reference) is not None:
            return None  # of another provider: whatever else the event names, it is not ours
        # "" is what payments have whose page was never noted: it finds nobody.
        found = event.provider_ref and books[Payments].by_provider_ref(
            provider, event.provider_ref
        )
        if not found and not reference and event.receipt_id:
            # A dispute may name the money alone.
            found = books[Payments].by_receipt(provider, event.receipt_id)
        if not found:
            return None
        reference, customer = found.reference, books[Customers].claim(found.customer_id)
    return PaymentUpdate(
        books=books,
        customer=customer,
        affairs=books[CircumstanceRecords].of(reference, receipt_id=event.receipt_id),
        policy=kept.policy,
        now=kept.now,
        event=event,
    )
