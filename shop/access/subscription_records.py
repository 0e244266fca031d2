"""Subscriptions, their paid periods and trials."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shop.access.lifecycle import Standing
from shop.access.states import SUBSCRIPTION_MOVES, SubscriptionState
from shop.books.moments import maybe_moment, maybe_seconds, moment, seconds
from shop.books.queries import Row, Sql
from shop.catalog.products import Terms
from shop.catalog.records import Product, product_of
from shop.core.errors import DoneAlreadyError, NotFoundError
from shop.core.moves import must_move


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A customer's time with one plan; `starts_at` begins the period bought last."""

    id: int
    customer_id: int
    product: Product
    standing: Standing
    starts_at: datetime
    anchor_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of time that an order's line bought, tried or was given."""

    id: int
    line_id: int | None
    is_trial: bool
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Remindable:
    """A subscription whose reminder is due, with what is needed to decide on it."""

    id: int
    starts_at: datetime
    paid_until: datetime
    remind_at: datetime
    telegram_id: int
    zone: str
    is_told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Where a subscription stands after time was added."""

    state: SubscriptionState
    is_trial: bool
    starts_at: datetime
    paid_until: datetime
    anchor_day: int
    terms: Terms
    change_at: datetime | None
    remind_at: datetime | None


class Subscriptions:
    """The tables of subscriptions, periods and trials."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def add(self, customer_id: int, product_id: int, schedule: Schedule) -> int:
        """Begin; returns the id."""
        found = self._sql.added(
            "subscription_add",
            customer_id=customer_id,
            product_id=product_id,
            **_columns(schedule),
        )
        assert found is not None  # noqa: S101 - nothing stands in its way
        return found

    def extend(self, subscription_id: int, schedule: Schedule, *, old: SubscriptionState) -> None:
        """Write where it stands now; `old` and what is raised as in `move`."""
        _may_stand(old, schedule.state)
        changed = self._sql.count(
            "subscription_extend", id=subscription_id, old=old, **_columns(schedule)
        )
        if changed != 1:
            raise DoneAlreadyError

    def add_period(
        self,
        subscription_id: int,
        *,
        line_id: int | None,
        starts_at: datetime,
        ends_at: datetime,
        now: datetime,
    ) -> None:
        """Record time that was bought or given; the same line cannot give it twice."""
        self._sql.run(
            "period_add",
            subscription_id=subscription_id,
            line_id=line_id,
            starts_at=seconds(starts_at),
            ends_at=seconds(ends_at),
            now=seconds(now),
        )

    def get(self, subscription_id: int) -> Subscription:
        """The subscription of this id."""
        row = self._sql.one("subscription_by_id", id=subscription_id)
        if row is None:
            raise NotFoundError(what="subscription", name=subscription_id)
        return _subscription(row)

    def live(self, customer_id: int, product_id: int, *, named: int = 0) -> Subscription | None:
        """The one that has not ended, if any; of several the one named, or that ends first."""
        row = self._sql.one(
            "subscription_live", customer_id=customer_id, product_id=product_id, named=named
        )
        return None if row is None else _subscription(row)

    def is_alone(self, subscription_id: int) -> bool:
        """Whether the customer has no other one to the same product that runs."""
        return not self._sql.value("subscriptions_beside", id=subscription_id)

    def of(self, customer_id: int) -> list[Subscription]:
        """A customer's subscriptions, the latest first."""
        rows = self._sql.all("subscriptions_of", customer_id=customer_id)
        return [_subscription(row) for row in rows]

    def move(
        self,
        subscription_id: int,
        *,
        old: SubscriptionState,
        new: SubscriptionState,
        change_at: datetime | None,
        ended_at: datetime | None = None,
    ) -> None:
        """Change the billing state from `old`, as the caller's claim holds it, and the next look.

        It may stay where it is, too. Raises `ForbiddenMoveError`, or `DoneAlreadyError` when it
        does not stand there any more.
        """
        _may_stand(old, new)
        changed = self._sql.count(
            "subscription_move",
            id=subscription_id,
            old=old,
            state=new,
            change_at=maybe_seconds(change_at),
            ended_at=maybe_seconds(ended_at),
        )
        if changed != 1:
            raise DoneAlreadyError

    def freeze(self, subscription_id: int, *, is_frozen: bool) -> None:
        """Staff stop access, or give it back."""
        self._sql.run("subscription_hold", id=subscription_id, is_frozen=int(is_frozen))

    def changing(self, *, now: datetime, most: int) -> list[tuple[int, int]]:
        """(subscription id, customer id) of those whose time has come."""
        rows = self._sql.all("subscriptions_changing", now=seconds(now), most=most)
        return [(row["id"], row["customer_id"]) for row in rows]

    def reminding(self, *, now: datetime, most: int) -> list[Remindable]:
        """Those whose reminder is due."""
        rows = self._sql.all("subscriptions_reminding", now=seconds(now), most=most)
        return [_remindable(row) for row in rows]

    def reminded(self, nexts: Iterable[tuple[Remindable, datetime | None]]) -> None:
        """Note when each is to be reminded next, unless a renewal changed that meanwhile."""
        self._sql.many(
            "subscriptions_reminded",
            [
                {"id": one.id, "was_at": seconds(one.remind_at), "next_at": maybe_seconds(at)}
                for one, at in nexts
            ],
        )

    def reschedule(self, subscription_id: int, remind_at: datetime | None) -> None:
        """Set when to remind next."""
        self._sql.run(
            "subscriptions_reschedule", id=subscription_id, remind_at=maybe_seconds(remind_at)
        )

    def take_trial(self, customer_id: int, product_id: int, *, now: datetime) -> bool:
        """Use the one trial of this person; False when it was used before."""
        taken = self._sql.value(
            "trial_take", customer_id=customer_id, product_id=product_id, now=seconds(now)
        )
        return taken is not None

    def had_trial(self, customer_id: int) -> bool:
        """Whether this person used the trial."""
        return self._sql.one("trial_of", customer_id=customer_id) is not None

    def periods(self, subscription_id: int) -> list[tuple[datetime, datetime]]:
        """All periods as (starts_at, ends_at), in order."""
        rows = self._sql.all("periods_of", subscription_id=subscription_id)
        return [(moment(row["starts_at"]), moment(row["ends_at"])) for row in rows]

    def set_period(self, period_id: int, *, starts_at: datetime, ends_at: datetime) -> None:
        """Shorten or move a period whose order's money went back, or one after it."""
        self._sql.run(
            "period_set", id=period_id, starts_at=seconds(starts_at), ends_at=seconds(ends_at)
        )

    def next_reminder(self) -> datetime | None:
        """When the next reminder is due."""
        return maybe_moment(self._sql.value("subscriptions_next_reminder"))

    def counts(self) -> dict[SubscriptionState, int]:
        """How many there are in each state."""
        rows = self._sql.all("subscriptions_counts")
        return {SubscriptionState(row["state"]): row["many"] for row in rows}


