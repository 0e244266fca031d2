"""Payment providers: what is asked of them, and what they say of a payment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shop.core.currencies import STARS
from shop.core.errors import ShopError
from shop.core.money import Money
from shop.ports.details import EventDetail


class ProviderError(ShopError):
    """The payment provider refused: {reason}"""  # noqa: D400 - the reason is a sentence


class RequestRefusedError(ProviderError):
    """The payment provider does not take this: {reason}"""  # noqa: D400 - the same


class TooLittleError(RequestRefusedError):
    """The payment provider takes no payment as small as this: {reason}"""  # noqa: D400 - the same

    def __init__(self, *, reason: str, least: int | None = None) -> None:
        """Keep how many minor units it takes at least, where it says so."""
        super().__init__(reason=reason)
        self.least = least


class TooMuchError(RequestRefusedError):
    """The payment provider takes no payment as large as this: {reason}"""  # noqa: D400 - the same


class ProviderSilentError(ProviderError):
    """The payment provider does not answer just now: {reason}"""  # noqa: D400 - the same


class BadSignatureError(ShopError):
    """The webhook's signature is not right."""


class EndpointClosedError(ShopError):
    """This webhook has no secret yet, so it is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """What the shop asks a provider to collect.

    `reference` is ours, unique, at most 40 characters of [a-z0-9_]: it is the idempotency
    key and comes back in every event. `return_url` brings the person back afterwards.
    `chat_id` is the payer's Telegram id; `language` an IETF tag. `saves`: the payer agreed that
    the method is kept and charged again; `recurs`: the provider itself charges it again
    every 30 days.
    """

    reference: str
    amount: Money
    title: str
    description: str
    expires_at: datetime
    return_url: str
    language: str
    chat_id: int
    saves: bool = False
    recurs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPage:
    """Where the customer pays. `provider_ref` is the provider's id of this try."""

    provider_ref: str
    url: str
    expires_at: datetime | None = None


class Happening(StrEnum):
    """What a provider says about a payment."""

    PENDING = "pending"  # nothing yet; only ever from `look_up`
    ASK = "ask"  # something happened, `look_up` knows what; only ever from `read_webhook`
    SEEN = "seen"  # on its way, not final: tell, do not deliver; `OnItsWay` says how long
    RECEIVED = "received"  # final: this money is ours
    FAILED = "failed"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    # a refund that was made came back: the payer's bank did not take it
    REFUND_RETURNED = "refund_returned"
    DISPUTED = "disputed"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    WARNED = "warned"  # the card's bank suspects fraud; nothing has been taken back yet
    # What the provider says of a payment that it repeats by itself; no money moves.
    STOPPED = "stopped"  # the payer stopped it: it ends with the paid time
    RESUMED = "resumed"  # the payer let it go on
    LAPSED = "lapsed"  # the next charge failed
    UNHANDLED = "unhandled"  # nothing we may act on: kept, and staff see it with its facts
    FOREIGN = "foreign"  # of another account than ours: kept, gives nothing, staff are told


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Who paid, as far as the provider says.

    `fingerprint` is the same for the same card, bank account or wallet, and never its number;
    `country` is where that was issued, `home` what the payer gave as their own (ISO 3166 alpha-2).
    `is_vague` where `look_up` says more than this event does.
    """

    fingerprint: str = ""
    country: str = ""
    home: str = ""
    is_vague: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEvent:
    """One thing that happened at a provider.

    `event_id` is the provider's own identity of the event (inbox key); `reference` is ours
    or "" when the event names none; `provider_ref` the provider's id of the try;
    `receipt_id` identifies the money itself (payment intent, transaction): two events about
    the same money carry the same one. `money` is what arrived, None when nothing did; of
    REFUNDED it is the total given back so far, None when that is not said; of REFUND_RETURNED
    the sum of that refund. FAILED and EXPIRED that name money say that it is not here: where the
    books have it, its provider takes its word back. `tax` is the tax inside RECEIVED `money` where
    the provider has reckoned it; `commission` what of RECEIVED `money` somebody else has who
    brought the payer, of REFUNDED what of it came back from them. `detail` is what only such an
    event has; `for_staff` what nobody but a person reads, as words and their values.
    """

    event_id: str
    kind: str
    happening: Happening
    reference: str = ""
    provider_ref: str = ""
    receipt_id: str = ""
    money: Money | None = None
    tax: Money | None = None
    commission: Money | None = None
    occurred_at: datetime | None = None
    payer: Payer = field(default_factory=Payer)
    detail: EventDetail | None = None
    for_staff: Mapping[str, str] = field(default_factory=dict)


def takes(currencies: frozenset[str] | None, currency: str) -> bool:
    """Whether a way that says this of itself takes this currency.

    Stars are Telegram's own: only a way that names them takes them.
    """
    return currency != STARS if currencies is None else currency in currencies


class PaymentProvider(Protocol):
    """One way of being paid.

    Every call has a timeout; `ProviderSilentError` means the outcome is not known (law 11),
    `ProviderError` a plain no, of which `RequestRefusedError` is about this one request and
    not about the keys. `currencies` None means any but Stars (see `takes`); `limits`, where it
    has some, are what one payment may be (see `limits_of`). One whose `look_up` never knows
    anything says `is_askable = False` (see `can_be_asked`).
    """

    name: str
    currencies: frozenset[str] | None

    async def create(self, request: PaymentRequest) -> PaymentPage:
        """Make (or find again, by reference) the page where this is paid."""
        ...

    async def look_up(self, reference: str, provider_ref: str) -> Sequence[PaymentEvent]:
        """Ask what became of a payment: the same events its webhook would bring.

        `receipt_id` is the same as in the webhook, so money is counted once.
        """
        ...

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> Sequence[PaymentEvent]:
        """Check the signature over the raw bytes and read the events; header names lower case.

        No events where the provider only says that nothing has happened yet. Raises
        `EndpointClosedError`, `BadSignatureError`, or `BadInputError` for a signed body that
        makes no sense.
        """
        ...

    async def check(self) -> str:
        """Try the keys for `telekiosk doctor`: one line that says what answered."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


def can_be_asked(provider: PaymentProvider) -> bool:
    """Whether `look_up` can know what became of a payment."""
    return getattr(provider, "is_askable", True) is not False
