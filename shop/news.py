"""What a provider tells of a payment beside new money: seen, failed, expired, taken back."""

from datetime import datetime

from shop.notices import tell_customer, tell_staff
from shop.ports import Happening, PaymentEvent, Refusal
from shop.renewals import note_decline
from shop.rules.notices import Notice
from shop.rules.policy import Policy
from shop.rules.states import (
    OPEN_PAYMENTS,
    PAYMENT_MOVES,
    OrderState,
    PaymentState,
    may_move,
)
from shop.storage.books import Books
from shop.storage.customers import Customer
from shop.storage.outbox import Effect
from shop.storage.payments import Affairs

_MOVES = {
    Happening.SEEN: PaymentState.SEEN,
    Happening.FAILED: PaymentState.FAILED,
    Happening.EXPIRED: PaymentState.EXPIRED,
    Happening.REFUNDED: PaymentState.REFUNDED,
    Happening.DISPUTED: PaymentState.DISPUTED,
}
_TAKEN_BACK = frozenset({Happening.REFUNDED, Happening.DISPUTED})


def take_news(
    books: Books,
    customer: Customer,
    affairs: Affairs,
    event: PaymentEvent,
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """Move the payment on and tell whom it concerns; the caller has claimed the customer."""
    new = _MOVES[event.happening]
    if event.happening in _TAKEN_BACK:
        # Also out of order, and each part that goes back: nobody overlooks money.
        books.outbox.add(_tell_staff(customer, affairs, event, policy=policy), now=now)
    if not may_move(PAYMENT_MOVES, affairs.payment_state, new):
        return  # out of order or repeated: a later state stands
    poll_at = affairs.poll_at if new in OPEN_PAYMENTS else None
    books.payments.move(affairs.payment_id, old=affairs.payment_state, new=new, poll_at=poll_at)
    key, slug = str(affairs.payment_id), affairs.product.slug
    if new is PaymentState.SEEN:
        books.outbox.add([tell_customer(customer, Notice.SEEN, key=key, plan=slug)], now=now)
    elif new is PaymentState.FAILED and affairs.is_charge:
        why = Refusal(event.facts.get("why", Refusal.DECLINED))
        books.outbox.add(
            note_decline(books, customer, affairs, why, policy=policy, now=now), now=now
        )
    elif new is PaymentState.FAILED and affairs.order_state is OrderState.OPEN:
        told = tell_customer(
            customer, Notice.PAYMENT_FAILED, key=key, plan=slug, term=affairs.term
        )
        books.outbox.add([told], now=now)


def _tell_staff(
    customer: Customer, affairs: Affairs, event: PaymentEvent, *, policy: Policy
) -> list[Effect]:
    what, money = _MOVES[event.happening], event.money or affairs.whole
    return tell_staff(
        policy, Notice.MONEY_BACK, key=f"{affairs.payment_id}:{what}:{money.minor}",
        customer=customer.id, name=customer.name, provider=affairs.provider,
        plan=affairs.product.slug, what=what, minor=money.minor, currency=money.currency,
    )  # fmt: skip
