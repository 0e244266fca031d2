"""A charge whose end nobody tells is not waited for endlessly: the person decides."""

from dataclasses import replace
from datetime import datetime

from shop.books.books import Books
from shop.core.policy import Policy
from shop.customers.records import Customer
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Outbox
from shop.orders.payment_records import Payment, Payments
from shop.orders.states import PaymentState
from shop.orders.waits import SEEN_FOR, SILENT_FOR
from shop.ports import Refusal
from shop.renewals.notices import ChargeUnheard, RenewalFailed
from shop.renewals.records import GIVEN_UP, Renewal, Renewals
from shop.renewals.rules import LOOK_AGAIN
from shop.renewals.saved_methods import card_label


def unheard_until(charge: Payment) -> datetime | None:
    """When a charge that is neither seen nor final ends; None where it was seen.

    What was seen has a bound of its own. A charge that its provider never answered about may be
    made this very moment, so that one is waited for a little longer (law 11).
    """
    if charge.state is PaymentState.SEEN:
        return None
    until = charge.created_at + SEEN_FOR
    return until if charge.provider_ref else until + SILENT_FOR


def give_up_unheard(
    books: Books,
    customer: Customer,
    renewal: Renewal,
    charge: Payment,
    *,
    plan: str,
    policy: Policy,
    now: datetime,
) -> None:
    """Nobody knows whether it was charged, so nobody asks again; both sides are told, once.

    Money that still comes of it counts (law 7); the caller has the claim.
    """
    books[Payments].move(
        charge.id,
        old=charge.state,
        new=PaymentState.EXPIRED,
        poll_at=charge.poll_at if charge.provider_ref else None,
    )
    books[Renewals].write(replace(renewal, tries=GIVEN_UP, next_at=now + LOOK_AGAIN))
    card = card_label(renewal.method)
    failed = RenewalFailed(
        subscription=renewal.subscription_id,
        plan=plan,
        card=card,
        why=Refusal.UNCONFIRMED,
        again_at=None,
        money=charge.whole,
    )
    unheard = ChargeUnheard(
        customer=customer.id,
        name=customer.name,
        provider=charge.provider,
        plan=plan,
        card=card,
        money=charge.due,
        reference=charge.reference,
    )
    key = str(charge.id)
    told = tell_customer(customer, failed, key=key)
    books[Outbox].add([told, *tell_staff(policy, unheard, key=key)], now=now)
