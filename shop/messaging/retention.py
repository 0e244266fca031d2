"""How long the inbox keeps what payment events said."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.books.books import Books
from shop.core.policy import Policy
from shop.messaging.inbox_records import Inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPolicy:
    """`keep_days` after it was handled an event's body is erased; 0 keeps it for ever."""

    keep_days: int = 90


ERASED_AT_ONCE = 500


def forget_updates(books: Books, *, now: datetime) -> int:
    """Delete chat updates answered more than two weeks ago."""
    return books[Inbox].forget_updates(before=now - timedelta(days=14), most=1000)


def erase_inbox_events(books: Books, *, policy: Policy, now: datetime) -> int:
    """Erase what handled payment events said once the owner's days are over; who they were stays.

    So an event that comes again is still known; what staff have not handled is kept whole.
    """
    if not policy[InboxPolicy].keep_days:
        return 0
    before = now - timedelta(days=policy[InboxPolicy].keep_days)
    return books[Inbox].erase(before=before, most=ERASED_AT_ONCE)
