"""How many paid orders a second with each provider, its signature and its JSON included."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from statistics import mean, median

from benchmarks.engines import Engine
from benchmarks.load import Report, fire
from benchmarks.orders import POLICY, stock
from benchmarks.provider_shop import running
from benchmarks.tables import milliseconds, ratio, show, thousands
from shop.books.books import Books
from shop.books.opening import storage_at
from shop.catalog.offers import offer
from shop.checkout.pages import note_page
from shop.checkout.payment import Choice, begin_payment
from shop.core.intervals import Interval
from shop.customers.people import Visitor, greet
from shop.orders.payment_records import Payment
from shop.ports import PaymentPage
from tests.doors.senders import SENDERS, Sender
from tests.fixtures.doors import SECRETS
from tests.fixtures.tables import Tables, contradictions

_ORDERS, _ROUNDS, _IN_FLIGHT = 300, 15, 64
_BASE = "stripe"
_IN_CHAT = {"stars": "XTR", "telegram_cards": "EUR"}
_TOGETHER = 50
_SERVED = """
    SELECT COUNT(*) FROM payments AS p
    INNER JOIN orders AS o ON o.id = p.order_id AND o.state = 'paid'
    INNER JOIN receipts AS r ON r.payment_id = p.id AND r.verdict = 'paid' AND r.minor = p.minor
    INNER JOIN order_lines AS l ON l.order_id = o.id
    INNER JOIN periods AS d ON d.line_id = l.id
    WHERE p.state = 'final'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A provider, and what it sends for each of its orders."""

    name: str
    requests: list[bytes]
    is_believed: bool
    reports: list[Report] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return median(report.per_second for report in self.reports)

    @property
    def cpu(self) -> float:
        """Of all rounds together: it is counted in hundredths of a second, a round has fifteen."""
        return mean(report.cpu for report in self.reports)


def providers(engine: Engine) -> None:
    """Print one line for each provider; they take turns, so that a busy moment hits them all."""
    url = engine.fresh()
    cases = asyncio.run(_prepare(url))
    with running(url) as shop:
        for number in range(_ROUNDS):
            # In another order each time: who comes after whom must not decide.
            for case in Random(number).sample(cases, len(cases)):
                some = case.requests[number * _ORDERS : (number + 1) * _ORDERS]
                case.reports.append(fire(shop, some, in_flight=_IN_FLIGHT))
    settled = sum(len(case.requests) for case in cases if case.is_believed)
    _check(Tables(url), settled)
    base = next(case for case in cases if case.name == _BASE)
    show(
        f"providers: paid orders a second, from the signed webhook to the commit, {engine.name}",
        ("provider", "settled/s", f"to {_BASE}", "p99", "shop's CPU an order", f"to {_BASE}"),
        [
            (
                case.name + ("" if case.is_believed else " (noted: to be asked)"),
                thousands(case.per_second),
                ratio(case.per_second, base.per_second),
                milliseconds(median(report.p99 for report in case.reports)),
                milliseconds(case.cpu),
                ratio(case.cpu, base.cpu),
            )
            for case in cases
        ],
        f"{_IN_FLIGHT} in flight, {_ROUNDS} rounds of {_ORDERS} in changing turns: median of the "
        "times, mean of the CPU. Every order was found paid and served once, the journal "
        "balanced.",
    )


def _check(tables: Tables, settled: int) -> None:
    assert tables.one(_SERVED) == tables.one("SELECT COUNT(*) FROM receipts") == settled
    assert contradictions(tables) == {}


async def _prepare(url: str) -> list[_Case]:
    storage, now = storage_at(url), datetime.now(UTC).replace(microsecond=0)
    await storage.open()
    await stock(storage, now=now)
    cases, many = [], _ORDERS * _ROUNDS
    for place, name in enumerate([*SENDERS, *_IN_CHAT]):
        first = 100_000 * (place + 1)
        currency = _IN_CHAT.get(name, "EUR")
        groups = await asyncio.gather(
            *(
                storage.run(
                    open_with,
                    range(start, min(start + _TOGETHER, first + many)),
                    provider=name,
                    currency=currency,
                    now=now,
                )
                for start in range(first, first + many, _TOGETHER)
            )
        )
        write = _webhook(SENDERS[name]) if name in SENDERS else _update
        cases.append(
            _Case(
                name=name,
                requests=[write(one, now) for group in groups for one in group],
                is_believed=name not in SENDERS or SENDERS[name].is_believed,
            )
        )
    await storage.close()
    return cases


def open_with(
    books: Books, customers: range, *, provider: str, currency: str, now: datetime
) -> list[Payment]:
    """Bring these customers up to the page of this provider."""
    price = offer(books, "solo").price(Interval.from_key("1m"), currency)
    assert price is not None
    made = []
    for telegram_id in customers:
        visitor = Visitor(
            telegram_id=telegram_id, name=f"Customer {telegram_id}", username="", language="de"
        )
        customer = greet(books, visitor, now=now)
        choice = Choice(
            customer_id=customer.id,
            price_id=price.id,
            provider=provider,
            currencies=frozenset({currency}),
        )
        payment = begin_payment(books, choice, policy=POLICY, now=now).payment
        page = PaymentPage(provider_ref=payment.reference, url="https://pay.example/")
        note_page(books, payment, page)
        made.append(payment)
    return made


def _webhook(sender: Sender) -> Callable[[Payment, datetime], bytes]:
    def write(payment: Payment, now: datetime) -> bytes:
        event = sender.event(payment, now)
        if sender.name == "nowpayments":
            event |= {"payment_id": 5_000_000_000 + payment.id}
        body = json.dumps(event).encode()
        return _request(f"/webhooks/{sender.name}", body, **sender.sign(body, now))

    return write


def _update(payment: Payment, now: datetime) -> bytes:
    person = {"id": payment.customer_id, "is_bot": False, "first_name": "Some One"}
    update = {
        "update_id": payment.id,
        "message": {
            "message_id": 5,
            "date": int(now.timestamp()),
            "chat": {"id": payment.customer_id, "type": "private", "first_name": "Some One"},
            "from": person,
            "successful_payment": {
                "currency": payment.due.currency,
                "total_amount": payment.due.minor,
                "invoice_payload": payment.reference,
                "telegram_payment_charge_id": f"stx_{payment.reference}",
                "provider_payment_charge_id": f"ch_{payment.reference}",
            },
        },
    }
    secret = {"x-telegram-bot-api-secret-token": SECRETS["telegram_webhook_secret"]}
    return _request("/telegram", json.dumps(update).encode(), **secret)


def _request(path: str, body: bytes, **headers: str) -> bytes:
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    return (
        f"POST {path} HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/json\r\n"
        f"{''.join(lines)}Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
