"""Orders and payments move as their tables say, whichever way their state is written."""

from datetime import timedelta

import pytest

from shop.books.books import Books
from shop.books.opening import Storage
from shop.catalog.records import CatalogRecords
from shop.core.intervals import Interval, Unit
from shop.core.money import Money
from shop.core.moves import ForbiddenMoveError, may_move
from shop.orders.line_records import NewLine
from shop.orders.order_records import Orders, QuotedOrder
from shop.orders.payment_records import Payment, Payments
from shop.orders.states import ORDER_MOVES, PAYMENT_MOVES, OrderState, PaymentState
from tests.fixtures.books import NOW, put_plan, subscribe
from tests.fixtures.moves import pairs, way_to

MONTH, DAY, EUR = Interval(count=1, unit=Unit.MONTH), timedelta(days=1), Money(799, "EUR")


def open_shop(books: Books) -> None:
    product = put_plan(books)
    books[CatalogRecords].set_price(product, MONTH, EUR, now=NOW)
    subscribe(books, 1)


def order_in(books: Books, state: OrderState, number: int) -> int:
    """A new order of so many months, in this state."""
    order = new_order(books, number).order
    for _old, new in way_to(ORDER_MOVES, OrderState.OPEN, state):
        close(books, order.id, new)
    return order.id


def new_order(books: Books, months: int) -> QuotedOrder:
    line = NewLine(product_id=1, interval=Interval(count=months, unit=Unit.MONTH), price=None)
    return books[Orders].open_one(1, [line], now=NOW, expires_at=NOW + DAY)


def order_state(books: Books, number: int) -> OrderState:
    shown = books[Orders].of(1, most=999)
    return next(one.order.state for one in shown if one.order.id == number)


async def test_an_order_moves_only_as_its_table_says(storage: Storage) -> None:
    await storage.run(open_shop)
    for months, (old, new) in enumerate(pairs(ORDER_MOVES), start=1):
        number = await storage.run(order_in, old, months)
        if may_move(ORDER_MOVES, old, new):
            await storage.run(close, number, new)
        else:
            with pytest.raises(ForbiddenMoveError, match=f"What is {old} cannot become {new}"):
                await storage.run(close, number, new)
        is_moved = new in ORDER_MOVES[old]
        assert await storage.read(order_state, number) is (new if is_moved else old)


def close(books: Books, number: int, new: OrderState) -> None:
    books[Orders].close(number, new, now=NOW)


@pytest.mark.parametrize("old", OrderState)
async def test_only_what_may_expire_or_be_refunded_is(storage: Storage, old: OrderState) -> None:
    await storage.run(open_shop)
    first, second = [await storage.run(order_in, old, months) for months in (1, 2)]
    may_refund = may_move(ORDER_MOVES, old, OrderState.REFUNDED)
    may_expire = may_move(ORDER_MOVES, old, OrderState.EXPIRED)
    assert await storage.run(refund, first) is may_refund
    assert await storage.read(order_state, first) is (OrderState.REFUNDED if may_refund else old)
    assert await storage.run(expire) == (2 if may_expire else 0)
    assert await storage.read(order_state, second) is (OrderState.EXPIRED if may_expire else old)


def refund(books: Books, number: int) -> bool:
    return books[Orders].refund(number, now=NOW)


def expire(books: Books) -> int:
    return books[Orders].expire(now=NOW + DAY, most=9)


def payment_in(books: Books, state: PaymentState, number: int) -> Payment:
    """A new payment of an order of its own, in this state."""
    made = books[Payments].open_one(
        new_order(books, number),
        reference=f"r{number}",
        provider="card",
        due=EUR,
        whole=EUR,
        screen_id=None,
        now=NOW,
        expires_at=NOW + DAY,
        poll_at=NOW,
    )
    for old, new in way_to(PAYMENT_MOVES, PaymentState.CREATED, state):
        books[Payments].move(made.id, old=old, new=new, poll_at=None)
    return made


def move(books: Books, number: int, old: PaymentState, new: PaymentState) -> bool:
    return books[Payments].move(number, old=old, new=new, poll_at=None)


def payment_state(books: Books, number: int) -> PaymentState | None:
    found = books[Payments].get(number)
    return None if found is None else found.state


async def test_a_payment_moves_only_as_its_table_says(storage: Storage) -> None:
    await storage.run(open_shop)
    for months, (old, new) in enumerate(pairs(PAYMENT_MOVES), start=1):
        made = await storage.run(payment_in, old, months)
        if may_move(PAYMENT_MOVES, old, new):
            assert await storage.run(move, made.id, old, new)
        else:
            with pytest.raises(ForbiddenMoveError, match=f"What is {old} cannot become {new}"):
                await storage.run(move, made.id, old, new)
        assert await storage.read(payment_state, made.id) is (
            new if new in PAYMENT_MOVES[old] else old
        )
