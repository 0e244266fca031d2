"""What a payment event means for the books, all in one transaction (laws 3, 7, 8 and 10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from shop.books.books import Books
from shop.core.policy import Policy
from shop.ledger.receiving import ReceiptPolicy, judge
from shop.messaging.inbox_records import Inbox, InboxState
from shop.messaging.outbox_records import Effect, Outbox
from shop.orders.claimed_payment import PaymentUpdate
from shop.orders.payment_records import Payments
from shop.orders.states import OrderState
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
from shop.screening.rules import Finding
from shop.settlement.circumstances import CircumstanceRecords, Circumstances
from shop.settlement.elsewhere import count_elsewhere, is_elsewhere
from shop.settlement.fulfilment import due_of, fulfil, tell_not_owed
from shop.settlement.kept_event import KeptEvent, claim_payment, inbox_name
from shop.settlement.left_to_staff import doubt_other_sum, leave_to_staff, tell_of_unknown
from shop.settlement.open_review import open_review
from shop.settlement.payment_updates import take_late_payment_updates, take_payment_update
from shop.settlement.provider_claims import must_ask, note_provider_claim
from shop.settlement.receipts import book_tax, keep_unknown_money, record_payment
from shop.settlement.received_money import ReceivedMoney
from shop.settlement.taken_back import (
    ask_if_in_doubt,
    is_news,
    is_true_again,
    must_ask_again,
    tells_of_taken_back,
)
from shop.settlement.weighing import weigh

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
    ELSEWHERE = "elsewhere"  # of another business in the same account: counted, not booked


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an event came from: the provider's name and what it sent, for the inbox.

    `is_believed` where we asked the provider ourselves, or staff say so; a webhook is not.
    `is_looked_at` where a person of the shop has seen this very payment and let it pass,
    `is_wanted` where one picked this very event, to be booked even if nothing says it is ours.
    """

    provider: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_believed: bool = True
    is_looked_at: bool = False
    is_wanted: bool = False


def settle(
    books: Books, event: PaymentEvent, source: Source, *, policy: Policy, now: datetime
) -> Outcome:
    """Take one event to its end. Repeating it changes nothing."""
    inbox_event = keep_event(books, event, source, now=now)
    return settle_kept_event(books, inbox_event, event, source, policy=policy, now=now)


def keep_event(books: Books, event: PaymentEvent, source: Source, *, now: datetime) -> int | None:
    """Put an event into the inbox; None when it is known.

    Always before its customer is claimed: whoever takes the two in another order waits for a
    webhook that waits for them, until PostgreSQL ends one of them.
    """
    name = inbox_name(event)
    inbox_event = books[Inbox].keep(
        source.provider,
        name,
        kind=event.kind,
        headers=source.headers,
        body=source.body,
        now=now,
    )
    if inbox_event is None and source.is_believed and is_true_again(books, source.provider, event):
        # An event of this name came before and was not believed, said too little, or was about
        # other money: now the provider itself says that this came, and it is not in the books.
        # Or the provider turned round since, and says the same again.
        inbox_event = books[Inbox].take_again(source.provider, name)
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
        is_asked = not source.is_believed and ask_if_in_doubt(
            books, source.provider, event, now=now
        )
        return Outcome.ASKED if is_asked else Outcome.KNOWN
    return act_on(
        KeptEvent(
            books=books,
            inbox_event=inbox_event,
            event=event,
            provider=source.provider,
            is_believed=source.is_believed,
            is_looked_at=source.is_looked_at,
            is_wanted=source.is_wanted,
            policy=policy,
            now=now,
        )
    )


def act_on(kept: KeptEvent) -> Outcome:
    """Take an event that is in the inbox, now or once more, to its end."""
    event = kept.event
    if event.happening in _LEFT_TO_STAFF:
        return _leave(kept)
    update = claim_payment(kept)
    if update is None:
        return _keep_unknown(kept)
    if event.happening is Happening.ASK or must_ask_again(kept):
        kept.books[Payments].poll_later(update.affairs.payment_id, kept.now)
        return Outcome.ASKED
    if event.happening is Happening.RECEIVED:
        if not kept.is_believed and must_ask(update):
            return _doubt(kept, update)
        return _receive(kept, update)
    return _note(kept, update)


def _note(kept: KeptEvent, update: PaymentUpdate[Circumstances]) -> Outcome:
    """What moves a payment on without new money."""
    event = kept.event
    if tells_of_taken_back(event) and not is_news(kept.books, kept.provider, event):
        return Outcome.KNOWN
    if event.happening in STANDINGS:
        note_standing(update)
    else:
        take_payment_update(update)
    return Outcome.NOTED


def _leave(kept: KeptEvent) -> Outcome:
    """What the shop does not act on; where it tells of money at all, it may be another's."""
    if kept.event.for_staff and is_elsewhere(kept):
        count_elsewhere(kept)
        return Outcome.ELSEWHERE
    leave_to_staff(kept)
    return Outcome.UNHANDLED


