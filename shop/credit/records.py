"""What of a wallet is set aside for an order, and how a wallet came to hold what it holds."""

from dataclasses import dataclass
from datetime import datetime

from shop.books.moments import moment, seconds
from shop.books.queries import Sql
from shop.catalog.records import Product, product_of
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.ledger.receiving import Verdict
from shop.orders.waits import NEWS_FOR

_RECEIPT = "receipt:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One movement of a wallet, in is positive; only a receipt's has a verdict and a plan."""

    money: Money
    at: datetime
    verdict: Verdict | None
    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a wallet keeps for an order, by what its first line is.

    It was set aside for the order, or a page that may still be paid was reckoned with it.
    """

    order_id: int
    money: Money
    until: datetime
    product: Product
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What of a wallet counts towards an order: it came for it as too little, or was set aside."""

    short: Money
    part: Money


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

    def claims(self, order_id: int, currency: str) -> Claims:
        """What came for this order, or was set aside for it."""
        row = self._sql.one("wallet_claims", order_id=order_id, currency=currency)
        assert row is not None  # noqa: S101 - the statement always returns its row
        return Claims(
            short=Money(int(row["short"]), currency), part=Money(int(row["part"]), currency)
        )

    def kept(self, customer_id: int, *, now: datetime) -> list[Kept]:
        """What is kept for each of the customer's orders, the oldest claim first."""
        rows = self._sql.all("wallet_kept", customer_id=customer_id, since=seconds(now - NEWS_FOR))
        return [
            Kept(
                order_id=row["order_id"],
                money=Money(int(row["kept"]), row["currency"]),
                until=moment(row["kept_until"]),
                product=product_of(row),
                interval=Interval.from_key(row["term"]),
            )
            for row in rows
        ]

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
