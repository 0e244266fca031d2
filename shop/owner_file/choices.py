"""The owner's choices: sections of the catalog file, each with a reader of its own.

The books keep a section as it was written and the same reader reads it there, so a section
needs its reader and a frozen value in the wing that asks for it, nothing else.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from shop.core.policy import Policy
from shop.owner_file.fraud_section import fraud_policy
from shop.owner_file.guards_section import health_policy, inbox_policy, provider_claim_policy
from shop.owner_file.money_section import receipt_policy
from shop.owner_file.page import BadCatalogError, Page, Table
from shop.owner_file.refunds_section import refund_policy
from shop.owner_file.renewals_section import renewal_policy
from shop.owner_file.ways_section import way_policy

_READERS: Mapping[str, tuple[Callable[[Table], object], ...]] = {
    "money": (receipt_policy,),
    "refunds": (refund_policy,),
    "renewing": (renewal_policy,),
    "fraud": (fraud_policy,),
    "guards": (provider_claim_policy, health_policy, inbox_policy),
}
SECTIONS = (*_READERS, "way")  # in the order of an exported file


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a file may name: providers, connectors, slugs of plans; None when nobody can tell.

    The first connector is that of a plan which names none.
    """

    providers: Collection[str] | None = None
    connectors: Collection[str] | None = None
    plans: Collection[str] | None = None


def sections_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The sections among the tables of a catalog file, as they were written."""
    return {name: values[name] for name in SECTIONS if name in values}


def choices_of(sections: Mapping[str, Any]) -> Policy:
    """What the sections in the books say; raises `BadCatalogError` when they make no sense."""
    page = Page("")
    choices = read_choices(Table(page, (), sections), known=Known())
    if page.faults:
        name = "the catalog in the books"
        raise BadCatalogError(name, page.faults)
    return choices


def read_choices(top: Table, *, known: Known) -> Policy:
    """Read every section: a policy of these choices and the usual settings."""
    choices: list[object] = []
    for name, readers in _READERS.items():
        section = _section(top, name)
        choices += [read(section) for read in readers]
        section.refuse_unknown()
    ways = way_policy(top, providers=known.providers, plans=known.plans)
    return Policy().choosing(*choices, ways)


def _section(top: Table, name: str) -> Table:
    """The table of this name; one that was left out has nothing in it."""
    found = top.table(name) if top.get(name) is not None else None
    return found or Table(top.page, (name,), {})
