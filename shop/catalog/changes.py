"""From one catalog to the next: what differs, and carrying it out."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.books.books import Books
from shop.books.notes import Notes
from shop.catalog.document import Document, front_document, front_of, plan_document
from shop.catalog.offers import Offer, offer, offers
from shop.catalog.products import Catalog, Plan
from shop.catalog.records import CatalogRecords, Price
from shop.core.errors import NotFoundError, ShopError
from shop.core.intervals import Interval
from shop.core.money import Money

_NOTE = "catalog"


class NoCatalogError(ShopError):
    """The shop has no catalog yet. Begin with: telekiosk catalog apply FILE."""


class What(StrEnum):
    """What a change is about."""

    SHOP_TEXTS = "shop_texts"
    CHOICES = "choices"
    PLAN_ADDED = "plan_added"
    PLAN_CHANGED = "plan_changed"
    PLAN_WITHDRAWN = "plan_withdrawn"
    PLANS_REORDERED = "plans_reordered"
    PRICE_NEW = "price_new"
    PRICE_SUPERSEDED = "price_superseded"
    PRICE_DROPPED = "price_dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that applying a catalog does; `fields` names what changed in a plan or text."""

    what: What
    plan: str = ""
    fields: tuple[str, ...] = ()
    interval: Interval | None = None
    old: Money | None = None
    new: Money | None = None


def export_catalog(books: Books) -> Catalog:
    """The catalog as it is sold now."""
    if (document := books[CatalogRecords].latest()) is None:
        raise NoCatalogError
    return Catalog(
        currency=document["currency"],
        front=front_of(document["front"]),
        plans=tuple(_plan(one) for one in offers(books)),
        sections=document.get("choices", {}),
    )


def plan_changes(books: Books, catalog: Catalog) -> list[Change]:
    """What `apply_catalog` would do; nothing is written."""
    return [
        *_front_changes(books[CatalogRecords].latest(), catalog),
        *_withdrawals(books, catalog),
        *_order_changes(books, catalog),
        *(change for plan in catalog.plans for change in _plan_changes(books, plan)),
    ]


def apply_catalog(books: Books, catalog: Catalog, *, now: datetime) -> list[Change]:
    """Make the shop sell this; who bought before keeps what they bought.

    Applying the same catalog again writes nothing.
    """
    if not plan_changes(books, catalog):
        return []
    # Two processes may start with a new file at once: the note's row lets one go first, and
    # the other then finds nothing left to do.
    document = {
        "currency": catalog.currency,
        "front": front_document(catalog.front),
        "choices": dict(catalog.sections),
    }
    digest = _digest(catalog)
    books[Notes].set_note(_NOTE, digest)
    if changes := plan_changes(books, catalog):
        for position, plan in enumerate(catalog.plans):
            _put(books, plan, position=position, changes=changes)
        for change in changes:
            _carry_out(books, change, now=now)
        books[CatalogRecords].note_document(digest=digest, document=document, now=now)
    return changes


def describe(changes: list[Change]) -> list[str]:
    """One plain line for each change."""
    return [_line(change) for change in changes]


def _front_changes(document: Document | None, catalog: Catalog) -> Iterator[Change]:
    old = {} if document is None else {"currency": document["currency"], **document["front"]}
    new = {"currency": catalog.currency, **front_document(catalog.front)}
    if fields := _differing(old, new):
        yield Change(what=What.SHOP_TEXTS, fields=fields)
    before = {} if document is None else document.get("choices", {})
    if fields := _differing(before, {**dict.fromkeys(before), **catalog.sections}):
        yield Change(what=What.CHOICES, fields=fields)


def _withdrawals(books: Books, catalog: Catalog) -> Iterator[Change]:
    kept = {plan.slug for plan in catalog.plans}
    for product in books[CatalogRecords].offered():
        if product.slug not in kept:
            yield Change(what=What.PLAN_WITHDRAWN, plan=product.slug)


def _order_changes(books: Books, catalog: Catalog) -> Iterator[Change]:
    offered = [product.slug for product in books[CatalogRecords].offered()]
    wanted = [plan.slug for plan in catalog.plans]
    if [slug for slug in offered if slug in wanted] != [
        slug for slug in wanted if slug in offered
    ]:
        yield Change(what=What.PLANS_REORDERED)


