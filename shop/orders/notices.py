"""What staff are told about providers."""

from dataclasses import dataclass
from datetime import datetime

from shop.core.money import Money
from shop.messaging.notices import StaffNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderDown(StaffNotice):
    """A provider does not answer, and is hidden from customers."""

    provider: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRefused(StaffNotice):
    """A provider answers, and refused to open a page for `money`."""

    provider: str
    money: Money
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderBack(StaffNotice):
    """A provider that was away `since` then answers again."""

    provider: str
    since: datetime
