"""Money that waits for a person: it is in the books, and its order is held."""

from collections.abc import Sequence
from dataclasses import replace

from shop.core.money import Money
from shop.ledger.receiving import Judgement, Verdict
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Effect
from shop.orders.order_records import Orders
from shop.orders.states import OrderState
from shop.ports import Payer
from shop.screening.rules import Finding
from shop.screening.screening import fingerprint_of
from shop.settlement.notices import InReview, MoneyInReview
from shop.settlement.received_money import ReceivedMoney
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
    received: ReceivedMoney, findings: Sequence[Finding], *, payer: Payer
) -> list[Effect]:
    """Hold the order of money that was recorded as held; what is told is not queued yet."""
    books, now, affairs = received.payment.books, received.payment.now, received.payment.affairs
    books[Orders].close(affairs.order_id, OrderState.IN_REVIEW, now=now)
    review = books[Reviews].open(
        receipt=received.receipt,
        payment_id=affairs.payment_id,
        order_id=affairs.order_id,
        customer_id=received.payment.customer.id,
        findings=findings,
        fingerprint=fingerprint_of(affairs.provider, payer),
        judgement=received.judgement,
        now=now,
    )
    return _tell(received, findings, review)


def _tell(received: ReceivedMoney, findings: Sequence[Finding], review: int) -> list[Effect]:
    customer, affairs = received.payment.customer, received.payment.affairs
    # All of it may come from the wallet.
    came = received.judgement.whole if received.money.is_zero else received.money
    told = InReview(plan=affairs.product.slug, money=came, receipt=received.receipt)
    heard = MoneyInReview(
        review=review,
        customer=customer.id,
        name=customer.name,
        provider=affairs.provider,
        plan=affairs.product.slug,
        term=affairs.interval,
        money=came,
        findings=tuple(findings),
    )
    return [
        tell_customer(customer, told, key=str(received.receipt)),
        *tell_staff(received.payment.policy, heard, key=str(review)),
    ]
