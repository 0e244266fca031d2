"""Reads in the books that the work was done, before the clock is believed."""

import sqlite3

import psycopg

from benchmarks.orders import Sale

_SQLITE = "sqlite:///"

# Whoever paid twice, or has two subscriptions or periods, would be counted twice.
_SERVED = """
SELECT COUNT(*) FROM payments AS p
INNER JOIN orders AS o ON o.id = p.order_id AND o.state = 'paid'
INNER JOIN receipts AS r ON r.payment_id = p.id AND r.verdict = 'paid' AND r.minor = p.minor
INNER JOIN subscriptions AS s ON s.customer_id = p.customer_id AND s.state = 'active'
INNER JOIN order_lines AS l ON l.order_id = o.id AND l.subscription_id = s.id
INNER JOIN periods AS d ON d.subscription_id = s.id AND d.line_id = l.id
INNER JOIN accounts AS a ON a.subscription_id = s.id AND a.wishes = 1
WHERE p.state = 'final'
"""
_TILL = "SELECT COALESCE(SUM(minor), 0) FROM journal WHERE account = 'provider:stripe'"
_UNBALANCED = """
SELECT COUNT(*) FROM (
    SELECT group_ref FROM journal GROUP BY group_ref, currency HAVING SUM(minor) <> 0
) AS found
"""


class Checker:
    """Counts before and after: exactly these sales must have been paid and served, once each."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._served, self._till = self._ask(_SERVED), self._ask(_TILL)

    def check(self, sales: list[Sale]) -> None:
        """Raise unless all were served, the till holds their money and the journal balances."""
        assert self._ask(_SERVED) - self._served == len(sales)
        assert self._ask(_TILL) - self._till == sum(sale.money.minor for sale in sales)
        assert self._ask(_UNBALANCED) == 0

    def _ask(self, question: str) -> int:
        if self._url.startswith(_SQLITE):
            books = sqlite3.connect(self._url.removeprefix(_SQLITE))
            (found,) = books.execute(question).fetchone()
            books.close()
        else:
            with psycopg.connect(self._url) as connection:
                row = connection.execute(question.encode()).fetchone()
                found = row[0] if row else 0
        return int(found)
