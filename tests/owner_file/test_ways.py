"""[[way]] in the catalog file: read with its line, exported, and shown as a difference."""

from datetime import UTC, datetime

import pytest

from bot.assemble import KNOWN
from shop.books.opening import Storage
from shop.catalog.changes import apply_catalog, describe, plan_changes
from shop.catalog.products import Catalog
from shop.orders.ways import WayPolicy, WayRule
from shop.owner_file import BadCatalogError, read_catalog, sample_text, write_catalog
from shop.owner_file.choices import choices_of

WAYS = """
[[way]]
provider = "transfer"
currencies = ["EUR"]
countries = ["DE", "AT"]
not_plans = ["trio"]
name = { "" = "Bank", de = "Bank (nur EUR)" }

[[way]]
provider = "stars"
"""


def with_ways(text: str) -> Catalog:
    first = sample_text().split('slug = "')[1].split('"')[0]
    return read_catalog(
        f"{sample_text()}\n{text.replace('trio', first)}", name="mine.toml", known=KNOWN
    )


def test_rules_are_read_in_their_order() -> None:
    catalog = with_ways(WAYS)
    transfer, stars = choices_of(catalog.sections)[WayPolicy].rules
    assert transfer.provider == "transfer"
    assert transfer.currencies == frozenset({"EUR"})
    assert transfer.countries == frozenset({"DE", "AT"})
    assert transfer.name == {"": "Bank", "de": "Bank (nur EUR)"}
    assert stars == WayRule(provider="stars")


def test_an_exported_file_says_the_same() -> None:
    catalog = with_ways(WAYS)
    again = read_catalog(write_catalog(catalog), name="again", known=KNOWN)
    assert choices_of(again.sections) == choices_of(catalog.sections)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('[[way]]\nprovider = "strype"', 2, "'strype' is not a way to pay"),
        ("[[way]]", 1, "provider is missing."),
        ('[[way]]\nprovider = "stars"\ncurrencies = ["EURO"]', 3, "'EURO' is not a currency"),
        ('[[way]]\nprovider = "stars"\ncountries = ["Germany"]', 3, "'Germany' is not a country"),
        ('[[way]]\nprovider = "stars"\nplans = ["nothing"]', 3, "'nothing' is not a plan"),
        ('[[way]]\nprovider = "stars"\ncurrency = ["EUR"]', 3, "'currency' is not known here."),
        ('[[way]]\nprovider = "stars"\nplans = "solo"', 3, "plans must be a list of texts"),
        (
            '[[way]]\nprovider = "stars"\nplans = ["trio"]\nnot_plans = ["trio"]',
            4,
            "write plans or not_plans, not both.",
        ),
        ('[way]\nprovider = "stars"', 1, "way must stand in double brackets: [[way]]."),
    ],
)
def test_a_wrong_rule_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(BadCatalogError) as caught:
        with_ways(text)
    at = sample_text().count("\n") + 1 + line
    assert caught.value.sentence.startswith(f"mine.toml:{at}: {reason}"), caught.value.sentence


async def test_the_difference_says_that_the_ways_change(storage: Storage) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    await storage.run(
        apply_catalog, read_catalog(sample_text(), name="sample", known=KNOWN), now=now
    )
    changes = await storage.read(plan_changes, with_ways(WAYS))
    assert describe(changes) == ["the shop's rules change: way"]
