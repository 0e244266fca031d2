"""The section [guards]: what is not believed unasked, and how long one waits for silence."""

from shop.messaging.retention import InboxPolicy
from shop.orders.health_rules import HealthPolicy
from shop.owner_file.money_section import sums_by_currency
from shop.owner_file.page import Table
from shop.settlement.claim_rules import ProviderClaimPolicy

_MOST_DAYS = 3650
_MOST_FAILURES = 100
_MOST_SECONDS = 60


def provider_claim_policy(table: Table) -> ProviderClaimPolicy:
    """How much is believed unasked."""
    return ProviderClaimPolicy(confirm_above=sums_by_currency(table, "confirm_above"))


def inbox_policy(table: Table) -> InboxPolicy:
    """How long events keep what they said."""
    usual = InboxPolicy()
    days = table.whole("keep_days", default=usual.keep_days, least=0, most=_MOST_DAYS)
    return InboxPolicy(keep_days=days)


def health_policy(table: Table) -> HealthPolicy:
    """How much trouble hides a provider."""
    usual = HealthPolicy()
    return HealthPolicy(
        failures=table.whole("failures", default=usual.failures, least=1, most=_MOST_FAILURES),
        slow_seconds=table.whole(
            "slow_seconds", default=usual.slow_seconds, least=1, most=_MOST_SECONDS
        ),
    )
