"""Whether money that came is delivered for at once, or a person looks first."""

from datetime import timedelta

from shop.orders.claimed_payment import PaymentUpdate
from shop.screening.records import ScreeningRecords
from shop.screening.rules import Finding, FraudFacts, FraudPolicy, Ruling, findings_on
from shop.screening.screening import blocks_on, fingerprint_of
from shop.settlement.circumstances import Circumstances
from shop.settlement.review_records import Reviews

_DAY = timedelta(days=1)


def weigh(update: PaymentUpdate[Circumstances], *, uses_wallet: bool) -> tuple[Finding, ...]:
    """What a person should look at before this is delivered; its money is here already.

    What would have been refused at the door is held now: no rule swallows money.
    """
    books, customer, affairs = update.books, update.customer, update.affairs
    payer, policy = update.event.payer, update.policy[FraudPolicy]
    yesterday = update.now - _DAY
    fingerprint = fingerprint_of(affairs.provider, payer)
    facts = FraudFacts(
        amount=affairs.whole,
        payers_last_day=(
            books[ScreeningRecords].other_payers(customer.id, fingerprint, since=yesterday) + 1
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