def _may_stand(old: SubscriptionState, new: SubscriptionState) -> None:
    if new is not old:
        must_move(SUBSCRIPTION_MOVES, old, new)


def standing_of(row: Row) -> Standing:
    """The standing in a row of subscriptions, or of a join with its columns."""
    return Standing(
        state=SubscriptionState(row["state"]),
        is_frozen=bool(row["is_frozen"]),
        is_trial=bool(row["is_trial"]),
        paid_until=moment(row["paid_until"]),
        terms=Terms(grace_days=row["grace_days"], keep_days=row["keep_days"]),
    )


def _columns(schedule: Schedule) -> dict[str, object]:
    return {
        "state": schedule.state,
        "is_trial": int(schedule.is_trial),
        "starts_at": seconds(schedule.starts_at),
        "anchor_day": schedule.anchor_day,
        "paid_until": seconds(schedule.paid_until),
        "grace_days": schedule.terms.grace_days,
        "keep_days": schedule.terms.keep_days,
        "change_at": maybe_seconds(schedule.change_at),
        "remind_at": maybe_seconds(schedule.remind_at),
    }


def _subscription(row: Row) -> Subscription:
    return Subscription(
        id=row["id"],
        customer_id=row["customer_id"],
        product=product_of(row),
        standing=standing_of(row),
        starts_at=moment(row["starts_at"]),
        anchor_day=row["anchor_day"],
    )


def _remindable(row: Row) -> Remindable:
    return Remindable(
        id=row["id"],
        starts_at=moment(row["starts_at"]),
        paid_until=moment(row["paid_until"]),
        remind_at=moment(row["remind_at"]),
        telegram_id=row["telegram_id"],
        zone=row["zone"],
        is_told=bool(row["wants_reminders"])
        and bool(row["is_reachable"])
        and not row["is_frozen"],
    )
