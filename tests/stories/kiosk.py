"""A whole shop on a port of this machine, the people in its chat, and time that a test moves."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from pydantic import SecretStr

from bot.assemble import assemble
from bot.process import run_shop
from bot.settings import Settings
from preview.client import Message, Pressed, Preview, text_of
from tests.house.clocks import HandClock
from tests.house.process import CATALOG, TOKEN, free_port
from tests.house.shop import STAFF
from tests.house.tables import KeptTables
from tests.stories.rest import Rest

T = TypeVar("T")
PATIENCE = 15.0
STEP = 0.02
# What was taken is due again when its lease of 90 s ends; what was put off says why, and keeps
# what stands behind it in the same lane.
WAITING = """
    SELECT (
        SELECT COUNT(*) FROM outbox AS o
        WHERE o.state = 'waiting'
            AND (o.due_at <= {now} OR (o.error = '' AND o.due_at <= {now} + 90))
            AND NOT EXISTS (
                SELECT 1 FROM outbox AS before
                WHERE before.state = 'waiting' AND before.error <> '' AND before.due_at > {now}
                    AND before.lane = o.lane AND before.id < o.id
            )
    )
        + (SELECT COUNT(*) FROM inbox WHERE state = 'waiting' AND due_at <= {now} + 90)
        + (SELECT COUNT(*) FROM subscriptions WHERE change_at <= {now} OR remind_at <= {now})
        + (SELECT COUNT(*) FROM renewals WHERE next_at <= {now})
        + (SELECT COUNT(*) FROM orders WHERE state = 'open' AND expires_at <= {now})
