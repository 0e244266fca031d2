"""What a provider tells of a payment beside new money: seen, failed, expired, taken back."""

from datetime import datetime

from shop.books.books import Books
from shop.core.moves import may_move
from shop.core.policy import Policy
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Effect, Outbox
from shop.orders.claimed_payment import ClaimedPayment, PaymentUpdate
from shop.orders.payment_records import Payment, Payments
from shop.orders.seen_records import SeenPayments
from shop.orders.states import OPEN_PAYMENTS, PAYMENT_MOVES, OrderState, PaymentState
from shop.orders.waits import SEEN_FOR, poll_wait
from shop.ports import Decline, Happening, OnItsWay, PaymentEvent, Refusal
from shop.refunds.disputes import catch_up_disputes, take_dispute
from shop.refunds.provider_refunds import catch_up, take_provider_refund, tell_given_back
from shop.refunds.returned_refunds import take_returned_refund
from shop.renewals.charge_outcomes import note_decline
from shop.settlement.circumstances import CircumstanceRecords, Circumstances
from shop.settlement.notices import NeverConfirmed, PaymentFailed, Seen, SeenNoMore

_MOVES = {
    Happening.SEEN: PaymentState.SEEN,
    Happening.FAILED: PaymentState.FAILED,
    Happening.EXPIRED: PaymentState.EXPIRED,
}
_PAID = frozenset({OrderState.PAID, OrderState.IN_REVIEW, OrderState.REFUNDED})
_NO_WORD = "seen.never_confirmed"


def take_payment_update(update: PaymentUpdate[Circumstances]) -> None:
    """Move the payment on and tell whom it concerns."""
    happening = update.event.happening
    if happening is Happening.REFUNDED:
        back = take_provider_refund(update)
        if back is not None:  # not our own doing: nobody overlooks money
            told = tell_given_back(update, back, key=update.event.event_id)
            update.books[Outbox].add(told, now=update.now)
    elif happening is Happening.REFUND_RETURNED:
        take_returned_refund(update)
    elif (new := _MOVES.get(happening)) is None:
        take_dispute(update)
    elif may_move(PAYMENT_MOVES, update.affairs.payment_state, new):
        _move(update, new)
    # else out of order or repeated: the event is kept, and the later state stands


def _move(update: PaymentUpdate[Circumstances], new: PaymentState) -> None:
    books, affairs = update.books, update.affairs
    poll_at = affairs.poll_at if new in OPEN_PAYMENTS else None
    books[Payments].move(affairs.payment_id, old=affairs.payment_state, new=new, poll_at=poll_at)
    key, plan = str(affairs.payment_id), affairs.product.slug
    was_seen = affairs.payment_state is PaymentState.SEEN
    effects = list[Effect]()
    if new is PaymentState.SEEN:
        _note_seen(update)
        effects = [tell_customer(update.customer, Seen(plan=plan), key=key)]
    elif affairs.is_charge and (new is PaymentState.FAILED or was_seen):
        effects = note_decline(update)
    elif was_seen:
        # They read that it is on its way: whatever became of the order, they read how it ended.
        no_more = SeenNoMore(
            plan=plan,
            term=affairs.interval,
            provider=affairs.provider,
            has_failed=new is PaymentState.FAILED,
            is_paid=affairs.order_state in _PAID,
        )
        effects = [tell_customer(update.customer, no_more, key=key)]
    elif new is PaymentState.FAILED and affairs.order_state is OrderState.OPEN:
        failed = PaymentFailed(plan=plan, term=affairs.interval)
        effects = [tell_customer(update.customer, failed, key=key)]
    books[Outbox].add(effects, now=update.now)


def _note_seen(update: PaymentUpdate[Circumstances]) -> None:
    """From now on its provider has so long for its last word; somebody asks until then."""
    told, now, affairs = update.event.detail, update.now, update.affairs
    until = now + (told.within if isinstance(told, OnItsWay) else SEEN_FOR)
    poll_at = min(affairs.poll_at or until, until)
    update.books[SeenPayments].note(affairs.payment_id, until=until, poll_at=poll_at, now=now)


def end_seen(books: Books, payment: Payment, *, policy: Policy, now: datetime) -> None:
    """What was seen ended without a word of its provider: both sides are told, once.

    It is asked about further as any that ran out, and money that still comes counts (law 7).
    """
    customer = books[Payments].claim_payer(payment.reference, payment.provider)
    affairs = books[CircumstanceRecords].of(payment.reference)
    if customer is None or affairs.payment_state is not PaymentState.SEEN:
        return
    update = PaymentUpdate(
        books=books,
        customer=customer,
        affairs=affairs,
        policy=policy,
        now=now,
        event=PaymentEvent(
            event_id=_NO_WORD,
            kind=_NO_WORD,
            happening=Happening.EXPIRED,
            detail=Decline(why=Refusal.UNCONFIRMED),
        ),
    )
    _move(update, PaymentState.EXPIRED)
    wait = poll_wait(now - payment.created_at)
    books[Payments].poll_later(payment.id, None if wait is None else now + wait)
    heard = NeverConfirmed(
        customer=customer.id,
        name=customer.name,
        provider=payment.provider,
        plan=affairs.product.slug,
        term=affairs.interval,
        money=affairs.due,
        reference=payment.reference,
    )
    books[Outbox].add(tell_staff(policy, heard, key=str(payment.id)), now=now)


def take_late_payment_updates(
    claimed: ClaimedPayment[Circumstances], receipt: int, receipt_id: str
) -> None:
    """Money has its place now: what was told before to have gone back, or to be disputed."""
    if claimed.affairs.is_told_of:
        catch_up(claimed, receipt, receipt_id)
        catch_up_disputes(claimed, receipt, receipt_id)
