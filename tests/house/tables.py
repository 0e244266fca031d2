"""Looks at the tables themselves, past the shop: dumps them, counts, and finds contradictions."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import psycopg
from psycopg.rows import tuple_row

Dump: TypeAlias = dict[str, list[tuple[Any, ...]]]
TABLES = (
    "account_uses",
    "accounts",
    "audit",
    "blocklist",
    "catalogs",
    "circuits",
    "claims",
    "customers",
    "disputes",
    "inbox",
    "journal",
    "means",
    "notes",
    "orders",
    "outbox",
    "payers",
    "payments",
    "periods",
    "prices",
    "products",
    "proofs",
    "receipts",
    "refund_totals",
    "refunds",
    "renewals",
    "reviews",
    "savings",
    "star_subscriptions",
    "stock",
    "subscriptions",
    "trials",
    "wallet_parts",
)


class Tables:
    """A connection of one's own to the books behind a DATABASE_URL."""

    def __init__(self, url: str) -> None:
        self._url = url

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self.connection() as connection:
            return [tuple(row) for row in connection.execute(query).fetchall()]

    def one(self, query: str) -> Any:  # noqa: ANN401 - a column of any type
        """The one value of a query."""
        return self.rows(query)[0][0]

    def dump(self) -> Dump:
        """Every row of every table."""
        return self.answers({table: f"SELECT * FROM {table} ORDER BY 1" for table in TABLES})  # noqa: S608

    def answers(self, queries: dict[str, str]) -> Dump:
        """All rows of several queries, each by its name."""
        with self.connection() as connection:
            return {
                name: [tuple(row) for row in connection.execute(query).fetchall()]
                for name, query in queries.items()
            }

    def write(self, statement: str) -> None:
        """Change the books behind the shop's back."""
        with self.connection() as connection:
            connection.execute(statement)

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """A connection past the shop; SQLite's commits at the end, PostgreSQL's at once."""
        if self._url.startswith("sqlite"):
            connection = sqlite3.connect(self._url.removeprefix("sqlite:///"), timeout=10)
            try:
                with connection:
                    yield connection
            finally:
                connection.close()
        else:
            with psycopg.connect(self._url, autocommit=True, row_factory=tuple_row) as postgres:
                yield postgres


