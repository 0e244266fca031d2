"""Everything the books know about one payment, for a bank that asks whether it was right."""

from dataclasses import dataclass
from datetime import datetime

from shop.access.account_records import AccountRow, Accounts
from shop.access.subscription_records import Period, Subscription, Subscriptions
from shop.access.use_records import AccountUse, AccountUseRecords
from shop.books.books import Books
from shop.core.errors import NotFoundError
from shop.core.money import Money
from shop.customers.records import Customer, Customers
from shop.ledger.receipt_records import Receipts
from shop.ledger.receiving import Verdict
from shop.messaging.outbox_records import Outbox
from shop.orders.order_records import Orders
from shop.orders.payment_records import Payments
from shop.refunds.dispute_records import Dispute, Disputes
from shop.refunds.records import Refund, Refunds

_MOST = 200
KEPT_DAYS = 400  # cards may be disputed for longer than a year after a yearly plan was bought


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Money that came for the payment."""

    receipt_id: str
    money: Money
    verdict: Verdict
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The whole story of one payment; what was never made is None or empty."""

    customer: Customer
    provider: str
    reference: str
    provider_ref: str
    plan: str
    term: str
    price: Money
    ordered_at: datetime
    arrivals: tuple[Arrival, ...]
    refunds: tuple[Refund, ...]
    disputes: tuple[Dispute, ...]
    subscription: Subscription | None
    periods: tuple[Period, ...]
    account: AccountRow | None
    messages: tuple[tuple[str, datetime], ...]
    uses: tuple[AccountUse, ...]


def evidence_of_dispute(books: Books, dispute_id: int) -> Evidence:
    """The story of the payment that a bank asks about."""
    dispute = books[Disputes].get(dispute_id)
    receipts = books[Receipts].receipts_of_payment(dispute.payment_id)
    receipt = dispute.receipt if dispute.receipt is not None else next(iter(receipts), None)
    if receipt is None:
        raise NotFoundError(what="money for dispute", name=dispute_id)
    return evidence_of(books, receipt)


def evidence_of(books: Books, receipt: int) -> Evidence:
    """The story of the payment of this receipt."""
    case = books[Refunds].case(receipt)
    payment = books[Payments].by_reference(case.reference) if case.reference else None
    if payment is None or case.customer_id is None:
        raise NotFoundError(what="order for receipt", name=receipt)
    customer = books[Customers].get(case.customer_id)
    cases = [books[Refunds].case(one) for one in books[Receipts].receipts_of_payment(payment.id)]
    refunds = [one for each in cases for one in books[Refunds].of_receipt(each.receipt)]
    number = case.subscription_id
    subscription = None if number is None else books[Subscriptions].get(number)
    sent = books[Outbox].messages_sent(f"chat:{customer.telegram_id}", most=_MOST)
    disputes = [
        one for one in books[Disputes].of(customer.id, most=_MOST) if one.payment_id == payment.id
    ]
    return Evidence(
        customer=customer,
        provider=case.provider,
        reference=payment.reference,
        provider_ref=payment.provider_ref,
        plan=case.plan,
        term=case.term,
        price=payment.whole,
        ordered_at=payment.created_at,
        arrivals=tuple(
            Arrival(
                receipt_id=one.receipt_id,
                money=one.standing.money,
                verdict=one.standing.verdict,
                recorded_at=one.recorded_at,
            )
            for one in reversed(cases)
        ),
        refunds=tuple(refunds),
        disputes=tuple(reversed(disputes)),
        subscription=subscription,
        periods=tuple(() if number is None else books[Orders].stretches(number)),
        account=None if number is None else books[Accounts].get(number),
        messages=tuple((str(one["notice"]), at) for one, at in reversed(sent)),
        uses=tuple(() if number is None else books[AccountUseRecords].of(number, most=_MOST)),
    )


def note_use(
    books: Books, subscription_id: int, *, door: str, address: str, now: datetime
) -> None:
    """Someone was let in, from this address as the media server told it."""
    books[AccountUseRecords].note(subscription_id, door=door, address=address[:64], now=now)


def forget_uses(books: Books, *, before: datetime) -> int:
    """Delete who used what so long ago that no bank asks any more."""
    return books[AccountUseRecords].forget(before=before)
