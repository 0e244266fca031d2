"""The shop in hand as pytest fixtures: every test that asks runs on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psycopg
import pytest

from shop.books.migrate import migrate_postgres
from shop.books.opening import storage_at
from tests.house.shop import Shop
from tests.house.tables import Tables, contradictions

__all__ = ["database_url", "new_database", "postgres_shop", "shop", "tables"]


def migrate(url: str) -> None:
    """Bring an empty PostgreSQL database to today's schema."""
    with psycopg.connect(url, autocommit=True) as connection:
        migrate_postgres(connection)


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Give the DATABASE_URL of new books of one dialect."""

    def made(dialect: str) -> str:
        if dialect == "postgres":
            return str(request.getfixturevalue("postgres_url")(migrate))
        return f"sqlite:///{tmp_path}/shop.db"

    return made


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, new_database: Callable[[str], str]) -> str:
    """The DATABASE_URL of new books."""
    return new_database(request.param)


@pytest.fixture
def tables(database_url: str) -> Tables:
    """The same books from behind."""
    return Tables(database_url)


@pytest.fixture
async def shop(database_url: str, tables: Tables) -> AsyncIterator[Shop]:
    """A shop on each database; whatever a test did, its books hold no contradiction."""
    shop = await Shop(storage_at(database_url)).open()
    yield shop
    await shop.storage.close()
    assert contradictions(tables) == {}


@pytest.fixture
async def postgres_shop(new_database: Callable[[str], str]) -> AsyncIterator[tuple[Shop, Tables]]:
    """A shop on PostgreSQL, for races that SQLite's one writer does not have."""
    url = new_database("postgres")
    shop = await Shop(storage_at(url)).open()
    yield shop, Tables(url)
    await shop.storage.close()
