"""What staff are told about people who are not served."""

from dataclasses import dataclass

from shop.messaging.notices import StaffNotice
from shop.screening.rules import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedAway(StaffNotice):
    """Someone was turned away at the door; no money moved."""

    customer: int
    name: str
    findings: tuple[Finding, ...]
