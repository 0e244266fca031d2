"""What money that goes back does to the books: journal, order, payment, access, and who is told.

Also books what was given back at the provider itself: only what its total exceeds ours by.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shop.notices import tell_customer, tell_staff
from shop.ports import PaymentEvent
from shop.rules.giving_back import (
    Access,
    left_outside,
    most_outside,
    most_to_wallet,
    portions,
)
from shop.rules.money import Money
from shop.rules.notices import Notice
from shop.rules.policy import Policy
from shop.rules.states import PAYMENT_MOVES, OrderState, PaymentState, RefundState, may_move
from shop.storage.books import Books
from shop.storage.journal import WALLET, Entry
from shop.storage.outbox import Effect
from shop.storage.payments import Affairs
from shop.storage.refunds import Case, NewRefund, Refund, Way, unnamed
from shop.taking_time import take_time

# Set aside when noted, so that no wallet spends it and nothing is given back twice.
REFUNDING = "refunding"
DISPUTED = "disputed"
_SALES, _UNASSIGNED = "sales", "unassigned"
_UNDER_WAY = frozenset({RefundState.ASKED, RefundState.UNKNOWN, RefundState.PENDING})
_NOT_GIVEN = frozenset({RefundState.FAILED, RefundState.CANCELLED})


def most_back(case: Case, way: Way) -> Money:
    """The most that may go back this way now."""
    if case.customer_id is None:
        # Money of nobody we know has no wallet, and lies in no order.
        left = 0 if way is Way.WALLET else left_outside(case.standing)
        return Money(left, case.standing.money.currency)
    return most_to_wallet(case.standing) if way is Way.WALLET else most_outside(case.standing)


def book_intent(
    books: Books,
    case: Case,
    money: Money,
    *,
    way: Way,
    state: RefundState,
    reference: str,
    reason: str,
    staff_id: int | None,
    ask_at: datetime | None,
    now: datetime,
) -> Refund:
    """Note a refund and set its money aside; the caller has claimed the customer."""
    nothing = Money.zero(money.currency)
    pocket = portions(case.standing, money)
    if way is Way.WALLET:
        pocket = replace(pocket, from_wallet=nothing, from_order=money, loss=nothing)
    refund_id = books.refunds.add(
        NewRefund(
            reference=reference, receipt=case.receipt, customer_id=case.customer_id, way=way,
            state=state, money=money, from_wallet=pocket.from_wallet,
            from_order=pocket.from_order, reason=reason, staff_id=staff_id, ask_at=ask_at,
            done_at=now if state is RefundState.DONE else None,
        ),
        now=now,
    )  # fmt: skip
    refund = books.refunds.get(refund_id)
    books.journal.enter(f"refund:{refund_id}", _set_aside(refund), now=now)
    return refund


def _set_aside(refund: Refund) -> tuple[Entry, ...]:
    earned = refund.money - refund.from_wallet
    to = REFUNDING if refund.way is not Way.WALLET else WALLET
    owner = refund.customer_id if to == WALLET else None
    return (
        Entry(account=WALLET, money=refund.from_wallet, customer_id=refund.customer_id),
        Entry(account=_SALES if refund.customer_id else _UNASSIGNED, money=earned),
        Entry(account=to, money=-refund.money, customer_id=owner),
    )


def undo(books: Books, refund: Refund, *, policy: Policy, now: datetime) -> None:
    """What was set aside goes back to where it lay; a total told meanwhile may now be owed."""
    entries = [replace(entry, money=-entry.money) for entry in _set_aside(refund)]
    books.journal.enter(f"refund:{refund.id}:undone", entries, now=now)
    case = books.refunds.case(refund.receipt)
    book_told(books, case.provider, case.receipt_id, [case.receipt], policy=policy, now=now)


def follow(
    books: Books, refund: Refund, *, policy: Policy, now: datetime, is_known: bool = False
) -> None:
    """The money went back (or is the customer's to claim): order, payment and access follow.

    `is_known` when all this followed already, from the link that is claimed now.
    """
    case = books.refunds.case(refund.receipt)
    if refund.state is RefundState.DONE and refund.way is not Way.WALLET:
        _enter_paid(books, refund, case, now=now)
        _close_payment(books, case)
    if is_known or refund.state not in {RefundState.DONE, RefundState.CLAIM}:
        return
    access, effects = _close_order(books, refund, case, policy=policy, now=now)
    effects += _tell(books, refund, case, access=access, policy=policy)
    books.outbox.add(effects, now=now)


def _enter_paid(books: Books, refund: Refund, case: Case, *, now: datetime) -> None:
    account = DISPUTED if refund.way is Way.DISPUTE else f"provider:{case.provider}"
    entries = (
        Entry(account=REFUNDING, money=refund.money),
        Entry(account=account, money=-refund.money),
    )
    books.journal.enter(f"refund:{refund.id}:paid", entries, now=now)


def _close_payment(books: Books, case: Case) -> None:
    """A payment is refunded when nothing of any of its receipts is left."""
    if case.payment_id is None or case.payment_state is None:
        return
    receipts = books.refunds.receipts_of_payment(case.payment_id)
    if any(left_outside(books.refunds.case(one).standing) for one in receipts):
        return
    if may_move(PAYMENT_MOVES, case.payment_state, PaymentState.REFUNDED):
        books.payments.move(
            case.payment_id, old=case.payment_state, new=PaymentState.REFUNDED, poll_at=None
        )


def _close_order(
    books: Books, refund: Refund, case: Case, *, policy: Policy, now: datetime
) -> tuple[Access, list[Effect]]:
    """The order and its time follow; what access became of it, for those who are told."""
    paid = case.standing.order_paid
    if not refund.from_order or case.order_id is None or case.customer_id is None:
        return Access.KEEP, []
    is_whole = case.order_back_surely >= paid
    if is_whole:
        books.orders.refund(case.order_id, now=now)
    access = policy.refunds.whole if is_whole else policy.refunds.part
    if refund.way is Way.DISPUTE:
        access = Access.END
    if case.subscription_id is None or case.order_state is not OrderState.PAID:
        return Access.KEEP, []
    seconds, effects = take_time(
        books, books.customers.get(case.customer_id), order_id=case.order_id,
        subscription_id=case.subscription_id, access=access, back=refund.from_order.minor,
        paid=paid, taken_before=case.seconds_back, now=now,
    )  # fmt: skip
    if seconds:
        books.refunds.note_time_taken(refund.id, seconds_back=seconds)
    return (access if effects else Access.KEEP), effects


def _tell(
    books: Books, refund: Refund, case: Case, *, access: Access, policy: Policy
) -> list[Effect]:
    facts = {
        "refund": refund.id, "receipt": refund.receipt, "plan": case.plan, "term": case.term,
        "provider": case.provider, "way": refund.way, "minor": refund.money.minor,
        "currency": refund.money.currency, "access": access,
    }  # fmt: skip
    key = str(refund.id)
    if case.customer_id is None:
        return tell_staff(policy, Notice.REFUND_MADE, key=key, name="–", staff=0, **facts)
    customer = books.customers.get(case.customer_id)
    if refund.way is Way.DISPUTE:
        return []  # told as what it is
    notice = Notice.CLAIM_BACK if refund.state is RefundState.CLAIM else Notice.REFUNDED
    told = tell_customer(customer, notice, key=key, **facts)
    if refund.way is Way.TOLD:
        return [told]  # staff hear of it from the provider's news
    heard = tell_staff(
        policy, Notice.REFUND_MADE, key=key, customer=customer.id, name=customer.name,
        staff=refund.staff_id, **facts,
    )  # fmt: skip
    return [told, *heard]


# --- what was given back at the provider itself ------------------------------------------------


def take_told(
    books: Books, affairs: Affairs, event: PaymentEvent, *, policy: Policy, now: datetime
) -> Money | None:
    """A provider says how much of a payment went back so far; returns what was news to us.

    None when nothing was: it is our own refund. The caller has claimed the customer.
    """
    receipts = books.refunds.receipts_of_payment(affairs.payment_id)
    ours = [
        one
        for receipt in receipts
        for one in books.refunds.of_receipt(receipt)
        if one.way is Way.PROVIDER and one.state not in _NOT_GIVEN
    ]
    if event.money is None:
        # Not even how much. Our own refunds say it themselves when they are asked about.
        return None if ours else Money.zero(affairs.whole.currency)
    key = event.receipt_id or unnamed(affairs.reference)
    grew = books.refunds.tell_total(affairs.provider, key, event.money, now=now)
    if event.receipt_id:
        named = books.refunds.receipt_named(affairs.provider, event.receipt_id)
        receipts = [] if named is None else [named]
    if not receipts:
        return event.money if grew else None  # before its receipt: booked when that comes
    booked = book_told(books, affairs.provider, key, receipts, policy=policy, now=now)
    return booked or None


def catch_up(
    books: Books, affairs: Affairs, receipt: int, receipt_id: str, *, policy: Policy, now: datetime
) -> None:
    """Money arrived of which something was told to have gone back already, or to be disputed."""
    for key in (receipt_id, unnamed(affairs.reference)):
        book_told(books, affairs.provider, key, [receipt], policy=policy, now=now)


def book_told(
    books: Books,
    provider: str,
    key: str,
    receipts: Sequence[int],
    *,
    policy: Policy,
    now: datetime,
) -> Money | None:
    """Book what the provider's total exceeds ours by; returns how much that was."""
    total = books.refunds.total(provider, key)
    if total is None:
        return None
    ours = [
        one
        for receipt in receipts
        for one in books.refunds.of_receipt(receipt)
        if one.way in {Way.PROVIDER, Way.TOLD} and one.state not in _NOT_GIVEN
        and one.money.currency == total.currency
    ]  # fmt: skip
    known = sum(one.money.minor for one in ours)
    if total.minor >= known:
        _finish_under_way(books, ours, policy=policy, now=now)
    rest = total.minor - known
    for receipt in receipts:
        case, many = books.refunds.case(receipt), len(books.refunds.of_receipt(receipt))
        part = min(rest, left_outside(case.standing))
        if part <= 0 or case.standing.money.currency != total.currency:
            continue
        refund = book_intent(
            books, case, Money(part, total.currency), way=Way.TOLD, state=RefundState.DONE,
            reference=f"rf_told_{receipt}_{many}", reason="", staff_id=None, ask_at=None, now=now,
        )  # fmt: skip
        follow(books, refund, policy=policy, now=now)
        rest -= part
    return Money(max(total.minor - known - max(rest, 0), 0), total.currency)


def _finish_under_way(
    books: Books, refunds: Sequence[Refund], *, policy: Policy, now: datetime
) -> None:
    """As much as all of ours went back: those whose answer we still wait for are done."""
    for one in refunds:
        is_done = one.state in _UNDER_WAY and books.refunds.move(
            one, RefundState.DONE, ask_at=None, done_at=now
        )
        if is_done:
            follow(books, books.refunds.get(one.id), policy=policy, now=now)


def take_told_of_unknown(
    books: Books, event: PaymentEvent, *, provider: str, policy: Policy, now: datetime
) -> None:
    """The same for money of no order we know: the total is kept, and booked if we have it."""
    if event.money is None or not event.receipt_id:
        return
    books.refunds.tell_total(provider, event.receipt_id, event.money, now=now)
    receipt = books.refunds.receipt_named(provider, event.receipt_id)
    if receipt is not None:
        book_told(books, provider, event.receipt_id, [receipt], policy=policy, now=now)
