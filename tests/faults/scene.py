"""One cell: a real shop, one provider, one buyer, and the levers of trouble."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
import pytest

from preview.client import Preview, text_of
from tests.faults.columns import Column, column_of
from tests.faults.findings import ACCESS, RECEIPT, SALE, WAITING, Findings, find
from tests.faults.wire import Fork, Wire, fork, tell, wire_to
from tests.fixtures.process import ShopProcess
from tests.fixtures.shop import STAFF
from tests.fixtures.tables import Tables
from tests.standins.moods import Delivery, Mood

if TYPE_CHECKING:
    from tests.faults.wire import Telling

T = TypeVar("T")
ANNA = 1001
PATIENCE = 90.0
SHORT = "1.5"  # seconds a shop in here waits for a provider, or for a locked file
GIVEN_UP = 8.0
NO_ANSWER = "nothing"
IN_CHAT = ("stars", "telegram_cards", "transfer")  # the money is told of in the chat
# Taken and not put off, or about to be taken; what was put off says why.
IN_FLIGHT = """
    SELECT COUNT(*) FROM outbox
    WHERE state = 'waiting' AND (due_at <= {now} OR (error = '' AND due_at <= {now} + 90))
"""
POLL = 31  # seconds after which an open payment is asked about again
LEASE = 100  # and after which a killed process' work comes again


class Scene:
    """What every row of the matrix is told with."""

    def __init__(
        self,
        shops: Sequence[ShopProcess],
        *,
        database: str,
        column: Column,
        wire: Wire,
        fork: Fork,
        preview: Preview,
        clock: "Agreed",
    ) -> None:
        self.shops, self.column, self.wire, self.preview = shops, column, wire, preview
        self.fork = fork
        self.database, self.tables = database, Tables(database)
        self.chat = preview.chat(ANNA)
        self.answers: list[str] = []
        self.tellings: list[Telling] = []
        self.struck: list[str] = []
        self._clock = clock
        self._page: tuple[Any, ...] = ()

    @property
    def shop(self) -> ShopProcess:
        return self.shops[0]

    def strikes(self, what: str, *, is_so: bool) -> None:
        """The trouble really came: said in the cell; a cell where it did not is worth nothing."""
        assert is_so, f"It did not strike: {what}; answers {self.answers}, {self.tellings}"
        self.struck.append(what)

    # --- time --------------------------------------------------------------------------------

    def skip(self, seconds: int) -> None:
        """Let time pass for everyone."""
        self._clock.ahead += timedelta(seconds=seconds)
        self.jump(seconds)

    def jump(self, seconds: int) -> None:
        """Set the shop's clock wrong, or right again; the provider's stays."""
        for shop in self.shops:
            shop.skip(seconds)

    async def until(
        self, look: Callable[[], Awaitable[T | None]], what: str, *, step: int = 0
    ) -> T:
        """Wait for what must come; with a step, so much time passes each half second.

        Not while the shop is sending: a lease that ends on a busy machine is no fault of the shop.
        What holds a lease for eight seconds has been given up.
        """
        began = busy_until = stepped = time.monotonic()
        while not (found := await look()):
            now = time.monotonic()
            if now > began + PATIENCE:
                raise AssertionError(await self._in_vain(what))
            if step and now > stepped + 0.5:
                if self._is_sending() and now < busy_until + GIVEN_UP:
                    stepped = now
                else:
                    self.skip(step)
                    stepped = busy_until = now
            await asyncio.sleep(0.05)
        return found

    def _is_sending(self) -> bool:
        now = int(time.time()) + self.shop.ahead
        return bool(self.tables.one(IN_FLIGHT.format(now=now)))

    async def _in_vain(self, what: str) -> str:
        said = [text_of(one) for one in (await self.chat.messages())[-5:]]
        logs = "\n".join(shop.log.read_text("utf-8")[-6000:] for shop in self.shops)
        return f"Waited in vain for {what}; the chat ends with {said}.\n{logs}"

    # --- the buyer ---------------------------------------------------------------------------

    async def to_ways(self) -> None:
        """Choose a month of the plan, up to the ways to pay; staff look in before."""
        await self.preview.chat(STAFF).send("/start")
        await self.chat.send("/start plan_solo")
        button = await self.until(lambda: self._button("ways:"), "the prices")
        await self.chat.press(button, wait=0.1)
        await self.until(lambda: self._button("pay:", self.column.name), "the ways to pay")

    async def tap_way(self, *, wait: float = 0.1) -> str:
        """Tap this provider; gives what popped up within the wait, if anything did."""
        button = await self.until(lambda: self._button("pay:", self.column.name), "the way")
        return (await self.chat.press(button, wait=wait)).toast or ""

    async def page(self) -> None:
        """Wait for the button that leads to the page, then do what comes before the money."""
        if self.column.name == "transfer":
            await self.hears("Please transfer")
        else:
            await self.until(self._link, "the page")
        query = "SELECT provider_ref, url FROM payments ORDER BY id DESC LIMIT 1"
        self._page = self.tables.rows(query)[0]
        await self.column.prepare(self.chat, self.preview.chat(STAFF))

    async def to_pay(self) -> None:
        """All of it."""
        await self.to_ways()
        await self.tap_way()
        await self.page()

    async def hears(self, words: str) -> None:
        """Wait until the buyer is told this."""

        async def look() -> bool:
            return any(words in text_of(one) for one in await self.chat.messages())

        await self.until(look, words)

    async def pay(self) -> Delivery | None:
        """Pay; gives the webhook, which is not delivered yet."""
        reference, link = self._page
        return await self.column.pay(str(reference), str(link), self.chat)

    async def undo(self) -> Delivery | None:
        """The provider takes back that it was paid; gives the webhook, if it tells of it."""
        return await self.column.undo(str(self._page[0]))

    async def restore(self) -> Delivery | None:
        """It counts again."""
        return await self.column.restore(str(self._page[0]))

    async def is_answered(self) -> None:
        """Wait until the shop has done with every update it was told of."""
        waiting = "SELECT COUNT(*) FROM inbox WHERE state = 'waiting'"

        async def look() -> bool:
            return bool(self.tables.one(waiting) == 0)

        await self.until(look, "every update to be answered")

    async def _link(self) -> str | None:
        links = {
            str(url) for (url,) in self.tables.rows("SELECT url FROM payments WHERE url <> ''")
        }
        for message in reversed(await self.chat.messages()):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    if button.get("url") in links:
                        return str(button["url"])
        return None

    async def _button(self, start: str, holds: str = "") -> str | None:
        for message in reversed(await self.chat.messages()):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    data = str(button.get("callback_data", ""))
                    if data.startswith(start) and data.endswith(holds):
                        return data
        return None

    # --- the provider ------------------------------------------------------------------------

    async def deliver(self, delivery: Delivery | None, *, to: int = 0) -> str:
        """Send the webhook to one of the processes; notes and gives the answer."""
        if delivery is None:
            return ""
        told = await tell(
            [shop.url for shop in self.shops],
            to,
            f"/webhooks/{self.column.name}",
            delivery.headers,
            delivery.body,
        )
        self.tellings.append(told)
        self.answers.append(str(told.status or NO_ANSWER))
        return self.answers[-1]

    async def is_told(self, times: int) -> None:
        """Wait until updates with this money reached the shop so often, all in all."""

        async def look() -> bool:
            return self.wire.told >= times

        await self.until(look, f"the money to be told {times} times")

    async def is_refused(self, methods: Iterable[str]) -> None:
        """Wait until Telegram was away for one more of these calls."""
        before = self.wire.refused.copy()

        async def look() -> bool:
            return any(self.wire.refused[one] > before[one] for one in methods)

        await self.until(look, f"a call to find Telegram away: {sorted(methods)}")

    async def is_met(self, mood: Mood, *, beyond: int, step: int = 0) -> None:
        """Wait until more calls than these found the provider in this mood."""

        async def look() -> bool:
            return self.column.met(mood) > beyond

        await self.until(look, f"a call to find the provider {mood}", step=step)

    def credited(self) -> int:
        return int(self.tables.one("SELECT COUNT(*) FROM receipts"))

    def inbox_events(self) -> list[tuple[int, str]]:
        """When, by the shop's clock, it was told of this money, and what became of that."""
        if self.column.name in IN_CHAT:
            ids = self.wire.money_ids | self.fork.money_ids
            numbers = ", ".join(f"'{one}'" for one in ids) or "''"
            which = f"provider = 'telegram' AND event_id IN ({numbers})"
        else:
            which = f"provider = '{self.column.name}'"
        query = f"SELECT received_at, state FROM inbox WHERE {which}"  # noqa: S608 - all ours
        return [(int(at), str(state)) for at, state in self.tables.rows(query)]

    def agreed(self) -> int:
        """The time everybody else has, in Unix seconds."""
        return int(self._clock.now().timestamp())

    # --- the end -----------------------------------------------------------------------------

    async def end(self, *, step: int = 0) -> Findings:
        """Wait until all is done and told, then stop the shop and count."""

        async def is_told() -> bool:
            said = "\n".join(text_of(one) for one in await self.chat.messages())
            heard = "\n".join(text_of(one) for one in await self._staff())
            return RECEIPT in said and ACCESS in said and SALE in heard

        await self.until(is_told, "receipt, access and staff's notice", step=step)
        await self.rests(step=step)
        door = await self.door()
        for shop in self.shops:
            await asyncio.to_thread(shop.stop)
        return find(
            self.tables,
            chat=await self.chat.messages(),
            staff=await self._staff(),
            door=door,
            log="\n".join(shop.log.read_text("utf-8") for shop in self.shops),
            answers=self.answers,
            struck=self.struck,
        )

    async def rests(self, *, step: int = 0) -> None:
        """Wait until everything is sent and answered."""

        async def is_quiet() -> bool:
            return bool(self.tables.one(WAITING) == 0)

        await self.until(is_quiet, "the outbox to empty", step=step)

    async def _staff(self) -> list[dict[str, Any]]:
        return await self.preview.chat(STAFF).messages()

    async def shuts(self, status: int, *, step: int = 0) -> None:
        """Wait until the media server's door answers so."""

        async def look() -> bool:
            return await self.door() == status

        await self.until(look, f"the door to answer {status}", step=step)

    async def door(self) -> int:
        """What a media server is told about this access."""
        token = self.tables.one("SELECT token FROM accounts")
        async with httpx.AsyncClient(timeout=30, trust_env=False) as media:
            answer = await media.get(f"{self.shop.url}/access/nginx?token={token}")
        return answer.status_code


