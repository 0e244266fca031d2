"""A bank's warnings of fraud end with what they warned of: a decision, or the money going back."""

from datetime import datetime

from shop.books.books import Books
from shop.customers.records import Customer
from shop.messaging.outbox_records import Effect
from shop.refunds.dispute_records import Dispute, DisputeKind, Disputes
from shop.refunds.revocation import unfreeze_access
from shop.refunds.states import DisputeState


def close_warnings(
    books: Books,
    customer: Customer,
    *,
    provider: str,
    receipt_id: str,
    state: DisputeState,
    now: datetime,
) -> list[Effect]:
    """Close those of this money that are open, and let go of what they held."""
    about = books[Disputes].about(provider, DisputeKind.WARNING, receipt_id)
    closed = [
        one
        for one in about
        if one.state is DisputeState.OPEN and books[Disputes].move(one, state, now=now)
    ]
    return [
        effect
        for one in closed
        if one.frozen_id is not None
        for effect in unfreeze_access(books, customer, one.frozen_id, dispute_id=one.id)
    ]


def decided_before(books: Books, warning: Dispute) -> DisputeState | None:
    """What the bank has decided already about that which it warns of now; None while it asks."""
    about = books[Disputes].about(warning.provider, DisputeKind.DISPUTE, warning.receipt_id)
    states = [one.state for one in about]
    return states[-1] if states and DisputeState.OPEN not in states else None
