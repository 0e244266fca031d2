"""How much a webhook may bring by its word alone: up to the limit of its currency, and that."""

import pytest

from shop.core.money import Money
from shop.settlement.claim_rules import ProviderClaimPolicy

LIMITED = ProviderClaimPolicy(confirm_above={"EUR": 5_000, "JPY": 0})


@pytest.mark.parametrize(
    ("policy", "minor", "currency", "is_believed"),
    [
        (LIMITED, 1, "EUR", True),
        (LIMITED, 4_999, "EUR", True),
        (LIMITED, 5_000, "EUR", True),
        (LIMITED, 5_001, "EUR", False),
        (LIMITED, 0, "JPY", True),
        (LIMITED, 1, "JPY", False),
        (LIMITED, 10**9, "USD", True),
        (ProviderClaimPolicy(), 10**9, "EUR", True),
    ],
)
def test_a_webhook_is_believed_up_to_the_limit_of_its_currency_and_anywhere_without_one(
    policy: ProviderClaimPolicy, minor: int, currency: str, *, is_believed: bool
) -> None:
    assert policy.may_believe(Money(minor, currency)) is is_believed