class Agreed:
    """The time everybody but a shop with a wrong clock agrees on."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC).replace(microsecond=0) + self.ahead


@asynccontextmanager
async def scene_of(
    name: str,
    folder: Path,
    *,
    database: str,
    preview: Preview,
    telegram_url: str,
    processes: int = 1,
) -> AsyncIterator[Scene]:
    """A shop with this provider, not started yet; several share books, till and chat."""
    await preview.reset()
    clock = Agreed()
    with ExitStack() as stack:
        wire = stack.enter_context(wire_to(telegram_url))
        column = stack.enter_context(column_of(name, folder, wire=wire, now=clock.now))
        (folder / "sandbox").mkdir(exist_ok=True)
        shops = []
        telegram_calls = stack.enter_context(fork())
        for number in range(processes):
            home = folder / str(number)
            home.mkdir()
            (home / "sandbox").symlink_to(folder / "sandbox")
            settings = {**column.settings, "PATIENCE": SHORT}
            if processes > 1:
                settings |= {
                    "TELEGRAM_MODE": "webhook",
                    "TELEGRAM_WEBHOOK_SECRET": "a-secret-of-telegram",
                    "PUBLIC_URL": telegram_calls.url,
                }
            shop = ShopProcess(home, database=database, telegram_url=wire.url, **settings)
            stack.callback(shop.kill)
            shops.append(shop)
        telegram_calls.addresses = [shop.url for shop in shops]
        yield Scene(
            shops,
            database=database,
            column=column,
            wire=wire,
            fork=telegram_calls,
            preview=preview,
            clock=clock,
        )


def skip_without_postgres(dialect: str, request: pytest.FixtureRequest) -> None:
    """Ask for the server, which skips the test where there is none."""
    if dialect == "postgres":
        request.getfixturevalue("postgres_server")
