from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from preview.client import Chat
from tests.fixtures.chat import House, open_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        yield opened
        assert opened.errors == []


@pytest.fixture
def anna(house: House) -> Chat:
    return house.preview.chat(1001)


@pytest.fixture
def bruno(house: House) -> Chat:
    return house.preview.chat(1002)
