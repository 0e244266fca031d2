"""Rigs as fixtures: a test that asks for `rig` runs once for every provider."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shop.books.opening import storage_at
from tests.fixtures.plugin import database_url, new_database, tables
from tests.fixtures.rigs import (
    ALL,
    DISPUTING,
    ENDING,
    MUTE,
    REFUNDING,
    REMOTE,
    SIGNED,
    STAMPED,
    WITH_PAGES,
    Declining,
    Ending,
    Remote,
    Rig,
    Signed,
    rig_of,
)
from tests.fixtures.shop import Shop
from tests.fixtures.tables import Tables, contradictions
from tests.fixtures.till import Till, Verdicts

__all__ = ["database_url", "new_database", "tables"]
_DECLINING = [name for name in ENDING if name != "cryptopay"]  # a wallet pays or does not
_TELLING = [name for name in ALL if name not in MUTE]
_FINDING = [name for name in WITH_PAGES if name != "nowpayments"]  # it has no search, nor keys


@pytest.fixture
async def shop(database_url: str, tables: Tables) -> AsyncIterator[Shop]:
    """A shop on each database; whatever a test did, its books hold no contradiction."""
    shop = await Shop(storage_at(database_url)).open()
    yield shop
    await shop.storage.close()
    assert contradictions(tables) == {}


@pytest.fixture(params=WITH_PAGES)
async def till(request: pytest.FixtureRequest, shop: Shop, tmp_path: Path) -> AsyncIterator[Till]:
    """Every way of being paid before each database."""
    async with rig_of(request.param, tmp_path / "till") as rig:
        yield Till(rig, shop)


@pytest.fixture
def verdicts(tables: Tables) -> Verdicts:
    """What was received, as the books judged it."""
    return lambda: [
        (str(verdict), int(minor))
        for verdict, minor in tables.rows("SELECT verdict, minor FROM receipts ORDER BY id")
    ]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rigs whose providers give up soon: for tests that only know silence."""
    monkeypatch.setattr("tests.fixtures.rigs.SECONDS", 0.2)


@pytest.fixture(params=_FINDING)
async def finding(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig_of(request.param, tmp_path) as made:
        yield made


@pytest.fixture(params=WITH_PAGES)
async def paged(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig_of(request.param, tmp_path) as made:
        yield made


@pytest.fixture(params=_TELLING)
async def telling(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig_of(request.param, tmp_path) as made:
        yield made


@pytest.fixture
async def mute(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig_of("telegram_cards", tmp_path) as made:
        yield made


@pytest.fixture(params=ALL)
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig_of(request.param, tmp_path) as made:
        yield made


@pytest.fixture(params=REMOTE)
async def remote(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Remote]:
    async with rig_of(request.param, tmp_path) as made:
        yield made


@pytest.fixture(params=ENDING)
async def ending(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ending]:
    async with rig_of(request.param, tmp_path) as made:
        yield made


@pytest.fixture(params=_DECLINING)
async def declining(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Declining]:
    async with rig_of(request.param, tmp_path) as made:
        yield made


@pytest.fixture(params=SIGNED)
async def signed(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Signed]:
    async with rig_of(request.param, tmp_path) as made:
        yield made


@pytest.fixture(params=STAMPED)
async def stamped(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Signed]:
    async with rig_of(request.param, tmp_path) as made:
        yield made


@pytest.fixture(params=REFUNDING)
async def refunding(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig_of(request.param, tmp_path) as made:
        yield made


@pytest.fixture(params=[name for name in REFUNDING if name in REMOTE])
async def remote_refunding(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Remote]:
    async with rig_of(request.param, tmp_path) as made:
        yield made


@pytest.fixture(params=[name for name in ALL if name not in REFUNDING])
async def by_hand(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig_of(request.param, tmp_path) as made:
        yield made


@pytest.fixture(params=DISPUTING)
async def disputing(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig_of(request.param, tmp_path) as made:
        yield made
