"""What received money does for its order: time is added, or the wallet has it; people are told.

The caller has claimed the customer and recorded the receipt.
"""

from datetime import datetime

from shop.access.subscription_records import Subscriptions
from shop.access.subscriptions import TimeAdded, add_time
from shop.books.books import Books
from shop.core.intervals import Interval
from shop.core.money import Money, split
from shop.core.policy import Policy
from shop.credit.reservations import came_before
from shop.customers.records import Customer
from shop.ledger.receiving import Due, Judgement
from shop.messaging.kinds import Notice
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Effect
from shop.orders.line_records import Line, OrderLines
from shop.orders.order_records import Orders
from shop.orders.states import OrderState
from shop.renewals.jobs import MethodVerb
from shop.renewals.saved_methods import card_of, method_effect
from shop.settlement.circumstances import Circumstances


def due_of(books: Books, customer: Customer, affairs: Circumstances, money: Money) -> Due:
    """What the order still waits for."""
    before = Money.zero(money.currency)
    if money.currency == affairs.whole.currency and money < affairs.whole:
        # Less than the price: perhaps the rest of it. What came before must still be there.
        before = came_before(books, customer.id, affairs.order_id, affairs.whole)
    return Due(
        amount=affairs.whole,
        expires_at=affairs.expires_at,
        is_order_open=affairs.order_state is OrderState.OPEN,
        is_order_paid=affairs.order_state
        in {OrderState.PAID, OrderState.IN_REVIEW, OrderState.REFUNDED, OrderState.CANCELLED},
        received_before=before,
    )


def fulfil(
    books: Books,
    customer: Customer,
    affairs: Circumstances,
    judgement: Judgement,
    *,
    receipt: int,
    money: Money,
    policy: Policy,
    now: datetime,
    by_itself: str = "",
) -> list[Effect]:
    """Close the order, add the time of its lines; what is told is not queued yet.

    `by_itself` is who renewed it without our or anybody's doing.
    """
    books[Orders].close(affairs.order_id, OrderState.PAID, now=now)
    added, *others = _sell_lines(books, customer, affairs, judgement.to_order, now=now)
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
        from_wallet=judgement.from_wallet.minor,
        missing=(affairs.whole - judgement.to_order).minor,
        until=int(added.span.ends_at.timestamp()),
        is_new=added.is_new,
        receipt_number=receipt,
        by_itself=by_itself or _charged_card(books, affairs),
    )
    heard = tell_staff(
        policy,
        Notice.SALE,
        key=str(receipt),
        customer=customer.id,
        name=customer.name,
        plan=affairs.product.slug,
        term=affairs.term,
        minor=money.minor,
        currency=money.currency,
        verdict=judgement.verdict,
        to_wallet=judgement.to_wallet.minor,
        from_wallet=judgement.from_wallet.minor,
        missing=(affairs.whole - judgement.to_order).minor,
    )
    kept = [method_effect(MethodVerb.LEARN, affairs.payment_id, now=now)] if affairs.saves else []
    more = [effect for one in others for effect in one.effects]
    return [told, *added.effects, *more, *heard, *kept]


def _sell_lines(
    books: Books, customer: Customer, affairs: Circumstances, paid: Money, *, now: datetime
) -> list[TimeAdded]:
    """What each line brought; an order of one line was read with its payment."""
    if affairs.lines == 1:
        only = Line(
            id=affairs.line_id,
            product=affairs.product,
            interval=Interval.from_key(affairs.term),
            minor=affairs.whole.minor,
        )
        return [_sell(books, customer, only, affairs.subscription_id, paid, now=now)]
    lines = books[OrderLines].of(affairs.order_id, quote=affairs.quote)
    shares = split(paid, [line.minor for line in lines])
    return [
        # Looked up at its turn: the line before may have begun what this one lengthens.
        _sell(books, customer, line, books[OrderLines].target(line.id), share, now=now)
        for line, share in zip(lines, shares, strict=True)
    ]


def _sell(
    books: Books,
    customer: Customer,
    line: Line,
    target: int | None,
    paid: Money,
    *,
    now: datetime,
) -> TimeAdded:
    """A line lengthens the subscription it is about, or begins one."""
    live = None if target is None else books[Subscriptions].get(target)
    added = add_time(
        books,
        customer,
        line.product,
        line.interval,
        live=live,
        line_id=line.id,
        is_trial=False,
        now=now,
    )
    books[OrderLines].note_sold(line.id, subscription_id=added.subscription_id, paid=paid.minor)
    return added


def _charged_card(books: Books, affairs: Circumstances) -> str:
    """The card that this was taken from by ourselves, "" when somebody paid by hand."""
    if not affairs.is_charge or affairs.subscription_id is None:
        return ""
    return card_of(books, affairs.subscription_id)


def tell_not_owed(
    customer: Customer,
    affairs: Circumstances,
    judgement: Judgement,
    receipt: int,
    money: Money,
    *,
    policy: Policy,
) -> list[Effect]:
    """Tell both sides of money that its order does not take."""
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
            policy,
            Notice.ODD_MONEY,
            key=str(receipt),
            customer=customer.id,
            name=customer.name,
            provider=affairs.provider,
            **facts,
        ),
    ]
