"""What the outbox carries for this wing: wishes to providers."""

from dataclasses import dataclass
from enum import StrEnum

from shop.core.facts import Facts


class RenewalKind(StrEnum):
    """What is done about renewals outside the shop."""

    METHODS = "methods"


class MethodVerb(StrEnum):
    """What a provider is asked to do."""

    LEARN = "learn"  # tell what a payment was paid with
    FORGET = "forget"  # a saved payment method
    STOP = "stop"  # a Star subscription
    RESUME = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodJob(Facts):
    """`number` is the saved method for FORGET, else the payment."""

    verb: MethodVerb
    number: int
