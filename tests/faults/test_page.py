"""docs/reliability.md is of this code: every fault, every provider, and nothing wrong."""

from dataclasses import replace

from tests.faults.columns import COLUMNS
from tests.faults.findings import Findings
from tests.faults.rows import ROWS
from tests.faults.table import HEAD, PAGE, STRUCK
from tests.fixtures.rigs import WITH_PAGES


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
    page = PAGE.read_text("utf-8")
    assert STRUCK in page
    assert "wrong" not in page.replace(HEAD, "").replace(STRUCK, "")


def test_a_cell_in_which_nothing_struck_is_wrong() -> None:
    right = Findings(
        receipts=[("paid", 799, "EUR")],
        wallet=0,
        periods=1,
        accounts=1,
        door=200,
        stuck=0,
        contradictions={},
        told={"receipt": 1, "access": 1, "staff": 1},
        is_log_clean=True,
        answers=("200",),
        struck=("the door answered 503",),
    )
    assert right.faults((799, "EUR")) == []
    assert replace(right, struck=()).faults((799, "EUR")) == ["struck: False, not True"]
