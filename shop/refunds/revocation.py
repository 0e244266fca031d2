"""Takes paid time back when its money goes back, and holds access while a bank decides."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shop.access.acts import Resume, Suspend
from shop.access.lifecycle import next_change, state_at
from shop.access.notices import Unfrozen
from shop.access.reminder_rules import next_after, schedule, zone_of
from shop.access.states import SubscriptionState
from shop.access.subscription_records import Period, Schedule, Subscription, Subscriptions
from shop.access.subscriptions import wish
from shop.books.books import Books
from shop.customers.records import Customer
from shop.messaging.notices import tell_customer
from shop.messaging.outbox_records import Effect
from shop.orders.order_records import Orders
from shop.ports import Verb
from shop.refunds.dispute_records import Disputes
from shop.refunds.line_records import LinePart
from shop.refunds.rules import AccessAfterRefund, time_to_revoke
from shop.staff.audit_records import AuditLog

_SECOND = timedelta(seconds=1)
_LATELY = 50  # acts about one customer


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """What was taken of a line's time; `is_felt` where somebody could still use it.

    `runs_on`: other time of the same subscription is left.
    """

    seconds: int = 0
    is_felt: bool = False
    runs_on: bool = False
    effects: tuple[Effect, ...] = ()


def revoke_time(
    books: Books,
    customer: Customer,
    *,
    part: LinePart,
    access: AccessAfterRefund,
    now: datetime,
) -> Revoked:
    """Take the time of a line back, as `access` says.

    Later periods move up, so that none has a gap.
    """
    subscription = books[Subscriptions].get(part.subscription_id)
    if access is AccessAfterRefund.KEEP or subscription.standing.state is SubscriptionState.ENDED:
        return Revoked()
    periods = books[Orders].stretches(subscription.id)
    mine = next(one for one in periods if one.line_id == part.line_id)
    left = mine.ends_at - max(now, mine.starts_at)
    seconds = time_to_revoke(
        access,
        whole_seconds=int((mine.ends_at - mine.starts_at).total_seconds()) + part.seconds_back,
        left_seconds=max(int(left.total_seconds()), 0),
        back=part.back,
        paid=part.paid,
    )
    is_last = mine.id == periods[-1].id
    if not seconds and not (is_last and access is AccessAfterRefund.END):
        return Revoked()
    rest = _shortened(books, periods, mine, timedelta(seconds=seconds))
    return Revoked(
        seconds=seconds,
        is_felt=now < subscription.standing.access_until,
        runs_on=now + _SECOND < rest[-1].ends_at,
        effects=tuple(_standing_now(books, customer, subscription, rest[-1], now=now)),
    )


def _shortened(
    books: Books, periods: list[Period], mine: Period, taken: timedelta
) -> list[Period]:
    """The periods as they are now; of one that never began, a second remains as its trace."""
    end = max(mine.ends_at - taken, mine.starts_at + _SECOND)
    shift = mine.ends_at - end
    rest: list[Period] = []
    for one in periods:
        if one.starts_at < mine.starts_at:
            rest.append(one)
            continue
        starts = one.starts_at if one.id == mine.id else one.starts_at - shift
        moved = replace(one, starts_at=starts, ends_at=one.ends_at - shift)
        books[Subscriptions].set_period(one.id, starts_at=moved.starts_at, ends_at=moved.ends_at)
        rest.append(moved)
    return rest


def _standing_now(
    books: Books, customer: Customer, subscription: Subscription, last: Period, *, now: datetime
) -> list[Effect]:
    standing = replace(
        subscription.standing,
        paid_until=last.ends_at,
        is_trial=last.is_trial,
        state=SubscriptionState.ACTIVE,
    )
    has_ended = last.ends_at <= now + _SECOND
    starts_at = _began(books, subscription, last)
    reminders = schedule(starts_at=starts_at, ends_at=last.ends_at, zone=zone_of(customer.zone))
    upcoming = None if has_ended else next_after(reminders, after=now)
    books[Subscriptions].extend(
        subscription.id,
        Schedule(
            state=SubscriptionState.ENDED if has_ended else state_at(standing, now=now),
            is_trial=last.is_trial,
            starts_at=starts_at,
            paid_until=last.ends_at,
            # The end is off the anchor now: months bought later count from here.
            anchor_day=last.ends_at.day,
            terms=standing.terms,
            change_at=None if has_ended else next_change(standing, now=now),
            remind_at=None if upcoming is None else upcoming.at,
        ),
        old=subscription.standing.state,
    )
    if has_ended:
        books[Subscriptions].move(
            subscription.id,
            old=SubscriptionState.ENDED,
            new=SubscriptionState.ENDED,
            change_at=None,
            ended_at=now,
        )
    return [wish(books, subscription.id, Verb.TERMINATE if has_ended else Verb.CHANGE)]


def _began(books: Books, subscription: Subscription, last: Period) -> datetime:
    """When the time that runs out last began: what remains as a trace is no time of its own.

    Reminders and renewals reckon from it.
    """
    lived = [one for one in books[Orders].stretches(subscription.id) if _is_lived(one)]
    return lived[-1].starts_at if lived else last.starts_at


def _is_lived(one: Period) -> bool:
    return one.ends_at - one.starts_at > _SECOND


def freeze_access(books: Books, subscription_id: int, *, dispute_id: int) -> list[Effect]:
    """Stop access while a bank decides; what staff hold already is not this case's to release."""
    subscription = books[Subscriptions].get(subscription_id)
    standing = subscription.standing
    if standing.state is SubscriptionState.ENDED:
        return []
    if standing.is_frozen:
        if books[Disputes].is_frozen(subscription_id, besides=dispute_id):
            books[Disputes].freeze(dispute_id, subscription_id)
        return []
    books[Subscriptions].freeze(subscription_id, is_frozen=True)
    books[Disputes].freeze(dispute_id, subscription_id)
    return [wish(books, subscription_id, Verb.SUSPEND)]


def _is_held_by_staff(books: Books, subscription: Subscription) -> bool:
    """Whether staff stopped it since, for a reason of their own: they let it go themselves."""
    for act in books[AuditLog].acts_on(subscription.customer_id, most=_LATELY):
        if act.act in {Suspend.kind, Resume.kind} and act.facts["subscription"] == subscription.id:
            return act.act == Suspend.kind
    return False


def unfreeze_access(
    books: Books, customer: Customer, subscription_id: int, *, dispute_id: int
) -> list[Effect]:
    """Give it back, unless another open case holds it too, or someone did already."""
    books[Disputes].freeze(dispute_id, None)
    subscription = books[Subscriptions].get(subscription_id)
    is_others = books[Disputes].is_frozen(subscription_id, besides=dispute_id)
    if is_others or not subscription.standing.is_frozen:
        return []
    if _is_held_by_staff(books, subscription):
        return []
    books[Subscriptions].freeze(subscription_id, is_frozen=False)
    if subscription.standing.state is SubscriptionState.ENDED:
        return []  # its time went with the money: there is no access to give back
    effect = wish(books, subscription_id, Verb.RESUME)
    told = tell_customer(customer, Unfrozen(plan=subscription.product.slug), key=effect.key)
    return [told, effect]
