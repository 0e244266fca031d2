"""The time door: a provider that hangs keeps nobody waiting but itself."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from telegram.error import NetworkError

from bot.clock import Ticker
from bot.reception import Answer, Reception
from handlers.counter import Counter
from shop.books.opening import storage_at
from shop.messaging.notices import tell_customer
from shop.messaging.outbox import MESSAGE_TRIES
from shop.messaging.outbox_records import Effect, Outbox
from shop.owner_file.live_policy import LivePolicy
from shop.ports import PaymentEvent
from shop.settlement.notices import PaymentFailed
from tests.fixtures.goods import MONTH
from tests.fixtures.shop import CARD, Shop

_OPEN = 150  # more than are asked about at once, and more than are sent at once


class Hanging:
    """A provider that takes every question and answers none."""

    name = CARD

    def __init__(self) -> None:
        self.asked = 0
        self.answers = asyncio.Event()

    async def look_up(self, reference: str, provider_ref: str) -> Sequence[PaymentEvent]:
        del reference, provider_ref
        self.asked += 1
        await self.answers.wait()
        return []


class NoChat:
    """A bot whose line is dead."""

    async def send_message(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise NetworkError("away")  # noqa: EM101 - as the library words it


class SlowChat:
    """A bot whose messages stay under way until it is told that they may arrive."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_arrive = asyncio.Event()

    async def send_message(self, *_args: object, **_kwargs: object) -> Any:  # noqa: ANN401 - half a message
        self.begun += 1
        await self.may_arrive.wait()
        return SimpleNamespace(message_id=self.begun)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    shop = await Shop(storage_at(f"sqlite:///{tmp_path}/books.db")).open()
    yield shop
    await shop.storage.close()


async def nobody_writes(*_args: object, **_kwargs: object) -> None:
    """No update comes."""


def desk_of(
    shop: Shop,
    provider: Any,  # noqa: ANN401 - half a provider
    *,
    answer: Answer = nobody_writes,
    chat: Any = None,  # noqa: ANN401 - half a bot
) -> tuple[Ticker, Reception, asyncio.Event]:
    """The clock, where its updates come in, and what wakes it."""
    awake = asyncio.Event()
    counter = Counter(
        storage=shop.storage,
        clock=shop.clock,
        encryption=shop.encryption,
        policies=LivePolicy(shop.policy),
        providers={CARD: provider},
        bot_username="shop",
        public_url="https://shop",
        wake=awake.set,
    )
    reception = Reception(counter, answer=answer, call=nobody_writes, read_money=lambda _: None)
    bot: Any = chat or NoChat()
    ticker = Ticker(
        counter,
        bot=bot,
        connectors=shop.services,
        reception=reception,
        stopping=asyncio.Event(),
        awake=awake,
    )
    return ticker, reception, awake


async def test_a_provider_that_hangs_keeps_no_account_and_no_message_waiting(shop: Shop) -> None:
    for number in range(_OPEN):
        await shop.ask(await shop.greet(2000 + number))
    hanging = Hanging()
    ticker, _, _ = desk_of(shop, hanging)
    shop.clock.move(seconds=31)
    for _ in range(5):
        await ticker.tick()
        await asyncio.sleep(0)
    assert 0 < hanging.asked <= 64, "each waits for its answer, and holds a connection"

    await shop.pay(await shop.ask(await shop.greet()))
    async with asyncio.timeout(5):
        while not shop.services["generated"].accounts:
            await ticker.tick()
            await asyncio.sleep(0.01)

    hanging.answers.set()
    shop.clock.move(seconds=timedelta(minutes=3).total_seconds())
    async with asyncio.timeout(10):
        while hanging.asked < _OPEN:
            await ticker.tick()
            await asyncio.sleep(0.01)
    await ticker.settle_down()


async def test_what_came_before_telegram_knew_us_is_answered_as_soon_as_it_does(
    shop: Shop,
) -> None:
    answered: list[object] = []

    async def answer(raw: Mapping[str, Any]) -> None:
        answered.append(raw["update_id"])

    ticker, reception, awake = desk_of(shop, Hanging(), answer=answer)
    await reception.take([said(1), said(2)])
    await ticker.tick()
    await reception.settle_down()
    assert answered == [], "nobody can answer yet"

    awake.clear()
    reception.open()
    assert awake.is_set(), "the clock does not wait for its next tick"
    await ticker.tick()
    await reception.settle_down()
    assert answered == [1, 2]

    await reception.take([said(3)])
    await ticker.tick()
    await reception.settle_down()
    assert answered == [1, 2, 3], "each once"


def said(number: int) -> dict[str, Any]:
    chat = {"id": 1001, "type": "private"}
    return {"update_id": number, "message": {"message_id": number, "chat": chat, "text": "hello"}}


async def test_what_is_under_way_is_not_sent_again_when_the_clock_jumps(shop: Shop) -> None:
    customer = await shop.greet()
    chat = SlowChat()
    ticker, *_ = desk_of(shop, Hanging(), chat=chat)
    failed = PaymentFailed(plan="solo", term=MONTH)
    notice = tell_customer(customer, failed, key="one")
    await shop.run(lambda books: books[Outbox].add([notice], now=shop.now))
    for _ in range(3):
        await ticker.tick()
        await asyncio.sleep(0.05)
        shop.clock.move(days=1)
    assert chat.begun == 1
    chat.may_arrive.set()
    await ticker.settle_down()
    await ticker.tick()
    await ticker.settle_down()
    assert chat.begun == 1


async def test_an_effect_that_nothing_carries_out_is_seen_by_staff_at_last(shop: Shop) -> None:
    ticker, *_ = desk_of(shop, Hanging())
    effect = Effect(kind="unheard_of", lane="x", key="x", payload={})
    await shop.run(lambda books: books[Outbox].add([effect], now=shop.now))
    for _ in range(MESSAGE_TRIES):
        await ticker.tick()
        await ticker.settle_down()
        shop.clock.move(hours=1)
    [dead] = await shop.storage.read(lambda books: books[Outbox].dead(most=9))
    assert (dead.kind, dead.error) == ("unheard_of", "nothing carries out unheard_of")
