"""Saved means of payment, and the subscriptions that are renewed by them."""

from dataclasses import dataclass
from datetime import datetime

from shop.access.subscription_records import Subscription
from shop.books.moments import maybe_moment, maybe_seconds, moment, seconds
from shop.books.queries import Row, Sql
from shop.core.intervals import Interval
from shop.orders.payment_records import Payment, payment_of

GIVEN_UP = 1000
"""So many tries mean that this round waits for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedMethod:
    """A card or the like that a customer let us keep; `encrypted` is the provider's handle of it.

    A forgotten one is never charged again; its seal is wiped once the provider forgot it too.
    """

    id: int
    customer_id: int
    provider: str
    encrypted: bytes
    brand: str
    last4: str
    forgotten_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """How one subscription renews by itself.

    A round is about one end of the paid time, `round_end`: the person is told of it
    (`told_price_id` is the price that was told), charged at `charge_at`, and again after a decline
    (`tries` of them so far). `silences` counts answers that never came, `payment_id` is the
    charge made last. `agreed_at` is when the person last wanted it so.
    """

    subscription_id: int
    customer_id: int
    method: SavedMethod
    interval: Interval
    currency: str
    is_on: bool
    agreed_at: datetime
    round_end: datetime
    told_price_id: int | None
    charge_at: datetime
    tries: int
    silences: int
    payment_id: int | None
    next_at: datetime | None

    @property
    def waits_for_person(self) -> bool:
        """Whether this round was given up: only the person can renew now."""
        return self.tries >= GIVEN_UP


class Renewals:
    """The tables of means, consents and renewals."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def note_consent(self, payment_id: int, *, now: datetime) -> None:
        """Whoever pays this wants the card kept and charged again."""
        self._sql.run("saving_note", payment_id=payment_id, now=seconds(now))

    def has_consent(self, payment_id: int) -> bool:
        """Whether the payer of this wanted the card kept."""
        return self._sql.value("saving_of", payment_id=payment_id) is not None

    def keep_method(
        self, payment: Payment, *, encrypted: bytes, brand: str, last4: str, now: datetime
    ) -> int | None:
        """Keep what this was paid with; None when it was kept before."""
        found: int | None = self._sql.value(
            "saved_methods_keep",
            customer_id=payment.customer_id,
            provider=payment.provider,
            payment_id=payment.id,
            encrypted=encrypted,
            brand=brand,
            last4=last4,
            now=seconds(now),
        )
        return found

    def method(self, method_id: int) -> SavedMethod | None:
        """The means of this id, forgotten or not."""
        row = self._sql.one("saved_methods_get", id=method_id)
        return None if row is None else _means(row)

    def forget_means(self, method_id: int, *, now: datetime) -> bool:
        """Never charge it again; False when it was forgotten before."""
        return self._sql.count("saved_methods_forget", id=method_id, now=seconds(now)) == 1

    def wipe_means(self, method_id: int) -> None:
        """The provider forgot it too: nothing of the handle stays."""
        self._sql.run("saved_methods_wipe", id=method_id, nothing=b"")

    def is_charging(self, method_id: int) -> bool:
        """Whether a charge was asked for by these means and nobody knows how it ended."""
        return self._sql.value("saved_methods_charging", method_id=method_id) is not None

    def plan(
        self,
        subscription_id: int,
        method: SavedMethod,
        *,
        interval: Interval,
        currency: str,
        agreed_at: datetime,
        round_end: datetime,
        charge_at: datetime,
        next_at: datetime,
    ) -> None:
        """Renew this by these means from now on, beginning a fresh round."""
        self._sql.run(
            "renewal_plan",
            subscription_id=subscription_id,
            customer_id=method.customer_id,
            method_id=method.id,
            term=interval.key,
            currency=currency,
            agreed_at=seconds(agreed_at),
            round_end=seconds(round_end),
            charge_at=seconds(charge_at),
            next_at=seconds(next_at),
        )

    def of(self, subscription_id: int) -> Renewal | None:
        """How this subscription renews, on or off; None when it never did."""
        row = self._sql.one("renewal_of", subscription_id=subscription_id)
        return None if row is None else _renewal(row)

    def charged_by(self, customer_id: int, payment_id: int) -> Renewal | None:
        """What this charge is of, though that may have ended while it was under way."""
        row = self._sql.one("renewal_charged_by", customer_id=customer_id, payment_id=payment_id)
        return None if row is None else _renewal(row)

    def has_money_gone(self, subscription_id: int) -> bool:
        """Whether all the money of an order for this went back since the person last agreed."""
        found = self._sql.value("renewal_money_gone", subscription_id=subscription_id)
        return found is not None

    def with_means(self, method_id: int) -> list[int]:
        """The subscriptions these means renew, or did."""
        rows = self._sql.all("renewals_with", method_id=method_id)
        return [row["subscription_id"] for row in rows]

    def write(self, renewal: Renewal, *, is_under_way: bool = False) -> None:
        """Where it stands now; read under the customer's claim.

        `is_under_way`: until `next_at` this process charges.
        """
        next_at = maybe_seconds(renewal.next_at)
        self._sql.run(
            "renewal_set",
            subscription_id=renewal.subscription_id,
            is_on=int(renewal.is_on),
            round_end=seconds(renewal.round_end),
            told_price_id=renewal.told_price_id,
            charge_at=seconds(renewal.charge_at),
            tries=renewal.tries,
            silences=renewal.silences,
            payment_id=renewal.payment_id,
            next_at=next_at,
            leased_until=next_at if is_under_way else None,
            holder=self._sql.holder,
        )

    def claim_due(self, *, now: datetime, lease: datetime, most: int) -> list[int]:
        """Subscriptions whose renewal wants a look; no one else looks until `lease`."""
        rows = self._sql.all(
            "renewals_claim",
            now=seconds(now),
            lease=seconds(lease),
            most=most,
            holder=self._sql.holder,
        )
        return [row["subscription_id"] for row in rows]

    def holders(self, *, now: datetime, latest: datetime) -> set[int]:
        """Whose leases run now; none ends after `latest`."""
        rows = self._sql.all("renewals_holders", now=seconds(now), latest=seconds(latest))
        return {row["leased_by"] for row in rows}

    def release(self, holder: int, *, now: datetime) -> int:
        """Give back what a process that is gone had taken; what was put off still waits."""
        return self._sql.count("renewals_release", holder=holder, now=seconds(now))

    def next_due(self) -> datetime | None:
        """When the next renewal wants a look."""
        return maybe_moment(self._sql.value("renewals_next"))

    def charge_under_way(self, customer_id: int, product_id: int) -> Payment | None:
        """The charge of a saved payment method whose end is not known yet, if there is one."""
        row = self._sql.one("renewal_running_for", customer_id=customer_id, product_id=product_id)
        return None if row is None else payment_of(row)

    def charge_of(self, subscription_id: int) -> Payment | None:
        """The same for one subscription."""
        row = self._sql.one("renewal_running_of", subscription_id=subscription_id)
        return None if row is None else payment_of(row)

    def awaited(self, subscription: Subscription, *, since: datetime) -> Payment | None:
        """A page that may be paid this very moment, or money on its way, if there is any."""
        row = self._sql.one(
            "payment_awaited",
            customer_id=subscription.customer_id,
            product_id=subscription.product.id,
            subscription_id=subscription.id,
            since=seconds(since),
        )
        return None if row is None else payment_of(row)


def _means(row: Row) -> SavedMethod:
    return SavedMethod(
        id=row["id"],
        customer_id=row["customer_id"],
        provider=row["provider"],
        encrypted=bytes(row["encrypted"]),
        brand=row["brand"],
        last4=row["last4"],
        forgotten_at=maybe_moment(row["forgotten_at"]),
    )


def _renewal(row: Row) -> Renewal:
    method = SavedMethod(
        id=row["method_id"],
        customer_id=row["customer_id"],
        provider=row["provider"],
        encrypted=bytes(row["encrypted"]),
        brand=row["brand"],
        last4=row["last4"],
        forgotten_at=maybe_moment(row["forgotten_at"]),
    )
    return Renewal(
        subscription_id=row["subscription_id"],
        customer_id=row["customer_id"],
        method=method,
        interval=Interval.from_key(row["term"]),
        currency=row["currency"],
        is_on=bool(row["is_on"]),
        agreed_at=moment(row["agreed_at"]),
        round_end=moment(row["round_end"]),
        told_price_id=row["told_price_id"],
        charge_at=moment(row["charge_at"]),
        tries=row["tries"],
        silences=row["silences"],
        payment_id=row["payment_id"],
        next_at=maybe_moment(row["next_at"]),
    )
