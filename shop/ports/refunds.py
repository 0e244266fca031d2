"""Providers that can give money back when they are told to."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from shop.core.money import Money


class RefundStep(StrEnum):
    """How far a provider is with giving money back."""

    DONE = "done"
    PENDING = "pending"
    LINK = "link"  # the customer takes it, by a link
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """Money to give back. `reference` is ours, unique, of [a-z0-9_]: never refunded twice.

    `received` is the whole of this receipt; `before` what of it went back by now. The payer's
    Telegram id is `chat_id`; `reason` is a short English word for the provider's records.
    """

    reference: str
    payment: str
    provider_ref: str
    receipt_id: str
    amount: Money
    received: Money
    before: Money
    reason: str
    chat_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAnswer:
    """What became of it; `refund_ref` is the provider's id, `url` where it is claimed."""

    step: RefundStep
    refund_ref: str = ""
    url: str = ""
    note: str = ""


class RefundsPayments(Protocol):
    """A way of being paid that can pay back.

    Where `refunds_parts` is not true, a receipt goes back whole or not at all.
    """

    refunds_parts: bool

    async def refund(self, request: RefundRequest) -> RefundAnswer:
        """Give it back, or find what became of it: the same reference is one refund.

        Silence means that it may have happened, and the same request is made again.
        """
        ...
