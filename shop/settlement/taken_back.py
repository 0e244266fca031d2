"""A provider that takes its word back says how money stands now: which of that is news."""

from datetime import datetime

from shop.books.books import Books
from shop.ledger.receipt_records import Receipts
from shop.orders.payment_records import Payments
from shop.ports import DisputeFacts, Happening, PaymentEvent, is_taken_back
from shop.refunds.dispute_records import Dispute, DisputeKind, Disputes
from shop.refunds.dispute_rules import state_told
from shop.refunds.states import DisputeState
from shop.settlement.kept_event import KeptEvent

_HINT = Happening.ASK
_DENIALS = frozenset({Happening.FAILED, Happening.EXPIRED})


def tells_of_taken_back(event: PaymentEvent) -> bool:
    """Whether it says that money is not, or is again, where its provider had said it was."""
    facts = event.detail
    return isinstance(facts, DisputeFacts) and is_taken_back(facts.dispute_ref)


def is_news(books: Books, provider: str, event: PaymentEvent) -> bool:
    """Whether it moves anything: money that is in the books, or a case that stands otherwise."""
    case = _case(books, provider, event)
    if case is not None:
        return case.state is not state_told(event.happening)
    is_open = state_told(event.happening) is DisputeState.OPEN
    return is_open and is_booked(books, provider, event)


def is_true_again(books: Books, provider: str, event: PaymentEvent) -> bool:
    """Whether an event that was kept before tells of money once more that stands otherwise.

    That is money that no receipt is about, or whose case has turned since.
    """
    if event.happening is Happening.RECEIVED:
        return bool(event.receipt_id) and not is_booked(books, provider, event)
    case = _case(books, provider, event) if tells_of_taken_back(event) else None
    return case is not None and case.state is not state_told(event.happening)


def denies_money_here(books: Books, provider: str, event: PaymentEvent) -> bool:
    """Whether it says that money failed, or never came, which the books have."""
    return event.happening in _DENIALS and is_booked(books, provider, event)


def must_ask_again(kept: KeptEvent) -> bool:
    """Whether a webhook, perhaps of yesterday, denies money that is here."""
    return not kept.is_believed and denies_money_here(kept.books, kept.provider, kept.event)


def ask_if_in_doubt(books: Books, provider: str, event: PaymentEvent, *, now: datetime) -> bool:
    """Ask about money that is here, where a webhook says something of it once more.

    That it came, while its provider takes that back; or that it did not.
    """
    if not is_booked(books, provider, event):
        return False
    is_said_to_be_here = event.happening is Happening.RECEIVED
    if is_said_to_be_here and not _is_in_doubt(books, provider, event.receipt_id):
        return False
    payment = books[Payments].by_receipt(provider, event.receipt_id)
    if payment is None or not (is_said_to_be_here or event.happening in {*_DENIALS, _HINT}):
        return False
    books[Payments].poll_later(payment.id, now)
    return True


def _is_in_doubt(books: Books, provider: str, receipt_id: str) -> bool:
    about = books[Disputes].about(provider, DisputeKind.DISPUTE, receipt_id)
    return any(
        is_taken_back(one.dispute_ref) and one.state is not DisputeState.WON for one in about
    )


def is_booked(books: Books, provider: str, event: PaymentEvent) -> bool:
    """Whether the money that it names is in the books."""
    named = event.receipt_id
    return bool(named) and books[Receipts].receipt_named(provider, named) is not None


def _case(books: Books, provider: str, event: PaymentEvent) -> Dispute | None:
    facts = event.detail
    about = books[Disputes].about(provider, DisputeKind.DISPUTE, event.receipt_id)
    name = facts.dispute_ref if isinstance(facts, DisputeFacts) else ""
    return next((one for one in about if one.dispute_ref == name), None)
