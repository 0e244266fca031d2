"""A receipt with all that giving it back depends on."""

from dataclasses import dataclass
from datetime import datetime

from shop.books.moments import moment
from shop.books.queries import Row
from shop.core.money import Money
from shop.ledger.receiving import Verdict
from shop.orders.states import OrderState, PaymentState
from shop.refunds.rules import RefundBalance


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A receipt with all that giving it back depends on.

    The payment and its order are missing for money of no order we know; `order_back_surely`
    is what of the order has really gone back, `standing.order_back` also what is on its way.
    """

    receipt: int
    provider: str
    receipt_id: str
    customer_id: int | None
    payment_id: int | None
    reference: str
    provider_ref: str
    payment_state: PaymentState | None
    order_id: int | None
    order_state: OrderState | None
    term: str
    plan: str
    subscription_id: int | None
    order_back_surely: Money
    recorded_at: datetime
    standing: RefundBalance


def case_of(row: Row) -> Case:
    """A case as it stands in the row that reads it."""
    return Case(
        receipt=row["id"],
        provider=row["provider"],
        receipt_id=row["receipt_id"],
        customer_id=row["customer_id"],
        payment_id=row["payment_id"],
        reference=row["reference"] or "",
        provider_ref=row["provider_ref"] or "",
        payment_state=PaymentState(row["payment_state"]) if row["payment_state"] else None,
        order_id=row["order_id"],
        order_state=OrderState(row["order_state"]) if row["order_state"] else None,
        term=row["term"] or "",
        plan=row["slug"] or "",
        subscription_id=row["subscription_id"],
        order_back_surely=_money(row, "order_back_surely", row["order_currency"]),
        recorded_at=moment(row["recorded_at"]),
        standing=_standing(row),
    )


def _standing(row: Row) -> RefundBalance:
    own, orders = row["currency"], row["order_currency"]
    return RefundBalance(
        money=_money(row, "minor", own),
        verdict=Verdict(row["verdict"]),
        to_order=_money(row, "to_order", own),
        to_wallet=_money(row, "to_wallet", own),
        refunded=_money(row, "refunded", own),
        disputed=_money(row, "disputed", own),
        wallet_gained=_money(row, "wallet_gained", own),
        wallet=_money(row, "wallet", own),
        order_paid=_money(row, "order_paid", orders),
        order_back=_money(row, "order_back", orders),
        order_from_wallet=_money(row, "order_from_wallet", orders),
        tax=_money(row, "tax", own),
        own_back=_money(row, "own_back", own),
        tax_back=_money(row, "tax_back", own),
    )


def _money(row: Row, column: str, currency: str) -> Money:
    return Money(int(row[column]), currency)  # a sum comes back as Decimal from PostgreSQL
