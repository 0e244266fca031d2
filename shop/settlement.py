"""What a payment event means for the books, all in one transaction (laws 3, 7, 8 and 10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shop.notices import tell_customer, tell_staff
from shop.ports import Happening, PaymentEvent
from shop.rules.money import Money
from shop.rules.notices import Notice
from shop.rules.periods import Interval
from shop.rules.policy import Policy
from shop.rules.receiving import Due, Judgement, Verdict, judge
from shop.rules.states import (
    OPEN_PAYMENTS,
    PAYMENT_MOVES,
    OrderState,
    PaymentState,
    may_move,
)
from shop.storage.books import Books
from shop.storage.customers import Customer
from shop.storage.inbox import InboxState
from shop.storage.journal import WALLET, Entry
from shop.storage.outbox import Effect
from shop.storage.payments import Affairs, Payment
from shop.subscribing import add_time


class Outcome(StrEnum):
    """What an event did."""

    KNOWN = "known"  # this event, or this very money, is in the books already
    SETTLED = "settled"  # the order is paid
    TO_WALLET = "to_wallet"  # money came that the order does not take
    NOTED = "noted"  # no money, but the payment moved on
    ASKED = "asked"  # the provider shall be asked next
    UNHANDLED = "unhandled"
    UNKNOWN = "unknown"  # of an order the shop does not know; kept for staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an event came from: the provider's name and what it sent, for the inbox."""

    provider: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def settle(
    books: Books, event: PaymentEvent, source: Source, *, policy: Policy, now: datetime
) -> Outcome:
    """Take one event to its end. Repeating it changes nothing."""
    letter = books.inbox.keep(
        source.provider, event.event_id, kind=event.kind, headers=source.headers,
        body=source.body, now=now,
    )  # fmt: skip
    if letter is None:
        return Outcome.KNOWN
    if event.happening in {Happening.UNHANDLED, Happening.PENDING}:
        note = ", ".join(f"{name} {fact}" for name, fact in event.facts.items())
        books.inbox.finish(letter, InboxState.UNHANDLED, note=note)
        return Outcome.UNHANDLED
    payment = _find(books, event, source.provider)
    if payment is None:
        books.inbox.finish(letter, InboxState.UNKNOWN, note="no such payment")
        return _keep_unknown_money(books, event, source.provider, policy=policy, now=now)
    customer = books.customers.claim(payment.customer_id)
    if event.happening is Happening.ASK:
        books.payments.poll_later(payment.id, now)
        return Outcome.ASKED
    affairs = books.payments.affairs(payment.id)
    if event.happening is Happening.RECEIVED:
        return _receive(books, customer, affairs, event, policy=policy, now=now)
    return _move_on(books, customer, affairs, event, policy=policy, now=now)


def settle_all(
    books: Books, events: Sequence[PaymentEvent], source: Source, *, policy: Policy, now: datetime
) -> list[Outcome]:
    """Take all events of one webhook, in one transaction."""
    return [settle(books, event, source, policy=policy, now=now) for event in events]


def _find(books: Books, event: PaymentEvent, provider: str) -> Payment | None:
    found = books.payments.by_reference(event.reference) if event.reference else None
    if found is None and event.provider_ref:
        found = books.payments.by_provider_ref(provider, event.provider_ref)
    return found if found is not None and found.provider == provider else None


def _receive(
    books: Books,
    customer: Customer,
    affairs: Affairs,
    event: PaymentEvent,
    *,
    policy: Policy,
    now: datetime,
) -> Outcome:
    money = event.money
    assert money is not None  # noqa: S101 - the port says so of RECEIVED
    at = event.occurred_at or now
    judgement = judge(_due(books, customer, affairs, money), money, at=at, policy=policy.receipts)
    receipt = books.payments.add_receipt(
        provider=affairs.provider, receipt_id=event.receipt_id, payment_id=affairs.payment_id,
        customer_id=customer.id, money=money, judgement=judgement, occurred_at=at, now=now,
    )  # fmt: skip
    if receipt is None:
        return Outcome.KNOWN
    _enter(
        books, receipt, judgement, provider=affairs.provider, customer_id=customer.id,
        money=money, now=now,
    )  # fmt: skip
    if may_move(PAYMENT_MOVES, affairs.payment_state, PaymentState.FINAL):
        books.payments.move(
            affairs.payment_id, old=affairs.payment_state, new=PaymentState.FINAL, poll_at=None
        )
    if judgement.fulfils:
        effects = _fulfil(
            books, customer, affairs, judgement, receipt=receipt, money=money, now=now
        )
    else:
        effects = _tell_not_owed(customer, affairs, judgement, receipt, money, policy=policy)
    books.outbox.add(effects, now=now)
    return Outcome.SETTLED if judgement.fulfils else Outcome.TO_WALLET


def _due(books: Books, customer: Customer, affairs: Affairs, money: Money) -> Due:
    before = Money.zero(money.currency)
    if money.currency == affairs.whole.currency and money < affairs.whole:
        # Less than the price: perhaps the rest of it. What came before must still be there.
        short = books.payments.short_before(affairs.order_id, money.currency)
        left = books.journal.wallet(customer.id, money.currency)
        before = max(min(short, left, key=_minor), before, key=_minor)
    return Due(
        amount=affairs.whole,
        expires_at=affairs.expires_at,
        is_order_open=affairs.order_state is OrderState.OPEN,
        is_order_paid=affairs.order_state
        in {OrderState.PAID, OrderState.REFUNDED, OrderState.CANCELLED},
        received_before=before,
    )


