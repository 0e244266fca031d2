"""What a machine's books hold, so that no step is spent on what is not there."""

from collections.abc import Callable
from typing import Any

from hypothesis.stateful import precondition

from tests.fixtures.tables import KeptTables

THINGS = {
    "orders": "SELECT id FROM orders WHERE state = 'open'",
    "receipts": "SELECT id FROM receipts",
    "lost money": "SELECT id FROM receipts WHERE verdict = 'unknown_order'",
    # In pounds money may come, but nothing is sold here.
    "full wallets": """
        SELECT customer_id, currency FROM journal
        WHERE account = 'wallet' AND currency <> 'GBP'
        GROUP BY customer_id, currency HAVING SUM(-minor) > 0 ORDER BY customer_id, currency
    """,
    # Those of which somebody was shown the address, one that another took the place of included.
    "pages": """
        SELECT p.reference FROM payments AS p INNER JOIN orders AS o ON o.id = p.order_id
        WHERE o.state = 'open' AND p.url <> ''
            AND p.state IN ('created', 'seen', 'unknown', 'expired') ORDER BY p.id
    """,
    "subscriptions": "SELECT id FROM subscriptions",
    "renewals": "SELECT subscription_id, customer_id FROM renewals WHERE next_at IS NOT NULL",
    # Those that a kept card gave.
    "charges": """
        SELECT receipt_id, minor, currency FROM receipts WHERE SUBSTR(receipt_id, 1, 2) = 'm_'
    """,
    "effects": "SELECT id FROM outbox WHERE state IN ('waiting', 'dead')",
    "reviews": "SELECT id FROM reviews WHERE state = 'open'",
    "refunds asked for": "SELECT id FROM refunds WHERE route = 'provider'",
    "refunds": """
        SELECT r.provider, r.receipt_id, f.minor, f.currency, f.reference FROM refunds AS f
        INNER JOIN receipts AS r ON r.id = f.receipt ORDER BY f.id
    """,
    "refunds by hand": "SELECT id FROM refunds WHERE state = 'manual'",
    "disputes": "SELECT id FROM disputes",
}


class Things:
    """For a machine: what there is now, counted after each step."""

    tables: KeptTables

    def count_things(self) -> None:
        """Look again."""
        self.things = self.tables.answers(
            {
                name: f"{query} ORDER BY 1" if "ORDER" not in query else query
                for name, query in THINGS.items()
            }
        )

    def one_of(self, name: str, which: int) -> Any:  # noqa: ANN401 - a column or a row
        """The thing at this place, counted around; only where `there_are` some."""
        found = self.things[name]
        row = found[which % len(found)]
        return row[0] if len(row) == 1 else row


def there_are(*names: str) -> Callable[[Any], Any]:
    """Let a rule happen only where there is one of these."""
    return precondition(lambda machine: any(machine.things[name] for name in names))
