"""Chat updates enter the same inbox as webhooks: in the books before they are acknowledged."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shop.books.books import Books
from shop.core.policy import Policy
from shop.intake.notices import Stuck
from shop.messaging.inbox_records import Inbox, InboxEvent, InboxState
from shop.messaging.notices import tell_staff
from shop.messaging.outbox_records import Outbox
from shop.ports import PaymentEvent
from shop.settlement.settle import Source, settle

TELEGRAM = "telegram"
_LEASE = timedelta(seconds=90)
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUpdate:
    """An update as it came; `money` is set when it carries a payment, with its provider.

    `trouble` says why what it carries cannot be taken; then it is kept for staff. `is_believed`
    where we asked Telegram for it ourselves; one that was sent to us only claims (ADR 7).
    """

    update_id: int
    kind: str
    raw: Mapping[str, Any]
    chat_id: int | None = None
    money: PaymentEvent | None = None
    provider: str = ""
    trouble: str = ""
    is_believed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptUpdate:
    """An update that still is to be answered; `is_again`: the clock brought it back."""

    inbox_event_id: int
    raw: Mapping[str, Any]
    is_again: bool = False


def keep_updates(
    books: Books,
    updates: Iterable[NewUpdate],
    *,
    policy: Policy,
    now: datetime,
    are_answered: bool = True,
) -> list[KeptUpdate]:
    """Keep a batch; money is settled at once. Returns those not seen before, to be answered.

    Where nobody can answer yet, they are due at once: whoever can takes them out of the inbox.
    """
    kept, due_at = [], now + _LEASE if are_answered else now
    for update in updates:
        body = json.dumps(update.raw).encode()  # escaped: half a character is one, too
        inbox_event = books[Inbox].keep(
            TELEGRAM,
            str(update.update_id),
            kind=update.kind,
            headers={},
            body=body,
            now=now,
            state=InboxState.DONE if update.money else InboxState.WAITING,
            due_at=None if update.money else due_at,
            chat_id=update.chat_id,
        )
        if inbox_event is None:
            continue
        if update.trouble:
            fail_update(books, inbox_event, update.trouble, policy=policy, now=now)
        elif update.money is not None:
            source = Source(provider=update.provider, body=body, is_believed=update.is_believed)
            settle(books, update.money, source, policy=policy, now=now)
        else:
            kept.append(KeptUpdate(inbox_event_id=inbox_event, raw=update.raw))
    return kept


def settle_kept(
    books: Books,
    update: KeptUpdate,
    money: PaymentEvent,
    provider: str,
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """Take the money of an update that is read again; it is counted once all the same."""
    source = Source(provider=provider, body=json.dumps(update.raw).encode(), is_believed=False)
    settle(books, money, source, policy=policy, now=now)


def is_overtaken(books: Books, update: KeptUpdate, *, chat_id: int) -> bool:
    """Whether the person went on meanwhile: a later update of this chat was answered."""
    return books[Inbox].is_overtaken(update.inbox_event_id, chat_id=chat_id)


def finish_update(books: Books, inbox_event_id: int) -> None:
    """It was answered."""
    books[Inbox].finish(inbox_event_id, InboxState.DONE)


def fail_update(
    books: Books, inbox_event_id: int, note: str, *, policy: Policy, now: datetime
) -> None:
    """Answering it failed in a way that trying again will not mend: staff see it."""
    books[Inbox].finish(inbox_event_id, InboxState.STUCK, note=note)
    notice = Stuck(inbox_event=inbox_event_id, reason=note)
    books[Outbox].add(tell_staff(policy, notice, key=f"inbox_event:{inbox_event_id}"), now=now)


def claim_updates(books: Books, *, policy: Policy, now: datetime, most: int) -> list[KeptUpdate]:
    """Updates a killed process left unanswered; after three tries they are given to staff."""
    found = []
    for inbox_event in books[Inbox].claim(now=now, lease=now + _LEASE, most=most):
        if inbox_event.tries > _TRIES:
            fail_update(books, inbox_event.id, "it was tried three times", policy=policy, now=now)
        else:
            found.append(_kept(inbox_event))
    return found


def _kept(inbox_event: InboxEvent) -> KeptUpdate:
    return KeptUpdate(
        inbox_event_id=inbox_event.id, raw=json.loads(inbox_event.body), is_again=True
    )
