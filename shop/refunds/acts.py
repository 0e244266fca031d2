"""What staff decide about money that goes back, as the audit has it."""

from dataclasses import dataclass
from typing import ClassVar

from shop.core.money import Money
from shop.refunds.records import RefundRoute
from shop.staff.acts import StaffAct


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeRefund(StaffAct):
    """Money of a receipt was given back."""

    kind: ClassVar[str] = "refund"
    refund: int
    receipt: int
    money: Money
    route: RefundRoute
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPaid(StaffAct):
    """A manual refund was paid outside."""

    refund: int
    money: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundGivenUp(StaffAct):
    """A manual refund will not be paid."""

    refund: int
    money: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundToWallet(StaffAct):
    """What a bank returned went into the wallet."""

    refund: int
    money: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust(StaffAct):
    """A warning of fraud was dismissed."""

    warning: int
