"""A whole shop in a test: real library, SQLite file, stand-in over HTTP; only money is fake."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from telegram import Update
from telegram.error import Forbidden, TelegramError
from telegram.ext import Application, ContextTypes, Defaults
from telegram.request import HTTPXRequest

import shop
from bot.assemble import KNOWN
from handlers.chat import apologise, register
from handlers.counter import Counter
from handlers.notices import send_notice
from preview.app import create_app
from preview.client import Preview
from preview.config import PersonConfig, PreviewConfig
from shop.access.provisioning import carry_out
from shop.books.opening import Storage, storage_at
from shop.catalog.changes import apply_catalog
from shop.core.money import Money
from shop.core.policy import Policy
from shop.messaging.outbox import claim, finish_effect
from shop.messaging.outbox_records import Kind
from shop.owner_file.live_policy import LivePolicy
from shop.owner_file.reading import load_catalog
from shop.ports import (
    Account,
    AccountOrder,
    Credentials,
    Happening,
    PaymentEvent,
    PaymentPage,
    PaymentRequest,
    ProviderError,
)
from shop.settlement.settle import Outcome, Source, settle
from tests.standins.server import PromptServer, bound

STAFF = 9001
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SAMPLE = Path(shop.__file__).parent / "sample_catalog.toml"


@dataclass(slots=True, kw_only=True)
class HandClock:
    """A clock that tests move."""

    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment

    def move(self, **delta: float) -> None:
        self.moment += timedelta(**delta)


class GlassVault:
    """Seals so that anyone can look through, for tests."""

    def seal(self, secret: bytes) -> bytes:
        return secret[::-1]

    def unseal(self, sealed: bytes) -> bytes:
        return sealed[::-1]


@dataclass(slots=True, kw_only=True)
class PlayTill:
    """A provider whose trouble and news a test chooses."""

    name: str = "sandbox_card"
    currencies: frozenset[str] | None = None
    trouble: ProviderError | None = None
    seconds: float = 0
    requests: list[PaymentRequest] = field(default_factory=list)
    news: list[PaymentEvent] = field(default_factory=list)

    async def create(self, request: PaymentRequest) -> PaymentPage:
        self.requests.append(request)
        await asyncio.sleep(self.seconds)
        if self.trouble is not None:
            raise self.trouble
        return PaymentPage(
            provider_ref=f"p_{request.reference}",
            url=f"https://pay.example/{request.reference}",
        )

    async def look_up(self, reference: str, provider_ref: str) -> Sequence[PaymentEvent]:
        del provider_ref
        return [one for one in self.news if one.reference == reference]

    def read_webhook(self, *_: object, **__: object) -> Sequence[PaymentEvent]:
        return []

    async def check(self) -> str:
        return "play"

    async def close(self) -> None:
        return


class PlayConnector:
    """Makes accounts out of nothing."""

    name = "generated"

    async def create(self, order: AccountOrder) -> Account:
        number = order.subscription_id
        made = Credentials(username=f"user{number}", password="pa<ss>&word", note="")
        return Account(external_id=f"x{number}", credentials=made)

    async def rotate(self, order: AccountOrder) -> Account:
        made = Credentials(username=f"user{order.subscription_id}", password="new-one")
        return Account(external_id=order.external_id, credentials=made)

    async def suspend(self, order: AccountOrder) -> Account:
        return Account(external_id=order.external_id)

    resume = terminate = change = suspend


@dataclass(slots=True, kw_only=True)
class House:
    """The shop, its doors, and the hand that plays the outside."""

    preview: Preview
    address: str
    application: Application[Any, Any, Any, Any, Any, Any]
    counter: Counter
    clock: HandClock
    till: PlayTill
    coins: PlayTill
    errors: list[BaseException] = field(default_factory=list)
    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def storage(self) -> Storage:
        return self.counter.storage

    async def arrive(
        self,
        money: Money,
        *,
        till: PlayTill | None = None,
        receipt: str = "r1",
        happening: Happening = Happening.RECEIVED,
        **facts: str,
    ) -> Outcome:
        """Money arrives for the payment asked for last."""
        provider = till or self.till
        reference = provider.requests[-1].reference
        event = PaymentEvent(
            event_id=f"{reference}:{receipt}:{happening}",
            kind="test",
            happening=happening,
            reference=reference,
            receipt_id=receipt,
            money=money,
            occurred_at=self.clock.now(),
            facts=facts,
        )
        outcome = await self.storage.run(
            settle,
            event,
            Source(provider=provider.name),
            policy=self.counter.policy,
            now=self.clock.now(),
        )
        await self.deliver()
        return outcome

    async def deliver(self) -> None:
        """Carry out everything that is queued, as the clock would."""
        async with self.one_at_a_time:
            await self._deliver()

    async def _deliver(self) -> None:
        connectors = {"generated": PlayConnector()}
        while effects := await self.storage.run(claim, now=self.clock.now(), most=50):
            for effect in effects:
                if effect.kind is Kind.PROVISION:
                    await carry_out(
                        self.storage,
                        connectors,
                        effect,
                        vault=self.counter.vault,
                        policy=self.counter.policy,
                        clock=self.clock,
                    )
                else:
                    with suppress(Forbidden):
                        await send_notice(self.application.bot, self.counter, effect.payload)
                    await self.storage.run(finish_effect, effect, now=self.clock.now())

    async def serve(self) -> None:
        """Take updates one by one, as the process does."""
        offset = 0
        while True:
            try:
                updates = await self.application.bot.get_updates(offset=offset, timeout=5)
            except TelegramError:  # it leaves, or a test planned trouble
                updates = ()
                await asyncio.sleep(0.02)
            for update in updates:
                offset = update.update_id + 1
                await self.take(update)

    async def take(self, update: Update) -> None:
        """Answer one update and send what it queued."""
        before = len(self.errors)
        await self.application.process_update(update)
        for error in self.errors[before:]:
            await apologise(update, self.counter, error)
        await self.deliver()


@asynccontextmanager
async def open_house(folder: Path, *, catalog: Path = SAMPLE) -> AsyncIterator[House]:
    """Open the shop; close it and look for errors nobody expected."""
    people = (
        PersonConfig(id=1001, name="Anna <b>", language="en"),
        PersonConfig(id=1002, name="Bruno", language="de"),
        PersonConfig(id=STAFF, name="Olga", language="en"),
    )
    async with stand_in(PreviewConfig(people=people, flood=False)) as address:
        house = await _assemble(folder, address, catalog)
        async with house.application, house.preview:
            serving = asyncio.create_task(house.serve())
            try:
                yield house
            finally:
                serving.cancel()
                await asyncio.gather(serving, return_exceptions=True)
                await house.storage.close()


@asynccontextmanager
async def stand_in(config: PreviewConfig) -> AsyncIterator[str]:
    """The Bot API stand-in on a free port."""
    door = bound()
    server = PromptServer(
        uvicorn.Config(
            create_app(config, stopping=lambda: server.should_exit),
            log_level="error",
            timeout_graceful_shutdown=1,
        )
    )
    running = asyncio.create_task(server.serve(sockets=[door]))
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        server.leave()
        await running
        door.close()


async def _assemble(folder: Path, address: str, catalog: Path) -> House:
    clock, till = HandClock(), PlayTill()
    coins = PlayTill(name="sandbox_crypto", currencies=frozenset({"EUR", "USD"}))
    stars = PlayTill(name="stars", currencies=frozenset({"XTR"}))
    storage = storage_at(f"sqlite:///{folder / 'shop.db'}")
    await storage.open()
    await storage.run(apply_catalog, load_catalog(catalog, known=KNOWN), now=clock.now())
    application = (
        Application.builder()
        .token("1000:DEMO")
        .base_url(f"{address}/bot")
        .base_file_url(f"{address}/file/bot")
        .request(HTTPXRequest(connection_pool_size=16))
        .defaults(Defaults(parse_mode="HTML"))
        .updater(None)
        .job_queue(None)
        .build()
    )
    counter = Counter(
        storage=storage,
        clock=clock,
        vault=GlassVault(),
        policies=LivePolicy(Policy(staff_ids=(STAFF,))),
        providers={one.name: one for one in (till, coins, stars)},
        bot_username="demo_shop_bot",
        public_url="https://shop.example",
        wake=lambda: None,
        zone="Europe/Berlin",
    )
    house = House(
        preview=Preview(address),
        address=address,
        application=application,
        counter=counter,
        clock=clock,
        till=till,
        coins=coins,
    )
    register(application, counter)

    async def note(_update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert context.error is not None
        house.errors.append(context.error)

    application.add_error_handler(note)
    return house
