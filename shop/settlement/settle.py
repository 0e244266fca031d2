"""What a payment event means for the books, all in one transaction (laws 3, 7, 8 and 10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from shop.books.books import Books
from shop.core.moves import may_move
from shop.core.policy import Policy
from shop.customers.records import Customer, Customers
from shop.ledger.journal_records import IN_REVIEW, WALLET
from shop.ledger.receiving import ReceiptPolicy, judge
from shop.messaging.inbox_records import Inbox, InboxState
from shop.messaging.outbox_records import Outbox
from shop.orders.payment_records import Payments
from shop.orders.states import PAYMENT_MOVES, OrderState, PaymentState
from shop.ports import Happening, PaymentEvent
from shop.refunds.provider_refunds import take_refund_of_unknown_money
from shop.renewals.star_records import StarSubscriptions
from shop.renewals.star_subscriptions import (
    STANDINGS,
    is_later_charge,
    note_first_charge,
    note_standing,
    take_charge,
)
from shop.screening.rules import FraudPolicy
from shop.screening.screening import note_payer
from shop.settlement.circumstances import CircumstanceRecords, Circumstances
from shop.settlement.claim_records import ProviderClaims
from shop.settlement.fulfilment import due_of, fulfil, tell_not_owed
from shop.settlement.left_to_staff import doubt_other_sum, leave_to_staff, tell_of_unknown
from shop.settlement.open_review import in_review, open_review
from shop.settlement.payment_updates import take_late_payment_updates, take_payment_update
from shop.settlement.provider_claims import must_ask, note_provider_claim
from shop.settlement.receipts import book_tax, keep_unknown_money, record_receipt
from shop.settlement.weighing import weigh

if TYPE_CHECKING:
    from shop.screening.rules import Finding


_LEFT_TO_STAFF = frozenset({Happening.UNHANDLED, Happening.PENDING, Happening.FOREIGN})


class Outcome(StrEnum):
    """What an event did."""

    KNOWN = "known"  # this event, or this very money, is in the books already
    SETTLED = "settled"  # the order is paid
    IN_REVIEW = "in_review"  # the order's money is here, and a person decides
    TO_WALLET = "to_wallet"  # money came that the order does not take
    NOTED = "noted"  # no money, but the payment moved on
    ASKED = "asked"  # the provider shall be asked next
    UNHANDLED = "unhandled"
    UNKNOWN = "unknown"  # of an order the shop does not know; kept for staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an event came from: the provider's name and what it sent, for the inbox.

    `is_believed` where we asked the provider ourselves, or staff say so; a webhook is not.
    `is_looked_at` where a person of the shop has seen this very payment and let it pass.
    """

    provider: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_believed: bool = True
    is_looked_at: bool = False


def settle(
    books: Books, event: PaymentEvent, source: Source, *, policy: Policy, now: datetime
) -> Outcome:
    """Take one event to its end. Repeating it changes nothing."""
    inbox_event = keep_event(books, event, source, now=now)
    return settle_kept_event(books, inbox_event, event, source, policy=policy, now=now)


def keep_event(books: Books, event: PaymentEvent, source: Source, *, now: datetime) -> int | None:
    """Put an event into the inbox; None when it is known.

    Always before its customer is claimed: whoever takes the two in another order waits for a
    webhook that waits for him, until PostgreSQL ends one of them.
    """
    inbox_event = books[Inbox].keep(
        source.provider,
        event.event_id,
        kind=event.kind,
        headers=source.headers,
        body=source.body,
        now=now,
    )
    if inbox_event is None and source.is_believed and event.happening is Happening.RECEIVED:
        # Its webhook came first and was not believed; now the provider itself says so.
        inbox_event = books[ProviderClaims].waiting_inbox_event(source.provider, event.event_id)
    return inbox_event


def settle_kept_event(
    books: Books,
    inbox_event: int | None,
    event: PaymentEvent,
    source: Source,
    *,
    policy: Policy,
    now: datetime,
) -> Outcome:
    """Take an event that was just put into the inbox to its end."""
    if inbox_event is None:
        return Outcome.KNOWN
    return act_on(books, inbox_event, event, source, policy=policy, now=now)


