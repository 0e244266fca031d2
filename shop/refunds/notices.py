"""What people are told about money that goes back, and about banks that ask for it.

`plan` is a plan's slug, "" where the money belongs to no order we know.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from shop.core.money import Money
from shop.messaging.notices import CustomerNotice, StaffNotice
from shop.refunds.access_changes import AccessChange
from shop.refunds.records import RefundRoute
from shop.refunds.rules import AccessAfterRefund
from shop.refunds.states import DisputeState


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded(CustomerNotice):
    """Money went back."""

    money: Money
    plan: str
    route: RefundRoute
    access: AccessAfterRefund


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLink(CustomerNotice):
    """Money waits for the customer behind a link."""

    refund: int
    plan: str
    access: AccessAfterRefund


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLate(CustomerNotice):
    """A bank returned what had gone back."""

    money: Money
    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed(CustomerNotice):
    """The customer's bank asks for the money, and access rests."""

    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOver(CustomerNotice):
    """The bank has decided; `money` is what it took for good by that, or gave back to the shop.

    `in_wallet` is what of that the wallet has again; `until` to when access runs where it changed.
    """

    plan: str
    how: DisputeState
    money: Money
    in_wallet: Money
    access: AccessChange
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclaimed(CustomerNotice):
    """Money left that had been spent from the wallet: what it bought gave it back."""

    money: Money
    plan: str
    access: AccessAfterRefund


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyBack(StaffNotice):
    """Someone gave money back at the provider; `money` is zero where it does not say how much.

    `loss` is what of it was found neither in the wallet nor in what it had bought, `owed` what
    is still to be paid back of that which a bank had returned, `unbooked` what the provider
    tells beyond what is here.
    """

    customer: int
    name: str
    provider: str
    plan: str
    money: Money
    loss: Money
    owed: Money
    unbooked: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLostMoney(StaffNotice):
    """Money left that a customer had spent from the wallet: this order gave it back."""

    customer: int
    name: str
    plan: str
    money: Money
    access: AccessAfterRefund


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundMade(StaffNotice):
    """One of the staff gave money back; `customer` None where it was nobody's we know."""

    customer: int | None
    name: str
    staff: str
    provider: str
    plan: str
    route: RefundRoute
    money: Money
    access: AccessAfterRefund


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFailed(StaffNotice):
    """The provider refused to give money back."""

    customer: int | None
    provider: str
    money: Money
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundReturned(StaffNotice):
    """Money had gone back, and a bank returned it; `refund` None where no such refund is known."""

    customer: int
    name: str
    provider: str
    plan: str
    money: Money
    reason: str
    refund: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOpened(StaffNotice):
    """A bank takes money back; `is_frozen`: access rests until it is decided."""

    kind: ClassVar[str] = "dispute"
    dispute: int
    name: str
    plan: str
    money: Money
    is_frozen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FraudWarning(StaffNotice):
    """A bank suspects fraud, and has taken nothing yet."""

    dispute: int
    name: str
    plan: str
    money: Money
    is_frozen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeReopened(StaffNotice):
    """A bank looks once more at what it has taken; nothing moves until it decides."""

    dispute: int
    name: str
    plan: str
    money: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeClosed(StaffNotice):
    """A bank has decided about `money`; `moved` is what it took for good by that, or gave back.

    `in_wallet` is what of that the customer's wallet has again, `kept` what is here now of the
    money it is about, `owed` what of it is still to be paid back; `until` is to when access runs
    where it changed.
    """

    dispute: int
    customer: int
    name: str
    provider: str
    plan: str
    money: Money
    how: DisputeState
    moved: Money
    in_wallet: Money
    kept: Money
    owed: Money
    access: AccessChange
    until: datetime | None
