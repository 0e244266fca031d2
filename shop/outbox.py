"""Takes effects from the queue and notes what came of each."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.rules.retries import message_wait
from shop.storage.books import Books
from shop.storage.circuits import Circuits
from shop.storage.inbox import Inbox
from shop.storage.orders import Orders
from shop.storage.outbox import Outbox, QueuedEffect
from shop.storage.payments import Payments
from shop.storage.refunds import Refunds
from shop.storage.renewals import Renewals
from shop.storage.subscriptions import Subscriptions

_LEASE = timedelta(seconds=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is due now; asked before any writing, so that an idle shop writes nothing."""

    effects: bool
    reminders: bool
    orders: bool
    polls: bool
    renewals: bool
    letters: bool
    trials: bool
    refunds: bool


def is_due(books: Books, *, now: datetime) -> Due:
    """Look at each queue's first row."""
    return Due(
        effects=_is_past(books[Outbox].next_due(), now),
        reminders=_is_past(books[Subscriptions].next_reminder(), now),
        orders=_is_past(books[Orders].next_expiry(), now),
        polls=_is_past(books[Payments].next_poll(), now),
        renewals=_is_past(books[Renewals].next_due(), now),
        letters=_is_past(books[Inbox].next_due(), now),
        trials=_is_past(books[Circuits].next_try(), now),
        refunds=_is_past(books[Refunds].next_question(), now),
    )


def claim(books: Books, *, now: datetime, most: int) -> list[QueuedEffect]:
    """Take due effects, one a lane; a killed process's come again after the lease."""
    return books[Outbox].claim(now=now, lease=now + _LEASE, most=most)


def take_over(books: Books, *, now: datetime) -> int:
    """At the start of a process that has the books to itself: wait for no dead one's leases."""
    return books[Outbox].release(now=now) + books[Inbox].release(now=now)


def finish_effect(books: Books, effect: QueuedEffect, *, now: datetime) -> None:
    """It happened."""
    books[Outbox].finish(effect.id, now=now)


def postpone(
    books: Books, effect: QueuedEffect, *, reason: str, wait: timedelta | None, now: datetime
) -> None:
    """Try again: after `wait` when the other side named it, else by the retry rule, else dead."""
    if wait is not None:
        books[Outbox].again(effect.id, due_at=now + wait, error=reason, is_counted=False)
    elif (again_in := message_wait(effect.tries)) is not None:
        books[Outbox].again(effect.id, due_at=now + again_in, error=reason)
    else:
        books[Outbox].finish(effect.id, now=now, state="dead", error=reason)


def refuse(
    books: Books, effect: QueuedEffect, *, reason: str, is_dead: bool, now: datetime
) -> None:
    """It will never happen; a dead effect is one that staff should see."""
    state = "dead" if is_dead else "dropped"
    books[Outbox].finish(effect.id, now=now, state=state, error=reason)


def _is_past(due: datetime | None, now: datetime) -> bool:
    return due is not None and due <= now
