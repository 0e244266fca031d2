"""A refund that was made and came back: a bank did not take it, and the money is owed again."""

from shop.core.money import Money
from shop.ledger.journal_records import REFUNDING, Entry, Journal
from shop.ledger.receipt_records import Receipts
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Outbox
from shop.orders.claimed_payment import PaymentUpdate
from shop.orders.payment_records import Affairs
from shop.ports import ReturnedRefund
from shop.refunds.dispute_losses import bring_disputes
from shop.refunds.notices import RefundLate, RefundReturned
from shop.refunds.records import Refund, RefundRoute, Refunds
from shop.refunds.refund import note_refusal
from shop.refunds.states import RefundState
from shop.refunds.total_records import RefundTotals

_AT_PROVIDER = frozenset({RefundRoute.PROVIDER, RefundRoute.TOLD})
_OVER = frozenset({RefundState.FAILED, RefundState.CANCELLED})


def take_returned_refund(update: PaymentUpdate[Affairs]) -> None:
    """Set the money aside again and ask staff for another way.

    Nothing else changes: what ended with the refund stays ended, and the customer gets the money.
    """
    money, told = update.event.money, update.event.detail
    assert money is not None  # noqa: S101 - the port says so of REFUND_RETURNED
    assert isinstance(told, ReturnedRefund)  # noqa: S101 - the same
    found = _refund_of(update, told, money)
    if found is None:
        # Its own news may come yet: that total is of the time before.
        if update.event.receipt_id:
            _lower(update, update.affairs.provider, update.event.receipt_id, money)
        _tell(update, told, money, None)
    elif found.state is not RefundState.DONE:
        if found.state not in _OVER and found.returned_at is None:
            policy, now = update.policy, update.now
            note_refusal(update.books, found.id, told.reason, policy=policy, now=now)
    elif _set_aside(update, told, found):
        _tell(update, told, found.money, found)
        bring_disputes(update.books, found.receipt, policy=update.policy, now=update.now)


def _set_aside(update: PaymentUpdate[Affairs], told: ReturnedRefund, refund: Refund) -> bool:
    """The money is at the provider again, and owed; False when that is known."""
    if not update.books[Refunds].mark_returned(refund, note=told.reason, now=update.now):
        return False
    case = update.books[Refunds].case(refund.receipt)
    _lower(update, case.provider, case.receipt_id, refund.money)
    refund = update.books[Refunds].get(refund.id)
    entries = (
        Entry(account=f"provider:{update.affairs.provider}", money=refund.money),
        Entry(account=REFUNDING, money=-refund.money),
    )
    group = f"refund:{refund.id}:returned{refund.again.removeprefix(':again')}"
    update.books[Journal].enter(group, entries, now=update.now)
    return True


def _lower(update: PaymentUpdate[Affairs], provider: str, receipt_id: str, money: Money) -> None:
    at = update.said_at or update.now
    update.books[RefundTotals].lower(provider, receipt_id, money, returned_at=at)


def _tell(
    update: PaymentUpdate[Affairs], told: ReturnedRefund, money: Money, refund: Refund | None
) -> None:
    customer, plan = update.customer, update.affairs.product.slug
    returned = RefundReturned(
        customer=customer.id,
        name=customer.name,
        provider=update.affairs.provider,
        plan=plan,
        money=money,
        reason=told.reason,
        refund=None if refund is None else refund.id,
    )
    effects = tell_staff(update.policy, returned, key=told.refund_ref)
    if refund is not None:
        late = RefundLate(plan=plan, money=money)
        effects.append(tell_customer(customer, late, key=f"{refund.id}:{told.refund_ref}"))
    update.books[Outbox].add(effects, now=update.now)


def _refund_of(
    update: PaymentUpdate[Affairs], told: ReturnedRefund, money: Money
) -> Refund | None:
    """By our reference or the provider's; one made there has neither, and is known by its sum."""
    books = update.books
    rows = [
        one
        for receipt in books[Receipts].receipts_of_payment(update.affairs.payment_id)
        for one in books[Refunds].of_receipt(receipt)
        if one.route in _AT_PROVIDER
    ]
    for one in rows:
        if one.reference == told.reference or one.refund_ref == told.refund_ref:
            return one
    if told.reference:
        return None
    made_there = (
        one
        for one in rows
        if one.route is RefundRoute.TOLD
        and one.money == money
        and one.state is RefundState.DONE
        and one.returned_at is None
        and not (one.returns and _is_of_before(update, one))
    )
    return next(made_there, None)


def _is_of_before(update: PaymentUpdate[Affairs], refund: Refund) -> bool:
    """Whether this tells, late or doubled, of the time before it was given back anew."""
    at, done_at = update.said_at, refund.done_at
    return at is not None and done_at is not None and at <= done_at
