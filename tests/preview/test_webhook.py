"""Webhooks: the secret, retries, one line after another, calls in the reply."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from preview.clock import Clock
from preview.config import PreviewConfig
from preview.updates import Updates
from tests.preview.conftest import PEOPLE, World, serving, standing_in, until


@dataclass
class Shop:
    """Takes updates; answers with the planned codes first, then with `reply`."""

    codes: list[int] = field(default_factory=list)
    reply: dict[str, Any] | None = None
    seen: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        secret = request.headers.get("x-telegram-bot-api-secret-token", "")
        self.seen.append((secret, await request.json()))
        code = self.codes.pop(0) if self.codes else 200
        return JSONResponse(self.reply if code == 200 else None, status_code=code)

    def texts(self) -> list[str]:
        return [update["message"]["text"] for _, update in self.seen]

    async def has(self, count: int) -> None:
        await until(lambda: len(self.seen) >= count)


@asynccontextmanager
async def hooked(shop: Shop) -> AsyncIterator[World]:
    config = PreviewConfig(people=PEOPLE, flood=False, retry_unit=0.02)
    app = Starlette(routes=[Route("/tg", shop.take, methods=["POST"])])
    async with standing_in(config) as world, serving(app) as address:
        await world.bot.call("setWebhook", url=f"{address}/tg", secret_token="s3cret_-")
        yield world


async def test_each_delivery_carries_the_secret() -> None:
    shop = Shop()
    async with hooked(shop) as world:
        await world.preview.chat(1001).send("hello")
        await shop.has(1)
        assert shop.seen[0][0] == "s3cret_-"
        info = await world.bot.call("getWebhookInfo")
        assert info["pending_update_count"] == 0


async def test_a_failed_delivery_is_repeated_before_the_next_in_line() -> None:
    shop = Shop(codes=[500, 502, 500])
    async with hooked(shop) as world:
        anna = world.preview.chat(1001)
        await anna.send("one")
        await anna.send("two")
        await shop.has(5)
        assert shop.texts() == ["one", "one", "one", "one", "two"]
        info = await world.bot.call("getWebhookInfo")
        assert info["last_error_message"] == (
            "Wrong response from the webhook: 500 Internal Server Error"
        )


async def test_one_chats_trouble_does_not_hold_up_another() -> None:
    shop = Shop(codes=[500] * 4)
    async with hooked(shop) as world:
        await world.preview.chat(1001).send("anna")
        await world.preview.chat(1002).send("bruno")
        await until(lambda: not shop.codes and "bruno" in shop.texts())


async def test_a_reply_may_carry_a_call() -> None:
    shop = Shop(reply={"method": "sendMessage", "chat_id": 1001, "text": "in reply"})
    async with hooked(shop) as world:
        anna = world.preview.chat(1001)
        await anna.send("hello")
        assert await anna.wait_for("in reply")


async def test_updates_wait_while_the_bot_is_down() -> None:
    shop = Shop()
    async with standing_in(PreviewConfig(people=PEOPLE, retry_unit=0.02)) as world:
        await world.bot.call("setWebhook", url="http://127.0.0.1:9/tg")
        await world.preview.chat(1001).send("hello")
        webhook = world.app.state.telegram.courier.webhook
        await until(lambda: bool(webhook.last_error))
        app = Starlette(routes=[Route("/tg", shop.take, methods=["POST"])])
        async with serving(app) as address:
            await world.bot.call("setWebhook", url=f"{address}/tg")
            await shop.has(1)
        assert shop.texts() == ["hello"]


async def test_whoever_waits_for_news_can_be_sent_away_while_they_come() -> None:
    for turns in range(6):
        updates = Updates(Clock())
        waiting = asyncio.create_task(updates.news(timeout=5))
        await asyncio.sleep(0)
        updates.add("message", {"text": "hello"}, queue="1001")
        for _ in range(turns):
            await asyncio.sleep(0)
        was_over = waiting.done()
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        assert was_over or waiting.cancelled()
