"""Reads a provider's letter once more, checked as it was when it came; harmless to repeat."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from shop.books.books import Books
from shop.books.opening import Storage
from shop.core.errors import BadInputError, NotFoundError
from shop.core.policy import Policy
from shop.ledger.receipt_records import LooseMoney, Receipts
from shop.messaging.inbox_records import Inbox, InboxState, Letter
from shop.ports import (
    BadSignatureError,
    Clock,
    EndpointClosedError,
    Happening,
    PaymentEvent,
    PaymentProvider,
    ProviderError,
)
from shop.settlement.claim_records import Claims, ClaimState
from shop.settlement.settle import Outcome, Source, act_on, settle_all
from shop.staff.audit_records import StaffTables


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
    letter_id: int,
    is_believed: bool,
    policy: Policy,
    clock: Clock,
) -> Replayed:
    """Read a letter again; `is_believed` where staff vouch for what it says of money.

    Raises `ProviderError` where its provider has to be asked and does not answer.
    """
    letter = await storage.read(_letter, letter_id)
    provider = None if letter is None else providers.get(letter.provider)
    if letter is None or provider is None or not letter.body:
        return Replayed.UNREADABLE
    try:
        told = _told(provider, letter)
    except (BadSignatureError, EndpointClosedError, BadInputError, ValueError):
        return Replayed.UNREADABLE
    events = [event for event in told if event.event_id == letter.event_id]
    found = await storage.run(
        take_again,
        staff_id,
        letter,
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
    return await storage.run(take_said, letter, said, policy=policy, now=clock.now())


def _told(provider: PaymentProvider, letter: Letter) -> Sequence[PaymentEvent]:
    """Read it as it was read when it came: a chat update, or a webhook with its signature."""
    read_update = getattr(provider, "read_update", None)
    if callable(read_update):
        update = read_update(json.loads(letter.body))
        return [] if update is None else [update]
    # Signed times are held against the moment it came, not against today.
    return provider.read_webhook(letter.headers, letter.body, now=letter.received_at)


def take_again(
    books: Books,
    staff_id: int,
    letter: Letter,
    events: Sequence[PaymentEvent],
    *,
    is_believed: bool,
    policy: Policy,
    now: datetime,
) -> Replayed:
    """Act on its events as if they had come now; receipts are counted once all the same."""
    act = "believe_letter" if is_believed else "replay_letter"
    books[StaffTables].audit(staff_id, act, customer_id=None, facts={"letter": letter.id}, now=now)
    books[Inbox].finish(letter.id, InboxState.DONE, note=f"read again by {staff_id}")
    if is_believed:
        books[Claims].end(letter.id, ClaimState.BELIEVED)
    source = Source(provider=letter.provider, is_believed=is_believed)
    found = Replayed.LEFT
    for event in events:
        outcome = act_on(books, letter.id, event, source, policy=policy, now=now)
        found = _MEANT.get(outcome, Replayed.TAKEN)
    return found


def take_said(
    books: Books, letter: Letter, said: Sequence[PaymentEvent], *, policy: Policy, now: datetime
) -> Replayed:
    """Money that a provider tells of when asked about a letter: it can be assigned from now on."""
    received = [event for event in said if event.happening is Happening.RECEIVED]
    outcomes = settle_all(
        books, received, Source(provider=letter.provider), policy=policy, now=now
    )
    if not outcomes:
        return Replayed.LEFT
    books[Inbox].finish(letter.id, InboxState.DONE, note="its provider was asked")
    return Replayed.SAME if set(outcomes) == {Outcome.KNOWN} else Replayed.TAKEN


async def is_confirmed(
    storage: Storage, providers: Mapping[str, PaymentProvider], receipt: int
) -> bool:
    """Whether its provider itself says that this money of no order came: a webhook may lie."""
    money, letter = await storage.read(_letter_of, receipt)
    if letter is not None and not letter.body:
        return True  # it was found by asking
    provider = providers.get(money.provider)
    if letter is None or provider is None:
        return False
    try:
        hints = [one for one in _told(provider, letter) if one.receipt_id == money.receipt_id]
        said = [
            one
            for hint in hints
            for one in await provider.look_up(hint.reference, hint.provider_ref)
        ]
    except (BadSignatureError, EndpointClosedError, BadInputError, ProviderError, ValueError):
        return False
    wanted = (Happening.RECEIVED, money.receipt_id, money.money)
    return wanted in [(one.happening, one.receipt_id, one.money) for one in said]


def latest_letters(books: Books) -> list[Letter]:
    """What providers sent lately, handled or not."""
    return books[Inbox].latest(most=_LATEST)


def claims_on(books: Books, letter_ids: Sequence[int]) -> frozenset[int]:
    """Which of these letters told of money that nobody confirmed."""
    found = (books[Claims].by_letter(letter_id) for letter_id in letter_ids)
    return frozenset(
        claim.letter_id
        for claim in found
        if claim is not None and claim.state in {ClaimState.OPEN, ClaimState.DENIED}
    )


def _letter_of(books: Books, receipt: int) -> tuple[LooseMoney, Letter | None]:
    money = books[Receipts].get(receipt)
    if money is None:
        raise NotFoundError(what="receipt", name=receipt)
    return money, None if money.letter_id is None else books[Inbox].get(money.letter_id)


def _letter(books: Books, letter_id: int) -> Letter | None:
    return books[Inbox].get(letter_id)
