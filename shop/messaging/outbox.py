"""Takes effects from the queue and notes what came of each."""

import random
from datetime import datetime, timedelta

from shop.books.books import Books
from shop.messaging.outbox_records import Outbox, QueuedEffect

_LEASE = timedelta(seconds=90)


def claim(books: Books, *, now: datetime, most: int) -> list[QueuedEffect]:
    """Take due effects, one a lane; a killed process's come again when it is seen to be gone."""
    return books[Outbox].claim(now=now, lease=now + _LEASE, most=most)


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


_MESSAGE_FIRST_SECONDS = 2
_MESSAGE_MOST_SECONDS = 15 * 60
MESSAGE_TRIES = 12


def message_wait(failures: int) -> timedelta | None:
    """The wait after this many failed sends (from 1), doubling with jitter, or None."""
    if failures >= MESSAGE_TRIES:
        return None
    seconds = min(_MESSAGE_FIRST_SECONDS * 2 ** (failures - 1), _MESSAGE_MOST_SECONDS)
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311 - jitter
