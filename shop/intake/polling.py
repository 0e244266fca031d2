"""Asks providers about every open payment, so that a lost webhook costs minutes (law 11)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from shop.books.books import Books
from shop.books.opening import Storage
from shop.core.moves import may_move
from shop.core.policy import Policy
from shop.intake.taken_back import SETTLED, as_it_stands
from shop.orders.payment_records import Payment, Payments
from shop.orders.provider_health import note_answer, note_trouble
from shop.orders.seen_records import SeenPayments
from shop.orders.states import PAYMENT_MOVES, PaymentState
from shop.orders.waits import is_seen_too_long, poll_wait, seen_wait
from shop.ports import (
    Clock,
    Happening,
    PaymentEvent,
    PaymentProvider,
    ProviderError,
    ProviderSilentError,
    can_be_asked,
)
from shop.settlement.payment_updates import end_seen
from shop.settlement.provider_claims import check_provider_claims, refs_to_ask
from shop.settlement.settle import Outcome, Source, settle_all

_LEASE = timedelta(minutes=2)
_HINTED = timedelta(hours=6)  # how soon an old payment is asked about again, where nobody answers


def claim_polls(books: Books, *, now: datetime, most: int) -> list[Payment]:
    """Payments it is time to ask about."""
    return books[Payments].claim_polls(now=now, lease=now + _LEASE, most=most)


def note_poll(
    books: Books,
    payment: Payment,
    events: list[PaymentEvent],
    *,
    policy: Policy,
    now: datetime,
    error: ProviderError | None = None,
    is_askable: bool = True,
) -> list[Outcome]:
    """Settle what the provider told, and set when to ask next; silence is counted."""
    if isinstance(error, ProviderSilentError):
        note_trouble(books, payment.provider, error.sentence, policy=policy, now=now)
    elif error is None:
        note_answer(books, payment.provider)
    source = Source(provider=payment.provider)
    # An answer about another order is no answer about this one, whoever gave it.
    events = [event for event in events if event.reference in {"", payment.reference}]
    told = [event for event in events if event.happening is not Happening.PENDING]
    told = as_it_stands(books, payment, told, now=now)
    outcomes = settle_all(books, told, source, policy=policy, now=now)
    today = books[Payments].by_reference(payment.reference)
    if today is not None:
        is_silent = isinstance(error, ProviderSilentError)
        _ask_again(books, payment, today, events, now=now, is_silent=is_silent)
        # What one that cannot be asked was said to have brought, a person must confirm.
        check_provider_claims(books, today, events if is_askable else (), policy=policy, now=now)
        end_what_was_seen(books, today, policy=policy, now=now, is_silent=error is not None)
    return outcomes


def _ask_again(
    books: Books,
    asked: Payment,
    today: Payment,
    events: list[PaymentEvent],
    *,
    now: datetime,
    is_silent: bool,
) -> None:
    """Set when to ask next, unless a webhook wanted it at once while this question ran."""
    is_more_coming = any(event.happening is Happening.SEEN for event in events)
    if today.poll_at is None and not is_more_coming:
        return
    if today.poll_at not in {None, asked.poll_at}:
        return
    is_over = today.state in SETTLED and events and not is_more_coming
    wait = None if is_over else _wait(books, today, now=now)
    if is_silent and today.state in SETTLED:
        wait = wait or _HINTED  # a hint, however late, had it asked about: it wants an answer
    books[Payments].poll_later(today.id, None if wait is None else now + wait)


def _wait(books: Books, payment: Payment, *, now: datetime) -> timedelta | None:
    age = now - payment.created_at
    if payment.state is not PaymentState.SEEN:
        return poll_wait(age)
    return seen_wait(age, left=books[SeenPayments].until(payment.id) - now)


def end_what_was_seen(
    books: Books, payment: Payment, *, policy: Policy, now: datetime, is_silent: bool
) -> None:
    """What its provider saw, and says no last word about within its bound, ends here."""
    if payment.state is PaymentState.SEEN and is_seen_too_long(
        books[SeenPayments].until(payment.id), now=now, is_silent=is_silent
    ):
        end_seen(books, payment, policy=policy, now=now)


def note_no_page(books: Books, payment: Payment, *, policy: Policy, now: datetime) -> None:
    """A try whose page no one ever saw: it ends with its order, and a new tap makes a new one."""
    if payment.state is PaymentState.SEEN:  # somebody did, though we were never told its name
        note_nobody(books, payment, policy=policy, now=now)
    elif now < payment.expires_at:
        books[Payments].poll_later(payment.id, payment.expires_at)
    elif may_move(PAYMENT_MOVES, payment.state, PaymentState.EXPIRED):
        books[Payments].move(payment.id, old=payment.state, new=PaymentState.EXPIRED, poll_at=None)
    else:  # a hint had it asked about, and its money is here: there is no page to ask about
        books[Payments].poll_later(payment.id, None)


def note_nobody(books: Books, payment: Payment, *, policy: Policy, now: datetime) -> None:
    """Its way to pay is switched off: somebody may have paid, and is found once it is on again."""
    wait = _wait(books, payment, now=now)
    books[Payments].poll_later(payment.id, None if wait is None else now + wait)
    end_what_was_seen(books, payment, policy=policy, now=now, is_silent=True)


def ask_soon(books: Books, reference: str, *, now: datetime) -> Payment | None:
    """The payment of this reference; while it is open, the clock asks about it next."""
    payment = books[Payments].by_reference(reference)
    if payment is not None and payment.poll_at is not None and payment.poll_at > now:
        books[Payments].poll_later(payment.id, now)
    return payment


async def ask_about(
    storage: Storage,
    providers: Mapping[str, PaymentProvider],
    payment: Payment,
    *,
    policy: Policy,
    clock: Clock,
) -> list[Outcome]:
    """One payment, one question; silence only means: ask again."""
    refs = await storage.read(refs_to_ask, payment)
    provider = providers.get(payment.provider)
    if provider is None or not refs:
        note = note_nobody if refs else note_no_page
        await storage.run(note, payment, policy=policy, now=clock.now())
        return []
    events: list[PaymentEvent] = []
    trouble: ProviderError | None = None
    try:
        for ref in refs:
            events += await _told_of(provider, payment, ref)
    except ProviderError as error:
        events, trouble = [], error
    return await storage.run(
        note_poll,
        payment,
        events,
        policy=policy,
        now=clock.now(),
        error=trouble,
        is_askable=can_be_asked(provider),
    )


async def _told_of(
    provider: PaymentProvider, payment: Payment, ref: str
) -> Sequence[PaymentEvent]:
    try:
        return await provider.look_up(payment.reference, ref)
    except ProviderSilentError:
        raise
    except ProviderError:
        if ref == payment.provider_ref:
            raise
        return []  # only a webhook named it, and the provider does not know it
