"""What was given back at the provider itself: booked is only what its total exceeds ours by."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from shop.books.books import Books
from shop.core.money import Money
from shop.core.moves import may_move
from shop.core.policy import Policy
from shop.ledger.journal_records import Journal
from shop.ledger.receipt_records import Receipts, unnamed
from shop.messaging.notices import tell_staff
from shop.messaging.outbox_records import Effect
from shop.orders.claimed_payment import ClaimedPayment, PaymentUpdate
from shop.orders.payment_records import Affairs
from shop.ports import PaymentEvent
from shop.refunds.bookings import book_intent, follow, reserving_entries
from shop.refunds.dispute_losses import bring_disputes
from shop.refunds.notices import MoneyBack
from shop.refunds.owed_again import pay_owed_again
from shop.refunds.reclaiming import reclaim
from shop.refunds.records import Refund, RefundRoute, Refunds
from shop.refunds.rules import left_outside
from shop.refunds.states import REFUND_MOVES, RefundState
from shop.refunds.total_records import RefundTotals

_UNDER_WAY = frozenset(
    {
        RefundState.ASKED,
        RefundState.UNKNOWN,
        RefundState.PENDING,
        RefundState.MANUAL,
    }
)
# What staff give back by hand they give back at the provider, wherever one tells its total.
_AT_PROVIDER = frozenset({RefundRoute.PROVIDER, RefundRoute.TOLD, RefundRoute.MANUAL})
_NOT_GIVEN = frozenset({RefundState.FAILED, RefundState.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenBack:
    """What was given back at the provider, and what of it is the shop's loss.

    That is what was found neither in the wallet, nor in what it had bought, nor in the order.
    `owed` is what is still to be paid back of that which a bank had returned, `unbooked` what the
    provider tells beyond what is here: a bank may have it, or a person is to decide about it.
    """

    money: Money
    loss: Money
    owed: Money
    unbooked: Money

    @classmethod
    def nothing(cls, currency: str) -> Self:
        """What is told where no sum is said."""
        none = Money.zero(currency)
        return cls(money=none, loss=none, owed=none, unbooked=none)


def take_provider_refund(update: PaymentUpdate[Affairs]) -> GivenBack | None:
    """A provider says how much of a payment went back so far; returns what was news to us.

    None when nothing was: it is our own refund.
    """
    books, affairs, event = update.books, update.affairs, update.event
    policy, now = update.policy, update.now
    receipts = books[Receipts].receipts_of_payment(affairs.payment_id)
    ours = [
        one
        for receipt in receipts
        for one in books[Refunds].of_receipt(receipt)
        if one.route is RefundRoute.PROVIDER and one.state not in _NOT_GIVEN
    ]
    if event.money is None:
        # Not even how much. Our own refunds say it themselves when they are asked about.
        return None if ours else GivenBack.nothing(affairs.whole.currency)
    key = event.receipt_id or unnamed(affairs.reference)
    grew = books[RefundTotals].tell(
        affairs.provider, key, event.money, told_at=update.said_at, now=now
    )
    if event.receipt_id:
        named = books[Receipts].receipt_named(affairs.provider, event.receipt_id)
        receipts = [] if named is None else [named]
    if not receipts:
        # Before its receipt: booked when that comes.
        told = replace(GivenBack.nothing(event.money.currency), money=event.money)
        return told if grew else None
    booked = book_provider_refund(
        books,
        affairs.provider,
        key,
        receipts,
        currency=event.money.currency,
        policy=policy,
        now=now,
    )
    return _news(books, booked, receipts, told=event.money, is_new=grew)


def _news(
    books: Books, booked: GivenBack, receipts: Sequence[int], *, told: Money, is_new: bool
) -> GivenBack | None:
    """What of it staff must hear of; None where all is as it was."""
    if not booked.money.is_zero or (is_new and not booked.unbooked.is_zero):
        return booked
    by_hand = any(
        one.route is RefundRoute.MANUAL and one.state is RefundState.DONE and one.returns
        for receipt in receipts
        for one in books[Refunds].of_receipt(receipt)
    )
    # Staff said to have paid it back another way: was it this, or has it left twice?
    return replace(booked, unbooked=told) if is_new and by_hand else None


def tell_given_back(
    claimed: ClaimedPayment[Affairs], back: GivenBack, *, key: str
) -> list[Effect]:
    """Staff hear of it: nobody overlooks money."""
    customer, affairs = claimed.customer, claimed.affairs
    notice = MoneyBack(
        customer=customer.id,
        name=customer.name,
        provider=affairs.provider,
        plan=affairs.product.slug,
        money=back.money,
        loss=back.loss,
        owed=back.owed,
        unbooked=back.unbooked,
    )
    return tell_staff(claimed.policy, notice, key=f"{affairs.payment_id}:{key}")


def catch_up(claimed: ClaimedPayment[Affairs], receipt: int, receipt_id: str) -> None:
    """Money arrived of which something was told to have gone back already, or to be disputed."""
    provider, policy, now = claimed.affairs.provider, claimed.policy, claimed.now
    currency = claimed.books[Refunds].case(receipt).standing.money.currency
    for key in (receipt_id, unnamed(claimed.affairs.reference)):
        book_provider_refund(
            claimed.books, provider, key, [receipt], currency=currency, policy=policy, now=now
        )


def book_provider_refund(
    books: Books,
    provider: str,
    key: str,
    receipts: Sequence[int],
    *,
    currency: str,
    policy: Policy,
    now: datetime,
) -> GivenBack:
    """Book what the provider's total in this currency exceeds ours by; returns what that was."""
    total = books[RefundTotals].of(provider, key, currency)
    if total is None:
        return GivenBack.nothing(currency)
    ours = [
        one
        for receipt in receipts
        for one in books[Refunds].of_receipt(receipt)
        if one.route in _AT_PROVIDER
        and one.state not in _NOT_GIVEN
        and one.money.currency == currency
    ]
    nothing = Money.zero(currency)
    owed = [one for one in ours if one.is_owed_again]
    known = sum((one.money for one in ours if one not in owed), nothing)
    if known <= total:
        _finish_under_way(books, ours, policy=policy, now=now)
    rest, loss = max(total - known, nothing), nothing
    still_owed = nothing
    for one in owed:
        part = pay_owed_again(books, one, rest, policy=policy, now=now)
        rest, still_owed = rest - part, still_owed + one.money - part
    for receipt in receipts:
        if rest.is_zero:
            break
        part, lost = _book_told(books, receipt, rest, policy=policy, now=now)
        rest, loss = rest - part, loss + lost
    moved = max(total - known - rest, nothing)
    return GivenBack(money=moved, loss=loss, owed=still_owed, unbooked=rest)


