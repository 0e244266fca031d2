"""How many paid orders a second, from a signed webhook on the wire to a commit on the disk."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median

from benchmarks.engines import Engine
from benchmarks.load import Report, fire
from benchmarks.orders import Sale, check, open_orders, taken
from benchmarks.shop_process import Way, running
from benchmarks.tables import milliseconds, ratio, show, thousands
from benchmarks.webhooks import request_of
from shop.storage.opening import storage_at

_ORDERS = (300, 3000)
_IN_FLIGHT = (16, 64)
_ROUNDS = 3


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
        for in_flight in _IN_FLIGHT for orders in _ORDERS for way in reversed(Way)
    ]  # fmt: skip
    for way in Way:
        mine = [case for case in cases if case.way is way]
        _run_way(engine, way, mine)
    bases = {
        (case.orders, case.in_flight): case.per_second for case in cases if case.way is Way.ALONE
    }
    show(
        f"settle: paid orders a second, {engine.name}",
        ("way", "orders", "in flight", "settled/s", "ratio", "p50", "p99", "generator's CPU"),
        [_row(case, bases[case.orders, case.in_flight]) for case in cases],
        f"Median of {_ROUNDS} rounds; every order was found paid and the journal balanced.",
    )


def _run_way(engine: Engine, way: Way, cases: list[Case]) -> None:
    url = engine.fresh()
    many = sum(case.orders for case in cases) * _ROUNDS
    sales, till = asyncio.run(prepare(url, many, first=1_000))
    left = iter(sales)
    with running(url, way) as port:
        for _ in range(_ROUNDS):
            for case in cases:
                requests = [request_of(next(left)) for _ in range(case.orders)]
                case.reports.append(fire(port, requests, in_flight=case.in_flight))
    if way is not Way.NO_BOOKS:
        asyncio.run(verify(url, sales, till_before=till))


async def prepare(url: str, many: int, *, first: int) -> tuple[list[Sale], int]:
    """Orders that wait for their money, and what the till holds before it comes."""
    storage = storage_at(url)
    await storage.open()
    sales = await open_orders(storage, many, first=first, now=datetime.now(UTC))
    till = await storage.read(taken)
    await storage.close()
    return sales, till


async def verify(url: str, sales: list[Sale], *, till_before: int) -> None:
    """Read in the books that the work was done, before the clock is believed."""
    storage = storage_at(url)
    await storage.open()
    await storage.read(check, sales, till_before=till_before)
    await storage.close()


def _row(case: Case, base: float) -> tuple[str, ...]:
    return (
        case.way,
        thousands(case.orders),
        str(case.in_flight),
        thousands(case.per_second),
        ratio(case.per_second, base),
        milliseconds(median(report.p50 for report in case.reports)),
        milliseconds(median(report.p99 for report in case.reports)),
        f"{median(report.own_share for report in case.reports):.0%}",
    )
