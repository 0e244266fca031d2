"""What a person decides about held money, in one tap and once; and who is not served at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from shop.books.books import Books
from shop.core.errors import DoneAlreadyError, NotFoundError
from shop.core.policy import Policy
from shop.customers.records import Customer, Customers
from shop.ledger.journal_records import IN_REVIEW, SALES, WALLET, Entry, Journal
from shop.ledger.receipt_records import Receipts
from shop.ledger.receiving import Judgement, Verdict
from shop.messaging.notices import tell_customer
from shop.messaging.outbox_records import Outbox
from shop.orders.claimed_payment import ClaimedPayment
from shop.orders.order_records import Orders
from shop.orders.states import OrderState
from shop.refunds.records import Refunds
from shop.screening.records import Block, ScreeningRecords
from shop.screening.rules import BlockedBy
from shop.settlement import acts
from shop.settlement.circumstances import CircumstanceRecords, Circumstances
from shop.settlement.fulfilment import fulfil
from shop.settlement.notices import ReviewRefused
from shop.settlement.open_review import in_review
from shop.settlement.payment_updates import take_late_payment_updates
from shop.settlement.receipts import book_tax
from shop.settlement.received_money import ReceivedMoney
from shop.settlement.review_records import Review, Reviews, ReviewState
from shop.staff.acts import ByStaff


def waiting(books: Books) -> list[tuple[Review, Customer]]:
    """What waits for a decision, the oldest first, each with whose it is."""
    found = books[Reviews].waiting(most=20)
    return [(one, books[Customers].get(one.customer_id)) for one in found]


def review_of(books: Books, review_id: int) -> tuple[Review, Customer]:
    """One review, decided or not."""
    review = books[Reviews].review(review_id)
    if review is None:
        raise NotFoundError(what="review", name=review_id)
    return review, books[Customers].get(review.customer_id)


def approve(
    books: Books, staff_id: int, *, review_id: int, policy: Policy, now: datetime
) -> Review:
    """Let the order have its money: the time is added as if nothing had been in between."""
    review, customer = _decided(
        books, staff_id, review_id, ReviewState.APPROVED, _as_judged, now=now
    )
    received = ReceivedMoney(
        payment=_payment(books, review, customer, policy=policy, now=now),
        receipt=review.receipt_id,
        money=review.money,
        judgement=review.judgement,
    )
    books[Outbox].add(fulfil(received), now=now)
    book_tax(books, review.receipt_id, now=now)
    _hear_of_it(books, review, customer, policy=policy, now=now)
    return review


def refuse(
    books: Books, staff_id: int, *, review_id: int, policy: Policy, now: datetime
) -> Review:
    """Close the order; the money is the customer's again, in the wallet."""
    review, customer = _decided(books, staff_id, review_id, ReviewState.REFUSED, _refused, now=now)
    books[Orders].close(review.order_id, OrderState.CANCELLED, now=now)
    affairs = books[CircumstanceRecords].of(review.reference)
    refused = ReviewRefused(plan=affairs.product.slug, money=review.judgement.whole)
    books[Outbox].add([tell_customer(customer, refused, key=str(review.id))], now=now)
    _hear_of_it(books, review, customer, policy=policy, now=now)
    return review


def _hear_of_it(
    books: Books, review: Review, customer: Customer, *, policy: Policy, now: datetime
) -> None:
    """What was told of this money while it waited: given back, or disputed."""
    receipt_id = books[Refunds].case(review.receipt_id).receipt_id
    payment = _payment(books, review, customer, receipt_id=receipt_id, policy=policy, now=now)
    take_late_payment_updates(payment, review.receipt_id, receipt_id)


def _payment(
    books: Books,
    review: Review,
    customer: Customer,
    *,
    receipt_id: str = "",
    policy: Policy,
    now: datetime,
) -> ClaimedPayment[Circumstances]:
    """The payment of a review, as it stands now."""
    return ClaimedPayment(
        books=books,
        customer=customer,
        affairs=books[CircumstanceRecords].of(review.reference, receipt_id=receipt_id),
        policy=policy,
        now=now,
    )


def _as_judged(review: Review) -> Judgement:
    # What was judged when the money came: an approval changes nothing about it.
    return review.judgement


def _refused(review: Review) -> Judgement:
    return replace(in_review(review.judgement), verdict=Verdict.REFUSED)


def _decided(
    books: Books,
    staff_id: int,
    review_id: int,
    state: ReviewState,
    judged: Callable[[Review], Judgement],
    *,
    now: datetime,
) -> tuple[Review, Customer]:
    """Take the decision, once: whoever comes second hears that it was taken."""
    review, _ = review_of(books, review_id)
    customer = books[Customers].claim(review.customer_id)
    if not books[Reviews].decide(review_id, state, staff_id=staff_id, now=now):
        raise DoneAlreadyError
    judgement = judged(review)
    is_first = books[Receipts].decide(review.receipt_id, judgement)
    assert is_first  # noqa: S101 - an open review's receipt is held
    books[Journal].enter(
        f"review:{review.id}",
        (
            Entry(account=IN_REVIEW, money=review.judgement.whole, customer_id=customer.id),
            Entry(account=SALES, money=-judgement.to_order),
            Entry(account=WALLET, money=-judgement.to_wallet, customer_id=customer.id),
        ),
        now=now,
    )
    noted = acts.ReviewApproved if state is ReviewState.APPROVED else acts.ReviewRefused
    act = noted(review=review.id, order=review.order_id)
    ByStaff(books=books, staff_id=staff_id, now=now).note(act, customer_id=customer.id)
    return review, customer


def blocklist(books: Books) -> list[Block]:
    """Who is on it, the latest first."""
    return books[ScreeningRecords].blocks(most=40)


def block(
    books: Books, staff_id: int, kind: BlockedBy, value: str, *, reason: str, now: datetime
) -> bool:
    """Put someone on the blocklist; False when they stood there already."""
    name = value.strip().removeprefix("@").lower()
    done = books[ScreeningRecords].block(kind, name, reason=reason, staff_id=staff_id, now=now)
    if done:
        by = ByStaff(books=books, staff_id=staff_id, now=now)
        by.note(acts.PutOnBlocklist(by=kind, value=name), customer_id=None)
    return done


def unblock(books: Books, staff_id: int, *, block_id: int, now: datetime) -> bool:
    """Take someone off it; False when they were not on it any more."""
    found = books[ScreeningRecords].unblock(block_id)
    if found is not None:
        by = ByStaff(books=books, staff_id=staff_id, now=now)
        by.note(acts.TakeOffBlocklist(by=found[0], value=found[1]), customer_id=None)
    return found is not None
