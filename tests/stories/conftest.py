from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from preview.client import Preview
from tests.crash.conftest import preview, telegram_url
from tests.fixtures.kiosk import Kiosk
from tests.fixtures.plugin import database_url, new_database, postgres_shop, shop, tables
from tests.fixtures.tables import contradictions

__all__ = [
    "database_url",
    "kiosk",
    "new_database",
    "open_kiosk",
    "postgres_shop",
    "preview",
    "shop",
    "tables",
    "telegram_url",
]
OpenKiosk: TypeAlias = Callable[..., Awaitable[Kiosk]]


@pytest.fixture
async def open_kiosk(
    database_url: str,
    preview: Preview,
    telegram_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[OpenKiosk]:
    """Open a shop, with other settings if need be; its books hold no contradiction at the end."""
    monkeypatch.setattr("bot.clock._TICK", 0.02)
    monkeypatch.setattr("bot.rate_limits._BURST", 1000)  # the stand-in has no limits here
    opened: list[Kiosk] = []

    async def made(**settings: Any) -> Kiosk:  # noqa: ANN401 - any setting
        now = settings.pop("now", datetime.now(UTC).replace(microsecond=0))
        kiosk = Kiosk(
            tmp_path,
            database=database_url,
            preview=preview,
            telegram_url=telegram_url,
            now=now,
            patch=monkeypatch,
            **settings,
        )
        opened.append(kiosk)
        return await kiosk.open()

    yield made
    for kiosk in opened:
        await kiosk.end()
        found = contradictions(kiosk.tables)
        kiosk.tables.close()
        assert found == {}


@pytest.fixture
async def kiosk(open_kiosk: OpenKiosk) -> Kiosk:
    """A shop that is open now."""
    return await open_kiosk()
