"""Rigs as fixtures: a test that asks for `rig` runs once for every provider."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.payments.rigs import (
    ALL,
    DISPUTING,
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

_ENDING = [name for name in ALL if name not in {"stars", "telegram_cards"}]
_DECLINING = [name for name in _ENDING if name != "cryptopay"]  # a wallet pays or does not
_TELLING = [name for name in ALL if name not in MUTE]
_FINDING = [name for name in WITH_PAGES if name != "nowpayments"]  # it has no search, nor keys


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


@pytest.fixture(params=_ENDING)
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
