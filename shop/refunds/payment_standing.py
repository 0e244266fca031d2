"""Where a payment stands whose money came: it is here, a bank asks for it, or it is gone."""

from shop.books.books import Books
from shop.ledger.receipt_records import Receipts
from shop.orders.payment_records import Payments
from shop.orders.states import PaymentState
from shop.refunds.dispute_records import Disputes
from shop.refunds.records import Refunds

_CAME = frozenset({PaymentState.FINAL, PaymentState.DISPUTED, PaymentState.REFUNDED})


def note_standing(books: Books, payment_id: int) -> None:
    """Have its state say what the books say; one whose money never came is left as it is."""
    payment = books[Payments].get(payment_id)
    if payment is None or payment.state not in _CAME:
        return
    new = _standing(books, payment_id)
    if new is not payment.state:
        books[Payments].move(payment_id, old=payment.state, new=new, poll_at=None)


def _standing(books: Books, payment_id: int) -> PaymentState:
    if books[Disputes].is_open(payment_id):
        return PaymentState.DISPUTED
    cases = (
        books[Refunds].case(one).standing
        for one in books[Receipts].receipts_of_payment(payment_id)
    )
    is_gone = all(one.money <= one.refunded for one in cases)
    return PaymentState.REFUNDED if is_gone else PaymentState.FINAL
