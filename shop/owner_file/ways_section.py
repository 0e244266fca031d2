"""The tables [[way]]: which ways to pay show, in which order, for what and where."""

from collections.abc import Collection

from shop.core.currencies import CURRENCIES
from shop.customers.countries import COUNTRIES
from shop.orders.ways import WALLET, WayPolicy, WayRule
from shop.owner_file.page import Table, meant

_LONGEST_NAME = 32


def way_policy(
    top: Table, *, providers: Collection[str] | None, plans: Collection[str] | None
) -> WayPolicy:
    """The rules in the order of the file, none when there is no [[way]]; `None` checks nothing."""
    ways = None if providers is None else (*providers, WALLET)
    return WayPolicy(rules=tuple(_rule(table, ways, plans) for table in top.tables("way")))


def _rule(table: Table, ways: Collection[str] | None, slugs: Collection[str] | None) -> WayRule:
    provider = table.text("provider", most=24)
    if provider and ways is not None and provider not in ways:
        table.refuse("provider", f"{provider!r} is not a way to pay: {', '.join(ways)}.")
    rule = WayRule(
        provider=provider,
        currencies=_codes(table, "currencies", CURRENCIES, "a currency such as EUR"),
        countries=_codes(table, "countries", COUNTRIES, "a country such as DE"),
        plans=_codes(table, "plans", slugs, "a plan of this file"),
        not_plans=_codes(table, "not_plans", slugs, "a plan of this file"),
        name=table.texts("name", most=_LONGEST_NAME),
    )
    if rule.plans and rule.not_plans:
        table.refuse("not_plans", "write plans or not_plans, not both.")
    table.refuse_unknown()
    return rule


def _codes(table: Table, key: str, known: Collection[str] | None, what: str) -> frozenset[str]:
    """A list of codes; `known` None means nobody can tell here."""
    words = table.words(key)
    for word in words:
        if known is not None and word not in known:
            table.refuse(key, f"{word!r} is not {what}.{meant(word, known)}")
    return frozenset(words)