def act_on(
    books: Books,
    inbox_event: int,
    event: PaymentEvent,
    source: Source,
    *,
    policy: Policy,
    now: datetime,
) -> Outcome:
    """Take an event of an inbox event that is in the inbox, now or once more, to its end."""
    if event.happening in _LEFT_TO_STAFF:
        leave_to_staff(books, inbox_event, event, source.provider, policy=policy, now=now)
        return Outcome.UNHANDLED
    claimed = _claim(books, event, source.provider)
    if claimed is None:
        books[Inbox].finish(inbox_event, InboxState.UNKNOWN, note="no such payment")
        keep_unknown_money(
            books, event, inbox_event=inbox_event, provider=source.provider, policy=policy, now=now
        )
        tell_of_unknown(books, inbox_event, event, source.provider, policy=policy, now=now)
        if event.happening is Happening.REFUNDED:
            take_refund_of_unknown_money(
                books, event, provider=source.provider, policy=policy, now=now
            )
        return Outcome.UNKNOWN
    customer, affairs = claimed
    if event.happening is Happening.ASK:
        books[Payments].poll_later(affairs.payment_id, now)
        return Outcome.ASKED
    if event.happening is Happening.RECEIVED:
        if not source.is_believed and must_ask(event, affairs, policy=policy):
            return _doubt(books, inbox_event, affairs, event, policy=policy, now=now)
        return _receive(
            books,
            inbox_event,
            customer,
            affairs,
            event,
            is_looked_at=source.is_looked_at,
            policy=policy,
            now=now,
        )
    if event.happening in STANDINGS:
        note_standing(books, customer, affairs, event, now=now)
    else:
        take_payment_update(books, customer, affairs, event, policy=policy, now=now)
    return Outcome.NOTED


def _doubt(
    books: Books,
    inbox_event: int,
    affairs: Circumstances,
    event: PaymentEvent,
    *,
    policy: Policy,
    now: datetime,
) -> Outcome:
    """Ask about what a webhook says; money that is here is known, whatever is said of it now."""
    if books[Payments].by_receipt(affairs.provider, event.receipt_id) is None:
        note_provider_claim(books, inbox_event, affairs, event, now=now)
        return Outcome.ASKED
    return _known(books, inbox_event, affairs, event, policy=policy, now=now)


def _known(
    books: Books,
    inbox_event: int,
    affairs: Circumstances,
    event: PaymentEvent,
    *,
    policy: Policy,
    now: datetime,
) -> Outcome:
    """Money that is in the books changes nothing; staff see it if it is told with another sum."""
    is_other = doubt_other_sum(books, inbox_event, event, affairs.provider, policy=policy, now=now)
    return Outcome.UNHANDLED if is_other else Outcome.KNOWN


def settle_all(
    books: Books, events: Sequence[PaymentEvent], source: Source, *, policy: Policy, now: datetime
) -> list[Outcome]:
    """Take all events of one webhook, in one transaction."""
    inbox_events = [keep_event(books, event, source, now=now) for event in events]
    return [
        settle_kept_event(books, inbox_event, event, source, policy=policy, now=now)
        for inbox_event, event in zip(inbox_events, events, strict=True)
    ]


def _claim(
    books: Books, event: PaymentEvent, provider: str
) -> tuple[Customer, Circumstances] | None:
    reference = event.reference
    if event.happening is Happening.REFUNDED and event.receipt_id and reference:
        # Every charge of a series names the first payment; the money itself knows its own.
        own = books[Payments].by_receipt(provider, event.receipt_id)
        reference = own.reference if own is not None else reference
    customer = books[Payments].claim_payer(reference, provider) if reference else None
    if customer is None:
        if reference and books[Payments].by_reference(reference) is not None:
            return None  # of another provider: whatever else the event names, it is not ours
        # "" is what payments have whose page was never noted: it finds nobody.
        found = event.provider_ref and books[Payments].by_provider_ref(
            provider, event.provider_ref
        )
        if not found and not reference and event.receipt_id:
            # A dispute may name the money alone.
            found = books[Payments].by_receipt(provider, event.receipt_id)
        if not found:
            return None
        reference, customer = found.reference, books[Customers].claim(found.customer_id)
    return customer, books[CircumstanceRecords].of(reference, receipt_id=event.receipt_id)


