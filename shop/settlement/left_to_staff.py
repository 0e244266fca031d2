"""What a provider tells and no order can take: kept in the inbox, and told to staff once."""

from datetime import datetime

from shop.books.books import Books
from shop.core.policy import Policy
from shop.ledger.receipt_records import Receipts
from shop.messaging.inbox_records import Inbox, InboxState
from shop.messaging.kinds import Notice
from shop.messaging.notices import tell_staff
from shop.messaging.outbox_records import Outbox
from shop.ports import Happening, PaymentEvent

# News of a payment we do not know that a person must not miss; of money received they hear anyway.
_GRAVE = frozenset(
    {
        Happening.ASK,
        Happening.REFUNDED,
        Happening.REFUND_RETURNED,
        Happening.DISPUTED,
        Happening.WARNED,
    }
)
_LONGEST = 200


def leave_to_staff(
    books: Books,
    inbox_event: int,
    event: PaymentEvent,
    provider: str,
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """Keep what the shop does not act on; where it has facts, there is something to look at."""
    note = ", ".join(f"{name} {fact}" for name, fact in event.facts.items())
    books[Inbox].finish(inbox_event, InboxState.UNHANDLED, note=note)
    if event.happening is Happening.FOREIGN:
        told = tell_staff(
            policy,
            Notice.FOREIGN_ACCOUNT,
            key=str(inbox_event),
            inbox_event=inbox_event,
            provider=provider,
            account=event.facts.get("account", ""),
        )
        books[Outbox].add(told, now=now)
    elif note:
        _tell(
            books, inbox_event, event, provider, note, key=str(inbox_event), policy=policy, now=now
        )


def tell_of_unknown(
    books: Books,
    inbox_event: int,
    event: PaymentEvent,
    provider: str,
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """A dispute, a refund or a hint about a payment that is in no book; once for each payment."""
    is_booked = (
        event.happening is Happening.REFUNDED
        and event.receipt_id
        and (books[Receipts].receipt_named(provider, event.receipt_id) is not None)
    )  # of money that waits for its owner: staff are told of the refund itself
    if event.happening not in _GRAVE or is_booked:
        return
    names = {
        "reference": event.reference,
        "payment": event.provider_ref,
        "money": event.receipt_id,
        **{key: event.facts.get(key, "") for key in ("dispute", "refund_ref", "reason")},
    }
    note = ", ".join(f"{name} {value}" for name, value in names.items() if value)
    books[Inbox].finish(inbox_event, InboxState.UNKNOWN, note=note)
    about = event.receipt_id or event.provider_ref or event.reference or inbox_event
    key = f"{event.happening}:{provider}:{about}"
    _tell(books, inbox_event, event, provider, note, key=key, policy=policy, now=now)


def doubt_other_sum(
    books: Books,
    inbox_event: int,
    event: PaymentEvent,
    provider: str,
    *,
    policy: Policy,
    now: datetime,
) -> bool:
    """A webhook names another sum for money that is in the books: nothing changes, staff hear."""
    receipt = books[Receipts].receipt_named(provider, event.receipt_id)
    known = None if receipt is None else books[Receipts].get(receipt)
    if known is None or event.money is None or known.money == event.money:
        return False
    note = f"{event.receipt_id}: told {event.money}, in the books {known.money}"
    books[Inbox].finish(inbox_event, InboxState.UNHANDLED, note=note)
    _tell(books, inbox_event, event, provider, note, key=str(inbox_event), policy=policy, now=now)
    return True


def _tell(
    books: Books,
    inbox_event: int,
    event: PaymentEvent,
    provider: str,
    note: str,
    *,
    key: str,
    policy: Policy,
    now: datetime,
) -> None:
    told = tell_staff(
        policy,
        Notice.LEFT_TO_STAFF,
        key=key,
        inbox_event=inbox_event,
        provider=provider,
        what=event.kind,
        note=note[:_LONGEST],
    )
    books[Outbox].add(told, now=now)
