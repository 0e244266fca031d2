import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.assemble import KNOWN
from shop.books.books import Books
from shop.books.opening import Storage
from shop.catalog.changes import (
    Change,
    NoCatalogError,
    What,
    apply_catalog,
    describe,
    export_catalog,
    plan_changes,
)
from shop.catalog.offers import has_catalog, offer, offers, plan_name, shopfront
from shop.catalog.products import Catalog
from shop.catalog.records import CatalogRecords
from shop.core.errors import NotFoundError
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.owner_file import read_catalog, sample_text
from tests.owner_file.test_file import RIGHT

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MONTH = Interval.from_key("1m")
SAMPLE = read_catalog(sample_text(), name="sample", known=KNOWN)


def changed(*edits: tuple[str, str]) -> Catalog:
    text = RIGHT
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return read_catalog(text, name="changed", known=KNOWN)


SMALL = changed()


async def test_a_shop_without_a_catalog_says_so(storage: Storage) -> None:
    with pytest.raises(NoCatalogError, match="The shop has no catalog yet"):
        await storage.read(export_catalog)
    assert await storage.read(offers) == []
    assert not await storage.read(has_catalog)
    assert (await storage.read(shopfront)).name == {"": "Telekiosk"}


async def test_what_is_applied_can_be_exported_unchanged(storage: Storage) -> None:
    await storage.run(apply_catalog, SAMPLE, now=NOW)
    assert await storage.read(export_catalog) == SAMPLE
    assert await storage.read(has_catalog)
    assert await storage.read(shopfront) == SAMPLE.front


async def test_the_same_catalog_again_writes_nothing(storage: Storage) -> None:
    assert await storage.run(apply_catalog, SAMPLE, now=NOW)
    # A reader may not write: that nothing is written is what lets this through.
    assert await storage.read(apply_catalog, SAMPLE, now=NOW) == []


async def test_planning_tells_what_applying_then_does(storage: Storage) -> None:
    await storage.run(apply_catalog, SMALL, now=NOW)
    planned = await storage.read(plan_changes, SAMPLE)
    assert await storage.run(apply_catalog, SAMPLE, now=NOW) == planned


async def test_a_new_price_supersedes_the_old_one_which_stays_known(storage: Storage) -> None:
    await storage.run(apply_catalog, SMALL, now=NOW)
    before = (await storage.read(offer, "solo")).price(MONTH, "EUR")
    assert before is not None
    changes = await storage.run(apply_catalog, changed(("7.99", "8.99")), now=NOW)
    assert changes == [
        Change(
            what=What.PRICE_SUPERSEDED,
            plan="solo",
            interval=MONTH,
            old=Money(799, "EUR"),
            new=Money(899, "EUR"),
        )
    ]
    after = (await storage.read(offer, "solo")).price(MONTH, "EUR")
    assert after is not None
    assert (after.amount, after.id) != (before.amount, before.id)

    def old_price(books: Books) -> tuple[Money, bool]:
        price = books[CatalogRecords].price(before.id)
        return price.amount, price.is_in_force

    assert await storage.read(old_price) == (Money(799, "EUR"), False)


async def test_a_price_taken_out_is_dropped(storage: Storage) -> None:
    await storage.run(apply_catalog, SMALL, now=NOW)
    changes = await storage.run(apply_catalog, changed((", XTR = 450", "")), now=NOW)
    assert describe(changes) == ["solo, 1 month: 450 XTR is no longer a price"]
    assert (await storage.read(offer, "solo")).price(MONTH, "XTR") is None


async def test_a_withdrawn_plan_is_not_offered_but_still_known(storage: Storage) -> None:
    await storage.run(apply_catalog, SAMPLE, now=NOW)
    fewer = replace(SAMPLE, plans=SAMPLE.plans[1:], front=replace(SAMPLE.front, channels=()))
    lines = describe(await storage.run(apply_catalog, fewer, now=NOW))
    assert lines == [
        "the shop's own words change: channels",
        "solo: is withdrawn; who has it keeps it",
    ]
    assert [one.product.slug for one in await storage.read(offers)] == ["duo", "family"]
    assert not (await storage.read(offer, "solo")).product.is_offered


async def test_a_withdrawn_plan_can_come_back(storage: Storage) -> None:
    fewer = replace(SAMPLE, plans=SAMPLE.plans[1:])
    for catalog in (SAMPLE, fewer, SAMPLE):
        await storage.run(apply_catalog, catalog, now=NOW)
        assert await storage.read(export_catalog) == catalog
    assert await storage.read(plan_changes, SAMPLE) == []


