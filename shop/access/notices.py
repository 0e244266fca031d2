"""What customers are told about their access."""

from dataclasses import dataclass

from shop.messaging.notices import CustomerNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen(CustomerNotice):
    """Staff stopped access at once; `plan` is its slug."""

    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfrozen(CustomerNotice):
    """Staff gave access back; `plan` is its slug."""

    plan: str
