"""What of a wallet is set aside for an order, and how a wallet came to hold what it holds."""

from dataclasses import dataclass
from datetime import datetime

from shop.books.moments import moment, seconds
from shop.books.queries import Sql
from shop.core.money import Money
from shop.ledger.receiving import Verdict

_RECEIPT = "receipt:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One movement of a wallet, in is positive; only a receipt's has a verdict and a plan."""

    money: Money
    at: datetime
    verdict: Verdict | None
    plan: str


class Wallets:
    """The table of parts set aside; balances are sums of the journal."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def reserve(self, order_id: int, customer_id: int, money: Money, *, now: datetime) -> None:
        """Set so much aside for an open order; nothing takes it back."""
        self._sql.run(
            "wallet_part_set",
            order_id=order_id,
            customer_id=customer_id,
            minor=money.minor,
            currency=money.currency,
            now=seconds(now),
        )

    def part(self, order_id: int, currency: str) -> Money:
        """What is set aside for this order."""
        found = self._sql.value("wallet_part", order_id=order_id, currency=currency)
        return Money(int(found or 0), currency)

    def reserved_elsewhere(self, customer_id: int, currency: str, *, order_id: int) -> Money:
        """What is set aside for the customer's other open orders."""
        found = self._sql.value(
            "wallet_kept_elsewhere", customer_id=customer_id, currency=currency, order_id=order_id
        )
        return Money(int(found or 0), currency)

    def moves(self, customer_id: int, *, most: int) -> list[Move]:
        """The latest movements of a customer's wallets."""
        rows = self._sql.all("wallet_moves", customer_id=customer_id, most=most)
        return [
            self._move(
                row["group_ref"],
                Money(int(row["minor"]), row["currency"]),
                moment(row["entered_at"]),
            )
            for row in rows
        ]

    def _move(self, group_ref: str, money: Money, at: datetime) -> Move:
        number = group_ref.removeprefix(_RECEIPT)
        is_receipt = group_ref.startswith(_RECEIPT) and number.isdigit()
        row = self._sql.one("receipt_purpose", id=int(number)) if is_receipt else None
        verdict = None if row is None else Verdict(row["verdict"])
        return Move(money=money, at=at, verdict=verdict, plan=(row and row["slug"]) or "")
