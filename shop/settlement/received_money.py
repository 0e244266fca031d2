"""Money that came for a payment, and what it was judged to be."""

from dataclasses import dataclass

from shop.core.money import Money
from shop.ledger.receiving import Judgement
from shop.orders.claimed_payment import ClaimedPayment
from shop.settlement.circumstances import Circumstances


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMoney:
    """Money in the books as `receipt`; its customer is claimed, and what it does comes next."""

    payment: ClaimedPayment[Circumstances]
    receipt: int
    money: Money
    judgement: Judgement
