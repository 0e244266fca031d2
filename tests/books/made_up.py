"""A next migration that nobody released, so that upgrading is tried before a real one is written.

It stands behind all real ones, and does what the next may do: a column, a table that old rows
fill, and a guard in each database's own words.
"""

import shutil
from pathlib import Path
from typing import Final

import pytest

from shop.books import migrate
from shop.books.migrate import load_migrations

REAL: Final = [one.version for one in load_migrations("sqlite")]
NAME: Final = f"{REAL[-1] + 1:04}_made_up.sql"
GUARD: Final = "visits are kept"
_TEXTS: Final = {
    "": """
ALTER TABLE customers ADD COLUMN shoe_size INTEGER NOT NULL DEFAULT 41;
ALTER TABLE customers ADD COLUMN picture BLOB;
CREATE TABLE visits (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL UNIQUE REFERENCES customers (id),
    came_at INTEGER NOT NULL
);
INSERT INTO visits (customer_id, came_at) SELECT id, created_at FROM customers ORDER BY id;
UPDATE customers SET shoe_size = 42 WHERE language = 'en';
""",
    "sqlite": f"""
CREATE TRIGGER visits_are_kept BEFORE DELETE ON visits
BEGIN
    SELECT RAISE(ABORT, '{GUARD}');
END;
""",
    "postgres": f"""
CREATE TRIGGER visits_are_kept BEFORE DELETE ON visits
FOR EACH ROW EXECUTE FUNCTION refuse_change('{GUARD}');
""",
}


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Telekiosk of a day to come: all real migrations and this one; gives its name."""
    folder = tmp_path / "migrations"
    shutil.copytree(Path(migrate.__file__).parent / "migrations", folder)
    for dialect, text in _TEXTS.items():
        (folder / dialect / NAME).write_text(text, "utf-8")
    monkeypatch.setattr(migrate, "_FOLDER", folder)
    return NAME.removesuffix(".sql")
