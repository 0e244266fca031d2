"""What a provider tells of a payment beside new money: seen, failed, expired, taken back."""

from shop.core.money import Money
from shop.core.moves import may_move
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Effect, Outbox
from shop.orders.claimed_payment import ClaimedPayment, PaymentUpdate
from shop.orders.payment_records import Payments
from shop.orders.states import OPEN_PAYMENTS, PAYMENT_MOVES, OrderState, PaymentState
from shop.ports import Happening
from shop.refunds.disputes import catch_up_disputes, take_dispute
from shop.refunds.notices import MoneyBack
from shop.refunds.provider_refunds import catch_up, take_provider_refund
from shop.refunds.returned_refunds import take_returned_refund
from shop.renewals.charge_outcomes import note_decline
from shop.settlement.circumstances import Circumstances
from shop.settlement.notices import PaymentFailed, Seen

_MOVES = {
    Happening.SEEN: PaymentState.SEEN,
    Happening.FAILED: PaymentState.FAILED,
    Happening.EXPIRED: PaymentState.EXPIRED,
}


def take_payment_update(update: PaymentUpdate[Circumstances]) -> None:
    """Move the payment on and tell whom it concerns."""
    happening = update.event.happening
    if happening is Happening.REFUNDED:
        back = take_provider_refund(update)
        if back is not None:  # not our own doing: nobody overlooks money
            update.books[Outbox].add(_tell_staff(update, back), now=update.now)
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
    effects: list[Effect] = []
    if new is PaymentState.SEEN:
        effects = [tell_customer(update.customer, Seen(plan=plan), key=key)]
    elif new is PaymentState.FAILED and affairs.is_charge:
        effects = note_decline(update)
    elif new is PaymentState.FAILED and affairs.order_state is OrderState.OPEN:
        failed = PaymentFailed(plan=plan, term=affairs.interval)
        effects = [tell_customer(update.customer, failed, key=key)]
    books[Outbox].add(effects, now=update.now)


def take_late_payment_updates(
    claimed: ClaimedPayment[Circumstances], receipt: int, receipt_id: str
) -> None:
    """Money has its place now: what was told before to have gone back, or to be disputed."""
    if claimed.affairs.is_told_of:
        catch_up(claimed, receipt, receipt_id)
        catch_up_disputes(claimed, receipt, receipt_id)


def _tell_staff(update: PaymentUpdate[Circumstances], back: Money) -> list[Effect]:
    event, affairs, customer = update.event, update.affairs, update.customer
    so_far = event.money.minor if event.money else event.event_id
    notice = MoneyBack(
        customer=customer.id,
        name=customer.name,
        provider=affairs.provider,
        plan=affairs.product.slug,
        money=back,
    )
    return tell_staff(update.policy, notice, key=f"{affairs.payment_id}:{so_far}")