def _plan_changes(books: Books, plan: Plan) -> Iterator[Change]:
    old: Offer | None = None
    try:
        old = offer(books, plan.slug)
    except NotFoundError:
        yield Change(what=What.PLAN_ADDED, plan=plan.slug)
    else:
        if not old.product.is_offered:
            yield Change(what=What.PLAN_ADDED, plan=plan.slug)
        elif fields := _differing(plan_document(_plan(old)), plan_document(plan)):
            yield Change(what=What.PLAN_CHANGED, plan=plan.slug, fields=fields)
    yield from _price_changes(plan, {} if old is None else old.prices)


def _price_changes(plan: Plan, prices: Mapping[Interval, tuple[Price, ...]]) -> Iterator[Change]:
    old = {(term, one.amount.currency): one.amount for term in prices for one in prices[term]}
    new = {(term, one.currency): one for term in plan.prices for one in plan.prices[term]}
    for key in new | old:
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if before is None:
            what = What.PRICE_NEW
        else:
            what = What.PRICE_DROPPED if after is None else What.PRICE_SUPERSEDED
        yield Change(what=what, plan=plan.slug, interval=key[0], old=before, new=after)


def _differing(old: Document, new: Document) -> tuple[str, ...]:
    # As text, because the order of languages matters: the first is everybody else's.
    return tuple(key for key in new if json.dumps(old.get(key)) != json.dumps(new[key]))


def _put(books: Books, plan: Plan, *, position: int, changes: list[Change]) -> None:
    moves = {What.PLAN_ADDED, What.PLAN_WITHDRAWN, What.PLANS_REORDERED}
    touched = {change.plan for change in changes if change.what is What.PLAN_CHANGED}
    if plan.slug in touched or any(change.what in moves for change in changes):
        books[CatalogRecords].put_product(
            plan.slug, document=plan_document(plan), position=position
        )


def _carry_out(books: Books, change: Change, *, now: datetime) -> None:
    if change.what is What.PLAN_WITHDRAWN:
        books[CatalogRecords].withdraw(change.plan)
    elif change.interval is not None:
        product = books[CatalogRecords].by_slug(change.plan)
        if change.new is not None:
            books[CatalogRecords].set_price(product.id, change.interval, change.new, now=now)
        elif change.old is not None:
            books[CatalogRecords].drop_price(
                product.id, change.interval, change.old.currency, now=now
            )


def _digest(catalog: Catalog) -> str:
    whole = {
        "currency": catalog.currency,
        "front": front_document(catalog.front),
        "choices": dict(catalog.sections),
        "plans": [
            {"slug": plan.slug, **plan_document(plan), "prices": _amounts(plan)}
            for plan in catalog.plans
        ],
    }
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def _amounts(plan: Plan) -> dict[str, dict[str, int]]:
    return {
        interval.key: {money.currency: money.minor for money in amounts}
        for interval, amounts in plan.prices.items()
    }


def _plan(one: Offer) -> Plan:
    product = one.product
    return Plan(
        slug=product.slug,
        name=product.name,
        description=product.description,
        screens=product.screens,
        connector=product.connector,
        trial_days=product.trial_days,
        terms=product.terms,
        prices={
            term: tuple(price.amount for price in prices) for term, prices in one.prices.items()
        },
        star_subscription=product.star_subscription,
    )


_WORDS = {
    What.SHOP_TEXTS: "the shop's own words change: {fields}",
    What.CHOICES: "the shop's rules change: {fields}",
    What.PLAN_ADDED: "{plan}: goes on offer",
    What.PLAN_CHANGED: "{plan}: changes {fields}",
    What.PLAN_WITHDRAWN: "{plan}: is withdrawn; who has it keeps it",
    What.PLANS_REORDERED: "the plans stand in another order",
    What.PRICE_NEW: "{plan}, {interval}: costs {new}",
    What.PRICE_SUPERSEDED: "{plan}, {interval}: {old} becomes {new}",
    What.PRICE_DROPPED: "{plan}, {interval}: {old} is no longer a price",
}


def _line(change: Change) -> str:
    return _WORDS[change.what].format(
        plan=change.plan,
        fields=", ".join(change.fields),
        interval=change.interval.words() if change.interval else "",
        old=change.old,
        new=change.new,
    )
