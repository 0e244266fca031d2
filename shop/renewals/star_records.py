"""Star subscriptions, which Telegram charges by itself, and what its list of money is held to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.books.moments import moment, seconds
from shop.books.queries import Row, Sql
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.orders.order_records import Order, order_of
from shop.orders.payment_records import Payment, payment_of


class StarState(StrEnum):
    """Whether Telegram will charge again, in Telegram's own words."""

    ACTIVE = "active"
    CANCELED = "canceled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StarSubscription:
    """A subscription in Stars; `payment_id` is its first payment, which every charge names.

    `is_stopped_here` says that the shop stopped it (at the person's wish), not Telegram's own
    settings: only then can we let it go on. `charge_id` is Telegram's name of the first charge.
    """

    payment_id: int
    customer_id: int
    product_id: int
    price_id: int
    reference: str
    charge_id: str
    state: StarState
    is_stopped_here: bool
    expires_at: datetime

    @property
    def renews(self) -> bool:
        """Whether Telegram charges again when the time is over."""
        return self.state is StarState.ACTIVE


class StarTables:
    """The table of Star subscriptions, and the payments their charges become."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def begin(
        self, payment_id: int, *, charge_id: str, expires_at: datetime, now: datetime
    ) -> None:
        """The first charge came; the same again changes nothing."""
        self._sql.run(
            "star_begin",
            payment_id=payment_id,
            charge_id=charge_id,
            expires_at=seconds(expires_at),
            now=seconds(now),
        )

    def of_payment(self, payment_id: int) -> StarSubscription | None:
        """The subscription that began with this payment."""
        row = self._sql.one("star_by_payment", payment_id=payment_id)
        return None if row is None else _star(row)

    def running(
        self, customer_id: int, product_id: int, *, now: datetime
    ) -> StarSubscription | None:
        """The one whose paid time is not over, whether it renews or not."""
        row = self._sql.one(
            "star_running", customer_id=customer_id, product_id=product_id, now=seconds(now)
        )
        return None if row is None else _star(row)

    def note(
        self, payment_id: int, *, state: StarState, is_stopped_here: bool, expires_at: datetime
    ) -> None:
        """Where it stands now."""
        self._sql.run(
            "star_note",
            payment_id=payment_id,
            state=state,
            is_stopped_here=int(is_stopped_here),
            expires_at=seconds(expires_at),
        )

    def order_for_charge(
        self,
        customer_id: int,
        *,
        product_id: int,
        interval: Interval,
        now: datetime,
        expires_at: datetime,
    ) -> Order:
        """An order for money that came by itself; it stands beside any open one."""
        row = self._sql.one(
            "order_reopen",
            customer_id=customer_id,
            product_id=product_id,
            term=interval.key,
            now=seconds(now),
            expires_at=seconds(expires_at),
        )
        return order_of(row)

    def payment_for_charge(
        self,
        order: Order,
        *,
        reference: str,
        provider: str,
        price_id: int,
        due: Money,
        provider_ref: str,
        now: datetime,
        expires_at: datetime,
    ) -> Payment:
        """The payment of that order; nobody asks about it, because its money is here."""
        row = self._sql.one(
            "payment_made",
            reference=reference,
            order_id=order.id,
            customer_id=order.customer_id,
            provider=provider,
            price_id=price_id,
            minor=due.minor,
            currency=due.currency,
            provider_ref=provider_ref,
            now=seconds(now),
            expires_at=seconds(expires_at),
        )
        assert row is not None  # noqa: S101 - the statement always returns its row
        return payment_of(row)

    def is_receipt_known(self, provider: str, receipt_id: str) -> bool:
        """Whether exactly this money is in the books."""
        found = self._sql.value("receipt_known", provider=provider, receipt_id=receipt_id)
        return found is not None

    def receipts_between(
        self, provider: str, *, since: datetime, until: datetime
    ) -> dict[str, int]:
        """What the books say came in that time: sums by the provider's name of the money."""
        rows = self._sql.all(
            "star_receipts", provider=provider, since=seconds(since), until=seconds(until)
        )
        return {row["receipt_id"]: row["minor"] for row in rows}

    def take_turn(self, job: str, *, now: datetime, next_at: datetime) -> bool:
        """Whether the job's moment has come and it is ours; others wait until `next_at`."""
        value = f"{seconds(next_at):012d}"  # as text, so that it sorts as the times do
        found = self._sql.value("note_turn", key=job, value=value, now=f"{seconds(now):012d}")
        return found is not None


def _star(row: Row) -> StarSubscription:
    return StarSubscription(
        payment_id=row["payment_id"],
        customer_id=row["customer_id"],
        product_id=row["product_id"],
        price_id=row["price_id"],
        reference=row["reference"],
        charge_id=row["charge_id"],
        state=StarState(row["state"]),
        is_stopped_here=bool(row["is_stopped_here"]),
        expires_at=moment(row["expires_at"]),
    )
