from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import structlog

from tests.fixtures.doors import Doors
from tests.fixtures.plugin import database_url, new_database, tables
from tests.fixtures.tables import contradictions

__all__ = ["database_url", "doors", "new_database", "open_doors", "short_logs", "tables"]

OpenDoors: TypeAlias = Callable[..., Doors]


@pytest.fixture(autouse=True)
def short_logs() -> Iterator[None]:
    """A traceback drawn for a person's terminal takes a third of a second."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        cache_logger_on_first_use=False,
    )
    yield
    structlog.reset_defaults()


@pytest.fixture
def open_doors(database_url: str, tmp_path: Path) -> Iterator[OpenDoors]:
    """Open the doors of a shop, with other settings if need be."""
    opened: list[Doors] = []

    def made(**changes: Any) -> Doors:  # noqa: ANN401 - any setting
        opened.append(Doors(database_url, tmp_path / "till", **changes))
        return opened[-1]

    yield made
    for doors in opened:
        doors.close()


@pytest.fixture
def doors(open_doors: OpenDoors) -> Iterator[Doors]:
    """The doors of a shop; whatever a test did, its books hold no contradiction."""
    doors = open_doors()
    yield doors
    assert contradictions(doors.tables) == {}
