"""Payments (tries to pay an order) and receipts (money that arrived)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shop.books.moments import maybe_moment, maybe_seconds, moment, seconds
from shop.books.queries import Row, Sql
from shop.catalog.records import Product, product_of
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.core.moves import must_move
from shop.customers.records import Customer, customer_of
from shop.orders.order_records import QuotedOrder
from shop.orders.states import PAYMENT_MOVES, OrderState, PaymentState


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One try to pay an order.

    `due` is asked of the provider; `whole` is the price, more than `due` when a part came
    before. `url` is "" until the provider answered, `screen_id` the message it hangs in.
    """

    id: int
    reference: str
    order_id: int
    customer_id: int
    provider: str
    due: Money
    whole: Money
    state: PaymentState
    provider_ref: str
    url: str
    screen_id: int | None
    created_at: datetime
    expires_at: datetime
    poll_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Affairs:
    """A payment with its order, and the first of as many `lines` as it pays.

    `subscription_id` is the live one which that line bought or would lengthen.
    """

    payment_id: int
    reference: str
    provider: str
    due: Money
    whole: Money
    payment_state: PaymentState
    expires_at: datetime
    poll_at: datetime | None
    order_id: int
    order_state: OrderState
    quote: str
    lines: int
    line_id: int
    interval: Interval
    product: Product
    subscription_id: int | None


class Payments:
    """The tables of payments and receipts."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def open_one(
        self,
        asked: QuotedOrder,
        *,
        reference: str,
        provider: str,
        due: Money,
        whole: Money,
        screen_id: int | None,
        now: datetime,
        expires_at: datetime,
        poll_at: datetime,
    ) -> Payment:
        """The running try with this provider, made now if there is none."""
        row = self._sql.one(
            "payment_open_one",
            reference=reference,
            order_id=asked.order.id,
            customer_id=asked.order.customer_id,
            provider=provider,
            quote=asked.quote,
            minor=due.minor,
            whole=whole.minor,
            currency=due.currency,
            screen_id=screen_id,
            now=seconds(now),
            expires_at=seconds(expires_at),
            poll_at=seconds(poll_at),
        )
        assert row is not None  # noqa: S101 - the statement always returns its row
        return payment_of(row)

    def note_page(
        self, payment_id: int, *, provider_ref: str, url: str, expires_at: datetime
    ) -> None:
        """Where it is paid."""
        self._sql.run(
            "payment_note_page",
            id=payment_id,
            provider_ref=provider_ref,
            url=url,
            expires_at=seconds(expires_at),
        )

    def by_reference(self, reference: str) -> Payment | None:
        """The payment we gave this reference."""
        row = self._sql.one("payment_by_reference", reference=reference)
        return None if row is None else payment_of(row)

    def get(self, payment_id: int) -> Payment | None:
        """The payment of this id."""
        row = self._sql.one("payment_by_id", id=payment_id)
        return None if row is None else payment_of(row)

    def by_provider_ref(self, provider: str, provider_ref: str) -> Payment | None:
        """The payment the provider gave this id."""
        row = self._sql.one(
            "payment_by_provider_ref", provider=provider, provider_ref=provider_ref
        )
        return None if row is None else payment_of(row)

    def paid_on_screen(self, customer_id: int, *, screen_id: int, price_id: int) -> str | None:
        """The reference of a paid order's payment that hung in this message, if there is one."""
        found: str | None = self._sql.value(
            "payment_paid_on_screen",
            customer_id=customer_id,
            screen_id=screen_id,
            price_id=price_id,
        )
        return found

    def screens(self, receipt: int) -> list[int]:
        """The messages in which the order of this receipt was to be paid, the oldest first."""
        return [row["screen_id"] for row in self._sql.all("payment_screens", receipt=receipt)]

    def way_used_last(self, customer_id: int, product_id: int) -> str:
        """The provider this customer paid this plan with last; "" when it was never paid for."""
        found = self._sql.value(
            "payment_way_used_last", customer_id=customer_id, product_id=product_id
        )
        return "" if found is None else str(found)

    def by_receipt(self, provider: str, receipt_id: str) -> Payment | None:
        """The payment that this money came for."""
        row = self._sql.one("payment_by_receipt", provider=provider, receipt_id=receipt_id)
        return None if row is None else payment_of(row)

    def affairs(self, reference: str) -> Affairs:
        """Read under the customer's claim, so that it holds until the commit."""
        row = self._sql.one("payment_affairs", reference=reference)
        assert row is not None  # noqa: S101 - the caller holds the payment
        return Affairs(**affairs_of(row))

    def move(
        self, payment_id: int, *, old: PaymentState, new: PaymentState, poll_at: datetime | None
    ) -> bool:
        """Change state and the next time to ask; False when another was first.

        Raises `ForbiddenMoveError`: what an outside event asks is held against the table before.
        """
        must_move(PAYMENT_MOVES, old, new)
        changed = self._sql.count(
            "payment_move", id=payment_id, old=old, state=new, poll_at=maybe_seconds(poll_at)
        )
        return changed == 1

    def supersede(self, payment: Payment) -> None:
        """Another try takes its place; its page stays open, and money that comes for it counts.

        What the page counts on stays kept for it, too.
        """
        must_move(PAYMENT_MOVES, payment.state, PaymentState.EXPIRED)
        self._sql.run("payment_supersede", id=payment.id, old=payment.state)

    def keep_until(self, payment_id: int, until: datetime, *, now: datetime) -> None:
        """So long the wallet keeps what this counts on, unless it was free for others by now."""
        self._sql.run("payment_keep_until", id=payment_id, until=seconds(until), now=seconds(now))

    def poll_later(self, payment_id: int, at: datetime | None) -> None:
        """Ask again then, or never."""
        self._sql.run("payment_poll_later", id=payment_id, poll_at=maybe_seconds(at))

    def claim_polls(self, *, now: datetime, lease: datetime, most: int) -> list[Payment]:
        """Payments it is time to ask about; no one else asks until `lease`."""
        rows = self._sql.all(
            "payments_claim_polls",
            now=seconds(now),
            lease=seconds(lease),
            most=most,
            holder=self._sql.holder,
        )
        return [payment_of(row) for row in rows]

    def holders(self, *, now: datetime, latest: datetime) -> set[int]:
        """Whose leases run now; none ends after `latest`."""
        rows = self._sql.all("payments_holders", now=seconds(now), latest=seconds(latest))
        return {row["leased_by"] for row in rows}

    def release(self, holder: int, *, now: datetime) -> int:
        """Give back what a process that is gone had taken; what was put off still waits."""
        return self._sql.count("payments_release", holder=holder, now=seconds(now))

    def next_poll(self) -> datetime | None:
        """When it is time to ask about a payment next."""
        return maybe_moment(self._sql.value("payments_next_poll"))

    def payment_for_charge(
        self,
        asked: QuotedOrder,
        *,
        reference: str,
        provider: str,
        due: Money,
        provider_ref: str,
        now: datetime,
        expires_at: datetime,
    ) -> Payment:
        """The payment of that order; nobody asks about it, because its money is here."""
        row = self._sql.one(
            "payment_made",
            reference=reference,
            order_id=asked.order.id,
            customer_id=asked.order.customer_id,
            provider=provider,
            quote=asked.quote,
            minor=due.minor,
            currency=due.currency,
            provider_ref=provider_ref,
            now=seconds(now),
            expires_at=seconds(expires_at),
        )
        assert row is not None  # noqa: S101 - the statement always returns its row
        return payment_of(row)

    def claim_payer(self, reference: str, provider: str) -> Customer | None:
        """Claim whoever pays under this reference with this provider; None when nobody does."""
        row = self._sql.one("customer_claim_payer", reference=reference, provider=provider)
        return None if row is None else customer_of(row)


