"""What a webhook says of money is a claim where more is at stake than the owner lets it decide.

Then the provider is asked, and what it says itself is settled (ADR 6); a claim that was not true
gives nothing, and staff read both sums.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shop.books.books import Books
from shop.core.money import Money
from shop.core.policy import Policy
from shop.customers.records import Customers
from shop.messaging.inbox_records import Inbox, InboxState
from shop.messaging.notices import tell_staff
from shop.messaging.outbox_records import Outbox
from shop.orders.claimed_payment import PaymentUpdate
from shop.orders.payment_records import Affairs, Payment, Payments
from shop.ports import Happening, PaymentEvent
from shop.screening.rules import FraudPolicy
from shop.settlement.claim_records import ClaimState, ProviderClaim, ProviderClaims
from shop.settlement.claim_rules import ProviderClaimPolicy
from shop.settlement.notices import FalseClaim

_HASTE = timedelta(minutes=2)  # a provider may tell its webhooks before its own API
_PATIENCE = timedelta(minutes=15)  # with one that does not answer at all
_AGAIN = timedelta(seconds=30)


def must_ask(update: PaymentUpdate[Affairs]) -> bool:
    """Whether this webhook's money is to be asked about: not just what we asked for, or much."""
    money = update.event.money
    if money is None or money != update.affairs.due:
        return True
    if update.event.payer.is_vague and update.policy[FraudPolicy].wants_payer:
        return True
    return not update.policy[ProviderClaimPolicy].may_believe(money)


def note_provider_claim(update: PaymentUpdate[Affairs], *, inbox_event: int) -> None:
    """Keep what was said, and have the clock ask at once."""
    event, payment_id = update.event, update.affairs.payment_id
    if event.money is not None:
        update.books[ProviderClaims].add(
            inbox_event,
            payment_id=payment_id,
            receipt_id=event.receipt_id,
            provider_ref=event.provider_ref,
            money=event.money,
            now=update.now,
        )
    update.books[Payments].poll_later(payment_id, update.now)


def refs_to_ask(books: Books, payment: Payment) -> list[str]:
    """The provider's names of this payment: the one we noted, and those that webhooks claimed."""
    claimed = [claim.provider_ref for claim in books[ProviderClaims].of(payment.id)]
    return [ref for ref in dict.fromkeys([payment.provider_ref, *claimed]) if ref]


def check_provider_claims(
    books: Books,
    payment: Payment,
    events: Sequence[PaymentEvent],
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """Hold what webhooks said against what the provider says; no events mean: no answer."""
    claims = books[ProviderClaims].of(payment.id)
    if not claims:
        return
    received = [event for event in events if event.happening is Happening.RECEIVED]
    for claim in claims:
        found = next((one for one in received if one.receipt_id == claim.receipt_id), None)
        if found is not None and found.money == claim.money:
            books[ProviderClaims].end(claim.inbox_event_id, ClaimState.CONFIRMED)
            books[Inbox].finish(claim.inbox_event_id, InboxState.DONE, note="confirmed")
        elif found is not None or (events and now - claim.made_at >= _HASTE):
            money = found.money if found is not None else _together(received, claim)
            _deny(books, payment, claim, money, policy=policy, now=now)
        elif not events and now - claim.made_at >= _PATIENCE:
            _tell(books, payment, claim, None, policy=policy, now=now, is_silent=True)
    soon = now + _AGAIN
    today = books[Payments].by_reference(payment.reference)
    # A webhook may have wanted it at once while this question ran: that stands.
    is_soon = today is not None and today.poll_at is not None and today.poll_at <= soon
    if books[ProviderClaims].of(payment.id) and not is_soon:
        books[Payments].poll_later(payment.id, soon)


def _together(received: Sequence[PaymentEvent], claim: ProviderClaim) -> Money:
    """What the provider says has come, in the currency of the claim."""
    currency = claim.money.currency
    sums = (one.money.minor for one in received if one.money and one.money.currency == currency)
    return Money(sum(sums), currency)


def _deny(
    books: Books,
    payment: Payment,
    claim: ProviderClaim,
    found: Money | None,
    *,
    policy: Policy,
    now: datetime,
) -> None:
    books[ProviderClaims].end(claim.inbox_event_id, ClaimState.DENIED)
    _tell(books, payment, claim, found, policy=policy, now=now, is_silent=False)


def _tell(
    books: Books,
    payment: Payment,
    claim: ProviderClaim,
    found: Money | None,
    *,
    policy: Policy,
    now: datetime,
    is_silent: bool,
) -> None:
    said = "no answer" if is_silent else f"{payment.provider} says {found}"
    books[Inbox].finish(
        claim.inbox_event_id, InboxState.UNHANDLED, note=f"claimed {claim.money}; {said}"
    )
    if not books[ProviderClaims].note_told(claim.inbox_event_id, now=now) and is_silent:
        return
    customer = books[Customers].get(payment.customer_id)
    notice = FalseClaim(
        inbox_event=claim.inbox_event_id,
        customer=customer.id,
        name=customer.name,
        provider=payment.provider,
        claimed=claim.money,
        found=found or Money.zero(claim.money.currency),
        is_silent=is_silent,
    )
    key = f"{claim.inbox_event_id}:{int(is_silent)}"
    books[Outbox].add(tell_staff(policy, notice, key=key), now=now)
