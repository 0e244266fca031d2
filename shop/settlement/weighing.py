"""Whether money that came is delivered for at once, or a person looks first."""

from datetime import datetime, timedelta

from shop.books.books import Books
from shop.customers.records import Customer
from shop.ports import Payer
from shop.screening.records import ScreeningRecords
from shop.screening.rules import Finding, FraudFacts, FraudPolicy, Ruling, findings_on
from shop.screening.screening import blocks_on, fingerprint_of
from shop.settlement.circumstances import Circumstances
from shop.settlement.review_records import Reviews

_DAY = timedelta(days=1)


def weigh(
    books: Books,
    customer: Customer,
    payer: Payer,
    affairs: Circumstances,
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
            books[ScreeningRecords].other_payers(customer.id, fingerprint, since=now - _DAY) + 1
            if policy.payers_a_day and fingerprint
            else None
        ),
        people_of_payer=(
            books[ScreeningRecords].other_people(customer.id, fingerprint) + 1
            if policy.people_of_a_payer and fingerprint
            else None
        ),
        is_first_order=bool(policy.first_order)
        and not books[ScreeningRecords].has_bought(customer.id),
        payer_country=payer.country,
        customer_country=customer.country or payer.home,
        blocked_by=(
            blocks_on(books, customer, fingerprint, policy=policy)
            if fingerprint or affairs.is_listed
            else ()
        ),
        spends_refused=(
            uses_wallet
            and policy.refused is not Ruling.PASS
            and books[Reviews].has_refused_money(customer.id)
        ),
    )
    return findings_on(facts, policy)
