"""How many paid orders a second, from a signed webhook on the wire to a commit on the disk."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median

from benchmarks.checking import Checker
from benchmarks.engines import Engine
from benchmarks.load import Report, fire
from benchmarks.orders import Sale, open_orders
from benchmarks.shop_process import Way, running
from benchmarks.tables import milliseconds, ratio, show, thousands
from benchmarks.webhooks import request_of
from shop.books.opening import storage_at

_IN_FLIGHT = (16, 64)
_FEW, _MANY = 300, 3000
_ROUNDS = {_FEW: 5, _MANY: 1}  # a long run is a mean by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of the table."""

    way: Way
    orders: int
    in_flight: int
    reports: list[Report] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """The median of the rounds."""
        return median(report.per_second for report in self.reports)


def settle(engine: Engine) -> None:
    """Print the table of one kind of books."""
    cases = [
        Case(way=way, orders=orders, in_flight=in_flight)
        for in_flight in _IN_FLIGHT
        for way, orders in (
            (Way.ALONE, _FEW),
            (Way.SHOP, _FEW),
            (Way.SHOP, _MANY),
            (Way.NO_BOOKS, _MANY),
        )
    ]
    for way in Way:
        _run_way(engine, way, [case for case in cases if case.way is way])
    bases = {case.in_flight: case.per_second for case in cases if case.way is Way.ALONE}
    show(
        f"settle: paid orders a second, {engine.name}",
        (
            "way",
            "orders",
            "in flight",
            "settled/s",
            "ratio",
            "p50",
            "p99",
            "shop's CPU",
            "generator's",
        ),
        [_row(case, bases[case.in_flight]) for case in cases],
        f"Median of {_ROUNDS[_FEW]} rounds of {_FEW} or one of {_MANY:,}; CPU for each order. "
        "Every order was found paid, the journal balanced.",
    )


def _run_way(engine: Engine, way: Way, cases: list[Case]) -> None:
    url = engine.fresh()
    sales = prepare(url, sum(case.orders * _ROUNDS[case.orders] for case in cases), first=1_000)
    checker = Checker(url)
    left = iter(sales)
    with running(url, way) as shop:
        for case in cases:
            for _ in range(_ROUNDS[case.orders]):
                requests = [request_of(next(left)) for _ in range(case.orders)]
                case.reports.append(fire(shop, requests, in_flight=case.in_flight))
    if way is not Way.NO_BOOKS:
        checker.check(sales)


def prepare(url: str, many: int, *, first: int) -> list[Sale]:
    """Orders that wait for their money."""

    async def work() -> list[Sale]:
        storage = storage_at(url)
        await storage.open()
        sales = await open_orders(storage, many, first=first, now=datetime.now(UTC))
        await storage.close()
        return sales

    return asyncio.run(work())


def _row(case: Case, base: float) -> tuple[str, ...]:
    return (
        case.way,
        thousands(case.orders),
        str(case.in_flight),
        thousands(case.per_second),
        ratio(case.per_second, base),
        milliseconds(median(report.p50 for report in case.reports)),
        milliseconds(median(report.p99 for report in case.reports)),
        milliseconds(median(report.cpu for report in case.reports)),
        milliseconds(median(report.own_cpu for report in case.reports)),
    )
