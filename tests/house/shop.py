"""The shop in hand: real books and use cases, with no chat and no network."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from bot.vault import FernetVault
from shop.access.provisioning import carry_out
from shop.books.books import Books
from shop.books.opening import Storage
from shop.catalog.changes import apply_catalog
from shop.catalog.records import CatalogTables
from shop.checkout.payment import Choice, begin_payment, note_page
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.core.policy import Policy
from shop.customers.people import Visitor, greet
from shop.customers.records import Customer
from shop.intake.charges import carry_out_means
from shop.messaging.outbox import claim, finish_effect
from shop.messaging.outbox_records import Kind, QueuedEffect
from shop.orders.payment_records import Payment
from shop.ports import (
    Connector,
    Happening,
    PaymentEvent,
    PaymentPage,
    PaymentProvider,
    Vault,
)
from shop.settlement.settle import Outcome, Source, settle
from tests.house.clocks import HandClock
from tests.house.goods import GOODS, MONTH
from tests.house.service import Service

if TYPE_CHECKING:
    from shop.checkout.payment import Intent

P = ParamSpec("P")
T = TypeVar("T")
STAFF = 9001
CARD = "sandbox_card"


@dataclass(slots=True)
class Shop:
    """Storage that is open and stocked, and what a process would hold beside it."""

    storage: Storage
    clock: HandClock = field(default_factory=HandClock)
    policy: Policy = field(default_factory=lambda: Policy(staff_ids=(STAFF,)))
    vault: Vault = field(default_factory=lambda: FernetVault("a key of tests, long enough"))
    services: dict[str, Service] = field(
        default_factory=lambda: {name: Service(name) for name in ("generated", "stock")}
    )
    connectors: Mapping[str, Connector] | None = None  # None: the services themselves
    providers: dict[str, PaymentProvider] = field(default_factory=dict)
    told: list[QueuedEffect] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def open(self) -> "Shop":
        """Open the books and put the goods out."""
        await self.storage.open()
        await self.storage.run(apply_catalog, GOODS, now=self.now)
        return self

    async def run(
        self, use_case: Callable[Concatenate[Books, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case that writes."""
        return await self.storage.run(use_case, *args, **kwargs)

    async def greet(self, telegram_id: int = 1001) -> Customer:
        """Meet a person."""
        visitor = Visitor(telegram_id=telegram_id, name="Anna", username="anna", language="en")
        return await self.run(greet, visitor, now=self.now)

    async def ask(
        self,
        customer: Customer,
        *,
        slug: str = "solo",
        term: Interval = MONTH,
        currency: str = "EUR",
        provider: str = CARD,
    ) -> Payment:
        """Let a customer choose, up to the page where it is paid."""
        price_id = await self.storage.read(_price_of, slug, term, currency)
        choice = Choice(customer_id=customer.id, price_id=price_id, provider=provider)
        intent: Intent = await self.run(begin_payment, choice, policy=self.policy, now=self.now)
        reference = intent.payment.reference
        page = PaymentPage(provider_ref=reference, url=f"http://127.0.0.1/{reference}")
        await self.run(note_page, intent.payment, page)
        return intent.payment

    def received(
        self,
        payment: Payment,
        *,
        money: Money | None = None,
        receipt: str = "",
        at: datetime | None = None,
    ) -> PaymentEvent:
        """The event that a provider sends when money came."""
        number = next(self.numbers)
        return PaymentEvent(
            event_id=f"evt_{number}",
            kind="payment.received",
            happening=Happening.RECEIVED,
            reference=payment.reference,
            provider_ref=payment.reference,
            receipt_id=receipt or f"money_{number}",
            money=money or payment.due,
            occurred_at=at or self.now,
        )

    async def settle(self, event: PaymentEvent, *, provider: str = CARD) -> Outcome:
        """Take one event into the books."""
        source = Source(provider=provider)
        return await self.run(settle, event, source, policy=self.policy, now=self.now)

    async def pay(self, payment: Payment) -> Outcome:
        """Pay just what is asked."""
        return await self.settle(self.received(payment), provider=payment.provider)

    async def drain(self, *, most: int = 10_000) -> None:
        """Carry out whatever is due, as the clock's door would; notices are only noted."""
        for _ in range(most):
            effects = await self.run(claim, now=self.now, most=64)
            if not effects:
                return
            for effect in effects:
                await self.carry_out(effect)
        msg = "the outbox never becomes empty"
        raise AssertionError(msg)

    async def carry_out(self, effect: QueuedEffect) -> None:
        """One effect."""
        if effect.kind is Kind.PROVISION:
            # A defect of a connector is noted, then logged by the clock's door.
            with suppress(KeyError):
                await carry_out(
                    self.storage,
                    self.connectors or self.services,
                    effect,
                    vault=self.vault,
                    policy=self.policy,
                    clock=self.clock,
                )
        elif effect.kind is Kind.MEANS:
            await carry_out_means(
                self.storage,
                self.providers,
                effect,
                vault=self.vault,
                policy=self.policy,
                clock=self.clock,
            )
        else:
            self.told.append(effect)
            await self.run(finish_effect, effect, now=self.now)


def _price_of(books: Books, slug: str, term: Interval, currency: str) -> int:
    price = books[CatalogTables].price_for(books[CatalogTables].by_slug(slug).id, term, currency)
    assert price is not None
    return price.id
