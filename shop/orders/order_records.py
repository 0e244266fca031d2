"""Orders: what somebody wants to buy, in lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.access.subscription_records import Period
from shop.books.moments import maybe_moment, moment, seconds
from shop.books.queries import Row, Sql
from shop.catalog.records import Product, product_of
from shop.core.intervals import Interval
from shop.core.moves import ForbiddenMoveError
from shop.orders.line_records import NewLine, OrderLines, basket_of
from shop.orders.states import ORDER_MOVES, OrderState

_MOST_OLDS = 4  # as many as the statement asks for


def _olds(new: OrderState) -> dict[str, str]:
    """The states that the table lets become this one, and "" for none, as `order_move` asks."""
    found: list[str] = [old for old, news in ORDER_MOVES.items() if new in news]
    found += [""] * (_MOST_OLDS - len(found))
    return {f"old_{number}": old for number, old in enumerate(found)}


_OLDS = {state: _olds(state) for state in OrderState}


class OrderKind(StrEnum):
    """Why time is added."""

    PURCHASE = "purchase"
    TRIAL = "trial"
    GRANT = "grant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order; `expires_at` is when its price is no longer kept."""

    id: int
    customer_id: int
    kind: OrderKind
    state: OrderState
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedOrder:
    """An order, and at which of its quotes a payment is to pay it."""

    order: Order
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShown:
    """An order as lists show it: by what its first line is."""

    order: Order
    product: Product
    interval: Interval


class Orders:
    """The table of orders."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def open_one(
        self,
        customer_id: int,
        lines: Sequence[NewLine],
        *,
        now: datetime,
        expires_at: datetime,
    ) -> QuotedOrder:
        """The open order for this, made now if there is none: a second tap finds the first."""
        row = self._sql.one(
            "order_open_one",
            customer_id=customer_id,
            kind=OrderKind.PURCHASE,
            basket=basket_of(lines),
            now=seconds(now),
            expires_at=seconds(expires_at),
        )
        return self._with_lines(row, lines)

    def add_given(
        self,
        customer_id: int,
        line: NewLine,
        *,
        kind: OrderKind,
        now: datetime,
    ) -> tuple[Order, int]:
        """An order that needs no payment: a trial, or a grant by staff; with its line's id."""
        row = self._sql.one(
            "order_add",
            customer_id=customer_id,
            kind=kind,
            basket=basket_of([line]),
            now=seconds(now),
        )
        order = self._with_lines(row, [line]).order
        [added] = OrderLines(self._sql).of(order.id)
        return order, added.id

    def close(self, order_id: int, state: OrderState, *, now: datetime) -> None:
        """Move an order on; raises `ForbiddenMoveError` where it stands in none that may."""
        if not self._move(order_id, state, now=now):
            raise ForbiddenMoveError(old=self.state(order_id), new=state)

    def state(self, order_id: int) -> OrderState:
        """Where it stands."""
        return OrderState(self._sql.value("order_stands", id=order_id))

    def refund(self, order_id: int, *, now: datetime) -> bool:
        """All of a paid order's money went back; False when it was not paid, or is so already."""
        return self._move(order_id, OrderState.REFUNDED, now=now)

    def unrefund(self, order_id: int, *, now: datetime) -> bool:
        """Its money is here again; False when it had not all gone back."""
        found = self._sql.value("order_stands", id=order_id)
        return found == OrderState.REFUNDED and self._move(order_id, OrderState.PAID, now=now)

    def _move(self, order_id: int, state: OrderState, *, now: datetime) -> bool:
        moved = self._sql.count(
            "order_move", id=order_id, state=state, now=seconds(now), **_OLDS[state]
        )
        return moved == 1

    def is_in_review(self, customer_id: int, *, product_id: int, interval: Interval) -> bool:
        """Whether such an order's money waits for a person."""
        found = self._sql.value(
            "order_held", customer_id=customer_id, product_id=product_id, term=interval.key
        )
        return found is not None

    def open_now(self, customer_id: int, lines: Sequence[NewLine]) -> int | None:
        """The order that waits for this to be paid, if there is one."""
        found: int | None = self._sql.value(
            "order_open_now", customer_id=customer_id, basket=basket_of(lines)
        )
        return found

    def bought_last(
        self, customer_id: int, *, product_id: int, subscription_id: int
    ) -> Interval | None:
        """The time that was paid for last, for this subscription before any other."""
        found: str | None = self._sql.value(
            "order_term_bought",
            customer_id=customer_id,
            product_id=product_id,
            subscription_id=subscription_id,
        )
        return None if found is None else Interval.from_key(found)

    def expire(self, *, now: datetime, most: int) -> int:
        """Expire orders nobody paid; returns how many."""
        return len(self._sql.all("orders_expire", now=seconds(now), most=most))

    def next_expiry(self) -> datetime | None:
        """When the next open order expires."""
        return maybe_moment(self._sql.value("orders_next_expiry"))

    def of(self, customer_id: int, *, most: int) -> list[OrderShown]:
        """A customer's latest orders."""
        rows = self._sql.all("orders_of", customer_id=customer_id, most=most)
        return [
            OrderShown(
                order=order_of(row),
                product=product_of(row),
                interval=Interval.from_key(row["term"]),
            )
            for row in rows
        ]

    def order_for_charge(
        self,
        customer_id: int,
        line: NewLine,
        *,
        now: datetime,
        expires_at: datetime,
    ) -> QuotedOrder:
        """An order for money that came by itself; it stands beside any open one."""
        row = self._sql.one(
            "order_reopen",
            customer_id=customer_id,
            basket=basket_of([line]),
            now=seconds(now),
            expires_at=seconds(expires_at),
        )
        return self._with_lines(row, [line])

    def stretches(self, subscription_id: int) -> list[Period]:
        """All periods with the orders behind them, the earliest first."""
        rows = self._sql.all("periods_by_order", subscription_id=subscription_id)
        return [
            Period(
                id=row["id"],
                line_id=row["line_id"],
                is_trial=row["kind"] == "trial",
                starts_at=moment(row["starts_at"]),
                ends_at=moment(row["ends_at"]),
            )
            for row in rows
        ]

    def _with_lines(self, row: Row | None, lines: Sequence[NewLine]) -> QuotedOrder:
        order = order_of(row)
        quote = OrderLines(self._sql).put(order.id, order.customer_id, lines)
        return QuotedOrder(order=order, quote=quote)


def order_of(row: Row | None) -> Order:
    """An order from its row."""
    assert row is not None  # noqa: S101 - these statements always return their row
    return Order(
        id=row["id"],
        customer_id=row["customer_id"],
        kind=OrderKind(row["kind"]),
        state=OrderState(row["state"]),
        created_at=moment(row["created_at"]),
        expires_at=moment(row["expires_at"]),
    )
