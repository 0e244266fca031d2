"""Orders of several lines, which no screen makes yet: by hand, through the records."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shop.books.books import Books
from shop.catalog.records import CatalogRecords
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.customers.records import Customers
from shop.orders.line_records import NewLine
from shop.orders.order_records import Orders
from shop.orders.orders import new_reference
from shop.orders.payment_records import Payment, Payments
from shop.renewals.records import Renewals
from tests.fixtures.goods import MONTH
from tests.fixtures.shop import CARD, Shop, price_of

DAY = timedelta(days=1)


def ask_lines(
    books: Books,
    customer_id: int,
    lines: Sequence[NewLine],
    *,
    saves: bool,
    provider: str,
    now: datetime,
) -> Payment:
    """Open an order of these lines, up to the page where it is paid."""
    books[Customers].claim(customer_id)
    asked = books[Orders].open_one(customer_id, lines, now=now, expires_at=now + DAY)
    amounts = [line.amount for line in lines if line.amount is not None]
    whole = Money(sum(one.minor for one in amounts), amounts[0].currency)
    payment = books[Payments].open_one(
        asked,
        reference=new_reference(),
        provider=provider,
        due=whole,
        whole=whole,
        screen_id=None,
        now=now,
        expires_at=now + DAY,
        poll_at=now + DAY,
    )
    if saves:
        books[Renewals].note_consent(payment.id, now=now)
    return payment


def line_of(
    books: Books,
    slug: str,
    term: Interval,
    currency: str,
    *,
    lengthens: int | None,
    is_another: bool,
) -> NewLine:
    price = books[CatalogRecords].price(price_of(books, slug, term, currency))
    return NewLine(
        product_id=price.product_id,
        interval=price.interval,
        price=price,
        lengthens=lengthens,
        is_apart=lengthens is not None,
        is_another=is_another,
    )


async def a_line(
    shop: Shop,
    slug: str = "solo",
    term: Interval = MONTH,
    *,
    currency: str = "EUR",
    lengthens: int | None = None,
    is_another: bool = False,
) -> NewLine:
    """One line of an order."""
    return await shop.storage.read(
        line_of,
        slug,
        term,
        currency,
        lengthens=lengthens,
        is_another=is_another,
    )


async def ask(shop: Shop, *lines: NewLine, saves: bool = False, provider: str = CARD) -> Payment:
    """Let Anna want these lines, in one order."""
    anna = await shop.greet()
    return await shop.run(ask_lines, anna.id, lines, saves=saves, provider=provider, now=shop.now)
