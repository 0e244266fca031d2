"""Reminds people before their time runs out: in their daytime, once each, silent after renewal."""

from datetime import datetime
from typing import TYPE_CHECKING

from shop.access.notices import Reminder
from shop.access.reminder_rules import latest_due, next_after, schedule, zone_of
from shop.access.subscription_records import Subscriptions
from shop.books.books import Books
from shop.customers.records import Customers
from shop.messaging.notices import tell_chat
from shop.messaging.outbox_records import Outbox

if TYPE_CHECKING:
    from shop.access.subscription_records import Remindable
    from shop.messaging.outbox_records import Effect


def choose_reminders(books: Books, customer_id: int, *, wants: bool, now: datetime) -> None:
    """Turn reminders on or off; turning them on plans the next ones afresh."""
    customer = books[Customers].claim(customer_id)
    books[Customers].set_reminders(customer_id, wants=wants)
    for subscription in books[Subscriptions].of(customer_id):
        reminders = schedule(
            starts_at=subscription.starts_at,
            ends_at=subscription.standing.paid_until,
            zone=zone_of(customer.zone),
        )
        upcoming = next_after(reminders, after=now)
        books[Subscriptions].reschedule(
            subscription.id, upcoming.at if upcoming and wants else None
        )


def remind(books: Books, *, now: datetime, most: int) -> int:
    """Queue the reminders that are due; returns how many subscriptions were looked at."""
    due = books[Subscriptions].reminding(now=now, most=most)
    effects: list[Effect] = []
    nexts: list[tuple[Remindable, datetime | None]] = []
    for one in due:
        reminders = list(
            schedule(starts_at=one.starts_at, ends_at=one.paid_until, zone=zone_of(one.zone))
        )
        latest = latest_due(reminders, now=now)
        # After an outage: what speaks of the end as still to come is not told when it has come;
        # the reminder after the end tells it, once.
        is_late = latest is not None and latest.days_before >= 0 and now >= one.paid_until
        if latest is not None and one.is_told and not is_late:
            end = int(one.paid_until.timestamp())
            effects.append(
                tell_chat(
                    one.telegram_id,
                    Reminder(
                        subscription=one.id,
                        days=latest.days_before,
                        paid_until=one.paid_until,
                    ),
                    key=f"{one.id}:{end}:{latest.days_before}",
                )
            )
        upcoming = next_after(reminders, after=now)
        nexts.append((one, None if upcoming is None else upcoming.at))
    if nexts:
        books[Subscriptions].reminded(nexts)
        books[Outbox].add(effects, now=now)
    return len(due)
