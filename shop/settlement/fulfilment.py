"""What received money does for its order: time is added, or the wallet has it; people are told."""

from shop.access.subscription_records import Subscriptions
from shop.access.subscriptions import TimeAdded, add_time
from shop.core.money import Money, split
from shop.credit.reservations import came_before
from shop.ledger.receiving import Due
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Effect
from shop.orders.claimed_payment import ClaimedPayment
from shop.orders.line_records import Line, OrderLines
from shop.orders.order_records import Orders
from shop.orders.states import OrderState
from shop.renewals.jobs import MethodVerb
from shop.renewals.saved_methods import card_of, method_effect
from shop.settlement.circumstances import Circumstances
from shop.settlement.notices import OddMoney, Paid, Sale, ToWallet
from shop.settlement.received_money import ReceivedMoney

_PAID = frozenset(
    {OrderState.PAID, OrderState.IN_REVIEW, OrderState.REFUNDED, OrderState.CANCELLED}
)


def due_of(claimed: ClaimedPayment[Circumstances], money: Money) -> Due:
    """What the order still waits for."""
    affairs, before = claimed.affairs, Money.zero(money.currency)
    if money.currency == affairs.whole.currency and money < affairs.whole:
        # Less than the price: perhaps the rest of it. What came before must still be there.
        before = came_before(
            claimed.books,
            claimed.customer.id,
            affairs.order_id,
            affairs.whole,
            counted=affairs.whole - affairs.due,
            now=claimed.now,
        )
    return Due(
        amount=affairs.whole,
        expires_at=affairs.expires_at,
        is_order_open=affairs.order_state is OrderState.OPEN,
        is_order_paid=affairs.order_state in _PAID,
        received_before=before,
    )


def fulfil(received: ReceivedMoney, *, by_itself: str = "") -> list[Effect]:
    """Close the order, add the time of its lines; what is told is not queued yet.

    `by_itself` is who renewed it without our or anybody's doing.
    """
    books, affairs = received.payment.books, received.payment.affairs
    now = received.payment.now
    books[Orders].close(affairs.order_id, OrderState.PAID, now=now)
    added, *others = _sell_lines(received.payment, received.judgement.to_order)
    told = _tell_sale(received, added, by_itself=by_itself or _charged_card(received))
    kept = [method_effect(MethodVerb.LEARN, affairs.payment_id, now=now)] if affairs.saves else []
    more = [effect for one in others for effect in one.effects]
    return [told[0], *added.effects, *more, *told[1:], *kept]


def _sell_lines(payment: ClaimedPayment[Circumstances], paid: Money) -> list[TimeAdded]:
    """What each line brought; an order of one line was read with its payment."""
    affairs, books = payment.affairs, payment.books
    if affairs.lines == 1:
        only = Line(
            id=affairs.line_id,
            product=affairs.product,
            interval=affairs.interval,
            minor=affairs.whole.minor,
        )
        return [_sell(payment, only, affairs.subscription_id, paid)]
    lines = books[OrderLines].of(affairs.order_id, quote=affairs.quote)
    shares = split(paid, [line.minor for line in lines])
    return [
        # Looked up at its turn: the line before may have begun what this one lengthens.
        _sell(payment, line, books[OrderLines].target(line.id), share)
        for line, share in zip(lines, shares, strict=True)
    ]


def _sell(
    payment: ClaimedPayment[Circumstances], line: Line, target: int | None, paid: Money
) -> TimeAdded:
    """A line lengthens the subscription it is about, or begins one."""
    books = payment.books
    added = add_time(
        books,
        payment.customer,
        line.product,
        line.interval,
        live=None if target is None else books[Subscriptions].get(target),
        line_id=line.id,
        is_trial=False,
        now=payment.now,
    )
    books[OrderLines].note_sold(line.id, subscription_id=added.subscription_id, paid=paid.minor)
    return added


def _tell_sale(received: ReceivedMoney, added: TimeAdded, *, by_itself: str) -> list[Effect]:
    """Both sides hear of it, the customer first."""
    affairs, customer = received.payment.affairs, received.payment.customer
    judgement = received.judgement
    paid = Paid(
        plan=affairs.product.slug,
        term=affairs.interval,
        money=received.money,
        verdict=judgement.verdict,
        to_wallet=judgement.to_wallet,
        from_wallet=judgement.from_wallet,
        missing=affairs.whole - judgement.to_order,
        until=added.span.ends_at,
        is_new=added.is_new,
        receipt=received.receipt,
        by_itself=by_itself,
    )
    sale = Sale(
        customer=customer.id,
        name=customer.name,
        plan=paid.plan,
        term=paid.term,
        money=paid.money,
        verdict=paid.verdict,
        to_wallet=paid.to_wallet,
        from_wallet=paid.from_wallet,
        missing=paid.missing,
    )
    key = str(received.receipt)
    return [
        tell_customer(customer, paid, key=key),
        *tell_staff(received.payment.policy, sale, key=key),
    ]


def _charged_card(received: ReceivedMoney) -> str:
    """The card that this was taken from by ourselves, "" when somebody paid by hand."""
    payment = received.payment
    if not payment.affairs.is_charge:
        return ""
    return card_of(payment.books, payment.customer.id, payment.affairs.payment_id)


def tell_not_owed(received: ReceivedMoney) -> list[Effect]:
    """Tell both sides of money that its order does not take."""
    affairs, customer = received.payment.affairs, received.payment.customer
    kept = ToWallet(
        plan=affairs.product.slug,
        term=affairs.interval,
        money=received.money,
        verdict=received.judgement.verdict,
        due=affairs.whole,
    )
    odd = OddMoney(
        customer=customer.id,
        name=customer.name,
        provider=affairs.provider,
        plan=kept.plan,
        term=kept.term,
        money=kept.money,
        verdict=kept.verdict,
        due=kept.due,
    )
    key = str(received.receipt)
    return [
        tell_customer(customer, kept, key=key),
        *tell_staff(received.payment.policy, odd, key=key),
    ]
