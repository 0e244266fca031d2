"""What a provider may say of an event beside the fields that every event has: one class a fact."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

_TAKEN_BACK = "taken_back:"


class Refusal(StrEnum):
    """Why a charge failed, as far as it matters."""

    DECLINED = "declined"  # another day it may work
    NEEDS_PAYER = "needs_payer"  # the payer's bank wants to hear it from the payer
    GONE = "gone"  # the card is no longer there: never try it again
    UNCONFIRMED = "unconfirmed"  # nobody ever said how it ended: not tried again unasked


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeFacts:
    """Of a dispute or a warning: its name at the provider, "" where it has none, and why.

    `answer_by` is when the bank stops listening, where that is said.
    """

    dispute_ref: str = ""
    reason: str = ""
    answer_by: datetime | None = None


def taken_back(name: str, *, reason: str) -> DisputeFacts:
    """Facts of a case that no bank opened: the provider itself takes back that money came.

    Such an event says how money stands, each time its provider is asked; of money that is not in
    the books it says nothing. While `look_up` tells of the money without it, the money stands.
    """
    return DisputeFacts(dispute_ref=f"{_TAKEN_BACK}{name}", reason=reason)


def is_taken_back(dispute_ref: str) -> bool:
    """Whether a case has such a name."""
    return dispute_ref.startswith(_TAKEN_BACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedRefund:
    """Of REFUND_RETURNED: our reference of the refund, the provider's name of it, and why.

    `reference` is "" where the refund was made at the provider itself.
    """

    refund_ref: str
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """Of FAILED: why a charge of a saved payment method did not go through."""

    why: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class OnItsWay:
    """Of SEEN: `within` how long this provider has a last word on what it sees."""

    within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFacts:
    """Of RECEIVED: one charge of a series that repeats by itself, and until when it pays."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignAccount:
    """Of FOREIGN: the account it names, which is not ours."""

    account: str


EventDetail: TypeAlias = (
    DisputeFacts | ReturnedRefund | Decline | OnItsWay | SeriesFacts | ForeignAccount
)
