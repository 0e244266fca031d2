"""What came in or has to go out, and waits: for its time, or for a person."""

from dataclasses import dataclass

from shop.books.books import Books
from shop.messaging.inbox_records import Inbox, InboxState
from shop.messaging.outbox_records import Depth, Outbox
from shop.orders.health_records import ProviderHealth, ProviderHealthRecords
from shop.settlement.review_records import Reviews
from shop.settlement.unassigned_records import UnassignedReceipts


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits, and what wants a person."""

    outbox: tuple[Depth, ...]
    dead: int
    inbox_events: dict[InboxState, int]
    held: int
    unassigned: int
    hidden: tuple[ProviderHealth, ...]


def backlog(books: Books) -> Backlog:
    """What waits in the outbox, and what staff should look at."""
    return Backlog(
        outbox=tuple(books[Outbox].depth()),
        dead=books[Outbox].count_dead(),
        inbox_events=books[Inbox].counts(),
        held=books[Reviews].count_waiting(),
        unassigned=books[UnassignedReceipts].count_unassigned(),
        hidden=tuple(books[ProviderHealthRecords].opened()),
    )
