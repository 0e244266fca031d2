"""What customers and staff are told about access; `plan` is always a plan's slug."""

from dataclasses import dataclass
from datetime import datetime

from shop.messaging.notices import CustomerNotice, StaffNotice
from shop.ports import Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials(CustomerNotice):
    """What to sign in with is there, is new, or is sent once more."""

    subscription: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLate(CustomerNotice):
    """The account could not be made at once."""

    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder(CustomerNotice):
    """Time runs out `days` before the end (negative: after); `paid_until` is the end meant."""

    subscription: int
    days: int
    paid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Grace(CustomerNotice):
    """Unpaid, yet still on."""

    subscription: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended(CustomerNotice):
    """Off, yet kept."""

    subscription: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(CustomerNotice):
    """Over for good."""

    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen(CustomerNotice):
    """Staff stopped access at once."""

    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfrozen(CustomerNotice):
    """Staff gave access back."""

    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LowStock(StaffNotice):
    """Few accounts are left to hand out, or none."""

    plan: str
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorFailed(StaffNotice):
    """An account could not be made or changed, after every try; `effect` waits with staff."""

    effect: int
    customer: int
    name: str
    plan: str
    verb: Verb
    reason: str
