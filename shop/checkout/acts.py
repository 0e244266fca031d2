"""What staff give away, as the audit has it."""

from dataclasses import dataclass

from shop.core.intervals import Interval
from shop.staff.acts import StaffAct


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant(StaffAct):
    """Time of a plan was given."""

    plan: str
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend(StaffAct):
    """Days were added to a subscription."""

    subscription: int
    days: int
