"""The catalog in the books: what a file would change, changing it, and what is on offer."""

from collections.abc import Mapping
from dataclasses import dataclass

from shop.books.books import Books
from shop.catalog.document import front_of
from shop.catalog.products import Shopfront, Texts, length_of
from shop.catalog.records import CatalogRecords, Price, Product
from shop.core.errors import NotFoundError
from shop.core.intervals import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A plan with its prices in force, the shortest interval first."""

    product: Product
    prices: Mapping[Interval, tuple[Price, ...]]

    def price(self, interval: Interval, currency: str) -> Price | None:
        """The price of this interval in this currency, if there is one."""
        found = (one for one in self.prices.get(interval, ()) if one.amount.currency == currency)
        return next(found, None)


def offers(books: Books) -> list[Offer]:
    """All that is on offer, in the owner's order."""
    prices: dict[int, list[Price]] = {}
    for price in books[CatalogRecords].all_prices():
        prices.setdefault(price.product_id, []).append(price)
    return [
        _offer(product, prices.get(product.id, [])) for product in books[CatalogRecords].offered()
    ]


def offer(books: Books, slug: str) -> Offer:
    """One plan with its prices, withdrawn or not (see `product.is_offered`)."""
    product = books[CatalogRecords].by_slug(slug)
    return _offer(product, books[CatalogRecords].prices(product.id))


def plan_name(books: Books, slug: str) -> Texts:
    """What a plan is called, withdrawn or not; its slug where the books know no such plan."""
    try:
        return books[CatalogRecords].by_slug(slug).name
    except NotFoundError:
        return {"": slug}


def has_catalog(books: Books) -> bool:
    """Whether a catalog was ever applied."""
    return books[CatalogRecords].latest() is not None


def shopfront(books: Books) -> Shopfront:
    """What the shop says about itself; a shop without a catalog has a name only."""
    document = books[CatalogRecords].latest()
    return front_of(document["front"]) if document else Shopfront(name={"": "Telekiosk"})


def _offer(product: Product, prices: list[Price]) -> Offer:
    by_interval: dict[Interval, list[Price]] = {}
    for price in prices:
        by_interval.setdefault(price.interval, []).append(price)
    intervals = sorted(by_interval, key=length_of)
    return Offer(product=product, prices={term: tuple(by_interval[term]) for term in intervals})
