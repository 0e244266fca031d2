"""What staff do about what came in, as the audit has it."""

from dataclasses import dataclass

from shop.core.money import Money
from shop.settlement.settle import Outcome
from shop.staff.acts import StaffAct


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayInboxEvent(StaffAct):
    """It was read again."""

    inbox_event: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BelieveInboxEvent(StaffAct):
    """It was read again, and what it says of money taken for true."""

    inbox_event: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveTransfer(StaffAct):
    """The money of a proof is on the account."""

    proof: int
    money: Money
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseTransfer(StaffAct):
    """A proof does not do."""

    proof: int
    reason: str
