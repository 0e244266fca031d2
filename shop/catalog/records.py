"""Products and their prices: a price is never edited, only superseded."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from shop.books.moments import seconds
from shop.books.queries import Row, Sql
from shop.catalog.products import STAR_TERM, STARS, Terms, Texts
from shop.core.errors import NotFoundError
from shop.core.intervals import Interval
from shop.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A plan as it is sold today, or was when it was withdrawn.

    `star_subscription` is what 30 days cost as a subscription in Stars, 0 when it is not sold so.
    """

    id: int
    slug: str
    name: Texts
    description: Texts
    screens: int
    connector: str
    trial_days: int
    terms: Terms
    is_offered: bool
    star_subscription: int = 0

    def recurs_at(self, price: "Price") -> bool:
        """Whether whoever pays this price subscribes: Telegram charges it again by itself."""
        return (
            self.star_subscription > 0
            and price.interval == STAR_TERM
            and price.amount.currency == STARS
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One amount for one interval; `id` names it for ever."""

    id: int
    product_id: int
    interval: Interval
    amount: Money
    is_in_force: bool


class CatalogRecords:
    """Products, prices and the catalog documents they came from."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def latest(self) -> dict[str, Any] | None:
        """The document applied last, or None in a new shop."""
        row = self._sql.one("catalog_latest")
        return None if row is None else dict(json.loads(row["document"]))

    def latest_id(self) -> int:
        """The id of the document applied last, 0 in a new shop."""
        return int(self._sql.value("catalog_latest_id"))

    def note_document(self, *, digest: str, document: dict[str, Any], now: datetime) -> None:
        """Keep the document that is now in force."""
        text = json.dumps(document, ensure_ascii=False)
        self._sql.run("catalog_add", digest=digest, document=text, now=seconds(now))

    def put_product(self, slug: str, *, document: dict[str, Any], position: int) -> int:
        """Offer a plan; returns its id."""
        text = json.dumps(document, ensure_ascii=False)
        product_id: int = self._sql.value(
            "product_put", slug=slug, kind="plan", document=text, position=position
        )
        return product_id

    def withdraw(self, slug: str) -> None:
        """Sell this plan no more; who has it keeps it."""
        self._sql.run("product_withdraw", slug=slug)

    def offered(self) -> list[Product]:
        """Every plan on offer, in the owner's order."""
        return [product_of(row) for row in self._sql.all("products_offered")]

    def by_slug(self, slug: str) -> Product:
        """The plan of this slug, on offer or not."""
        if (row := self._sql.one("product_by_slug", slug=slug)) is None:
            raise NotFoundError(what="plan", name=slug)
        return product_of(row)

    def get(self, product_id: int) -> Product:
        """The plan of this id."""
        if (row := self._sql.one("product_by_id", id=product_id)) is None:
            raise NotFoundError(what="plan", name=product_id)
        return product_of(row)

    def prices(self, product_id: int) -> list[Price]:
        """The prices in force of one plan."""
        return [_price(row) for row in self._sql.all("prices_of", product_id=product_id)]

    def all_prices(self) -> list[Price]:
        """The prices in force of all plans on offer."""
        return [_price(row) for row in self._sql.all("prices_in_force")]

    def price(self, price_id: int) -> Price:
        """A price of this id, in force or superseded."""
        if (row := self._sql.one("price_by_id", id=price_id)) is None:
            raise NotFoundError(what="price", name=price_id)
        return _price(row)

    def price_for(self, product_id: int, interval: Interval, currency: str) -> Price | None:
        """The price in force for this interval and currency, if there is one."""
        row = self._sql.one(
            "price_in_force", product_id=product_id, term=interval.key, currency=currency
        )
        return None if row is None else _price(row)

    def set_price(
        self, product_id: int, interval: Interval, amount: Money, *, now: datetime
    ) -> None:
        """Put a price in force; the one before is superseded."""
        self.drop_price(product_id, interval, amount.currency, now=now)
        self._sql.run(
            "price_add",
            product_id=product_id,
            term=interval.key,
            currency=amount.currency,
            minor=amount.minor,
            now=seconds(now),
        )

    def drop_price(
        self, product_id: int, interval: Interval, currency: str, *, now: datetime
    ) -> None:
        """Supersede a price by nothing."""
        if old := self.price_for(product_id, interval, currency):
            self._sql.run("price_supersede", id=old.id, now=seconds(now))


def product_of(row: Row) -> Product:
    """A product from its own row, or from a joined row that has `product_id`."""
    keys = row.keys()
    return _product(
        row["product_id"] if "product_id" in keys else row["id"],
        row["slug"],
        row["document"],
        is_offered=bool(row["is_offered"]) if "is_offered" in keys else True,
    )


@lru_cache(maxsize=256)
def _product(product_id: int, slug: str, document_text: str, *, is_offered: bool) -> Product:
    # Every settlement reads its plan, and there are few plans; a product never changes.
    document: Mapping[str, Any] = json.loads(document_text)
    return Product(
        id=product_id,
        slug=slug,
        name=document["name"],
        description=document["description"],
        screens=document["screens"],
        connector=document["connector"],
        trial_days=document["trial_days"],
        terms=Terms(grace_days=document["grace_days"], keep_days=document["keep_days"]),
        is_offered=is_offered,
        star_subscription=document.get("star_subscription", 0),
    )


def _price(row: Row) -> Price:
    return Price(
        id=row["id"],
        product_id=row["product_id"],
        interval=Interval.from_key(row["term"]),
        amount=Money(row["minor"], row["currency"]),
        is_in_force=row["superseded_at"] is None,
    )