def _book_told(
    books: Books, receipt: int, rest: Money, *, policy: Policy, now: datetime
) -> tuple[Money, Money]:
    """What of it this receipt still had, and what of that is lost to the shop."""
    nothing = Money.zero(rest.currency)
    case, many = books[Refunds].case(receipt), len(books[Refunds].of_receipt(receipt))
    if case.standing.money.currency != rest.currency:
        return nothing, nothing
    part = min(rest, left_outside(case.standing))
    if part <= nothing:
        return nothing, nothing
    refund = book_intent(
        books,
        reclaim(books, case, part, policy=policy, now=now),
        part,
        route=RefundRoute.TOLD,
        state=RefundState.DONE,
        reference=f"rf_told_{receipt}_{many}",
        reason="",
        staff_id=None,
        ask_at=None,
        now=now,
    )
    follow(books, refund, policy=policy, now=now)
    is_ours = case.customer_id is not None
    return part, part - refund.from_wallet - refund.from_order if is_ours else nothing


def _finish_under_way(
    books: Books, refunds: Sequence[Refund], *, policy: Policy, now: datetime
) -> None:
    """As much as all of ours went back: those whose answer we still wait for are done."""
    for one in refunds:
        is_waiting = one.state in _UNDER_WAY and not one.is_owed_again
        if not is_waiting or not may_move(REFUND_MOVES, one.state, RefundState.DONE):
            continue
        if books[Refunds].move(one, RefundState.DONE, ask_at=None, done_at=now):
            follow(books, books[Refunds].get(one.id), policy=policy, now=now)


def take_refund_of_unknown_money(
    books: Books, event: PaymentEvent, *, provider: str, policy: Policy, now: datetime
) -> None:
    """The same for money of no order we know: the total is kept, and booked if we have it."""
    if event.money is None or not event.receipt_id:
        return
    books[RefundTotals].tell(
        provider,
        event.receipt_id,
        event.money,
        told_at=None if event.occurred_at is None else min(event.occurred_at, now),
        now=now,
    )
    receipt = books[Receipts].receipt_named(provider, event.receipt_id)
    if receipt is not None:
        books[Receipts].claim(receipt)
        book_provider_refund(
            books,
            provider,
            event.receipt_id,
            [receipt],
            currency=event.money.currency,
            policy=policy,
            now=now,
        )


def undo(books: Books, refund: Refund, *, policy: Policy, now: datetime) -> None:
    """What was set aside goes back to where it lay; a total told meanwhile may now be owed."""
    entries = [replace(entry, money=-entry.money) for entry in reserving_entries(refund)]
    books[Journal].enter(f"refund:{refund.id}:undone", entries, now=now)
    case = books[Refunds].case(refund.receipt)
    book_provider_refund(
        books,
        case.provider,
        case.receipt_id,
        [case.receipt],
        currency=refund.money.currency,
        policy=policy,
        now=now,
    )
    bring_disputes(books, case.receipt, policy=policy, now=now)