class KeptTables(Tables):
    """The same over one connection to PostgreSQL until `close`.

    A new one costs 4 ms, and its first query 8 ms more, because it knows no table yet.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._kept: psycopg.Connection[tuple[Any, ...]] | None = None

    def close(self) -> None:
        """Let go of it; the next question connects anew."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """The connection that is kept; one that broke goes."""
        if self._url.startswith("sqlite"):
            with super().connection() as connection:
                yield connection
            return
        if self._kept is None:
            self._kept = psycopg.connect(self._url, autocommit=True, row_factory=tuple_row)
        try:
            yield self._kept
        except BaseException:
            self.close()
            raise


CONTRADICTIONS = {
    "a journal group does not balance": """
        SELECT group_ref, currency FROM journal
        GROUP BY group_ref, currency HAVING SUM(minor) <> 0
    """,
    "a wallet is below zero": """
        SELECT customer_id, currency FROM journal WHERE account = 'wallet'
        GROUP BY customer_id, currency HAVING SUM(-minor) < 0
    """,
    "a wallet belongs to no one": """
        SELECT group_ref FROM journal WHERE account = 'wallet' AND customer_id IS NULL
    """,
    "two periods of a subscription overlap": """
        SELECT a.id, b.id FROM periods AS a
        INNER JOIN periods AS b ON b.subscription_id = a.subscription_id AND b.id > a.id
        WHERE a.starts_at < b.ends_at AND b.starts_at < a.ends_at
    """,
    "a subscription's end is not that of its last period": """
        SELECT s.id FROM subscriptions AS s
        WHERE s.paid_until <> (
            SELECT MAX(ends_at) FROM periods WHERE subscription_id = s.id
        )
    """,
    "a paid order gave no time, or gave it twice": """
        SELECT o.id FROM orders AS o LEFT JOIN periods AS p ON p.order_id = o.id
        WHERE o.state = 'paid' GROUP BY o.id HAVING COUNT(p.id) <> 1
    """,
    "an unpaid order gave time": """
        SELECT o.id FROM orders AS o INNER JOIN periods AS p ON p.order_id = o.id
        WHERE o.state NOT IN ('paid', 'refunded')
    """,
    "a purchase was paid with other than its price": """
        SELECT o.id FROM orders AS o
        INNER JOIN payments AS pay ON pay.order_id = o.id
        INNER JOIN receipts AS r ON r.payment_id = pay.id AND r.to_order > 0
        WHERE o.state = 'paid' AND (
            r.to_order > pay.whole OR (r.to_order < pay.whole AND r.verdict <> 'tolerated')
        )
    """,
    "a purchase was paid twice": """
        SELECT pay.order_id FROM payments AS pay
        INNER JOIN receipts AS r ON r.payment_id = pay.id AND r.to_order > 0
        GROUP BY pay.order_id HAVING COUNT(*) > 1
    """,
    "a purchase was given unpaid": """
        SELECT o.id FROM orders AS o
        WHERE o.kind = 'purchase' AND o.state = 'paid' AND NOT EXISTS (
            SELECT 1 FROM payments AS pay
            INNER JOIN receipts AS r ON r.payment_id = pay.id AND r.to_order > 0
            WHERE pay.order_id = o.id
        )
    """,
    "a receipt is not accounted for exactly": """
        SELECT r.id FROM receipts AS r
        WHERE r.minor <> r.to_order + r.to_wallet - r.from_wallet OR r.minor <> (
            SELECT COALESCE(SUM(j.minor), 0) FROM journal AS j
            WHERE j.group_ref = 'receipt:' || r.id AND j.account = 'provider:' || r.provider
                AND j.currency = r.currency
        )
    """,
    "the providers' accounts differ from the receipts": """
        SELECT account, currency FROM (
            SELECT account, currency, minor FROM journal WHERE account LIKE 'provider:%'
            UNION ALL
            SELECT 'provider:' || provider, currency, -minor FROM receipts
            UNION ALL
            SELECT 'provider:' || r.provider, f.currency, f.minor FROM refunds AS f
            INNER JOIN receipts AS r ON r.id = f.receipt
            WHERE f.state = 'done' AND f.way NOT IN ('wallet', 'dispute', 'returned')
            UNION ALL
            SELECT 'provider:' || provider, currency, minor FROM disputes WHERE state <> 'won'
        ) AS both_sides GROUP BY account, currency HAVING SUM(minor) <> 0
    """,
    "more went back than was received": """
        SELECT r.id FROM receipts AS r WHERE r.minor < (
            SELECT COALESCE(SUM(f.minor), 0) FROM refunds AS f
            WHERE f.receipt = r.id AND f.way <> 'wallet' AND f.state NOT IN ('failed', 'cancelled')
        ) + (
            SELECT COALESCE(SUM(d.minor), 0) FROM disputes AS d
            WHERE d.receipt = r.id AND d.state = 'open'
        )
    """,
    "more of an order went back than was paid for it": """
        SELECT y.order_id FROM payments AS y
        INNER JOIN receipts AS x ON x.payment_id = y.id
        GROUP BY y.order_id HAVING SUM(x.to_order) < (
            SELECT COALESCE(SUM(f.from_order), 0) FROM refunds AS f
            INNER JOIN receipts AS r ON r.id = f.receipt
            INNER JOIN payments AS p ON p.id = r.payment_id
            WHERE p.order_id = y.order_id AND f.state NOT IN ('failed', 'cancelled')
        )
    """,
    "what is set aside differs from what is on its way back": """
        SELECT currency FROM (
            SELECT currency, minor FROM journal WHERE account = 'refunding'
            UNION ALL
            SELECT currency, minor FROM refunds
            WHERE state NOT IN ('done', 'failed', 'cancelled')
        ) AS both_sides GROUP BY currency HAVING SUM(minor) <> 0
    """,
    "the account of tax differs from what was sold with tax": """
        SELECT currency FROM (
            SELECT currency, minor FROM journal WHERE account = 'tax'
            UNION ALL
            SELECT currency, tax FROM receipts WHERE to_order > 0
            UNION ALL
            SELECT currency, -tax FROM refunds WHERE state NOT IN ('failed', 'cancelled')
        ) AS both_sides GROUP BY currency HAVING SUM(minor) <> 0
    """,
    "what is disputed differs from the disputes that run": """
        SELECT currency FROM (
            SELECT currency, minor FROM journal WHERE account = 'disputed'
            UNION ALL
            SELECT currency, -minor FROM disputes WHERE state = 'open'
        ) AS both_sides GROUP BY currency HAVING SUM(minor) <> 0
    """,
    "an order is refunded, but not all of it went back": """
        SELECT o.id FROM orders AS o WHERE o.state = 'refunded' AND (
            SELECT COALESCE(SUM(x.to_order), 0) FROM receipts AS x
            INNER JOIN payments AS y ON y.id = x.payment_id WHERE y.order_id = o.id
        ) <> (
            SELECT COALESCE(SUM(f.from_order), 0) FROM refunds AS f
            INNER JOIN receipts AS x ON x.id = f.receipt
            INNER JOIN payments AS y ON y.id = x.payment_id
            WHERE y.order_id = o.id
                AND (f.state IN ('done', 'claim') OR f.bounced_at IS NOT NULL)
        )
    """,
    "held money is not what waits for staff": """
        SELECT currency FROM (
            SELECT currency, minor FROM journal WHERE account = 'held'
            UNION ALL
            SELECT currency, to_order + to_wallet FROM reviews WHERE state = 'open'
        ) AS both_sides GROUP BY currency HAVING SUM(minor) <> 0
    """,
    "held money waits for nobody": """
        SELECT r.id FROM receipts AS r
        LEFT JOIN reviews AS v ON v.receipt_id = r.id AND v.state = 'open'
        WHERE (r.verdict = 'held') <> (v.id IS NOT NULL)
        UNION ALL
        SELECT o.id FROM orders AS o
        LEFT JOIN reviews AS v ON v.order_id = o.id AND v.state = 'open'
        WHERE (o.state = 'held') <> (v.id IS NOT NULL)
    """,
    "unassigned money is not what staff are shown": """
        SELECT currency FROM (
            SELECT currency, minor FROM journal WHERE account = 'unassigned'
            UNION ALL
            SELECT currency, minor FROM receipts WHERE verdict = 'unknown_order'
            UNION ALL
            SELECT f.currency, -f.minor FROM refunds AS f
            INNER JOIN receipts AS r ON r.id = f.receipt
            WHERE r.verdict = 'unknown_order' AND f.state NOT IN ('failed', 'cancelled')
        ) AS both_sides GROUP BY currency HAVING SUM(minor) <> 0
    """,
    "an account has no subscription that was paid, tried or given": """
        SELECT a.subscription_id FROM accounts AS a WHERE NOT EXISTS (
            SELECT 1 FROM periods AS p WHERE p.subscription_id = a.subscription_id
        )
    """,
    "a customer has two live subscriptions to one plan": """
        SELECT customer_id, product_id FROM subscriptions WHERE state <> 'ended'
        GROUP BY customer_id, product_id HAVING COUNT(*) > 1
    """,
}


def contradictions(tables: Tables) -> Dump:
    """What must never be in the books, with the rows at fault."""
    return {name: rows for name, rows in tables.answers(CONTRADICTIONS).items() if rows}
