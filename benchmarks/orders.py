"""Opens orders through the real use cases, up to the page where they are paid."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from bot.assemble import KNOWN
from shop.books.books import Books
from shop.books.opening import Storage
from shop.catalog.changes import apply_catalog
from shop.catalog.offers import has_catalog, offer
from shop.checkout.pages import note_page
from shop.checkout.payment import Choice, begin_payment
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.core.policy import Policy
from shop.customers.people import Visitor, greet
from shop.owner_file import sample_text
from shop.owner_file.reading import read_catalog
from shop.ports import PaymentPage

POLICY = Policy()
_TOGETHER = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """An order that waits for its money; `provider_ref` is the Checkout Session."""

    customer_id: int
    reference: str
    provider_ref: str
    money: Money


async def stock(storage: Storage, *, now: datetime) -> None:
    """Give the shop the sample catalog."""
    if not await storage.read(has_catalog):
        await storage.run(
            apply_catalog, read_catalog(sample_text(), name="sample", known=KNOWN), now=now
        )


async def open_orders(storage: Storage, many: int, *, first: int, now: datetime) -> list[Sale]:
    """Bring that many customers, from Telegram id `first` on, up to the payment page."""
    await stock(storage, now=now)
    groups = await asyncio.gather(
        *(
            storage.run(_open, range(start, min(start + _TOGETHER, first + many)), now=now)
            for start in range(first, first + many, _TOGETHER)
        )
    )
    return [sale for group in groups for sale in group]


def _open(books: Books, customers: range, *, now: datetime) -> list[Sale]:
    found = offer(books, "solo").price(Interval.from_key("1m"), "EUR")
    assert found is not None
    return [_open_one(books, customer, found.id, now=now) for customer in customers]


def _open_one(books: Books, telegram_id: int, price_id: int, *, now: datetime) -> Sale:
    visitor = Visitor(
        telegram_id=telegram_id,
        name=f"Customer {telegram_id}",
        username=f"c{telegram_id}",
        language="de",
        zone="Europe/Berlin",
    )
    customer = greet(books, visitor, now=now)
    choice = Choice(customer_id=customer.id, price_id=price_id, provider="stripe", screen_id=7)
    payment = begin_payment(books, choice, policy=POLICY, now=now).payment
    session = f"cs_test_{payment.reference[3:]}"
    url = f"https://checkout.stripe.com/c/pay/{session}"
    note_page(books, payment, PaymentPage(provider_ref=session, url=url))
    return Sale(
        customer_id=customer.id,
        reference=payment.reference,
        provider_ref=session,
        money=payment.due,
    )
