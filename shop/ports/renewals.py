"""Providers that can be paid again without asking: kept cards, series of Stars."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, cast

from shop.core.money import Money
from shop.ports.payments import PaymentEvent, PaymentProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodDetails:
    """What a payer let us keep: `handle` is for the provider's eyes only, the rest for people's.

    `brand` is a word such as Visa, `last4` the last four digits; either may be "".
    """

    handle: str = field(repr=False)
    brand: str
    last4: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRequest:
    """Money to be taken from a saved payment method while the payer is away.

    `reference` is the idempotency key: asked again, the same charge is found, however it ended.
    `first_asked_at` is when this reference was asked for first.
    """

    reference: str
    amount: Money
    handle: str = field(repr=False)
    title: str
    first_asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What became of a charge; the events carry the reference, as those of a page do."""

    provider_ref: str
    events: Sequence[PaymentEvent]


class ChargesSavedMethods(Protocol):
    """A provider that can keep what someone paid with, and charge it again while they are away.

    The errors are those of `PaymentProvider`: silence leaves the outcome open, and asking again
    with the same reference is the way to learn it.
    """

    async def saved_method(self, reference: str, provider_ref: str) -> MethodDetails | None:
        """What this was paid with, if it may be charged again."""
        ...

    async def charge(self, request: ChargeRequest) -> Charge:
        """Take the money: RECEIVED, SEEN, or FAILED with its `Decline`."""
        ...

    async def forget(self, handle: str) -> None:
        """Give the means up; repeating it, or forgetting what is gone, is no error."""
        ...


def saver_of(provider: PaymentProvider | None) -> ChargesSavedMethods | None:
    """The provider as one that charges a saved payment method, None when it is not one.

    By its methods and not by isinstance: providers stand behind others that measure them.
    """
    is_one = getattr(provider, "can_save", False) is True
    return cast("ChargesSavedMethods", provider) if is_one else None


class SteersSubscriptions(Protocol):
    """A provider that charges again by itself, and can be told to stop."""

    async def stop(self, chat_id: int, charge_id: str, *, is_stopped: bool) -> None:
        """Stop charging, or allow the payer to let it go on."""
        ...

    async def moneys_since(self, since: datetime) -> Sequence[PaymentEvent]:
        """All money that came or went since then, as its events would have told."""
        ...


def steerer_of(provider: PaymentProvider | None) -> SteersSubscriptions | None:
    """The provider as one that repeats charges by itself, None when it is not one."""
    is_one = getattr(provider, "can_steer", False) is True
    return cast("SteersSubscriptions", provider) if is_one else None
