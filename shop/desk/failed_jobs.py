"""What is stuck, and what staff do about it: try it afresh, or put it away; each act audited."""

from datetime import datetime

from shop.access.jobs import AccessKind, ProvisionJob
from shop.access.subscription_records import Subscriptions
from shop.books.books import Books
from shop.core.facts import read_facts
from shop.customers.records import Customers
from shop.desk.acts import DismissEffect, DismissInboxEvent, ReplayEffect
from shop.intake.acts import ReplayInboxEvent
from shop.intake.chat_updates import TELEGRAM
from shop.messaging.inbox_records import Inbox, InboxEvent, InboxState
from shop.messaging.jobs import MessageJob, MessageKind
from shop.messaging.outbox_records import Outbox, QueuedEffect
from shop.staff.acts import ByStaff


def trouble(books: Books) -> tuple[list[QueuedEffect], list[InboxEvent]]:
    """What is stuck: effects given up, and inbox events that want a person."""
    return books[Outbox].dead(most=20), books[Inbox].stuck(most=20)


def replay_effect(books: Books, staff_id: int, *, effect_id: int, now: datetime) -> bool:
    """Let a given-up effect try afresh; False when it is not given up any more."""
    done = books[Outbox].replay(effect_id, now=now)
    if done:
        by = ByStaff(books=books, staff_id=staff_id, now=now)
        by.note(ReplayEffect(effect=effect_id), customer_id=_whose(books, effect_id))
    return done


def dismiss_effect(books: Books, staff_id: int, *, effect_id: int, now: datetime) -> bool:
    """Put a given-up effect away: it will not happen."""
    done = books[Outbox].dismiss(effect_id, now=now)
    if done:
        by = ByStaff(books=books, staff_id=staff_id, now=now)
        by.note(DismissEffect(effect=effect_id), customer_id=_whose(books, effect_id))
    return done


def replay_inbox_event(books: Books, staff_id: int, *, inbox_event_id: int, now: datetime) -> bool:
    """Let a chat update be answered afresh; `replaying` does it for what providers sent."""
    inbox_event = books[Inbox].get(inbox_event_id)
    if inbox_event is None or inbox_event.provider != TELEGRAM:
        return False
    done = books[Inbox].reopen(inbox_event_id, now=now)
    if done:
        by = ByStaff(books=books, staff_id=staff_id, now=now)
        act = ReplayInboxEvent(inbox_event=inbox_event_id)
        by.note(act, customer_id=_sender(books, inbox_event))
    return done


def dismiss_inbox_event(
    books: Books, staff_id: int, *, inbox_event_id: int, now: datetime
) -> bool:
    """Put an inbox event away as seen; it stays in the inbox."""
    inbox_event = books[Inbox].get(inbox_event_id)
    if inbox_event is None or inbox_event.state is InboxState.DONE:
        return False
    books[Inbox].finish(inbox_event_id, InboxState.DONE, note="dismissed by staff")
    by = ByStaff(books=books, staff_id=staff_id, now=now)
    by.note(DismissInboxEvent(inbox_event=inbox_event_id), customer_id=_sender(books, inbox_event))
    return True


def _whose(books: Books, effect_id: int) -> int | None:
    effect = books[Outbox].get(effect_id)
    assert effect is not None  # noqa: S101 - it was changed just now
    match effect.kind:
        case AccessKind.PROVISION:
            number = read_facts(ProvisionJob, effect.payload).subscription_id
            return books[Subscriptions].get(number).customer_id
        case MessageKind.CHAT:
            return _who(books, read_facts(MessageJob, effect.payload).to)
    return None


def _sender(books: Books, inbox_event: InboxEvent) -> int | None:
    """The person of a chat update; what a provider sent names an order at most."""
    return None if inbox_event.chat_id is None else _who(books, inbox_event.chat_id)


def _who(books: Books, telegram_id: int) -> int | None:
    customer = books[Customers].by_telegram(telegram_id)
    return None if customer is None else customer.id
