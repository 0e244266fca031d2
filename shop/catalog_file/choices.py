"""The owner's choices: sections of the catalog file, each with a reader of its own.

The books keep a section as it was written and the same reader reads it there, so a section
needs one reader and a frozen value in `shop.rules`, nothing else.
"""

from collections.abc import Collection, Mapping
from typing import Any

from shop.catalog_file.page import BadCatalogError, Page, Table
from shop.rules.policy import Choices
from shop.rules.receiving import ReceiptPolicy
from shop.rules.renewing import RenewingPolicy

SECTIONS = ("money", "renewing")  # in the order of an exported file
_MOST_DAYS = 365
_MOST_RETRIES, _MOST_RETRY_DAYS = 5, 30


def sections_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The sections among the tables of a catalog file, as they were written."""
    return {name: values[name] for name in SECTIONS if name in values}


def choices_of(sections: Mapping[str, Any]) -> Choices:
    """What the sections in the books say; raises `BadCatalogError` when they make no sense."""
    page = Page("")
    choices = read_choices(Table(page, (), sections), slugs=None)
    if page.faults:
        name = "the catalog in the books"
        raise BadCatalogError(name, page.faults)
    return choices


def read_choices(top: Table, *, slugs: Collection[str] | None) -> Choices:
    """Read every section; `slugs` are the plans it may name, None when nobody can tell."""
    del slugs  # for the sections that name plans
    return Choices(
        receipts=_receipts(_section(top, "money")),
        renewing=_renewing(_section(top, "renewing")),
    )


def _section(top: Table, name: str) -> Table:
    """The table of this name; one that was left out has nothing in it."""
    found = top.table(name) if top.get(name) is not None else None
    return found or Table(top.page, (name,), {})


def _receipts(money: Table) -> ReceiptPolicy:
    usual = ReceiptPolicy()
    policy = ReceiptPolicy(
        late_days=money.whole("late_days", default=usual.late_days, least=0, most=_MOST_DAYS),
    )
    money.refuse_unknown()
    return policy


def _renewing(section: Table) -> RenewingPolicy:
    usual = RenewingPolicy()
    cards = section.text("cards", most=10, default="no", like="no|ask", hint="write no or ask")
    policy = RenewingPolicy(
        asks=cards == "ask",
        notice_days=section.whole("notice_days", default=usual.notice_days, least=1, most=30),
        charge_hours=section.whole("charge_hours", default=usual.charge_hours, least=1, most=240),
        retry_days=_days(section, "retry_days", usual.retry_days),
    )
    section.refuse_unknown()
    return policy


def _days(section: Table, key: str, usual: tuple[int, ...]) -> tuple[int, ...]:
    value = section.get(key)
    if value is None:
        return usual
    if isinstance(value, list) and len(value) <= _MOST_RETRIES and all(map(_is_day, value)):
        return tuple(value)
    section.refuse(key, f"{key} must be up to five whole numbers from 1 to 30, such as [1, 3].")
    return usual


def _is_day(value: object) -> bool:
    return (
        isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST_RETRY_DAYS
    )
