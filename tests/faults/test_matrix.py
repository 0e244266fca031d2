"""Every fault with every provider: credited once, delivered once, told once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from preview.client import Preview
from tests.faults.columns import COLUMNS
from tests.faults.rows import ROWS, Row
from tests.faults.scene import scene_of
from tests.faults.table import keep

BY_NAME = {row.name: row for row in ROWS}
HANDFUL = (
    ("SIGKILL", "stripe"),
    ("database gone (PostgreSQL)", "stars"),
    ("provider slow", "nowpayments"),
    ("clock an hour behind", "coinbase"),
    ("webhook lost", "btcpay"),
)


class Stage:
    """Plays one cell and judges it."""

    def __init__(
        self,
        folder: Path,
        *,
        preview: Preview,
        telegram_url: str,
        new_database: Callable[..., str],
    ) -> None:
        self._folder, self._preview = folder, preview
        self._telegram_url, self._new_database = telegram_url, new_database

    async def play(self, row: Row, column: str) -> None:
        url = self._new_database(row.dialect)
        async with scene_of(
            column,
            self._folder,
            database=url,
            preview=self._preview,
            telegram_url=self._telegram_url,
            processes=row.processes,
        ) as scene:
            findings = await row.play(scene)
            faults = findings.faults(scene.column.due)
            text = findings.text()
            if row.needs_provider and scene.column.trouble:
                text += f"; {scene.column.trouble}"
            keep(row.name, column, text=text, is_right=not faults)
            assert faults == []


@pytest.fixture
def stage(
    tmp_path: Path, preview: Preview, telegram_url: str, new_database: Callable[..., str]
) -> Stage:
    return Stage(tmp_path, preview=preview, telegram_url=telegram_url, new_database=new_database)


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("fault", "column"), HANDFUL)
async def test_a_sale_survives_trouble(stage: Stage, fault: str, column: str) -> None:
    await stage.play(BY_NAME[fault], column)


@pytest.mark.faults
@pytest.mark.timeout(180)
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name.replace(" ", "_"))
async def test_a_sale_survives_every_trouble_with_every_provider(
    stage: Stage, row: Row, column: str
) -> None:
    await stage.play(row, column)
