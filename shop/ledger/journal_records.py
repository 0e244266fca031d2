"""The double-entry journal (law 8): append-only, every group sums to zero in each currency."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shop.books.moments import seconds
from shop.books.queries import Sql
from shop.core.money import Money

SALES = "sales"
TAX = "tax"  # inside what was sold, and not the shop's
WALLET = "wallet"
REFUNDING = "refunding"  # on its way back; no wallet spends it, and it goes once
IN_REVIEW = "in_review"  # money that waits for a person's decision
UNASSIGNED = "unassigned"  # money of no known order


class UnbalancedError(ValueError):
    """A group of entries does not sum to zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: debit positive, credit negative; `customer_id` for wallets."""

    account: str
    money: Money
    customer_id: int | None = None


class Journal:
    """The table of entries."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def enter(self, group_ref: str, entries: Sequence[Entry], *, now: datetime) -> None:
        """Write a group that balances; the same group cannot be written twice."""
        sums: dict[str, int] = {}
        for entry in entries:
            currency = entry.money.currency
            sums[currency] = sums.get(currency, 0) + entry.money.minor
        if any(sums.values()):
            raise UnbalancedError(group_ref, sums)
        at = seconds(now)
        self._sql.many(
            "journal_add",
            [
                {
                    "group_ref": group_ref,
                    "line": line,
                    "account": entry.account,
                    "customer_id": entry.customer_id,
                    "minor": entry.money.minor,
                    "currency": entry.money.currency,
                    "now": at,
                }
                for line, entry in enumerate(entries)
                if not entry.money.is_zero
            ],
        )

    def knows(self, group_ref: str) -> bool:
        """Whether this group was written."""
        return self._sql.value("journal_knows", group_ref=group_ref) is not None

    def wallets(self, customer_id: int) -> list[Money]:
        """What the customer has, in each currency that is not empty: sums, never a column."""
        rows = self._sql.all("wallet_balances", customer_id=customer_id)
        return [Money(int(row["minor"]), row["currency"]) for row in rows]

    def unbalanced(self) -> list[str]:
        """Groups that do not sum to zero: always none, and doctor looks."""
        return [row["group_ref"] for row in self._sql.all("journal_unbalanced")]

    def totals(self) -> list[tuple[str, Money]]:
        """Each account's balance in each currency."""
        rows = self._sql.all("journal_totals")
        return [(row["account"], Money(int(row["minor"]), row["currency"])) for row in rows]
