"""What people are told about money that came; `plan` is a plan's slug."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from shop.core.intervals import Interval
from shop.core.money import Money
from shop.ledger.receiving import Verdict
from shop.messaging.notices import CustomerNotice, StaffNotice
from shop.orders.states import OrderState
from shop.screening.rules import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen(CustomerNotice):
    """A payment is on its way."""

    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid(CustomerNotice):
    """The receipt: `money` came, `from_wallet` was there, and time lasts `until`.

    `missing` is what was let be, `to_wallet` what was too much. `by_itself` is the card or the
    provider that renewed it, "" where somebody paid.
    """

    plan: str
    term: Interval
    money: Money
    verdict: Verdict
    to_wallet: Money
    from_wallet: Money
    missing: Money
    until: datetime
    is_new: bool
    receipt: int
    by_itself: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToWallet(CustomerNotice):
    """Money came that its order, which costs `due`, does not take."""

    plan: str
    term: Interval
    money: Money
    verdict: Verdict
    due: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFailed(CustomerNotice):
    """A payment did not go through."""

    plan: str
    term: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenNoMore(CustomerNotice):
    """A payment that was seen failed, or was never confirmed; `is_paid`: its order is, without."""

    plan: str
    term: Interval
    provider: str
    has_failed: bool
    is_paid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InReview(CustomerNotice):
    """Money is here, and a person decides."""

    plan: str
    money: Money
    receipt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRefused(CustomerNotice):
    """A person decided against the order; the money is the customer's."""

    plan: str
    money: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned(CustomerNotice):
    """Money that had come without a name was found to be this customer's."""

    money: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale(StaffNotice):
    """Someone bought; the sums are those of `Paid`."""

    customer: int
    name: str
    plan: str
    term: Interval
    money: Money
    verdict: Verdict
    to_wallet: Money
    from_wallet: Money
    missing: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OddMoney(StaffNotice):
    """Money came that its order, which costs `due`, does not take."""

    customer: int
    name: str
    provider: str
    plan: str
    term: Interval
    money: Money
    verdict: Verdict
    due: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverConfirmed(StaffNotice):
    """A payment of `money` was seen, and its provider never said how it ended."""

    customer: int
    name: str
    provider: str
    plan: str
    term: Interval
    money: Money
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownMoney(StaffNotice):
    """Money came that belongs to no order we know; `receipt_id` is its provider's name of it."""

    receipt: int
    receipt_id: str
    reference: str
    provider: str
    money: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyInReview(StaffNotice):
    """Money came that a person should look at first."""

    review: int
    customer: int
    name: str
    provider: str
    plan: str
    term: Interval
    money: Money
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseClaim(StaffNotice):
    """A webhook `claimed` money of which its provider says `found`, or nothing (`is_silent`)."""

    inbox_event: int
    customer: int
    name: str
    provider: str
    claimed: Money
    found: Money
    is_silent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherBusiness(StaffNotice):
    """A provider tells of money that bears no reference of our form; told once."""

    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignEvent(StaffNotice):
    """An event names another account than ours."""

    kind: ClassVar[str] = "foreign_account"
    inbox_event: int
    provider: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftToStaff(StaffNotice):
    """A provider tells of something that a person has to look at; `what` is its word.

    `order` is how the order that it names stands, and `came` what has come by that payment;
    None where it names none that we know.
    """

    inbox_event: int
    provider: str
    what: str
    note: str
    order: OrderState | None = None
    came: Money | None = None