async def test_a_changed_text_is_told_by_its_name(storage: Storage) -> None:
    await storage.run(apply_catalog, SMALL, now=NOW)
    catalog = changed(("One screen", "A screen"), ("trial_days = 3", "trial_days = 5"))
    assert describe(await storage.run(apply_catalog, catalog, now=NOW)) == [
        "solo: changes description, trial_days"
    ]
    assert (await storage.read(offer, "solo")).product.trial_days == 5


async def test_plans_stand_in_the_order_of_the_file(storage: Storage) -> None:
    await storage.run(apply_catalog, SAMPLE, now=NOW)
    turned = replace(SAMPLE, plans=SAMPLE.plans[::-1])
    changes = await storage.run(apply_catalog, turned, now=NOW)
    assert describe(changes) == ["the plans stand in another order"]
    assert await storage.read(export_catalog) == turned


async def test_a_plan_added_in_the_middle_stands_there(storage: Storage) -> None:
    for plans in (SAMPLE.plans[:1] + SAMPLE.plans[2:], SAMPLE.plans[1:], SAMPLE.plans):
        await storage.run(apply_catalog, replace(SAMPLE, plans=plans), now=NOW)
        assert (await storage.read(export_catalog)).plans == plans


async def test_the_first_language_of_a_text_is_part_of_it(storage: Storage) -> None:
    await storage.run(apply_catalog, SMALL, now=NOW)
    turned = changed(
        (
            '{ en = "One screen", de = "Ein Bildschirm" }',
            '{ de = "Ein Bildschirm", en = "One screen" }',
        )
    )
    assert describe(await storage.run(apply_catalog, turned, now=NOW)) == [
        "solo: changes description"
    ]


async def test_the_currency_and_the_shops_words_are_told(storage: Storage) -> None:
    await storage.run(apply_catalog, SMALL, now=NOW)
    catalog = changed(('name = "Kiosk"', 'name = "Kiosk 2"\nsupport = "@help"'))
    assert describe(await storage.read(plan_changes, catalog)) == [
        "the shop's own words change: name, support"
    ]


async def test_an_unknown_plan_is_not_found(storage: Storage) -> None:
    with pytest.raises(NotFoundError, match="There is no plan gold"):
        await storage.read(offer, "gold")


async def test_an_offer_lists_short_intervals_first(storage: Storage) -> None:
    text = RIGHT.replace(
        '"1 year"', '"2 months" = { EUR = "15" }\n"7 days" = { EUR = "3" }\n"1 year"'
    )
    await storage.run(apply_catalog, read_catalog(text, name="x", known=KNOWN), now=NOW)
    [one] = await storage.read(offers)
    assert [interval.key for interval in one.prices] == ["7d", "1m", "2m", "12m"]
    assert one == await storage.read(offer, "solo")


async def test_a_plan_has_a_price_in_each_of_its_currencies_and_in_no_other(
    storage: Storage,
) -> None:
    text = RIGHT.replace(
        '"1 year"', '"2 months" = { EUR = "15", USD = "16", CHF = "14" }\n"1 year"'
    )
    await storage.run(apply_catalog, read_catalog(text, name="x", known=KNOWN), now=NOW)
    found = await storage.read(offer, "solo")
    months = Interval.from_key("2m")
    for currency, minor in {"EUR": 1500, "USD": 1600, "CHF": 1400}.items():
        price = found.price(months, currency)
        assert price is not None
        assert price.amount == Money(minor, currency)
    assert found.price(months, "DKK") is None
    assert found.price(Interval.from_key("5m"), "EUR") is None


async def test_a_plan_the_books_do_not_know_is_called_by_its_slug(storage: Storage) -> None:
    await storage.run(apply_catalog, SMALL, now=NOW)
    assert await storage.read(plan_name, "gold") == {"": "gold"}
    assert await storage.read(plan_name, "solo") == SMALL.plans[0].name


async def test_two_processes_may_apply_the_same_new_file_at_once(storage: Storage) -> None:
    results = await asyncio.gather(
        *(storage.run(apply_catalog, SAMPLE, now=NOW) for _ in range(6))
    )
    assert sorted(map(bool, results)) == [False] * 5 + [True]
    assert await storage.read(export_catalog) == SAMPLE


async def test_a_failing_apply_leaves_the_old_catalog_whole(storage: Storage) -> None:
    await storage.run(apply_catalog, SMALL, now=NOW)

    def apply_and_fail(books: Books) -> None:
        apply_catalog(books, SAMPLE, now=NOW)
        raise NotFoundError(what="thing", name="")

    with pytest.raises(NotFoundError):
        await storage.run(apply_and_fail)
    assert await storage.read(export_catalog) == SMALL
