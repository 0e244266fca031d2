"""Subscriptions that Telegram charges in Stars by itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.access.subscription_records import Subscription
from shop.books.moments import moment, seconds
from shop.books.queries import Row, Sql
from shop.core.errors import ShopError


class SubscribedError(ShopError):
    """Your Star subscription renews this by itself already."""


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
    `subscription_id` is what it pays for, None until its first charge is fulfilled.
    """

    payment_id: int
    customer_id: int
    product_id: int
    price_id: int
    subscription_id: int | None
    reference: str
    charge_id: str
    state: StarState
    is_stopped_here: bool
    expires_at: datetime

    @property
    def renews(self) -> bool:
        """Whether Telegram charges again when the time is over."""
        return self.state is StarState.ACTIVE


class StarSubscriptions:
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

    def running_for(self, subscription: Subscription, *, now: datetime) -> StarSubscription | None:
        """The one that pays for this subscription, while its paid time lasts."""
        row = self._sql.one(
            "star_running_for",
            customer_id=subscription.customer_id,
            product_id=subscription.product.id,
            subscription_id=subscription.id,
            now=seconds(now),
        )
        return None if row is None else _star(row)

    def follow(self, payment_id: int, order_id: int) -> None:
        """A later charge's order was fulfilled: from now on it pays for what that bought."""
        self._sql.run("star_follow", payment_id=payment_id, order_id=order_id)

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


def _star(row: Row) -> StarSubscription:
    return StarSubscription(
        payment_id=row["payment_id"],
        customer_id=row["customer_id"],
        product_id=row["product_id"],
        price_id=row["price_id"],
        subscription_id=row["pays_for"],
        reference=row["reference"],
        charge_id=row["charge_id"],
        state=StarState(row["state"]),
        is_stopped_here=bool(row["is_stopped_here"]),
        expires_at=moment(row["expires_at"]),
    )
