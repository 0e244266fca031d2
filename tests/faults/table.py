"""docs/reliability.md, written from what the cells found: `python -m tests.faults.table`."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.faults.columns import COLUMNS
from tests.faults.rows import ROWS

FOLDER = "FAULTS_FOUND"
PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
HEAD = """# What happens to money when things break

`make faults` made this page. Each cell is one sale of one month: a real process over HTTP, beside
a stand-in of Telegram and of the provider, with that trouble on the way. What stands in a cell was
counted in the books and in the chats afterwards.

A cell is right (✓) when the money was credited exactly once, in full and to the order; one month
and one account were given, and the media server's door opens; the customer got one receipt and one
access message, staff one notice; the journal balances, nothing is stuck, and no error is in the
log. "answered" is what our door said to each of the provider's tries, in order; Stars come as chat
updates and have no such door. The sandbox lives in the shop's process: where it is down or slow,
that is planted in it.

Beside this, `make faults` kills the process at every single step of a sale, on both databases
(tests/crash), and tests/books breaks the books in more ways.
"""
STRUCK = """What follows "struck" says by what the trouble itself was seen from outside the shop: a
cell in which nothing happened is wrong.
"""


def keep(row: str, column: str, *, text: str, is_right: bool) -> None:
    """Keep what a cell found, if anybody wants to know."""
    if folder := os.environ.get(FOLDER):
        cell = {"row": row, "column": column, "text": text, "is_right": is_right}
        where = Path(folder)
        where.mkdir(parents=True, exist_ok=True)
        (where / f"{row}.{column}.json").write_text(json.dumps(cell), "utf-8")


def written(cells: Mapping[tuple[str, str], tuple[str, bool]]) -> str:
    """The page."""
    parts = [HEAD, STRUCK, _overview(cells)]
    for row in ROWS:
        parts += [f"## {row.name}\n", f"{row.story[0].upper()}{row.story[1:]}.\n"]
        lines = ["| provider | | what was credited, delivered and told |", "|---|---|---|"]
        for column in COLUMNS:
            text, is_right = cells[row.name, column]
            lines.append(f"| {column} | {_sign(is_right)} | {text} |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _overview(cells: Mapping[tuple[str, str], tuple[str, bool]]) -> str:
    lines = ["| | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for row in ROWS:
        signs = " | ".join(_sign(cells[row.name, column][1]) for column in COLUMNS)
        lines.append(f"| {row.name} | {signs} |")
    return "\n".join(lines) + "\n"


def _sign(is_right: bool) -> str:  # noqa: FBT001 - a predicate's own value
    return "✓" if is_right else "**wrong**"


def main() -> None:
    """Write the page from the folder of cells; every cell must be there, and right."""
    found = [
        json.loads(path.read_text("utf-8")) for path in Path(os.environ[FOLDER]).glob("*.json")
    ]
    cells = {(cell["row"], cell["column"]): (cell["text"], cell["is_right"]) for cell in found}
    wanted = {(row.name, column) for row in ROWS for column in COLUMNS}
    if missing := wanted - set(cells):
        sys.exit(f"Not tried: {sorted(missing)}")
    PAGE.write_text(written(cells), "utf-8")
    wrong = sorted(key for key in wanted if not cells[key][1])
    sys.exit(f"Wrong: {wrong}" if wrong else 0)


if __name__ == "__main__":
    main()
