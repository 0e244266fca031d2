"""A shop in hand whose customer let a card be kept, and a card that does as it is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from shop.catalog.records import CatalogRecords
from shop.checkout.payment import Choice, begin_payment
from shop.customers.records import Customer
from shop.intake.charges import renew_one
from shop.messaging.notices import Notice
from shop.messaging.outbox_records import QueuedEffect
from shop.orders.payment_records import Payment
from shop.ports import (
    Charge,
    ChargeRequest,
    Decline,
    Happening,
    Limits,
    MethodDetails,
    OnItsWay,
    PaymentEvent,
    ProviderError,
    Refusal,
)
from shop.renewals.notices import RenewalOn
from shop.renewals.renew import due_renewals
from shop.renewals.rules import RenewalPolicy
from shop.settlement.settle import Outcome
from tests.fixtures.goods import MONTH
from tests.fixtures.plugin import database_url, new_database, postgres_shop, shop, tables
from tests.fixtures.shop import CARD, Shop

__all__ = ["database_url", "kept", "new_database", "postgres_shop", "shop", "tables"]


@dataclass
class Card:
    """A provider that keeps cards: the same reference is charged once, however often asked.

    `is_slow`: what is charged is on its way; `is_mute`: nothing is said of what became of it.
    `trouble` is raised instead of an answer, after the money was taken when `is_deaf`.
    """

    name: str = CARD
    currencies: frozenset[str] | None = None
    can_save: bool = True
    limits: Mapping[str, Limits] = field(default_factory=dict)
    why: Refusal | None = None
    trouble: ProviderError | None = None
    is_deaf: bool = False
    is_slow: bool = False
    is_mute: bool = False
    charged: dict[str, ChargeRequest] = field(default_factory=dict)
    handles: dict[str, str] = field(default_factory=dict)
    ends: dict[str, Refusal | None] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)

    async def saved_method(self, reference: str, provider_ref: str) -> MethodDetails | None:
        del provider_ref
        return MethodDetails(handle=f"card of {reference}", brand="Visa", last4="4242")

    async def charge(self, request: ChargeRequest) -> Charge:
        if self.trouble is not None and not self.is_deaf:
            raise self.trouble
        self.charged.setdefault(request.reference, request)
        first = self.handles.setdefault(request.reference, request.handle)
        assert request.handle == first, "the same charge, asked for again with another card"
        self.ends.setdefault(request.reference, self.why)
        if self.trouble is not None:
            raise self.trouble
        return Charge(provider_ref=f"c_{request.reference}", events=self.told_of(request))

    @property
    def paid(self) -> list[str]:
        """The references that took money."""
        return [name for name, why in self.ends.items() if why is None]

    async def forget(self, handle: str) -> None:
        self.forgotten.append(handle)

    def told_of(self, request: ChargeRequest) -> Sequence[PaymentEvent]:
        """What its answer, or its webhook, says of this charge."""
        why = self.ends[request.reference]
        if self.is_mute:
            return []
        if self.is_slow:
            return [
                PaymentEvent(
                    event_id=f"{request.reference}.{Happening.SEEN}",
                    kind="charge",
                    happening=Happening.SEEN,
                    reference=request.reference,
                    provider_ref=f"c_{request.reference}",
                    detail=OnItsWay(within=timedelta(days=21)),
                )
            ]
        happening = Happening.RECEIVED if why is None else Happening.FAILED
        return [
            PaymentEvent(
                event_id=f"{request.reference}.{happening}",
                kind="charge",
                happening=happening,
                reference=request.reference,
                provider_ref=f"c_{request.reference}",
                receipt_id=f"m_{request.reference}" if why is None else "",
                money=request.amount if why is None else None,
                detail=None if why is None else Decline(why=why),
            )
        ]


@dataclass
class Kept:
    """A shop, its customer with a kept card, and what the clock would do about them."""

    shop: Shop
    anna: Customer
    card: Card

    async def renew(self) -> list[Outcome]:
        """Take up every renewal that is due."""
        outcomes = []
        for number in await self.shop.run(due_renewals, now=self.shop.now, most=9):
            outcomes += await self.take_up(number)
        return outcomes

    async def take_up(self, number: int) -> list[Outcome]:
        return await renew_one(
            self.shop.storage,
            self.shop.providers,
            number,
            encryption=self.shop.encryption,
            policy=self.shop.policy,
            clock=self.shop.clock,
        )

    async def pass_days(self, days: int) -> list[Outcome]:
        """Let days go by, looking every six hours."""
        outcomes = []
        for _ in range(days * 4):
            self.shop.clock.move(hours=6)
            outcomes += await self.renew()
        await self.shop.drain()
        return outcomes

    async def buy(self, *, saves: bool) -> Payment:
        price = await self.shop.storage.read(
            lambda books: books[CatalogRecords].price_for(
                books[CatalogRecords].by_slug("solo").id, MONTH, "EUR"
            )
        )
        assert price is not None
        choice = Choice(customer_id=self.anna.id, price_id=price.id, provider=CARD, saves=saves)
        intent = await self.shop.run(
            begin_payment, choice, policy=self.shop.policy, now=self.shop.now
        )
        return intent.payment

    def told(self, notice: type[Notice]) -> list[QueuedEffect]:
        return [one for one in self.shop.told if one.payload["notice"] == notice.kind]


@pytest.fixture
async def kept(shop: Shop) -> Kept:
    """Anna bought a month and let her card be kept."""
    return await keep(shop)


async def keep(shop: Shop) -> Kept:
    shop.policy = shop.policy.choosing(RenewalPolicy(asks=True))
    card = Card()
    shop.providers = {CARD: card}  # type: ignore[dict-item]  # it only keeps and charges
    made = Kept(shop=shop, anna=await shop.greet(), card=card)
    assert await shop.pay(await made.buy(saves=True)) is Outcome.SETTLED
    await shop.drain()
    assert len(made.told(RenewalOn)) == 1
    return made
