"""What staff are told about providers."""

from dataclasses import dataclass
from datetime import datetime

from shop.messaging.notices import StaffNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderDown(StaffNotice):
    """A provider does not answer, and is hidden from customers."""

    provider: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderBack(StaffNotice):
    """A provider that was away `since` then answers again."""

    provider: str
    since: datetime
