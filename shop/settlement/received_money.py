"""Money that came for a payment, and what it was judged to be."""

from dataclasses import dataclass

from shop.core.money import Money
from shop.core.moves import may_move
from shop.ledger.receiving import Judgement
from shop.orders.claimed_payment import ClaimedPayment
from shop.orders.payment_records import Payments
from shop.orders.states import PAYMENT_MOVES, PaymentState
from shop.settlement.circumstances import Circumstances


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMoney:
    """Money in the books as `receipt`; its customer is claimed, and what it does comes next."""

    payment: ClaimedPayment[Circumstances]
    receipt: int
    money: Money
    judgement: Judgement


def note_final(payment: ClaimedPayment[Circumstances]) -> None:
    """Its money came. What came before and a bank asks for still is disputed (law 7)."""
    old = payment.affairs.payment_state
    if old is PaymentState.DISPUTED or not may_move(PAYMENT_MOVES, old, PaymentState.FINAL):
        return
    payment.books[Payments].move(
        payment.affairs.payment_id, old=old, new=PaymentState.FINAL, poll_at=None
    )