def _receive(
    books: Books,
    inbox_event: int,
    customer: Customer,
    affairs: Circumstances,
    event: PaymentEvent,
    *,
    is_looked_at: bool,
    policy: Policy,
    now: datetime,
) -> Outcome:
    money = event.money
    assert money is not None  # noqa: S101 - the port says so of RECEIVED
    at = event.occurred_at or now
    is_later, series = is_later_charge(affairs, event), affairs.payment_id
    if is_later:
        charge = _later_charge(books, affairs, event, policy=policy, now=now)
        if charge is None:
            return _known(books, inbox_event, affairs, event, policy=policy, now=now)
        affairs = charge
    judgement = judge(
        due_of(books, customer, affairs, money), money, at=at, policy=policy[ReceiptPolicy]
    )
    findings: tuple[Finding, ...] = ()
    # What comes again by itself was weighed when it came first.
    if judgement.fulfils and not (is_looked_at or is_later or affairs.is_charge):
        findings = weigh(
            books,
            customer,
            event.payer,
            affairs,
            uses_wallet=bool(judgement.from_wallet),
            policy=policy[FraudPolicy],
            now=now,
        )
    is_in_review = bool(findings)
    receipt = record_receipt(
        books,
        event,
        money,
        in_review(judgement) if is_in_review else judgement,
        provider=affairs.provider,
        payment_id=affairs.payment_id,
        customer_id=customer.id,
        rest=IN_REVIEW if is_in_review else WALLET,
        now=now,
    )
    if receipt is None:
        return _known(books, inbox_event, affairs, event, policy=policy, now=now)
    if not is_later:
        note_first_charge(books, affairs, event, now=now)
    note_payer(books, customer, event.payer, provider=affairs.provider, now=now)
    if may_move(PAYMENT_MOVES, affairs.payment_state, PaymentState.FINAL):
        books[Payments].move(
            affairs.payment_id, old=affairs.payment_state, new=PaymentState.FINAL, poll_at=None
        )
    affected = (books, customer, affairs, judgement)
    if is_in_review:
        outcome = Outcome.IN_REVIEW
        effects = open_review(
            *affected,
            findings,
            receipt=receipt,
            money=money,
            payer=event.payer,
            policy=policy,
            now=now,
        )
    elif judgement.fulfils:
        outcome = Outcome.SETTLED
        effects = fulfil(
            *affected,
            receipt=receipt,
            money=money,
            policy=policy,
            now=now,
            by_itself=affairs.provider if is_later else "",
        )
        _book_sale(books, event, affairs, receipt=receipt, series=series, now=now)
    else:
        outcome = Outcome.TO_WALLET
        effects = tell_not_owed(customer, affairs, judgement, receipt, money, policy=policy)
    books[Outbox].add(effects, now=now)
    take_late_payment_updates(books, affairs, receipt, event.receipt_id, policy=policy, now=now)
    return outcome


def _book_sale(
    books: Books,
    event: PaymentEvent,
    affairs: Circumstances,
    *,
    receipt: int,
    series: int,
    now: datetime,
) -> None:
    """What follows from a fulfilled order: its tax, and what a series pays for from now on."""
    if event.tax:
        book_tax(books, receipt, now=now)
    if affairs.payment_id != series:
        books[StarSubscriptions].follow(series, affairs.order_id)


def _later_charge(
    books: Books, affairs: Circumstances, event: PaymentEvent, *, policy: Policy, now: datetime
) -> Circumstances | None:
    """The payment that a later charge of a series is; None when exactly this money is known."""
    reference = take_charge(books, affairs, event, policy=policy, now=now)
    if reference is None or reference == affairs.reference:
        return affairs if reference else None
    made = books[CircumstanceRecords].of(reference, receipt_id=event.receipt_id)
    return replace(made, order_state=OrderState.OPEN)
