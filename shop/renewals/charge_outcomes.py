"""How charges of saved payment methods ended: made, not answered, declined."""

from dataclasses import replace
from datetime import datetime

from shop.books.books import Books
from shop.core.policy import Policy
from shop.customers.records import Customers
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Effect, Outbox
from shop.orders.claimed_payment import PaymentUpdate
from shop.orders.payment_records import Affairs, Payments
from shop.orders.states import PaymentState
from shop.ports import Decline, Refusal
from shop.renewals.notices import MethodRefused, RenewalFailed
from shop.renewals.records import GIVEN_UP, Renewals
from shop.renewals.renew import LEASE, ChargeIntent
from shop.renewals.rules import LOOK_AGAIN, RenewalPolicy, decline_wait, silence_wait
from shop.renewals.saved_methods import card_label

_WORRYING = 4  # silences


def note_charge_made(
    books: Books, intent: ChargeIntent, *, provider_ref: str, now: datetime
) -> None:
    """The provider knows this charge: from now on it can be asked about like any payment."""
    payment = intent.payment
    books[Payments].note_page(
        payment.id, provider_ref=provider_ref, url="", expires_at=payment.expires_at
    )
    books[Payments].poll_later(payment.id, now + LEASE)


def note_charge_silence(
    books: Books, intent: ChargeIntent, *, reason: str, policy: Policy, now: datetime
) -> None:
    """No answer is not a no (law 11): the same charge is asked for again in minutes."""
    books[Customers].claim(intent.renewal.customer_id)
    renewal = books[Renewals].of(intent.renewal.subscription_id)
    payment = books[Payments].get(intent.payment.id)
    if renewal is None or payment is None or renewal.payment_id != payment.id:
        return
    if payment.state is PaymentState.CREATED:
        books[Payments].move(
            payment.id, old=payment.state, new=PaymentState.UNKNOWN, poll_at=payment.poll_at
        )
    silences = renewal.silences + 1
    books[Renewals].write(
        replace(renewal, silences=silences, next_at=now + silence_wait(silences))
    )
    if silences == _WORRYING:
        refused = MethodRefused(verb="charge", reason=reason, customer=renewal.customer_id)
        told = tell_staff(policy, refused, key=f"charge:{payment.reference}")
        books[Outbox].add(told, now=now)


def note_decline(update: PaymentUpdate[Affairs]) -> list[Effect]:
    """A charge failed: when it is tried again, and what the person is told.

    The caller has moved the payment to failed. Nothing follows where it was switched off since.
    """
    books, affairs, now = update.books, update.affairs, update.now
    told = update.event.detail
    why = told.why if isinstance(told, Decline) else Refusal.DECLINED
    renewal = books[Renewals].charged_by(update.customer.id, affairs.payment_id)
    if renewal is None or not renewal.is_on:
        return []
    tries = renewal.tries + 1
    wait = decline_wait(tries, update.policy[RenewalPolicy]) if why is Refusal.DECLINED else None
    again = None if wait is None else now + wait
    books[Renewals].write(
        replace(
            renewal,
            is_on=why is not Refusal.GONE,
            tries=GIVEN_UP if again is None else tries,
            charge_at=again or renewal.charge_at,
            next_at=again or now + LOOK_AGAIN,
        )
    )
    failed = RenewalFailed(
        subscription=renewal.subscription_id,
        plan=affairs.product.slug,
        card=card_label(renewal.method),
        why=why,
        again_at=again,
        money=affairs.whole,
    )
    return [tell_customer(update.customer, failed, key=str(affairs.payment_id))]
