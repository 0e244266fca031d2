from collections.abc import AsyncIterator, Iterator

import pytest

from preview.client import Preview
from tests.fixtures.plugin import new_database
from tests.fixtures.process import telegram

__all__ = ["new_database", "preview", "telegram_url"]


@pytest.fixture(scope="session")
def telegram_url() -> Iterator[str]:
    """The address of a stand-in that lives as long as the tests."""
    with telegram("1001:Anna:en", "1002:Bruno:en", "9001:Olga:en") as url:
        yield url


@pytest.fixture
async def preview(telegram_url: str) -> AsyncIterator[Preview]:
    """The stand-in with nothing in its memory yet."""
    async with Preview(telegram_url) as preview:
        await preview.reset()
        yield preview
