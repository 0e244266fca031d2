"""What the outside must fulfil: payment providers, connectors, the clock and the vault.

Shapes only; no port raises anything but the errors named here and in `shop.rules.errors`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, cast

from shop.rules.errors import ShopError
from shop.rules.money import Money


class Clock(Protocol):
    """Where the time comes from (law 2)."""

    def now(self) -> datetime:
        """The present moment: aware, UTC, whole seconds."""
        ...


class Vault(Protocol):
    """Keeps secrets at rest (law 13)."""

    def seal(self, secret: bytes) -> bytes:
        """Encrypt."""
        ...

    def unseal(self, sealed: bytes) -> bytes:
        """Decrypt; raises `SealBrokenError` when no key fits."""
        ...


class SealBrokenError(ShopError):
    """A stored secret cannot be read with today's SECRET_KEY."""


# --- payment providers -------------------------------------------------------------------


class ProviderError(ShopError):
    """The payment provider refused: {reason}"""  # noqa: D400 - the reason is a sentence


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
    what he pays with is kept and charged again; `recurs`: the provider itself charges it again
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
    SEEN = "seen"  # on its way, not final: tell, do not deliver
    RECEIVED = "received"  # final: this money is ours
    FAILED = "failed"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    WARNED = "warned"  # the card's bank suspects fraud; nothing has been taken back yet
    # What the provider says of a payment that it repeats by itself; no money moves.
    STOPPED = "stopped"  # the payer stopped it: it ends with the paid time
    RESUMED = "resumed"  # he let it go on
    LAPSED = "lapsed"  # the next charge failed
    UNHANDLED = "unhandled"  # nothing we may act on: kept, and staff see it with its facts
    FOREIGN = "foreign"  # of another account than ours: kept, gives nothing, staff are told


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Who paid, as far as the provider says.

    `fingerprint` is the same for the same card, bank account or wallet, and never its number;
    `country` is where that was issued, `home` what the payer gave as his own (ISO 3166 alpha-2).
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
    REFUNDED it is the total given back so far, None when that is not said. Of disputes, `facts`
    hold `dispute` (its id), `reason`, `answer_by` (unix seconds) where they are known.
    """

    event_id: str
    kind: str
    happening: Happening
    reference: str = ""
    provider_ref: str = ""
    receipt_id: str = ""
    money: Money | None = None
    occurred_at: datetime | None = None
    payer: Payer = field(default_factory=Payer)
    facts: Mapping[str, str] = field(default_factory=dict)


class PaymentProvider(Protocol):
    """One way of being paid.

    Every call has a timeout; `ProviderSilentError` means the outcome is not known (law 11),
    `ProviderError` a plain no. `currencies` None means any.
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


class RefundStep(StrEnum):
    """How far a provider is with giving money back."""

    DONE = "done"
    PENDING = "pending"
    CLAIM = "claim"  # the customer takes it himself, by a link
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """Money to give back. `reference` is ours, unique, of [a-z0-9_]: never refunded twice.

    `received` is the whole of this receipt; `before` what of it went back by now. The payer's
    Telegram id is `chat_id`; `reason` is a short English word for the provider's records.
    """

    reference: str
    payment: str
    provider_ref: str
    receipt_id: str
    amount: Money
    received: Money
    before: Money
    reason: str
    chat_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAnswer:
    """What became of it; `refund_ref` is the provider's id, `url` where it is claimed."""

    step: RefundStep
    refund_ref: str = ""
    url: str = ""
    note: str = ""


