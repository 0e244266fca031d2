"""Gathers what the rules against fraud ask for, and no more than those that are switched on."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from shop.books.books import Books
from shop.core.policy import Policy
from shop.customers.records import Customer, Customers
from shop.messaging.notices import tell_staff
from shop.messaging.outbox_records import Outbox
from shop.ports import Payer
from shop.screening.notices import TurnedAway
from shop.screening.records import ScreeningRecords
from shop.screening.rules import (
    BlockedBy,
    Finding,
    FraudFacts,
    FraudPolicy,
    RefusedError,
    Ruling,
    findings_on,
    strictest,
)

_HOUR = timedelta(hours=1)


def fingerprint_of(provider: str, payer: Payer) -> str:
    """How the books know this payer again: a digest, so that no card or address stands there."""
    if not payer.fingerprint:
        return ""
    return hashlib.sha256(f"{provider}:{payer.fingerprint}".encode()).hexdigest()[:32]


def refuse_at_door(
    books: Books, customer: Customer, *, policy: FraudPolicy, now: datetime, is_trial: bool = False
) -> None:
    """Raise `RefusedError` where nothing shall be sold; no money has moved yet.

    The payment that is asked for is in the books already, and counts among the tries.
    """
    facts = FraudFacts(
        tries_last_hour=(
            books[ScreeningRecords].tries(customer.id, since=now - _HOUR)
            if policy.tries_an_hour and not is_trial
            else None
        ),
        trials_of_payer=(
            books[ScreeningRecords].related_trials(customer.id) + 1
            if policy.trials_of_a_payer and is_trial
            else None
        ),
        blocked_by=blocks_on(books, customer, "", policy=policy),
    )
    found = findings_on(facts, policy)
    if strictest(found) is Ruling.REFUSE:
        raise RefusedError(found)


def note_payer(
    books: Books, customer: Customer, payer: Payer, *, provider: str, now: datetime
) -> None:
    """Remember who paid, for the rules that count payers."""
    if fingerprint := fingerprint_of(provider, payer):
        books[ScreeningRecords].see_payer(customer.id, fingerprint, country=payer.country, now=now)


def note_refusal(
    books: Books, customer: Customer, findings: Sequence[Finding], *, policy: Policy, now: datetime
) -> None:
    """Tell staff whom the door turned away and why: once a day for each reason."""
    day = now.date().isoformat()
    for finding in findings:
        told = tell_staff(
            policy,
            TurnedAway(customer=customer.id, name=customer.name, findings=(finding,)),
            key=f"{customer.id}:{finding.check}:{day}",
        )
        books[Outbox].add(told, now=now)


def is_turned_away(books: Books, customer_id: int, *, policy: FraudPolicy) -> bool:
    """Whether the blocklist refuses this customer; asked again before Telegram charges."""
    if policy.blocklist is not Ruling.REFUSE:
        return False
    return bool(blocks_on(books, books[Customers].get(customer_id), "", policy=policy))


def blocks_on(
    books: Books, customer: Customer, fingerprint: str, *, policy: FraudPolicy
) -> tuple[BlockedBy, ...]:
    """What of this customer stands in the blocklist; nothing where the owner switched it off."""
    if policy.blocklist is Ruling.PASS:
        return ()
    found = books[ScreeningRecords].blocks_on(customer.telegram_id, customer.username, fingerprint)
    return tuple(block.kind for block in found)
