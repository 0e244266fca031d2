"""What staff decide about money and payers, as the audit has it."""

from dataclasses import dataclass
from typing import ClassVar

from shop.core.money import Money
from shop.screening.rules import BlockedBy
from shop.staff.acts import StaffAct


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewApproved(StaffAct):
    """The order has its money."""

    review: int
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRefused(StaffAct):
    """The order was closed, and its money is in the wallet."""

    review: int
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOnBlocklist(StaffAct):
    """Someone is not served any more."""

    kind: ClassVar[str] = "block"
    by: BlockedBy
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOffBlocklist(StaffAct):
    """Someone is served again."""

    kind: ClassVar[str] = "unblock"
    by: BlockedBy
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(StaffAct):
    """Money of no known order was given its owner; `order` is a reference, or "wallet"."""

    receipt: int
    money: Money
    order: str
