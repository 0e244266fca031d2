"""What a payment event means for the books, all in one transaction (laws 3, 7, 8 and 10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shop.agreements import card_label, means_effect
from shop.fulfilling import due_of, fulfil, tell_not_owed
from shop.news import take_news
from shop.ports import Happening, PaymentEvent
from shop.receipts import keep_unknown_money, record_receipt
from shop.rules.policy import Policy
from shop.rules.receiving import judge
from shop.rules.states import PAYMENT_MOVES, PaymentState, may_move
from shop.starbooks import (
    STANDINGS,
    is_later_charge,
    note_first_charge,
    note_standing,
    take_charge,
)
from shop.storage.books import Books
from shop.storage.customers import Customer
from shop.storage.inbox import InboxState
from shop.storage.payments import Affairs


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
    claimed = _claim(books, event, source.provider)
    if claimed is None:
        books.inbox.finish(letter, InboxState.UNKNOWN, note="no such payment")
        keep_unknown_money(books, event, provider=source.provider, policy=policy, now=now)
        return Outcome.UNKNOWN
    customer, affairs = claimed
    if event.happening is Happening.ASK:
        books.payments.poll_later(affairs.payment_id, now)
        return Outcome.ASKED
    if event.happening is Happening.RECEIVED:
        return _receive(books, customer, affairs, event, policy=policy, now=now)
    if event.happening in STANDINGS:
        note_standing(books, customer, affairs, event, now=now)
    else:
        take_news(books, customer, affairs, event, policy=policy, now=now)
    return Outcome.NOTED


def settle_all(
    books: Books, events: Sequence[PaymentEvent], source: Source, *, policy: Policy, now: datetime
) -> list[Outcome]:
    """Take all events of one webhook, in one transaction."""
    return [settle(books, event, source, policy=policy, now=now) for event in events]


def _claim(books: Books, event: PaymentEvent, provider: str) -> tuple[Customer, Affairs] | None:
    reference = event.reference
    customer = books.customers.claim_payer(reference, provider) if reference else None
    if customer is None:
        if reference and books.payments.by_reference(reference) is not None:
            return None  # of another provider: whatever else the event names, it is not ours
        # "" is what payments have whose page was never noted: it finds nobody.
        found = event.provider_ref and books.payments.by_provider_ref(provider, event.provider_ref)
        if not found and not reference and event.receipt_id:
            # A dispute may name the money alone.
            found = books.payments.by_receipt(provider, event.receipt_id)
        if not found:
            return None
        reference, customer = found.reference, books.customers.claim(found.customer_id)
    return customer, books.payments.affairs(reference)


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
    is_later = is_later_charge(affairs, event)
    if is_later:
        taken = take_charge(books, affairs, event, policy=policy, now=now)
        if taken is None:
            return Outcome.KNOWN
        affairs = taken
    judgement = judge(
        due_of(books, customer, affairs, money), money, at=at, policy=policy.receipts
    )
    receipt = record_receipt(
        books, event, money, judgement, provider=affairs.provider,
        payment_id=affairs.payment_id, customer_id=customer.id, now=now,
    )  # fmt: skip
    if receipt is None:
        return Outcome.KNOWN
    if not is_later:
        note_first_charge(books, affairs, event, now=now)
    if may_move(PAYMENT_MOVES, affairs.payment_state, PaymentState.FINAL):
        books.payments.move(
            affairs.payment_id, old=affairs.payment_state, new=PaymentState.FINAL, poll_at=None
        )
    if judgement.fulfils:
        effects = fulfil(
            books, customer, affairs, judgement, receipt=receipt, money=money, policy=policy,
            now=now, by_itself=_by_itself(books, affairs, is_later=is_later),
        )  # fmt: skip
        if affairs.saves:
            effects.append(means_effect("learn", affairs.payment_id, now=now))
    else:
        effects = tell_not_owed(customer, affairs, judgement, receipt, money, policy=policy)
    books.outbox.add(effects, now=now)
    return Outcome.SETTLED if judgement.fulfils else Outcome.TO_WALLET


def _by_itself(books: Books, affairs: Affairs, *, is_later: bool) -> str:
    """What renewed it without anybody's doing, "" when somebody paid by hand."""
    if is_later:
        return affairs.provider
    if affairs.is_charge and affairs.subscription_id is not None:
        renewal = books.renewals.of(affairs.subscription_id)
        return card_label(renewal.means) if renewal else ""
    return ""
