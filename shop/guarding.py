"""Gathers what the rules against fraud ask for, and no more than those that are switched on."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from shop.notices import tell_staff
from shop.ports import Payer
from shop.rules.fraud import (
    BlockedBy,
    Finding,
    FraudFacts,
    FraudPolicy,
    RefusedError,
    Ruling,
    findings_on,
    strictest,
)
from shop.rules.money import Money
from shop.rules.notices import Notice
from shop.rules.policy import Policy
from shop.rules.states import OPEN_PAYMENTS
from shop.storage.books import Books
from shop.storage.customers import Customer, Customers
from shop.storage.guards import Guards, findings_document
from shop.storage.outbox import Outbox
from shop.storage.payments import Affairs, Payments
from shop.storage.stars import StarTables

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


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
            books[Guards].tries(customer.id, since=now - _HOUR)
            if policy.tries_an_hour and not is_trial
            else None
        ),
        trials_of_payer=(
            books[Guards].related_trials(customer.id) + 1
            if policy.trials_of_a_payer and is_trial
            else None
        ),
        blocked_by=_blocked(books, customer, "", policy=policy),
    )
    found = findings_on(facts, policy)
    if strictest(found) is Ruling.REFUSE:
        raise RefusedError(found)


def weigh(
    books: Books,
    customer: Customer,
    payer: Payer,
    affairs: Affairs,
    *,
    uses_wallet: bool,
    policy: FraudPolicy,
    now: datetime,
) -> tuple[Finding, ...]:
    """What a person should look at before this is delivered; its money is here already.

    What would have been refused at the door is held now: no rule swallows money.
    """
    fingerprint = fingerprint_of(affairs.provider, payer)
    facts = FraudFacts(
        amount=affairs.whole,
        payers_last_day=(
            books[Guards].other_payers(customer.id, fingerprint, since=now - _DAY) + 1
            if policy.payers_a_day and fingerprint
            else None
        ),
        people_of_payer=(
            books[Guards].other_people(customer.id, fingerprint) + 1
            if policy.people_of_a_payer and fingerprint
            else None
        ),
        is_first_order=bool(policy.first_order) and not books[Guards].has_bought(customer.id),
        payer_country=payer.country,
        customer_country=customer.country or payer.home,
        blocked_by=(
            _blocked(books, customer, fingerprint, policy=policy)
            if fingerprint or affairs.is_listed
            else ()
        ),
        spends_refused=(
            uses_wallet
            and policy.refused is not Ruling.PASS
            and books[Guards].has_refused_money(customer.id)
        ),
    )
    return findings_on(facts, policy)


def note_payer(
    books: Books, customer: Customer, payer: Payer, *, provider: str, now: datetime
) -> None:
    """Remember who paid, for the rules that count payers."""
    if fingerprint := fingerprint_of(provider, payer):
        books[Guards].see_payer(customer.id, fingerprint, country=payer.country, now=now)


def note_refusal(
    books: Books, customer: Customer, findings: Sequence[Finding], *, policy: Policy, now: datetime
) -> None:
    """Tell staff whom the door turned away and why: once a day for each reason."""
    day = now.date().isoformat()
    for finding in findings:
        told = tell_staff(
            policy,
            Notice.TURNED_AWAY,
            key=f"{customer.id}:{finding.check}:{day}",
            customer=customer.id,
            name=customer.name,
            findings=findings_document([finding]),
        )
        books[Outbox].add(told, now=now)


def may_pay(books: Books, reference: str, money: Money, *, policy: Policy, now: datetime) -> bool:
    """Whether Telegram may take this money now (pre-checkout): the order waits for just this."""
    payment = books[Payments].by_reference(reference)
    if payment is None or payment.due != money:
        return False
    star = books[StarTables].of_payment(payment.id)
    if star is not None and star.renews:
        # Should Telegram ever ask before a later charge [?]: the sum is the agreed one.
        return True
    if now >= payment.expires_at:
        return False
    if is_turned_away(books, payment.customer_id, policy=policy[FraudPolicy]):
        return False
    return payment.state in OPEN_PAYMENTS


def is_turned_away(books: Books, customer_id: int, *, policy: FraudPolicy) -> bool:
    """Whether the blocklist refuses this customer; asked again before Telegram charges."""
    if policy.blocklist is not Ruling.REFUSE:
        return False
    return bool(_blocked(books, books[Customers].get(customer_id), "", policy=policy))


def _blocked(
    books: Books, customer: Customer, fingerprint: str, *, policy: FraudPolicy
) -> tuple[BlockedBy, ...]:
    if policy.blocklist is Ruling.PASS:
        return ()
    found = books[Guards].blocks_on(customer.telegram_id, customer.username, fingerprint)
    return tuple(block.kind for block in found)