def _enter(
    books: Books,
    receipt: int,
    judgement: Judgement,
    *,
    provider: str,
    customer_id: int,
    money: Money,
    now: datetime,
) -> None:
    books.journal.enter(
        f"receipt:{receipt}",
        (
            Entry(account=f"provider:{provider}", money=money),
            Entry(account="sales", money=-judgement.to_order),
            Entry(account=WALLET, money=-judgement.to_wallet, customer_id=customer_id),
            Entry(account=WALLET, money=judgement.from_wallet, customer_id=customer_id),
        ),
        now=now,
    )


def _fulfil(
    books: Books,
    customer: Customer,
    affairs: Affairs,
    judgement: Judgement,
    *,
    receipt: int,
    money: Money,
    now: datetime,
) -> list[Effect]:
    closed = books.orders.close(affairs.order_id, OrderState.PAID, now=now)
    assert closed  # noqa: S101 - read under the claim as open or expired
    live = (
        None
        if affairs.subscription_id is None
        else books.subscriptions.get(affairs.subscription_id)
    )
    added = add_time(
        books, customer, affairs.product, Interval.from_key(affairs.term), live=live,
        order_id=affairs.order_id, is_trial=False, now=now,
    )  # fmt: skip
    told = tell_customer(
        customer,
        Notice.PAID,
        key=str(receipt),
        plan=affairs.product.slug,
        term=affairs.term,
        minor=money.minor,
        currency=money.currency,
        verdict=judgement.verdict,
        to_wallet=judgement.to_wallet.minor,
        until=int(added.span.ends_at.timestamp()),
        is_new=added.is_new,
        screen_id=affairs.screen_id,
    )
    return [told, *added.effects]


def _tell_not_owed(
    customer: Customer,
    affairs: Affairs,
    judgement: Judgement,
    receipt: int,
    money: Money,
    *,
    policy: Policy,
) -> list[Effect]:
    facts = {
        "plan": affairs.product.slug,
        "term": affairs.term,
        "minor": money.minor,
        "currency": money.currency,
        "verdict": judgement.verdict,
        "due": affairs.whole.minor,
        "due_currency": affairs.whole.currency,
    }
    return [
        tell_customer(customer, Notice.TO_WALLET, key=str(receipt), **facts),
        *tell_staff(
            policy, Notice.ODD_MONEY, key=str(receipt), customer=customer.id,
            name=customer.name, provider=affairs.provider, **facts,
        ),
    ]  # fmt: skip


def _keep_unknown_money(
    books: Books, event: PaymentEvent, provider: str, *, policy: Policy, now: datetime
) -> Outcome:
    """Money without an order is recorded all the same, and staff are told (law 7)."""
    if event.happening is not Happening.RECEIVED or event.money is None:
        return Outcome.UNKNOWN
    nothing = Money.zero(event.money.currency)
    judgement = Judgement(
        verdict=Verdict.UNKNOWN_ORDER, to_order=nothing, to_wallet=event.money,
        from_wallet=nothing, fulfils=False,
    )  # fmt: skip
    receipt = books.payments.add_receipt(
        provider=provider, receipt_id=event.receipt_id, payment_id=None, customer_id=None,
        money=event.money, judgement=judgement, occurred_at=event.occurred_at or now, now=now,
    )  # fmt: skip
    if receipt is not None:
        unassigned = Entry(account="unassigned", money=-event.money)
        books.journal.enter(
            f"receipt:{receipt}",
            (Entry(account=f"provider:{provider}", money=event.money), unassigned),
            now=now,
        )
        effects = tell_staff(
            policy, Notice.UNKNOWN_MONEY, key=str(receipt), provider=provider,
            minor=event.money.minor, currency=event.money.currency, receipt=event.receipt_id,
            reference=event.reference,
        )  # fmt: skip
        books.outbox.add(effects, now=now)
    return Outcome.UNKNOWN


_MOVES = {
    Happening.SEEN: PaymentState.SEEN,
    Happening.FAILED: PaymentState.FAILED,
    Happening.EXPIRED: PaymentState.EXPIRED,
    Happening.REFUNDED: PaymentState.REFUNDED,
    Happening.DISPUTED: PaymentState.DISPUTED,
}


def _move_on(
    books: Books,
    customer: Customer,
    affairs: Affairs,
    event: PaymentEvent,
    *,
    policy: Policy,
    now: datetime,
) -> Outcome:
    new = _MOVES[event.happening]
    if not may_move(PAYMENT_MOVES, affairs.payment_state, new):
        return Outcome.NOTED  # out of order or repeated: a later state stands
    poll_at = affairs.poll_at if new in OPEN_PAYMENTS else None
    books.payments.move(affairs.payment_id, old=affairs.payment_state, new=new, poll_at=poll_at)
    key, slug = str(affairs.payment_id), affairs.product.slug
    if new is PaymentState.SEEN:
        effects = [tell_customer(customer, Notice.SEEN, key=key, plan=slug)]
    elif new is PaymentState.FAILED and affairs.order_state is OrderState.OPEN:
        effects = [
            tell_customer(customer, Notice.PAYMENT_FAILED, key=key, plan=slug, term=affairs.term)
        ]
    elif new in {PaymentState.REFUNDED, PaymentState.DISPUTED}:
        effects = tell_staff(
            policy, Notice.MONEY_BACK, key=f"{key}:{new}", customer=customer.id,
            name=customer.name, provider=affairs.provider, plan=slug, what=new,
            minor=event.money.minor if event.money else affairs.whole.minor,
            currency=event.money.currency if event.money else affairs.whole.currency,
        )  # fmt: skip
    else:
        effects = []
    books.outbox.add(effects, now=now)
    return Outcome.NOTED


def _minor(money: Money) -> int:
    return money.minor
