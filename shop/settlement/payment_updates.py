"""What a provider tells of a payment beside new money: seen, failed, expired, taken back."""

from datetime import datetime

from shop.books.books import Books
from shop.core.money import Money
from shop.core.moves import may_move
from shop.core.policy import Policy
from shop.customers.records import Customer
from shop.messaging.kinds import Notice
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Effect, Outbox
from shop.orders.payment_records import Payments
from shop.orders.states import OPEN_PAYMENTS, PAYMENT_MOVES, OrderState, PaymentState
from shop.ports import Happening, PaymentEvent, Refusal
from shop.refunds.disputes import catch_up_disputes, take_dispute
from shop.refunds.provider_refunds import catch_up, take_provider_refund
from shop.refunds.returned_refunds import take_returned_refund
from shop.renewals.renew import note_decline
from shop.settlement.circumstances import Circumstances

_MOVES = {
    Happening.SEEN: PaymentState.SEEN,
    Happening.FAILED: PaymentState.FAILED,
    Happening.EXPIRED: PaymentState.EXPIRED,
}


def take_payment_update(
    books: Books,
    customer: Customer,
    affairs: Circumstances,
    event: PaymentEvent,
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """Move the payment on and tell whom it concerns; the caller has claimed the customer."""
    if event.happening is Happening.REFUNDED:
        back = take_provider_refund(books, affairs, event, policy=policy, now=now)
        if back is not None:  # not our own doing: nobody overlooks money
            books[Outbox].add(_tell_staff(customer, affairs, event, back, policy=policy), now=now)
        return
    if event.happening is Happening.REFUND_RETURNED:
        take_returned_refund(books, customer, affairs, event, policy=policy, now=now)
        return
    if (new := _MOVES.get(event.happening)) is None:
        take_dispute(books, customer, affairs, event, policy=policy, now=now)
        return
    if not may_move(PAYMENT_MOVES, affairs.payment_state, new):
        return  # out of order or repeated: a later state stands
    poll_at = affairs.poll_at if new in OPEN_PAYMENTS else None
    books[Payments].move(affairs.payment_id, old=affairs.payment_state, new=new, poll_at=poll_at)
    key, slug = str(affairs.payment_id), affairs.product.slug
    if new is PaymentState.SEEN:
        books[Outbox].add([tell_customer(customer, Notice.SEEN, key=key, plan=slug)], now=now)
    elif new is PaymentState.FAILED and affairs.is_charge:
        why = Refusal(event.facts.get("why", Refusal.DECLINED))
        books[Outbox].add(
            note_decline(books, customer, affairs, why, policy=policy, now=now), now=now
        )
    elif new is PaymentState.FAILED and affairs.order_state is OrderState.OPEN:
        told = tell_customer(
            customer, Notice.PAYMENT_FAILED, key=key, plan=slug, term=affairs.term
        )
        books[Outbox].add([told], now=now)


def take_late_payment_updates(
    books: Books,
    affairs: Circumstances,
    receipt: int,
    receipt_id: str,
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """Money has its place now: what was told before to have gone back, or to be disputed."""
    if affairs.is_told_of:
        catch_up(books, affairs, receipt, receipt_id, policy=policy, now=now)
        catch_up_disputes(books, affairs, receipt, receipt_id, policy=policy, now=now)


def _tell_staff(
    customer: Customer, affairs: Circumstances, event: PaymentEvent, told: Money, *, policy: Policy
) -> list[Effect]:
    so_far = event.money.minor if event.money else event.event_id
    return tell_staff(
        policy,
        Notice.MONEY_BACK,
        key=f"{affairs.payment_id}:{so_far}",
        customer=customer.id,
        name=customer.name,
        provider=affairs.provider,
        plan=affairs.product.slug,
        what=PaymentState.REFUNDED,
        minor=told.minor,
        currency=told.currency,
    )