"""


class Kiosk:
    """The real process' tasks, run in this loop; `settings` change what it is started with."""

    def __init__(
        self,
        folder: Path,
        *,
        database: str,
        preview: Preview,
        telegram_url: str,
        now: datetime,
        patch: pytest.MonkeyPatch,
        **settings: Any,  # noqa: ANN401 - any setting
    ) -> None:
        (folder / "catalog.toml").write_text(CATALOG, "utf-8")
        self.clock = HandClock(now)
        self.preview = preview
        self.tables = KeptTables(database)
        self._folder, self._port = folder, free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._given: dict[str, Any] = {
            "telegram_bot_token": SecretStr(TOKEN),
            "telegram_api_url": telegram_url,
            "database_url": SecretStr(database),
            "trusted_proxies": ("127.0.0.1/32",),
            "listen": f"127.0.0.1:{self._port}",
            "public_url": self.url,
            "secret_key": SecretStr("a secret key for the stories"),
            "staff_ids": (STAFF,),
            "sandbox": True,
            "stars": True,
            "catalog": folder / "catalog.toml",
            **settings,
        }
        self.http = httpx.AsyncClient(base_url=self.url, timeout=10, trust_env=False)
        self._shop: asyncio.Task[None] | None = None
        self._rest, self._patch = Rest(self._is_nothing_due), patch

    async def open(self) -> "Kiosk":
        """Start; returns once it listens and Telegram knows it."""
        is_ready = asyncio.Event()
        self._patch.setattr("bot.process.Ticker", self._rest.ticker)
        settings = Settings.model_construct(**self._given)
        self.parts = assemble(settings, clock=self.clock, folder=self._folder / "till")
        self._shop = asyncio.create_task(run_shop(self.parts, on_ready=is_ready.set))
        await asyncio.wait(
            {self._shop, waiter := asyncio.create_task(is_ready.wait())},
            return_when=asyncio.FIRST_COMPLETED,
        )
        waiter.cancel()
        if self._shop.done():
            self._shop.result()
        return self

    async def close(self) -> float:
        """SIGTERM, as an init system sends it; returns how many seconds it took."""
        assert self._shop
        began = time.monotonic()
        os.kill(os.getpid(), signal.SIGTERM)
        await self._shop
        self._shop = None
        return time.monotonic() - began

    async def end(self) -> None:
        """Close what is open."""
        if self._shop is not None:
            await self.close()
        await self.http.aclose()

    def person(self, number: int) -> "Person":
        """Someone in the chat."""
        return Person(self, number)

    async def skip(self, **by: float) -> None:
        """Let time pass, and wait until the shop has done what it brought."""
        self.clock.move(**by)
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until nothing is due, and nothing that the clock began still goes on."""
        asked = self._rest.ask()

        async def is_quiet() -> bool:
            return await self._rest.reaches(asked)

        await self.until(is_quiet, "the shop to come to rest")

    def _is_nothing_due(self) -> bool:
        now = int(self.clock.now().timestamp())
        return bool(self.tables.one(WAITING.format(now=now)) == 0)

    async def until(self, look: Callable[[], Awaitable[T | None]], what: str) -> T:
        """Wait for what must come."""
        deadline = time.monotonic() + PATIENCE
        while not (found := await look()):
            if self._shop is not None and self._shop.done():
                self._shop.result()
            if time.monotonic() > deadline:
                msg = f"Waited in vain for {what}."
                raise AssertionError(msg)
            await asyncio.sleep(STEP)
        return found

    async def access(self) -> int:
        """What a media server is told about the newest account."""
        query = "SELECT token FROM accounts ORDER BY subscription_id DESC"
        token = self.tables.one(query)
        return (await self.http.get(f"/access/nginx?token={token}")).status_code


class Person:
    """Someone who writes, taps, reads and pays."""

    def __init__(self, kiosk: Kiosk, number: int) -> None:
        self.kiosk = kiosk
        self.chat = kiosk.preview.chat(number)

    async def say(self, text: str) -> None:
        """Write to the shop."""
        await self.chat.send(text)

    async def tap(self, start: str, holds: str = "", *, inside: int | None = None) -> Pressed:
        """Tap the newest button whose data starts so, once it is there."""
        button = await self.button(start, holds, inside=inside)
        return await self.chat.press(button["callback_data"], message_id=button["message_id"])

    async def button(
        self, start: str, holds: str = "", *, inside: int | None = None
    ) -> dict[str, Any]:
        """The newest button whose data or address starts so, with its message's number."""

        async def look() -> dict[str, Any] | None:
            for message in reversed(await self.chat.messages()):
                number = message["message_id"]
                for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                    for button in row:
                        where = str(button.get("callback_data") or button.get("url"))
                        is_it = where.removeprefix("+").startswith(start) and holds in where
                        if is_it and inside in {None, number}:
                            return {**button, "message_id": number}
            return None

        return await self._until(look, f"a button {start}…{holds}")

    async def sees(self, words: str, *, times: int = 1) -> Message:
        """Wait until so many messages hold these words; gives the newest."""

        async def look() -> Message | None:
            found = await self.having(words)
            return found[-1] if len(found) >= times else None

        return await self._until(look, f"{words!r}")

    async def having(self, words: str) -> list[Message]:
        """The messages that hold these words."""
        return [one for one in await self.chat.messages() if words in text_of(one)]

    async def pictures(self) -> list[Message]:
        """The messages that are pictures."""
        return [one for one in await self.chat.messages() if "photo" in one]

    async def to_pay(
        self, way: str = "sandbox_card", *, plan: str = "solo", place: int = 0
    ) -> str:
        """Choose a plan and a way to pay, from the start; gives the page's address."""
        await self.say(f"/start plan_{plan}")
        prices = await self._prices()
        await self.chat.press(prices[place])
        return await self.page(way)

    async def page(self, way: str = "sandbox_card") -> str:
        """Choose a way to pay on the screen that asks for it; gives the page's address."""
        tapped = await self.tap("pay:", way)
        return str((await self.button("http", inside=tapped.message_id))["url"])

    async def renewing(self, *, inside: int | None = None) -> str:
        """Renew in one tap, by the way used last; gives the page's address."""
        button = await self.button("renew:", inside=inside)
        tapped = await self.tap("renew:", inside=button["message_id"])
        is_new = button["callback_data"].startswith("+")  # a message of its own
        page = await self.button("http", inside=None if is_new else tapped.message_id)
        return str(page["url"])

    async def buy(self, way: str = "sandbox_card", *, plan: str = "solo", place: int = 0) -> None:
        """Buy from the start to the receipt."""
        before = len(await self.having("Payment received"))
        await self.pay(await self.to_pay(way, plan=plan, place=place))
        await self.sees("Payment received", times=before + 1)

    async def pay(self, page: str, choice: str = "pay") -> None:
        """Press a button of the sandbox's page."""
        path = httpx.URL(page).path
        answer = await self.kiosk.http.post(path, data={"choice": choice})
        assert answer.is_redirect

    async def _prices(self) -> list[str]:
        await self.button("ways:")
        message = (await self.chat.messages())[-1]
        rows = message["reply_markup"]["inline_keyboard"]
        data = [str(one.get("callback_data")) for row in rows for one in row]
        return [one for one in data if one.startswith("ways:")]

    async def _until(self, look: Callable[[], Awaitable[T | None]], what: str) -> T:
        try:
            return await self.kiosk.until(look, what)
        except AssertionError as error:
            said = [text_of(one) for one in (await self.chat.messages())[-5:]]
            error.add_note(f"The chat ends with {said}.")
            raise
