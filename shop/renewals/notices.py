"""What people are told about renewals that come by themselves; `plan` is a plan's slug."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.core.money import Money
from shop.messaging.notices import CustomerNotice, StaffNotice
from shop.ports import Refusal


class OffReason(StrEnum):
    """Why something does not renew by itself any more, or never could."""

    UNKEPT = "unkept"  # what was paid with cannot be charged again
    TAKEN_BACK = "taken_back"  # time was taken back, with its money
    NOT_SOLD = "not_sold"  # the plan, or its price, is not sold any more


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalOn(CustomerNotice):
    """The card is kept, and renews this from now on."""

    subscription: int
    plan: str
    card: str
    charge_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalAhead(CustomerNotice):
    """What is going to be charged, and when."""

    subscription: int
    plan: str
    card: str
    charge_at: datetime
    price_id: int
    money: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalFailed(CustomerNotice):
    """The charge failed; `again_at` None: it is not tried again."""

    subscription: int
    plan: str
    card: str
    why: Refusal
    again_at: datetime | None
    money: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalOff(CustomerNotice):
    """It cannot renew by itself any more, or never could."""

    plan: str
    why: OffReason


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalStopped(CustomerNotice):
    """Money for it went back, so it does not renew by itself any more; `card` is "" for Stars.

    `is_under_way`: the card was asked before, and what that charge brings still counts.
    """

    subscription: int
    plan: str
    card: str
    money: Money
    is_under_way: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRenewing(CustomerNotice):
    """Money that had gone back is here again; what it had stopped stays off."""

    subscription: int
    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedByMoneyBack(StaffNotice):
    """The same for staff."""

    customer: int
    name: str
    plan: str
    card: str
    money: Money
    is_under_way: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StarsStopped(CustomerNotice):
    """The customer stopped a Star subscription in Telegram; it is paid `until`."""

    plan: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StarsResumed(CustomerNotice):
    """The customer let it go on; it is paid `until`."""

    plan: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StarsFailed(CustomerNotice):
    """Telegram could not take the Stars."""

    plan: str
    money: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeUnheard(StaffNotice):
    """A charge was asked for, and nobody ever said whether it was made."""

    customer: int
    name: str
    provider: str
    plan: str
    card: str
    money: Money
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRefused(StaffNotice):
    """A provider does not do what a renewal needs; `verb` is what was asked of it."""

    verb: str
    reason: str
    customer: int | None = None
