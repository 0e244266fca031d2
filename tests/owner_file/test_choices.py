"""The owner's choices: read with the file, kept in the books, live at once, exported again."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assemble import KNOWN
from shop.books.opening import Storage
from shop.catalog.changes import apply_catalog, describe, export_catalog, plan_changes
from shop.catalog.products import Catalog
from shop.core.policy import Policy
from shop.ledger.receiving import ReceiptPolicy, Tolerance
from shop.owner_file import BadCatalogError, read_catalog, sample_text, write_catalog
from shop.owner_file.choices import choices_of, sections_of
from shop.owner_file.live_policy import LivePolicy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def with_choices(text: str) -> Catalog:
    return read_catalog(f"{sample_text()}\n{text}", name="mine.toml", known=KNOWN)


def test_a_choice_left_out_is_the_usual_one() -> None:
    assert choices_of({})[ReceiptPolicy].late_days == Policy()[ReceiptPolicy].late_days


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[money]\nlate_days = -1", "late_days must be a whole number from 0 to 365."),
        ("[money]\nlate_day = 1", "'late_day' is not known here. Did you mean 'late_days'?"),
        ("[[money]]\nlate_days = 1", "[money] must be a table."),
        ("[refunds]\nwhole = 'stop'", "whole must be one of end, shorten, keep."),
        ("[refunds]\nhold_disputes = 1", "hold_disputes must be true or false."),
    ],
)
def test_a_wrong_choice_is_refused_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(BadCatalogError) as caught:
        with_choices(text)
    line = sample_text().count("\n") + 2 + (not text.startswith("[["))
    assert caught.value.sentence == f"mine.toml:{line}: {reason}"


async def test_a_choice_is_live_once_it_is_applied(storage: Storage) -> None:
    live = LivePolicy(Policy(staff_ids=(7,)))
    await live.refresh(storage)
    assert live.current == Policy(staff_ids=(7,))
    catalog = with_choices("[money]\nlate_days = 9")
    await storage.run(apply_catalog, catalog, now=NOW)
    await live.refresh(storage)
    assert live.current[ReceiptPolicy].late_days == 9
    assert live.current.staff_ids == (7,)
    await storage.run(
        apply_catalog, read_catalog(sample_text(), name="sample", known=KNOWN), now=NOW
    )
    await live.refresh(storage)
    assert live.current[ReceiptPolicy] == Policy()[ReceiptPolicy]


async def test_the_difference_names_the_sections_that_change(storage: Storage) -> None:
    await storage.run(
        apply_catalog, read_catalog(sample_text(), name="sample", known=KNOWN), now=NOW
    )
    catalog = with_choices("[money]\nlate_days = 9")
    changes = await storage.read(plan_changes, catalog)
    assert describe(changes) == ["the shop's rules change: money"]
    await storage.run(apply_catalog, catalog, now=NOW)
    assert await storage.read(plan_changes, catalog) == []
    back = await storage.read(
        plan_changes, read_catalog(sample_text(), name="sample", known=KNOWN)
    )
    assert describe(back) == ["the shop's rules change: money"]


async def test_an_exported_catalog_has_the_choices(storage: Storage) -> None:
    catalog = with_choices("[money]\nlate_days = 9")
    await storage.run(apply_catalog, catalog, now=NOW)
    text = write_catalog(await storage.read(export_catalog))
    assert read_catalog(text, name="exported", known=KNOWN) == catalog


keys = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=9)
values = st.recursive(
    st.booleans() | st.integers(-(10**15), 10**15) | keys | st.just("a.b\r\nc \x7f"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)
tables = st.dictionaries(keys, values, max_size=3)


@given(money=tables, ways=st.lists(tables, max_size=3))
def test_sections_of_any_toml_shape_are_written_as_they_were(
    money: dict[str, Any], ways: list[dict[str, Any]]
) -> None:
    sections = {"money": money, "way": ways}
    sample = read_catalog(sample_text(), name="sample", known=KNOWN)
    text = write_catalog(replace(sample, sections=sections))
    assert sections_of(tomllib.loads(text)) == sections


def test_what_may_be_missing_is_a_sum_a_share_or_both() -> None:
    text = """
    [money]
    tolerance = { EUR = "0.20", JPY = 5 }
    tolerance_percent = { EUR = "0.5", USD = "1" }
    """
    receipts = choices_of(with_choices(text).sections)[ReceiptPolicy]
    assert receipts.tolerance == {
        "EUR": Tolerance(minor=20, points=50),
        "JPY": Tolerance(minor=5),
        "USD": Tolerance(points=100),
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('tolerance = "0.20"', "needs an amount by currency"),
        ("tolerance = { EUR = 0.20 }", "write amounts as text"),
        ('tolerance_percent = { EUR = "-1" }', 'write a percentage like "0.5"'),
        ('tolerance_percent = { EUR = "21" }', "more than 20 percent is no tolerance."),
        ('tolerance_percent = { EURO = "1" }', "'EURO' is not a currency"),
        ("tolerance_percent = 1", "[money.tolerance_percent] must be a table."),
    ],
)
def test_a_tolerance_that_makes_no_sense_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadCatalogError) as caught:
        with_choices(f"[money]\n{text}")
    assert reason in caught.value.sentence
