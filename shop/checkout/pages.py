"""What came of asking a provider for a page: its address, silence, or a no."""

from datetime import datetime
from hashlib import sha256

from shop.books.books import Books
from shop.core.moves import may_move
from shop.core.policy import Policy
from shop.messaging.notices import tell_staff
from shop.messaging.outbox_records import Outbox
from shop.orders.health_rules import HealthPolicy
from shop.orders.limits import note_refused_sum
from shop.orders.notices import PageRefused
from shop.orders.payment_records import Payment, Payments
from shop.orders.provider_health import note_answer, note_trouble
from shop.orders.states import PAYMENT_MOVES, PaymentState
from shop.ports import PaymentPage, ProviderError, ProviderSilentError, RequestRefusedError

_LONGEST_REASON = 200


def note_page(books: Books, payment: Payment, page: PaymentPage) -> None:
    """Note where it is paid; a page that closes earlier than the order says so."""
    expires_at = min(page.expires_at or payment.expires_at, payment.expires_at)
    books[Payments].note_page(
        payment.id, provider_ref=page.provider_ref, url=page.url, expires_at=expires_at
    )


def note_answered(
    books: Books,
    payment: Payment,
    page: PaymentPage,
    seconds: float,
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """The provider made the page; one that takes too long for people is in trouble, too."""
    note_page(books, payment, page)
    if seconds > policy[HealthPolicy].slow_seconds:
        error = f"{seconds:.0f} s for a page"
        note_trouble(books, payment.provider, error, policy=policy, now=now)
    else:
        note_answer(books, payment.provider)


def note_no_answer(
    books: Books, payment: Payment, error: ProviderError, *, policy: Policy, now: datetime
) -> None:
    """Law 11: no answer is not a no, so the clock asks again; in either case it is counted.

    A no to this one request is no trouble of the provider: this try ends, and staff read why.
    """
    if isinstance(error, RequestRefusedError):
        _note_refused(books, payment, error, policy=policy, now=now)
        return
    is_no = not isinstance(error, ProviderSilentError)
    note_trouble(books, payment.provider, error.sentence, policy=policy, now=now, is_no=is_no)
    if not is_no and may_move(PAYMENT_MOVES, payment.state, PaymentState.UNKNOWN):
        books[Payments].move(
            payment.id, old=payment.state, new=PaymentState.UNKNOWN, poll_at=payment.poll_at
        )


def _note_refused(
    books: Books,
    payment: Payment,
    error: RequestRefusedError,
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """Nobody was ever shown a page of this try; asked anew, it would be refused anew."""
    if payment.state is PaymentState.CREATED:
        failed = PaymentState.FAILED
        books[Payments].move(payment.id, old=payment.state, new=failed, poll_at=None)
    note_refused_sum(books, payment.provider, payment.due, error, now=now)
    reason = str(error.facts["reason"])[:_LONGEST_REASON]
    refused = PageRefused(provider=payment.provider, money=payment.due, reason=reason)
    key = f"{payment.provider}:{sha256(reason.encode()).hexdigest()[:16]}:{now:%Y-%m-%d}"
    books[Outbox].add(tell_staff(policy, refused, key=key), now=now)
