"""What travels as rows is written and read by its class, in one place each."""

import re

import pytest

from tests.architecture.sql import ROOT

OWNERS: dict[str, set[str]] = {
    # what is said -> the only module that says it
    r"\.audit\(": {"shop/staff/acts.py"},
    r"\bpayload(\[|\.get\()": set(),  # notices and jobs are read as their classes
}
MODULES = [
    path for folder in ("bot", "handlers", "shop") for path in (ROOT / folder).rglob("*.py")
]


@pytest.mark.parametrize(("said", "owners"), OWNERS.items())
def test_only_its_owner_says_it(said: str, owners: set[str]) -> None:
    found = {
        str(path.relative_to(ROOT)) for path in MODULES if re.search(said, path.read_text("utf-8"))
    }
    assert found == owners
