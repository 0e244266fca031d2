"""The section [guards]: what is not believed unasked, and how long one waits for silence."""

from shop.catalog_file.money_section import sums_by_currency
from shop.catalog_file.page import Table
from shop.rules.guarding import GuardPolicy

_MOST_DAYS = 3650
_MOST_FAILURES = 100
_MOST_SECONDS = 60


def guard_policy(table: Table) -> GuardPolicy:
    """Every guard of it."""
    usual = GuardPolicy()
    return GuardPolicy(
        confirm_above=sums_by_currency(table, "confirm_above"),
        keep_days=table.whole("keep_days", default=usual.keep_days, least=0, most=_MOST_DAYS),
        failures=table.whole("failures", default=usual.failures, least=1, most=_MOST_FAILURES),
        slow_seconds=table.whole(
            "slow_seconds", default=usual.slow_seconds, least=1, most=_MOST_SECONDS
        ),
    )