class RefundsPayments(Protocol):
    """A way of being paid that can pay back.

    Where `refunds_parts` is not true, a receipt goes back whole or not at all.
    """

    refunds_parts: bool

    async def refund(self, request: RefundRequest) -> RefundAnswer:
        """Give it back, or find what became of it: the same reference is one refund.

        Silence means that it may have happened, and the same request is made again.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedMeans:
    """What a payer let us keep: `handle` is for the provider's eyes only, the rest for people's.

    `brand` is a word such as Visa, `last4` the last four digits; either may be "".
    """

    handle: str = field(repr=False)
    brand: str
    last4: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRequest:
    """Money to be taken from saved means while the payer is away.

    `reference` is the idempotency key: asked again, the same charge is found, however it ended.
    `first_asked_at` is when this reference was asked for first.
    """

    reference: str
    amount: Money
    handle: str = field(repr=False)
    title: str
    first_asked_at: datetime


class Refusal(StrEnum):
    """Why a charge failed, as far as it matters: the fact `why` of a FAILED event."""

    DECLINED = "declined"  # another day it may work
    NEEDS_PAYER = "needs_payer"  # his bank wants to hear it from him
    GONE = "gone"  # the card is no longer there: never try it again


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What became of a charge; the events carry the reference, as those of a page do."""

    provider_ref: str
    events: Sequence[PaymentEvent]


class ChargesSavedMeans(Protocol):
    """A provider that can keep what someone paid with, and charge it again without him.

    The errors are those of `PaymentProvider`: silence leaves the outcome open, and asking again
    with the same reference is the way to learn it.
    """

    async def saved_means(self, reference: str, provider_ref: str) -> SavedMeans | None:
        """What this was paid with, if it may be charged again."""
        ...

    async def charge(self, request: ChargeRequest) -> Charge:
        """Take the money: RECEIVED, SEEN, or FAILED with the fact `why` (see `Refusal`)."""
        ...

    async def forget(self, handle: str) -> None:
        """Give the means up; repeating it, or forgetting what is gone, is no error."""
        ...


def saver_of(provider: PaymentProvider | None) -> ChargesSavedMeans | None:
    """The provider as one that charges saved means, None when it is not one.

    By its methods and not by isinstance: providers stand behind others that measure them.
    """
    is_one = getattr(provider, "can_save", False) is True
    return cast("ChargesSavedMeans", provider) if is_one else None


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


# --- connectors --------------------------------------------------------------------------


class ConnectorError(ShopError):
    """The service could not be reached: {reason}"""  # noqa: D400 - the same


class OutOfStockError(ConnectorError):
    """There are no credentials left to hand out."""


class Verb(StrEnum):
    """What a connector can be asked to do with an account."""

    CREATE = "create"
    SUSPEND = "suspend"
    RESUME = "resume"
    TERMINATE = "terminate"
    CHANGE = "change"
    ROTATE = "rotate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the customer needs to use the service; `url` may be empty."""

    username: str
    password: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOrder:
    """A request to a connector; the same `subscription_id` always means the same account.

    `external_id` is the connector's own id of the account, "" before it exists; `token` the
    account's secret in playlist addresses; `screens` how many may watch at once.
    """

    subscription_id: int
    plan: str
    screens: int
    external_id: str = ""
    credentials: Credentials | None = None
    token: str = ""
    paid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a connector made; credentials None means: as they were."""

    external_id: str
    credentials: Credentials | None = None


class Connector(Protocol):
    """A system that holds accounts. Each verb may be repeated and then changes nothing more."""

    name: str

    async def create(self, order: AccountOrder) -> Account:
        """Make the account, or return the one made before."""
        ...

    async def suspend(self, order: AccountOrder) -> Account:
        """Stop access, keep the account."""
        ...

    async def resume(self, order: AccountOrder) -> Account:
        """Give access again."""
        ...

    async def terminate(self, order: AccountOrder) -> Account:
        """Give the account up for good."""
        ...

    async def change(self, order: AccountOrder) -> Account:
        """Bring the account in line with another plan or end date."""
        ...

    async def rotate(self, order: AccountOrder) -> Account:
        """Make new credentials; the old ones stop working."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine:
    """One loaded line of credentials, as `connectors/stock` sees it."""

    external_id: str
    credentials: Credentials


class Shelf(Protocol):
    """Where `connectors/stock` takes lines from; the books stand behind it."""

    async def take(self, plan: str, subscription_id: int) -> StockLine:
        """Hand out one line, the same again to the same subscription; or OutOfStockError."""
        ...

    async def swap(self, plan: str, subscription_id: int) -> StockLine:
        """Retire the line in use and hand out another."""
        ...
