from collections.abc import Iterator

import pytest
import structlog

from tests.doors.conftest import doors, open_doors
from tests.fixtures.plugin import database_url, new_database

__all__ = ["database_url", "doors", "new_database", "open_doors"]


@pytest.fixture(autouse=True)
def _short_logs() -> Iterator[None]:
    """A traceback drawn for a person's terminal takes a third of a second."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        cache_logger_on_first_use=False,
    )
    yield
    structlog.reset_defaults()
