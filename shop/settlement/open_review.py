"""Money that waits for a person: it is in the books, and its order is held."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shop.books.books import Books
from shop.core.money import Money
from shop.core.policy import Policy
from shop.customers.records import Customer
from shop.ledger.receiving import Judgement, Verdict
from shop.messaging.kinds import Notice
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Effect
from shop.orders.order_records import Orders
from shop.orders.states import OrderState
from shop.ports import Payer
from shop.screening.records import write_findings
from shop.screening.rules import Finding
from shop.screening.screening import fingerprint_of
from shop.settlement.circumstances import Circumstances
from shop.settlement.review_records import Reviews


def in_review(judgement: Judgement) -> Judgement:
    """The same money, all of it in the account of what is held."""
    return replace(
        judgement,
        verdict=Verdict.IN_REVIEW,
        to_order=Money.zero(judgement.to_order.currency),
        to_wallet=judgement.whole,
        fulfils=False,
    )


def open_review(
    books: Books,
    customer: Customer,
    affairs: Circumstances,
    judgement: Judgement,
    findings: Sequence[Finding],
    *,
    receipt: int,
    money: Money,
    payer: Payer,
    policy: Policy,
    now: datetime,
) -> list[Effect]:
    """Hold the order of money that was recorded as held; what is told is not queued yet."""
    books[Orders].close(affairs.order_id, OrderState.IN_REVIEW, now=now)
    review = books[Reviews].open(
        receipt=receipt,
        payment_id=affairs.payment_id,
        order_id=affairs.order_id,
        customer_id=customer.id,
        findings=findings,
        fingerprint=fingerprint_of(affairs.provider, payer),
        judgement=judgement,
        now=now,
    )
    came = money or judgement.whole  # all of it may come from the wallet
    told = tell_customer(
        customer,
        Notice.IN_REVIEW,
        key=str(receipt),
        plan=affairs.product.slug,
        minor=came.minor,
        currency=came.currency,
        receipt_number=receipt,
    )
    heard = tell_staff(
        policy,
        Notice.MONEY_IN_REVIEW,
        key=str(review),
        review=review,
        customer=customer.id,
        name=customer.name,
        provider=affairs.provider,
        plan=affairs.product.slug,
        term=affairs.term,
        minor=came.minor,
        currency=came.currency,
        findings=write_findings(findings),
    )
    return [told, *heard]
