"""What customers are told about time that nobody paid for."""

from dataclasses import dataclass
from datetime import datetime

from shop.core.intervals import Interval
from shop.messaging.notices import CustomerNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class Given(CustomerNotice):
    """A trial began, or staff gave time; `plan` is its slug, `until` when the time now ends."""

    plan: str
    interval: Interval
    until: datetime
    is_trial: bool