def payment_of(row: Row) -> Payment:
    """A payment as it stands in a row of its table."""
    return Payment(
        id=row["id"],
        reference=row["reference"],
        order_id=row["order_id"],
        customer_id=row["customer_id"],
        provider=row["provider"],
        due=Money(row["minor"], row["currency"]),
        whole=Money(row["whole"], row["currency"]),
        state=PaymentState(row["state"]),
        provider_ref=row["provider_ref"],
        url=row["url"],
        screen_id=row["screen_id"],
        created_at=moment(row["created_at"]),
        expires_at=moment(row["expires_at"]),
        poll_at=maybe_moment(row["poll_at"]),
    )


def affairs_of(row: Row) -> dict[str, Any]:
    """The fields of `Affairs` as they stand in a row that joins its tables."""
    return {
        "payment_id": row["payment_id"],
        "reference": row["reference"],
        "provider": row["provider"],
        "due": Money(row["minor"], row["currency"]),
        "whole": Money(row["whole"], row["currency"]),
        "payment_state": PaymentState(row["payment_state"]),
        "expires_at": moment(row["expires_at"]),
        "poll_at": maybe_moment(row["poll_at"]),
        "order_id": row["order_id"],
        "order_state": OrderState(row["order_state"]),
        "quote": row["quote"],
        "lines": row["lines"],
        "line_id": row["line_id"],
        "interval": Interval.from_key(row["term"]),
        "product": product_of(row),
        "subscription_id": row["subscription_id"],
    }
