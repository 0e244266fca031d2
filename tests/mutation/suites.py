"""Which modules are mutated, and the tests that each must be caught by.

The first tests a module meets are those most likely to catch its mutants: a run stops at the
first that fails. Rules that only reckon have to be held by their own tables.
"""

from collections.abc import Mapping
from pathlib import Path

# Law 7 in stories: what settlement does shows in the books, and in what people are told. Only such
# as move the clock themselves: where a test waits, a busy machine would pass for a mutant caught.
_SETTLEMENT = (
    "tests/stories/test_provider_claims.py",
    "tests/stories/test_reviews.py",
    "tests/stories/test_tax.py",
    "tests/stories/test_returned_refunds.py",
    "tests/stories/test_asking.py",
    "tests/stories/test_provider_refunds.py",
    "tests/settlement",
    "tests/books/test_queries.py",
    "tests/renewals",
    "tests/orders/test_lines.py",
    "tests/orders/test_second_subscription.py",
    "tests/stories/test_refund_cases.py",
)
# By pattern; the first that fits a module counts.
_TESTS: Mapping[str, tuple[str, ...]] = {
    "shop/core/*.py": ("tests/core",),
    "shop/*/states.py": ("tests/core/test_moves.py",),
    "shop/access/lifecycle.py": ("tests/access/test_lifecycle.py",),
    "shop/access/reminder_rules.py": ("tests/access/test_reminder_rules.py",),
    "shop/catalog/offers.py": ("tests/catalog",),
    "shop/catalog/products.py": ("tests/catalog",),
    "shop/credit/rules.py": ("tests/credit",),
    "shop/ledger/receiving.py": ("tests/ledger",),
    "shop/orders/health_rules.py": ("tests/orders",),
    "shop/orders/waits.py": ("tests/orders",),
    "shop/orders/ways.py": ("tests/orders",),
    "shop/ports/transfers.py": ("tests/intake",),
    "shop/pricing/savings.py": ("tests/pricing",),
    "shop/refunds/dispute_rules.py": ("tests/stories/test_turning_disputes.py",),
    "shop/refunds/rules.py": ("tests/refunds",),
    "shop/refunds/waits.py": ("tests/refunds",),
    "shop/renewals/rules.py": ("tests/renewals/test_rules.py",),
    "shop/screening/rules.py": ("tests/screening/test_rules.py",),
    "shop/settlement/claim_rules.py": ("tests/settlement/test_claim_rules.py",),
    "shop/settlement/review*.py": ("tests/stories/test_reviews.py", *_SETTLEMENT),
    "shop/settlement/open_review.py": ("tests/stories/test_reviews.py", *_SETTLEMENT),
    "shop/settlement/weighing.py": ("tests/stories/test_reviews.py", *_SETTLEMENT),
    "shop/settlement/*claim*.py": ("tests/stories/test_provider_claims.py", *_SETTLEMENT),
    "shop/settlement/left_to_staff.py": ("tests/stories/test_provider_claims.py", *_SETTLEMENT),
    "shop/settlement/taken_back.py": ("tests/settlement/test_taken_back.py", *_SETTLEMENT),
    "shop/settlement/*.py": _SETTLEMENT,
}


def suites(root: Path) -> Mapping[str, tuple[str, ...]]:
    """The tests of every module that is mutated, in the order in which they are run."""
    found: dict[str, tuple[str, ...]] = {}
    for pattern, tests in _TESTS.items():
        for path in sorted(root.glob(pattern)):
            found.setdefault(str(path.relative_to(root)), tuple(dict.fromkeys(tests)))
    return found
