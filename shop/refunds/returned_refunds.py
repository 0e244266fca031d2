"""A refund that was made and came back: a bank did not take it, and the money is owed again."""

from datetime import datetime

from shop.books.books import Books
from shop.core.money import Money
from shop.core.policy import Policy
from shop.customers.records import Customer
from shop.ledger.journal_records import REFUNDING, Entry, Journal
from shop.ledger.receipt_records import Receipts
from shop.messaging.kinds import Notice
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Outbox
from shop.orders.payment_records import Affairs
from shop.ports import PaymentEvent
from shop.refunds.records import Refund, RefundRoute, Refunds
from shop.refunds.refund import note_refusal
from shop.refunds.states import RefundState

_AT_PROVIDER = frozenset({RefundRoute.PROVIDER, RefundRoute.TOLD})
_OVER = frozenset({RefundState.FAILED, RefundState.CANCELLED})


def take_returned_refund(
    books: Books,
    customer: Customer,
    affairs: Affairs,
    event: PaymentEvent,
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """Set the money aside again and ask staff for another way; the caller claimed the customer.

    Nothing else changes: what ended with the refund stays ended, and the customer gets his money.
    """
    money = event.money
    assert money is not None  # noqa: S101 - the port says so of BOUNCED
    reason = event.facts.get("reason", "")
    found = _refund_of(books, affairs, event, money)
    if found is not None and found.state is not RefundState.DONE:
        if found.state not in _OVER and found.returned_at is None:
            note_refusal(books, found.id, reason, policy=policy, now=now)
        return
    if found is not None:
        if not books[Refunds].mark_returned(found.id, note=reason, now=now):
            return
        entries = (
            Entry(account=f"provider:{affairs.provider}", money=found.money),
            Entry(account=REFUNDING, money=-found.money),
        )
        books[Journal].enter(f"refund:{found.id}:bounced", entries, now=now)
    effects = tell_staff(
        policy,
        Notice.REFUND_RETURNED,
        key=event.facts["refund_ref"],
        customer=customer.id,
        name=customer.name,
        provider=affairs.provider,
        plan=affairs.product.slug,
        minor=money.minor,
        currency=money.currency,
        reason=reason,
        refund=None if found is None else found.id,
    )
    if found is not None:
        effects.append(
            tell_customer(
                customer,
                Notice.REFUND_LATE,
                key=str(found.id),
                plan=affairs.product.slug,
                minor=money.minor,
                currency=money.currency,
            )
        )
    books[Outbox].add(effects, now=now)


def _refund_of(books: Books, affairs: Affairs, event: PaymentEvent, money: Money) -> Refund | None:
    """By our reference or the provider's; one made there has neither, and is known by its sum."""
    named, ref = event.facts["refund"], event.facts["refund_ref"]
    rows = [
        one
        for receipt in books[Receipts].receipts_of_payment(affairs.payment_id)
        for one in books[Refunds].of_receipt(receipt)
        if one.route in _AT_PROVIDER
    ]
    for one in rows:
        if one.reference == named or one.refund_ref == ref:
            return one
    if named:
        return None
    told = (
        one
        for one in rows
        if one.route is RefundRoute.TOLD
        and one.money == money
        and one.state is RefundState.DONE
        and one.returned_at is None
    )
    return next(told, None)
