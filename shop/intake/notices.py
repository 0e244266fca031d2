"""What people are told about what came in."""

from dataclasses import dataclass
from typing import ClassVar

from shop.core.intervals import Interval
from shop.core.money import Money
from shop.messaging.notices import CustomerNotice, StaffNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRefused(CustomerNotice):
    """Staff refused a proof of a transfer of `money`; `reason` is a `Reason` or their words."""

    plan: str
    term: Interval
    reason: str
    money: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofSent(StaffNotice):
    """A customer sent a proof of a transfer."""

    kind: ClassVar[str] = "proof"
    proof: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck(StaffNotice):
    """Something that came in could not be handled."""

    inbox_event: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StarDifference(StaffNotice):
    """The nightly look at a provider's list of money found a difference.

    `found` payments, `money` together, had not reached us; `odd` of ours are not as it lists
    them, and `names` are some of those.
    """

    provider: str
    found: int
    money: Money | None
    odd: int
    names: tuple[str, ...]
