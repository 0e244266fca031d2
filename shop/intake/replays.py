"""Reads a provider's inbox event once more, checked as it was when it came; harmless to repeat."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from shop.books.books import Books
from shop.books.opening import Storage
from shop.core.errors import BadInputError, NotFoundError
from shop.core.policy import Policy
from shop.intake.acts import BelieveInboxEvent, ReplayInboxEvent
from shop.ledger.receipt_records import Receipts, UnassignedReceipt
from shop.messaging.inbox_records import Inbox, InboxEvent, InboxState
from shop.ports import (
    BadSignatureError,
    Clock,
    EndpointClosedError,
    Happening,
    PaymentEvent,
    PaymentProvider,
    ProviderError,
)
from shop.settlement.claim_records import ClaimState, ProviderClaims
from shop.settlement.kept_event import KeptEvent, inbox_name
from shop.settlement.settle import Outcome, Source, act_on, settle_all
from shop.staff.acts import ByStaff


class Replayed(StrEnum):
    """What came of reading it again."""

    TAKEN = "taken"  # it did what it had not done before
    SAME = "same"  # it was in the books already
    ASKED = "asked"  # its provider is being asked
    LEFT = "left"  # it still is nothing the shop can act on
    UNREADABLE = "unreadable"  # erased, or signed with a secret that is not known any more


_LATEST = 8
_MEANT = {
    Outcome.KNOWN: Replayed.SAME,
    Outcome.ASKED: Replayed.ASKED,
    Outcome.UNHANDLED: Replayed.LEFT,
    Outcome.UNKNOWN: Replayed.LEFT,
}


async def replay(
    storage: Storage,
    providers: Mapping[str, PaymentProvider],
    staff_id: int,
    *,
    inbox_event_id: int,
    is_believed: bool,
    policy: Policy,
    clock: Clock,
) -> Replayed:
    """Read an inbox event again; `is_believed` where staff vouch for what it says of money.

    Raises `ProviderError` where its provider has to be asked and does not answer.
    """
    inbox_event = await storage.read(_inbox_event, inbox_event_id)
    provider = None if inbox_event is None else providers.get(inbox_event.provider)
    if inbox_event is None or provider is None or not inbox_event.body:
        return Replayed.UNREADABLE
    try:
        told = _told(provider, inbox_event)
    except (BadSignatureError, EndpointClosedError, BadInputError, ValueError):
        return Replayed.UNREADABLE
    events = [event for event in told if inbox_name(event) == inbox_event.event_id]
    found = await storage.run(
        take_again,
        staff_id,
        inbox_event,
        events,
        is_believed=is_believed,
        policy=policy,
        now=clock.now(),
    )
    hints = [event for event in events if event.happening is Happening.ASK and event.provider_ref]
    if found is not Replayed.LEFT or not hints:
        return found
    # A hint about a payment that is in no book: only its provider can say whether money came.
    said = [
        one for hint in hints for one in await provider.look_up(hint.reference, hint.provider_ref)
    ]
    return await storage.run(take_said, inbox_event, said, policy=policy, now=clock.now())


def _told(provider: PaymentProvider, inbox_event: InboxEvent) -> Sequence[PaymentEvent]:
    """Read it as it was read when it came: a chat update, or a webhook with its signature."""
    read_update = getattr(provider, "read_update", None)
    if callable(read_update):
        update = read_update(json.loads(inbox_event.body))
        return [] if update is None else [update]
    # Signed times are held against the moment it came, not against today.
    return provider.read_webhook(
        inbox_event.headers, inbox_event.body, now=inbox_event.received_at
    )


def take_again(
    books: Books,
    staff_id: int,
    inbox_event: InboxEvent,
    events: Sequence[PaymentEvent],
    *,
    is_believed: bool,
    policy: Policy,
    now: datetime,
) -> Replayed:
    """Act on its events as if they had come now; receipts are counted once all the same."""
    act = (BelieveInboxEvent if is_believed else ReplayInboxEvent)(inbox_event=inbox_event.id)
    ByStaff(books=books, staff_id=staff_id, now=now).note(act, customer_id=None)
    books[Inbox].finish(inbox_event.id, InboxState.DONE, note=f"read again by {staff_id}")
    if is_believed:
        books[ProviderClaims].end(inbox_event.id, ClaimState.BELIEVED)
    found = Replayed.LEFT
    for event in events:
        kept = KeptEvent(
            books=books,
            inbox_event=inbox_event.id,
            event=event,
            provider=inbox_event.provider,
            is_believed=is_believed,
            is_looked_at=False,
            is_wanted=True,
            policy=policy,
            now=now,
        )
        outcome = act_on(kept)
        found = _MEANT.get(outcome, Replayed.TAKEN)
    return found


def take_said(
    books: Books,
    inbox_event: InboxEvent,
    said: Sequence[PaymentEvent],
    *,
    policy: Policy,
    now: datetime,
) -> Replayed:
    """Money a provider confirms when asked about an inbox event: it can be assigned now."""
    received = [event for event in said if event.happening is Happening.RECEIVED]
    outcomes = settle_all(
        books,
        received,
        Source(provider=inbox_event.provider, is_wanted=True),
        policy=policy,
        now=now,
    )
    if not outcomes:
        return Replayed.LEFT
    books[Inbox].finish(inbox_event.id, InboxState.DONE, note="its provider was asked")
    return Replayed.SAME if set(outcomes) == {Outcome.KNOWN} else Replayed.TAKEN


async def is_confirmed(
    storage: Storage, providers: Mapping[str, PaymentProvider], receipt: int
) -> bool:
    """Whether its provider itself says that this money of no order came: a webhook may lie."""
    money, inbox_event = await storage.read(_inbox_event_of, receipt)
    if inbox_event is not None and not inbox_event.body:
        return True  # it was found by asking
    provider = providers.get(money.provider)
    if inbox_event is None or provider is None:
        return False
    try:
        hints = [one for one in _told(provider, inbox_event) if one.receipt_id == money.receipt_id]
        said = [
            one
            for hint in hints
            for one in await provider.look_up(hint.reference, hint.provider_ref)
        ]
    except (BadSignatureError, EndpointClosedError, BadInputError, ProviderError, ValueError):
        return False
    wanted = (Happening.RECEIVED, money.receipt_id, money.money)
    return wanted in [(one.happening, one.receipt_id, one.money) for one in said]


def latest_inbox_events(books: Books) -> list[InboxEvent]:
    """What providers sent lately, handled or not."""
    return books[Inbox].latest(most=_LATEST)


def provider_claims_on(books: Books, inbox_event_ids: Sequence[int]) -> frozenset[int]:
    """Which of these inbox events told of money that nobody confirmed."""
    found = (
        books[ProviderClaims].by_inbox_event(inbox_event_id) for inbox_event_id in inbox_event_ids
    )
    return frozenset(
        claim.inbox_event_id
        for claim in found
        if claim is not None and claim.state in {ClaimState.OPEN, ClaimState.DENIED}
    )


def _inbox_event_of(books: Books, receipt: int) -> tuple[UnassignedReceipt, InboxEvent | None]:
    money = books[Receipts].get(receipt)
    if money is None:
        raise NotFoundError(what="receipt", name=receipt)
    return money, None if money.inbox_event_id is None else books[Inbox].get(money.inbox_event_id)


def _inbox_event(books: Books, inbox_event_id: int) -> InboxEvent | None:
    return books[Inbox].get(inbox_event_id)
