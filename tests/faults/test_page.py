"""docs/reliability.md is of this code: every fault, every provider, and nothing wrong."""

from tests.faults.columns import COLUMNS
from tests.faults.rows import ROWS
from tests.faults.table import HEAD, PAGE
from tests.payments.rigs import WITH_PAGES


def test_every_provider_has_a_column() -> None:
    assert set(COLUMNS) == set(WITH_PAGES) - {"sandbox_crypto"}, "it is sandbox_card's twin"


def test_the_page_shows_every_fault_with_every_provider() -> None:
    page = PAGE.read_text("utf-8")
    assert page.startswith(HEAD)
    assert "| | " + " | ".join(COLUMNS) + " |" in page
    for row in ROWS:
        section = page.partition(f"## {row.name}\n")[2].partition("\n## ")[0]
        shown = [line.split(" | ")[0] for line in section.splitlines()]
        assert [f"| {column}" for column in COLUMNS] == [
            one for one in shown if one[2:] in COLUMNS
        ]


def test_the_page_shows_nothing_wrong() -> None:
    assert "wrong" not in PAGE.read_text("utf-8").replace(HEAD, "")
