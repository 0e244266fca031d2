"""Whether a settlement costs more as the books fill up: it should not."""

from contextlib import ExitStack
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.checking import Checker
from benchmarks.engines import Engine
from benchmarks.filling import fill
from benchmarks.load import fire
from benchmarks.settle import prepare
from benchmarks.shop_process import Shop, running
from benchmarks.tables import milliseconds, ratio, show, thousands
from benchmarks.webhooks import request_of

if TYPE_CHECKING:
    from benchmarks.load import Report

_SIZES = (1_000, 10_000, 100_000)
_MILLION = 1_000_000
_ORDERS = 500
_IN_FLIGHT = 64
_ROUNDS = 5


class _Books:
    """Books of one size, and what was measured on them."""

    def __init__(self, engine: Engine, size: int) -> None:
        self.size, self.url = size, engine.fresh()
        fill(self.url, size)
        self.sales = prepare(self.url, _ORDERS * _ROUNDS, first=1_000)
        self.checker = Checker(self.url)
        self.reports: list[Report] = []

    def settle_some(self, shop: Shop) -> None:
        done = len(self.reports) * _ORDERS
        requests = [request_of(sale) for sale in self.sales[done : done + _ORDERS]]
        self.reports.append(fire(shop, requests, in_flight=_IN_FLIGHT))

    @property
    def per_second(self) -> float:
        return median(report.per_second for report in self.reports)

    @property
    def cpu(self) -> float:
        return median(report.cpu for report in self.reports)


def growth(engine: Engine, *, with_million: bool) -> None:
    """Print one line for each size; the sizes take turns, so that a busy moment hits them all."""
    sizes = (*_SIZES, _MILLION) if with_million else _SIZES
    books = [_Books(engine, size) for size in sizes]
    with ExitStack() as stack:
        shops = [stack.enter_context(running(one.url)) for one in books]
        for _ in range(_ROUNDS):
            for one, shop in zip(books, shops, strict=True):
                one.settle_some(shop)
    for one in books:
        one.checker.check(one.sales)
    first = books[0]
    show(
        f"growth: settled a second with so many sales stored, {engine.name}",
        ("stored sales", "settled/s", "ratio", "p99", "shop's CPU an order", "ratio"),
        [
            (
                thousands(one.size),
                thousands(one.per_second),
                ratio(one.per_second, first.per_second),
                milliseconds(median(report.p99 for report in one.reports)),
                milliseconds(one.cpu),
                ratio(one.cpu, first.cpu),
            )
            for one in books
        ],
        f"{_IN_FLIGHT} in flight, median of {_ROUNDS} rounds of {_ORDERS}, taken in turns.",
    )
