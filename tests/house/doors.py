"""Every HTTP door of a shop, with all the providers there are, asked without a network."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr

from bot.assemble import Parts, assemble
from bot.listener import Listener, bind
from bot.reception import Reception
from bot.settings import Settings
from handlers.counter import Counter
from handlers.http.routes import build_web
from shop.books.opening import Storage
from shop.catalog.changes import apply_catalog
from shop.owner_file.live_policy import LivePolicy
from tests.house.clocks import HandClock
from tests.house.goods import GOODS
from tests.house.shop import STAFF, Shop
from tests.house.tables import Tables

T = TypeVar("T")
SECRETS = {
    "telegram_bot_token": "1000:planted-token-of-the-bot",
    "telegram_webhook_secret": "planted-telegram-secret",
    "secret_key": "planted-secret-key-of-the-shop",
    "stripe_secret_key": "sk_test_planted",
    "stripe_webhook_secret": "whsec_planted",
    "coinbase_key_secret": "planted-coinbase-key",
    "coinbase_webhook_secret": "planted-coinbase-webhook",
    "coinbase_commerce_api_key": "planted-commerce-key",
    "coinbase_commerce_webhook_secret": "planted-commerce-webhook",
    "btcpay_api_key": "planted-btcpay-key",
    "btcpay_webhook_secret": "planted-btcpay-webhook",
    "cryptopay_token": "12345:planted-cryptopay-token",
    "nowpayments_api_key": "planted-nowpayments-key",
    "nowpayments_ipn_secret": "planted-nowpayments-ipn",
}


def settings_of(url: str, **changes: Any) -> Settings:  # noqa: ANN401 - any setting
    """Settings with every provider switched on, made without the environment."""
    given: dict[str, Any] = {
        **{name: SecretStr(value) for name, value in SECRETS.items()},
        "coinbase_key_id": "planted-key-id",
        "btcpay_url": "https://btcpay.example",
        "btcpay_store_id": "store1",
        "database_url": SecretStr(url),
        "public_url": "https://shop.example",
        "staff_ids": (STAFF,),
        "stars": True,
        "sandbox": True,
    }
    return Settings.model_construct(**(given | changes))


class Doors:
    """A shop's web application in this process; every call returns when its work is done."""

    def __init__(self, url: str, folder: Path, **changes: Any) -> None:  # noqa: ANN401 - any setting
        self._runner = asyncio.Runner()
        self._reopened: list[Storage] = []
        self._listener: Listener | None = None
        self.url, self.clock = url, HandClock()
        self.tables = Tables(url)
        self.counter: Counter
        self.reception: Reception
        self.answered: list[Mapping[str, Any]] = []
        self.called: list[tuple[str, dict[str, object]]] = []
        self.parts: Parts = self.do(self._assembled(settings_of(url, **changes), folder))
        self.shop = Shop(self.parts.storage, clock=self.clock, vault=self.parts.vault)
        self.do(self._open())

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run to its end."""
        return self._runner.run(work)

    def get(self, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        """GET, as a stranger."""
        return self.ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        """POST, as a stranger."""
        return self.ask("POST", path, **options)

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401
        """One request; a defect of ours comes through as its own exception."""

        async def go() -> httpx.Response:
            answer = await self._client.request(method, path, **options)
            await self.reception.settle_down()
            return answer

        return self.do(go())

    def listen(self) -> None:
        """From now on every request goes over a socket, to the shop's own web server."""
        self.do(self._listen())

    def swap_storage(self, storage: Storage) -> None:
        """Go on with other books behind the same doors, as after an outage."""
        self.shop.storage = storage
        self._reopened.append(storage)
        self.counter = replace(self.counter, storage=storage)
        self._hang()

    def close(self) -> None:
        """Let go of everything."""
        for storage in self._reopened:
            self.do(storage.close())
        self.do(self._client.aclose())
        if self._listener is not None:
            self.do(self._listener.stop())
        self.do(self.parts.close())
        self._runner.close()

    async def _assembled(self, settings: Settings, folder: Path) -> Parts:
        return assemble(settings, clock=self.clock, folder=folder)

    async def _open(self) -> None:
        parts = self.parts
        await parts.storage.open()
        await parts.storage.run(apply_catalog, GOODS, now=self.clock.now())
        self.counter = Counter(
            storage=parts.storage,
            clock=parts.clock,
            vault=parts.vault,
            policies=LivePolicy(parts.policy),
            providers=parts.providers,
            bot_username="shop_bot",
            wake=lambda: None,
            public_url=parts.settings.address,
            chat_url="https://t.me/shop_bot",
            trusted_proxies=parts.settings.trusted_proxies,
            sign_in_connector=parts.sign_in_connector,
        )
        self._hang()

    def _hang(self) -> None:
        parts = self.parts
        self.reception = Reception(
            self.counter,
            answer=self._answer,
            call=self._call,
            read_money=parts.read_money,
        )
        self.reception.open()
        secret = parts.settings.telegram_webhook_secret.get_secret_value()
        self._web = build_web(
            self.counter, take=self.reception.take, telegram_secret=secret, further=parts.routes
        )
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self._web), base_url="http://shop.example"
        )

    async def _listen(self) -> None:
        sock = bind("127.0.0.1", 0)
        self._listener = Listener(self._web, sock)
        await self._listener.start()
        await self._client.aclose()
        address = f"http://127.0.0.1:{sock.getsockname()[1]}"
        self._client = httpx.AsyncClient(base_url=address, trust_env=False, timeout=30)

    async def _answer(self, update: Mapping[str, Any]) -> None:
        self.answered.append(update)

    async def _call(self, method: str, **fields: object) -> None:
        self.called.append((method, fields))
