"""Two real processes on one PostgreSQL: nothing happens twice, whichever of them does it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from bot.encryption import derive
from preview.client import Preview, text_of
from shop.books.opening import storage_at
from shop.orders.payment_records import Payment
from tests.crash.conftest import preview, telegram_url
from tests.fixtures import sandbox_cards
from tests.fixtures.clocks import HandClock
from tests.fixtures.process import ShopProcess, free_port
from tests.fixtures.shop import CARD, Shop
from tests.fixtures.tables import Tables, contradictions

__all__ = ["preview", "telegram_url"]
PEOPLE = range(2001, 2009)
SECRET_KEY = "a secret key for the proof"
PATIENCE = 30.0


class Pair:
    """Both processes, the books they share, and the people in the chat."""

    def __init__(self, shops: list[ShopProcess], url: str, preview: Preview) -> None:
        self.shops, self.preview = shops, preview
        self.tables = Tables(url)
        self.desk = Shop(
            storage_at(url), clock=HandClock(datetime.now(UTC).replace(microsecond=0))
        )

    async def everywhere(self, path: str, content: bytes, headers: dict[str, str]) -> set[int]:
        """Send the same request to each process ten times at once."""
        async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
            answers = await asyncio.gather(
                *(
                    http.post(f"{shop.url}{path}", content=content, headers=headers)
                    for shop in self.shops * 10
                )
            )
        return {answer.status_code for answer in answers}

    async def skip(self, seconds: int) -> None:
        """Let time pass in both, and in the desk."""
        self.desk.clock.move(seconds=seconds)
        for shop in self.shops:
            shop.skip(seconds)

    async def until(self, query: str, value: object) -> None:
        """Wait until a query gives this."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while (found := self.tables.one(query)) != value:
            if asyncio.get_running_loop().time() > deadline:
                msg = f"{query} gives {found}, not {value}."
                raise AssertionError(msg)
            await asyncio.sleep(0.1)

    async def texts(self, person: int) -> Counter[str]:
        """How often the shop said what."""
        messages = await self.preview.chat(person).messages()
        return Counter(text_of(one).split("\n")[0] for one in messages)


@pytest.fixture
async def pair(
    tmp_path: Path, preview: Preview, telegram_url: str, new_database: Callable[[str], str]
) -> AsyncIterator[Pair]:
    url, port = new_database("postgres"), free_port()
    shops = []
    async with AsyncExitStack() as stack:
        for number in range(2):
            folder = tmp_path / str(number)
            folder.mkdir()
            shop = ShopProcess(
                folder,
                database=url,
                telegram_url=telegram_url,
                TELEGRAM_MODE="webhook",
                TELEGRAM_WEBHOOK_SECRET="a-secret",
                PUBLIC_URL=f"http://127.0.0.1:{port}",
            )
            if not number:
                shop.listen_on(port)
            stack.callback(shop.kill)
            shops.append(shop)
        await asyncio.gather(*(asyncio.to_thread(shop.start) for shop in shops))
        pair = Pair(shops, url, preview)
        await pair.desk.storage.open()
        stack.push_async_callback(pair.desk.storage.close)
        yield pair
    assert contradictions(Tables(url)) == {}


@pytest.mark.timeout(180)
async def test_two_processes_share_updates_webhooks_the_outbox_and_reminders(pair: Pair) -> None:
    for person in PEOPLE:
        await (await pair.preview.join(person, name=f"P{person}")).send("/start")
    await pair.until("SELECT COUNT(*) FROM customers", len(PEOPLE))

    payments = [await asked(pair, person) for person in PEOPLE]
    secret = derive(SECRET_KEY, "sandbox").hex()
    for payment in payments:
        body = sandbox_cards.body(
            payment, event_id=f"evt_{payment.id}", receipt=f"money_{payment.id}", at=pair.desk.now
        )
        headers = sandbox_cards.signed(body, at=pair.desk.now, secret=secret)
        assert await pair.everywhere(f"/webhooks/{CARD}", body, headers) == {200}
    await pair.until("SELECT COUNT(*) FROM accounts WHERE delivered_at IS NOT NULL", len(PEOPLE))
    await pair.until("SELECT COUNT(*) FROM outbox WHERE state = 'waiting'", 0)

    assert pair.tables.one("SELECT COUNT(*) FROM receipts") == len(PEOPLE)
    assert pair.tables.one("SELECT COUNT(*) FROM periods") == len(PEOPLE)

    await pair.skip(25 * 86_400)
    await pair.until("SELECT COUNT(*) FROM outbox WHERE key LIKE 'reminder:%'", len(PEOPLE))
    await pair.until("SELECT COUNT(*) FROM outbox WHERE state = 'waiting'", 0)
    for person in PEOPLE:
        said = await pair.texts(person)
        assert said["✅ Payment received"] == 1
        assert said["🔑 Your access to Solo"] == 1
        assert max(said.values()) == 1, said
    took = [await asyncio.to_thread(shop.stop) for shop in pair.shops]
    assert max(took) < 10


async def asked(pair: Pair, person: int) -> Payment:
    customer = await pair.desk.greet(person)
    return await pair.desk.ask(customer)
