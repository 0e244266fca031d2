"""Records money that arrived: the receipt and its journal entries, once for the same money."""

from datetime import datetime

from shop.books.books import Books
from shop.core.money import Money, split
from shop.ledger.journal_records import IN_REVIEW, SALES, TAX, UNASSIGNED, WALLET, Entry, Journal
from shop.ledger.receipt_records import Receipts
from shop.ledger.receiving import Judgement, Verdict
from shop.messaging.notices import tell_staff
from shop.messaging.outbox_records import Outbox
from shop.orders.claimed_payment import PaymentUpdate
from shop.orders.line_records import OrderLines
from shop.ports import Happening, PaymentEvent
from shop.refunds.records import Refunds
from shop.screening.screening import note_payer
from shop.settlement.circumstances import Circumstances
from shop.settlement.commissions import book_commission
from shop.settlement.kept_event import KeptEvent
from shop.settlement.notices import UnknownMoney
from shop.settlement.open_review import in_review
from shop.settlement.received_money import note_final


def record_receipt(
    books: Books,
    event: PaymentEvent,
    money: Money,
    judgement: Judgement,
    *,
    provider: str,
    payment_id: int | None,
    customer_id: int | None,
    now: datetime,
    rest: str = WALLET,
) -> int | None:
    """The receipt's id, or None when exactly this money is in the books already.

    `rest` is the account of what the order does not take: the wallet, what is held, or
    unassigned for money of no customer.
    """
    receipt = books[Receipts].add_receipt(
        provider=provider,
        receipt_id=event.receipt_id,
        payment_id=payment_id,
        customer_id=customer_id,
        money=money,
        judgement=judgement,
        tax=_tax(event, money),
        occurred_at=event.occurred_at or now,
        now=now,
    )
    if receipt is None:
        return None
    books[Journal].enter(
        f"receipt:{receipt}",
        (
            Entry(account=f"provider:{provider}", money=money),
            Entry(account=SALES, money=-judgement.to_order),
            Entry(account=rest, money=-judgement.to_wallet, customer_id=customer_id),
            Entry(account=WALLET, money=judgement.from_wallet, customer_id=customer_id),
        ),
        now=now,
    )
    book_commission(books, provider, receipt, event, now=now)
    return receipt


def record_payment(
    update: PaymentUpdate[Circumstances], money: Money, judgement: Judgement, *, is_in_review: bool
) -> int | None:
    """The receipt, its payer, and that the payment is final; None when this money is known."""
    books, affairs, event, now = update.books, update.affairs, update.event, update.now
    receipt = record_receipt(
        books,
        event,
        money,
        in_review(judgement) if is_in_review else judgement,
        provider=affairs.provider,
        payment_id=affairs.payment_id,
        customer_id=update.customer.id,
        rest=IN_REVIEW if is_in_review else WALLET,
        now=now,
    )
    if receipt is None:
        return None
    note_payer(books, update.customer, event.payer, provider=affairs.provider, now=now)
    note_final(update)
    return receipt


def _tax(event: PaymentEvent, money: Money) -> Money:
    """What of the money is tax; where that is nonsense, the money counts all the same."""
    tax = event.tax
    if tax is None or tax.currency != money.currency or money < tax:
        return Money.zero(money.currency)
    return tax


def book_tax(books: Books, receipt: int, *, now: datetime) -> None:
    """The tax inside what was just sold is not the shop's own; nothing where there is none."""
    case = books[Refunds].case(receipt)
    tax = case.standing.tax
    if tax.is_zero:
        return
    assert case.order_id is not None  # noqa: S101 - it was just sold
    lines = books[OrderLines].sold(case.order_id)
    for line, share in zip(lines, split(tax, [line.paid for line in lines]), strict=True):
        books[OrderLines].note_tax(line.id, share.minor)
    entries = (Entry(account=SALES, money=tax), Entry(account=TAX, money=-tax))
    books[Journal].enter(f"receipt:{receipt}:tax", entries, now=now)


def keep_unknown_money(kept: KeptEvent) -> None:
    """Money without an order is recorded all the same, and staff are told (law 7)."""
    books, event = kept.books, kept.event
    if event.happening is not Happening.RECEIVED or event.money is None:
        return
    nothing = Money.zero(event.money.currency)
    judgement = Judgement(
        verdict=Verdict.UNKNOWN_ORDER,
        to_order=nothing,
        to_wallet=event.money,
        from_wallet=nothing,
        fulfils=False,
    )
    receipt = record_receipt(
        books,
        event,
        event.money,
        judgement,
        provider=kept.provider,
        payment_id=None,
        customer_id=None,
        rest=UNASSIGNED,
        now=kept.now,
    )
    if receipt is None:
        return
    books[Receipts].note_inbox_event(receipt, kept.inbox_event)
    notice = UnknownMoney(
        receipt=receipt,
        receipt_id=event.receipt_id,
        reference=event.reference,
        provider=kept.provider,
        money=event.money,
    )
    books[Outbox].add(tell_staff(kept.policy, notice, key=str(receipt)), now=kept.now)
