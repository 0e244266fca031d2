"""The owner's choices: sections of the catalog file, each with a reader of its own.

The books keep a section as it was written and the same reader reads it there, so a section
needs one reader and a frozen value in `shop.rules`, nothing else.
"""

from collections.abc import Collection, Mapping
from typing import Any

from shop.catalog_file.fraud_section import fraud_policy
from shop.catalog_file.guards_section import guard_policy
from shop.catalog_file.money_section import receipt_policy
from shop.catalog_file.page import BadCatalogError, Page, Table
from shop.catalog_file.refunds_section import refund_policy
from shop.catalog_file.renewing_section import renewing_policy
from shop.catalog_file.ways_section import way_rules
from shop.rules.policy import Choices

_TABLES = ("money", "refunds", "renewing", "fraud", "guards")
SECTIONS = (*_TABLES, "way")  # in the order of an exported file


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
    money, refunds, renewing, fraud, guards = (_section(top, name) for name in _TABLES)
    choices = Choices(
        receipts=receipt_policy(money),
        refunds=refund_policy(refunds),
        renewing=renewing_policy(renewing),
        fraud=fraud_policy(fraud),
        guards=guard_policy(guards),
        ways=way_rules(top, slugs=slugs),
    )
    for section in (money, refunds, renewing, fraud, guards):
        section.refuse_unknown()
    return choices


def _section(top: Table, name: str) -> Table:
    """The table of this name; one that was left out has nothing in it."""
    found = top.table(name) if top.get(name) is not None else None
    return found or Table(top.page, (name,), {})
