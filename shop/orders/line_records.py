"""An order's lines: what each buys, at what price, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from shop.books.queries import Row, Sql
from shop.catalog.records import Price, Product, product_of
from shop.core.intervals import Interval
from shop.core.money import Money


class LineKind(StrEnum):
    """What a line sells; only plans are sold today."""

    PLAN = "plan"
    EVENT = "event"
    PACK = "pack"
    METER = "meter"
    ADD_ON = "add_on"
    BUNDLE = "bundle"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """What somebody wants.

    `lengthens` names the subscription it is for; without it, fulfilment finds one. `is_apart`:
    that name tells this order from one for the same without it. `is_another`: one more
    subscription is wanted, whatever runs. `price` None: it is given away.
    """

    product_id: int
    interval: Interval
    price: Price | None
    kind: LineKind = LineKind.PLAN
    quantity: int = 1
    lengthens: int | None = None
    is_apart: bool = False
    is_another: bool = False

    @classmethod
    def at(cls, price: Price, *, lengthens: int | None = None, is_apart: bool = False) -> Self:
        """One of what this price is for."""
        return cls(
            product_id=price.product_id,
            interval=price.interval,
            price=price,
            lengthens=lengthens,
            is_apart=is_apart,
        )

    @property
    def amount(self) -> Money | None:
        """What all of it costs."""
        if self.price is None:
            return None
        return Money(self.price.amount.minor * self.quantity, self.price.amount.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a quote; `minor` is what all of it costs, in its payment's currency."""

    id: int
    product: Product
    interval: Interval
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldLine:
    """A line that was fulfilled; `paid` and `tax` are 0 where it was given away."""

    id: int
    subscription_id: int
    paid: int
    tax: int


def basket_of(lines: Sequence[NewLine]) -> str:
    """What is wanted, in one word: two orders for the same have the same."""
    return " ".join(_wanted(line) for line in lines)


def quote_of(lines: Sequence[NewLine]) -> str:
    """At which prices it is offered, in one word; "" when it is given away."""
    return " ".join(f"{line.price.id}{_many(line)}" for line in lines if line.price is not None)


class OrderLines:
    """The table of order lines."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def put(self, order_id: int, customer_id: int, lines: Sequence[NewLine]) -> str:
        """Offer these lines, once; returns their quote, which a payment names."""
        quote = quote_of(lines)
        self._sql.many(
            "line_put",
            [
                {
                    "order_id": order_id,
                    "quote": quote,
                    "position": position,
                    "customer_id": customer_id,
                    "kind": line.kind,
                    "product_id": line.product_id,
                    "price_id": None if line.price is None else line.price.id,
                    "term": line.interval.key,
                    "quantity": line.quantity,
                    "minor": 0 if line.amount is None else line.amount.minor,
                    "currency": "" if line.amount is None else line.amount.currency,
                    "discount": 0,
                    "lengthens": line.lengthens,
                    "is_another": int(line.is_another),
                }
                for position, line in enumerate(lines, start=1)
            ],
        )
        return quote

    def of(self, order_id: int, *, quote: str = "") -> list[Line]:
        """The lines of one quote, in order; without a quote, of an order that was given."""
        rows = self._sql.all("lines_of", order_id=order_id, quote=quote)
        return [_line(row) for row in rows]

    def target(self, line_id: int) -> int | None:
        """The live subscription that this line would lengthen now."""
        found: int | None = self._sql.value("line_target", id=line_id)
        return found

    def note_sold(self, line_id: int, *, subscription_id: int, paid: int = 0) -> None:
        """It bought this subscription, or lengthened it, for so much of the order's money."""
        self._sql.run("line_sold", id=line_id, subscription_id=subscription_id, paid=paid)

    def sold(self, order_id: int) -> list[SoldLine]:
        """The lines that were fulfilled, in order."""
        rows = self._sql.all("lines_sold", order_id=order_id)
        return [
            SoldLine(
                id=row["id"],
                subscription_id=row["subscription_id"],
                paid=row["paid"],
                tax=row["tax"],
            )
            for row in rows
        ]

    def note_tax(self, line_id: int, tax: int) -> None:
        """What of its money was tax."""
        self._sql.run("line_taxed", id=line_id, tax=tax)


def _wanted(line: NewLine) -> str:
    named = f"@{line.lengthens}" if line.is_apart else ""
    return f"{line.product_id}:{line.interval.key}{_many(line)}{'+' * line.is_another}{named}"


def _many(line: NewLine) -> str:
    return "" if line.quantity == 1 else f"x{line.quantity}"


def _line(row: Row) -> Line:
    return Line(
        id=row["id"],
        product=product_of(row),
        interval=Interval.from_key(row["term"]),
        minor=row["minor"],
    )
