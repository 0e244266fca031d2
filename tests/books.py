"""Real books for tests: in a SQLite file, and on the PostgreSQL of `tests.postgres`."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from shop.access.states import SubscriptionState
from shop.access.subscription_records import Schedule, Subscriptions
from shop.books.books import Books
from shop.books.migrate import migrate_postgres
from shop.books.opening import Storage, storage_at
from shop.catalog.products import Terms
from shop.catalog.records import CatalogTables
from shop.customers.records import Customers

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAN = {
    "name": {"": "Solo"},
    "description": {"": "One screen"},
    "screens": 1,
    "connector": "stock",
    "trial_days": 3,
    "grace_days": 3,
    "keep_days": 14,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedClock:
    """It is always the same moment."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


def migrate(url: str) -> None:
    """Bring an empty PostgreSQL database to today's schema."""
    with psycopg.connect(url, autocommit=True) as connection:
        migrate_postgres(connection)


@pytest.fixture(params=["sqlite", "postgres"])
def books_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The DATABASE_URL of new books, once in each kind of database."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url")(migrate))
    return f"sqlite:///{tmp_path}/shop.db"


@pytest.fixture
async def storage(books_url: str) -> AsyncIterator[Storage]:
    """Open, empty books, once in each kind of database."""
    storage = storage_at(books_url)
    await storage.open()
    yield storage
    await storage.close()


def put_plan(books: Books, slug: str = "solo") -> int:
    """Offer a plan; returns its id."""
    return books[CatalogTables].put_product(slug, document=PLAN, position=0)


def subscribe(books: Books, telegram_id: int, *, plan: str = "solo") -> int:
    """Meet a person who then has a month of the plan; returns the subscription's id."""
    customer = books[Customers].greet(
        telegram_id, name="Ada", username="ada", language="en", zone="UTC", source="", now=NOW
    )
    return books[Subscriptions].add(
        customer.id, books[CatalogTables].by_slug(plan).id, month_from(NOW)
    )


def month_from(starts_at: datetime) -> Schedule:
    """A paid month that begins then; to be looked at when it ends, reminded a day before."""
    paid_until = starts_at.replace(month=starts_at.month + 1)
    return Schedule(
        state=SubscriptionState.ACTIVE,
        is_trial=False,
        starts_at=starts_at,
        paid_until=paid_until,
        anchor_day=starts_at.day,
        terms=Terms(grace_days=3, keep_days=14),
        change_at=paid_until,
        remind_at=paid_until.replace(day=max(1, paid_until.day - 1)),
    )
