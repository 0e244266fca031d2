"""A provider that was asked denies money that it told of before, or has it again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shop.books.books import Books
from shop.core.money import Money
from shop.ledger.receipt_records import Receipts
from shop.orders.payment_records import Payment
from shop.orders.states import PaymentState
from shop.ports import DisputeFacts, Happening, PaymentEvent, is_taken_back, taken_back
from shop.refunds.dispute_records import Dispute, DisputeKind, Disputes
from shop.refunds.states import DisputeState
from shop.settlement.taken_back import denies_money_here, tells_of_taken_back

SETTLED = frozenset({PaymentState.FINAL, PaymentState.REFUNDED, PaymentState.DISPUTED})


def as_it_stands(
    books: Books, asked: Payment, events: Sequence[PaymentEvent], *, now: datetime
) -> list[PaymentEvent]:
    """Return the same events, with what they say of money that the books have.

    `asked` is the payment as it was before its provider was asked: what was booked since may be
    younger than the answer. The answer says what is, not when that came to be: it is so now.
    """
    told = [_denial(books, asked, event, now=now) for event in events]
    in_doubt = {event.receipt_id for event in told if tells_of_taken_back(event)}
    standing = [
        event
        for event in told
        if event.happening is Happening.RECEIVED and event.receipt_id not in in_doubt
    ]
    return [
        *told,
        *(
            _restored(event, case, now=now)
            for event in standing
            for case in _open_cases(books, asked.provider, event.receipt_id)
        ),
    ]


def _denial(books: Books, asked: Payment, event: PaymentEvent, *, now: datetime) -> PaymentEvent:
    if tells_of_taken_back(event):
        return replace(event, occurred_at=now)
    if asked.state not in SETTLED or not denies_money_here(books, asked.provider, event):
        return event
    return replace(
        event,
        event_id=f"{event.receipt_id}.taken_back.{event.happening}",
        happening=Happening.DISPUTED,
        money=_booked(books, asked.provider, event.receipt_id),
        occurred_at=now,
        detail=taken_back(event.receipt_id, reason=event.happening),
    )


def _restored(event: PaymentEvent, case: Dispute, *, now: datetime) -> PaymentEvent:
    return PaymentEvent(
        event_id=f"{event.receipt_id}.restored",
        kind="payment.restored",
        happening=Happening.DISPUTE_WON,
        reference=event.reference,
        provider_ref=event.provider_ref,
        receipt_id=event.receipt_id,
        occurred_at=now,
        detail=DisputeFacts(dispute_ref=case.dispute_ref),
    )


def _open_cases(books: Books, provider: str, receipt_id: str) -> list[Dispute]:
    return [
        one
        for one in books[Disputes].about(provider, DisputeKind.DISPUTE, receipt_id)
        if is_taken_back(one.dispute_ref) and one.state is not DisputeState.WON
    ]


def _booked(books: Books, provider: str, receipt_id: str) -> Money | None:
    receipt = books[Receipts].receipt_named(provider, receipt_id)
    known = None if receipt is None else books[Receipts].get(receipt)
    return None if known is None else known.money
