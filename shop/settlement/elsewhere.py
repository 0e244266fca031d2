"""Money and news of another business in the same account: counted, and not booked."""

from shop.ledger.receipt_records import Receipts
from shop.messaging.inbox_records import Inbox, InboxState
from shop.messaging.notices import tell_staff
from shop.messaging.outbox_records import Outbox
from shop.orders.orders import is_of_our_form
from shop.orders.payment_records import Payments
from shop.ports import Happening
from shop.settlement.kept_event import KeptEvent
from shop.settlement.notices import OtherBusiness

# A dispute or a returned refund names money, and seldom a reference: a person has to see it.
_SEEN_BY_A_PERSON = frozenset(
    {
        Happening.DISPUTED,
        Happening.DISPUTE_WON,
        Happening.DISPUTE_LOST,
        Happening.WARNED,
        Happening.REFUND_RETURNED,
        Happening.FOREIGN,
    }
)


def is_elsewhere(kept: KeptEvent) -> bool:
    """Whether what an event tells bears no reference of our form, and is in no book of ours.

    What staff picked themselves is theirs to decide.
    """
    event, books, provider = kept.event, kept.books, kept.provider
    if kept.is_wanted or event.happening in _SEEN_BY_A_PERSON or is_of_our_form(event.reference):
        return False
    if event.receipt_id and books[Receipts].receipt_named(provider, event.receipt_id) is not None:
        return False
    ref = event.provider_ref
    return not ref or books[Payments].by_provider_ref(provider, ref) is None


def count_elsewhere(kept: KeptEvent) -> None:
    """Keep it where it is counted; staff hear of the first from each provider, and no more."""
    kept.books[Inbox].finish(kept.inbox_event, InboxState.ELSEWHERE, note="of another business")
    told = tell_staff(kept.policy, OtherBusiness(provider=kept.provider), key=kept.provider)
    kept.books[Outbox].add(told, now=kept.now)
