"""What the outbox carries for this wing: wishes to connectors."""

from dataclasses import dataclass
from enum import StrEnum

from shop.core.facts import Facts
from shop.ports import Verb


class AccessKind(StrEnum):
    """What is done about access outside the shop."""

    PROVISION = "provision"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionJob(Facts):
    """What a connector is to do for this subscription's account."""

    subscription_id: int
    verb: Verb
