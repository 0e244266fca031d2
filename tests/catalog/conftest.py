from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from shop.storage.migrate import migrate_postgres
from shop.storage.opening import Storage, storage_at


def migrate(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        migrate_postgres(connection)


@pytest.fixture(params=["sqlite", "postgres"])
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    url = f"sqlite:///{tmp_path}/shop.db"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")(migrate)
    storage = storage_at(url)
    await storage.open()
    yield storage
    await storage.close()
