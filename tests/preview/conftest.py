"""A running stand-in, a bot that calls it, and the people who write to that bot."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from preview.app import create_app
from preview.client import NO_CERTIFICATES, Chat, Preview
from preview.config import PersonConfig, PreviewConfig
from tests.standins.server import PromptServer, bound

TOKEN = "1000:DEMO"
Json = Any  # whatever JSON can hold
PEOPLE = (
    PersonConfig(id=1001, name="Anna"),
    PersonConfig(id=1002, name="Bruno", language="de"),
    PersonConfig(id=9001, name="Olga", role="staff"),
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000020000000108020000007b40e8dd"
    "0000000f49444154789c63f8cfc0f09f81010007ff01ff1e9bb7a40000000049454e44ae426082"
)


class BotClient:
    """Calls the Bot API the bare way; no library in between."""

    def __init__(self, address: str, *, token: str = TOKEN) -> None:
        self.address = address
        self._client = httpx.AsyncClient(
            base_url=f"{address}/bot{token}/", timeout=20, trust_env=False, verify=NO_CERTIFICATES
        )

    async def raw(self, method: str, **params: Json) -> dict[str, Any]:
        """Give the whole answer."""
        body: dict[str, Any] = (await self._client.post(method, json=params)).json()
        return body

    async def call(self, method: str, **params: Json) -> Json:
        """Give the result; fails when Telegram would refuse."""
        body = await self.raw(method, **params)
        assert body["ok"], body
        return body["result"]

    async def refused(self, method: str, **params: Json) -> tuple[int, str]:
        """Give the code and words of a refusal."""
        body = await self.raw(method, **params)
        assert not body["ok"], body
        return body["error_code"], body["description"]

    async def send(self, text: str, *, to: int = 1001, **params: Json) -> dict[str, Any]:
        """Send a text."""
        return dict(await self.call("sendMessage", chat_id=to, text=text, **params))

    async def update(self, kind: str, *, seconds: int = 3) -> dict[str, Any]:
        """Take the next update of a kind, confirming everything up to it."""
        for _ in range(20):
            for update in await self.call("getUpdates", timeout=seconds, limit=1):
                await self.call("getUpdates", offset=update["update_id"] + 1, limit=1, timeout=0)
                if kind in update:
                    return dict(update[kind])
        raise AssertionError(kind)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


async def until(fact: Callable[[], bool], *, seconds: float = 5) -> None:
    """Wait for something that announces itself to nobody."""
    async with asyncio.timeout(seconds):
        while not fact():  # noqa: ASYNC110 - there is no event to wait on
            await asyncio.sleep(0.005)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One stand-in under a real server."""

    address: str
    app: Starlette
    preview: Preview
    bot: BotClient


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """Run an app on a free port of this machine."""
    door = bound()
    settings = uvicorn.Config(
        app, log_level="critical", ws="none", lifespan="on", timeout_graceful_shutdown=1
    )
    server = PromptServer(settings)
    task = asyncio.create_task(server.serve(sockets=[door]))
    await until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        server.leave()
        await task
        door.close()


@asynccontextmanager
async def standing_in(config: PreviewConfig) -> AsyncIterator[World]:
    """Run a stand-in as this configuration says."""
    leaving = False
    app = create_app(config, stopping=lambda: leaving)
    async with serving(app) as address, Preview(address) as preview:
        bot = BotClient(address)
        yield World(address=address, app=app, preview=preview, bot=bot)
        leaving = True
        await bot.close()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with standing_in(PreviewConfig(people=PEOPLE, flood=False)) as running:
        yield running


@pytest.fixture
def bot(world: World) -> BotClient:
    return world.bot


@pytest.fixture
async def anna(world: World) -> Chat:
    """Someone who has pressed Start; the bot has seen it."""
    chat = world.preview.chat(1001)
    await chat.send("/start")
    await world.bot.update("message")
    return chat


@pytest.fixture
def buttons() -> Callable[..., dict[str, Any]]:
    """One row of buttons, as reply_markup."""
    return lambda *row: {"inline_keyboard": [list(row)]}
