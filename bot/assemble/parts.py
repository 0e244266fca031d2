"""Builds every concrete part that a process needs, from the settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from bot.assemble.connectors import build_connectors
from bot.assemble.providers import Providers
from bot.clocks import SystemClock
from bot.encryption import FernetEncryption
from bot.latency import measured
from bot.settings import Settings
from bot.updates import MoneyReader
from shop.access.stock import BooksShelf
from shop.books.opening import Storage, storage_at
from shop.core.errors import BadInputError
from shop.core.policy import Policy
from shop.ports import Clock, Connector, Encryption, PaymentProvider, books_answer

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

_SHORTEST_KEY = 16
_MAKE_KEY = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Every concrete part, built once per process; nothing is connected yet."""

    settings: Settings
    storage: Storage
    clock: Clock
    encryption: Encryption
    policy: Policy
    http: httpx.AsyncClient
    providers: Mapping[str, PaymentProvider]
    connectors: Mapping[str, Connector]
    routes: tuple["BaseRoute", ...]
    read_money: MoneyReader

    @property
    def sign_in_connector(self) -> str:
        """The connector whose usernames and passwords we check ourselves, or ""."""
        return next((name for name, one in self.connectors.items() if books_answer(one)), "")

    async def close(self) -> None:
        """Close everything, the books last."""
        for provider in self.providers.values():
            await provider.close()
        await self.http.aclose()
        await self.storage.close()


def assemble(
    settings: Settings, *, clock: Clock | None = None, folder: Path | None = None
) -> Parts:
    """Build the parts; raises `BadInputError` naming the wrong setting.

    `folder` is where the sandbox keeps its play money, by default `sandbox/`.
    """
    secret = settings.secret_key.get_secret_value()
    if len(secret.split(",")[0]) < _SHORTEST_KEY:
        raise BadInputError(reason=f"SECRET_KEY: needs 16 characters or more; {_MAKE_KEY}")
    time = clock or SystemClock()
    storage = storage_at(settings.database_url.get_secret_value())
    encryption = FernetEncryption(secret)
    policy = Policy(
        base_currency=settings.base_currency,
        shop_name=settings.shop_name,
        staff_ids=settings.staff_ids,
    )
    http = httpx.AsyncClient(
        timeout=httpx.Timeout(15, connect=5),
        follow_redirects=False,
        # One pool without a limit, so that a provider that hangs cannot starve the others;
        # callers bound how many calls they make at once.
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=100),
    )
    shelf = BooksShelf(storage, encryption=encryption, clock=time, policy=policy)
    builder = Providers(settings, time, http, folder or Path("sandbox"))
    providers = builder.build()
    return Parts(
        settings=settings,
        storage=storage,
        clock=time,
        encryption=encryption,
        policy=policy,
        http=http,
        providers={name: measured(provider) for name, provider in providers.items()},
        connectors=build_connectors(settings, shelf),
        routes=tuple(builder.routes),
        read_money=builder.read_money(),
    )