def _keep_unknown(kept: KeptEvent) -> Outcome:
    """Its payment is in no book: what it says of money is kept all the same, if it is ours."""
    is_others = is_elsewhere(kept)
    if is_others:
        count_elsewhere(kept)
    else:
        kept.books[Inbox].finish(kept.inbox_event, InboxState.UNKNOWN, note="no such payment")
        keep_unknown_money(kept)
        tell_of_unknown(kept)
    if kept.event.happening is Happening.REFUNDED:
        # It may name the money alone and come before it: then that money finds it here.
        take_refund_of_unknown_money(
            kept.books, kept.event, provider=kept.provider, policy=kept.policy, now=kept.now
        )
    return Outcome.ELSEWHERE if is_others else Outcome.UNKNOWN


def _doubt(kept: KeptEvent, update: PaymentUpdate[Circumstances]) -> Outcome:
    """Ask about what a webhook says; money that is here is known, whatever is said of it now."""
    if kept.books[Payments].by_receipt(kept.provider, kept.event.receipt_id) is None:
        note_provider_claim(update, inbox_event=kept.inbox_event)
        return Outcome.ASKED
    return _known(kept)


def _known(kept: KeptEvent) -> Outcome:
    """Money that is in the books changes nothing; staff see it if it is told with another sum."""
    if not kept.is_believed and ask_if_in_doubt(
        kept.books, kept.provider, kept.event, now=kept.now
    ):
        return Outcome.ASKED
    return Outcome.UNHANDLED if doubt_other_sum(kept) else Outcome.KNOWN


def settle_all(
    books: Books, events: Sequence[PaymentEvent], source: Source, *, policy: Policy, now: datetime
) -> list[Outcome]:
    """Take all events of one webhook, in one transaction."""
    inbox_events = [keep_event(books, event, source, now=now) for event in events]
    return [
        settle_kept_event(books, inbox_event, event, source, policy=policy, now=now)
        for inbox_event, event in zip(inbox_events, events, strict=True)
    ]


def _receive(kept: KeptEvent, update: PaymentUpdate[Circumstances]) -> Outcome:
    event, money = kept.event, kept.event.money
    assert money is not None  # noqa: S101 - the port says so of RECEIVED
    is_later, series = is_later_charge(update.affairs, event), update.affairs.payment_id
    if is_later:
        charge = _later_charge(update)
        if charge is None:
            return _known(kept)
        update = charge
    at, rules = event.occurred_at or kept.now, kept.policy[ReceiptPolicy]
    judgement = judge(due_of(update, money), money, at=at, policy=rules)
    findings: tuple[Finding, ...] = ()
    # What comes again by itself was weighed when it came first.
    if judgement.fulfils and not (kept.is_looked_at or is_later or update.affairs.is_charge):
        findings = weigh(update, uses_wallet=not judgement.from_wallet.is_zero)
    receipt = record_payment(update, money, judgement, is_in_review=bool(findings))
    if receipt is None:
        return _known(kept)
    if not is_later:
        note_first_charge(update)
    received = ReceivedMoney(payment=update, receipt=receipt, money=money, judgement=judgement)
    outcome, effects = _bring_about(received, findings, event, series=series)
    kept.books[Outbox].add(effects, now=kept.now)
    take_late_payment_updates(update, receipt, event.receipt_id)
    return outcome


def _bring_about(
    received: ReceivedMoney, findings: Sequence[Finding], event: PaymentEvent, *, series: int
) -> tuple[Outcome, list[Effect]]:
    """What the money does: a person looks at it, the order has it, or the wallet.

    `series` is the payment that this is a later charge of, or the payment itself.
    """
    if findings:
        return Outcome.IN_REVIEW, open_review(received, findings, payer=event.payer)
    if not received.judgement.fulfils:
        return Outcome.TO_WALLET, tell_not_owed(received)
    payment = received.payment
    is_later = payment.affairs.payment_id != series
    effects = fulfil(received, by_itself=payment.affairs.provider if is_later else "")
    if event.tax is not None and not event.tax.is_zero:
        book_tax(payment.books, received.receipt, now=payment.now)
    if is_later:
        payment.books[StarSubscriptions].follow(series, payment.affairs.order_id)
    return Outcome.SETTLED, effects


def _later_charge(
    update: PaymentUpdate[Circumstances],
) -> PaymentUpdate[Circumstances] | None:
    """The payment that a later charge of a series is; None when exactly this money is known."""
    reference = take_charge(update)
    if reference is None or reference == update.affairs.reference:
        return update if reference else None
    made = update.books[CircumstanceRecords].of(reference, receipt_id=update.event.receipt_id)
    return replace(update, affairs=replace(made, order_state=OrderState.OPEN))
