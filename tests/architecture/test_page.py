"""docs/architecture.md and CONTRIBUTING.md say where things live: what they name is there."""

import re
from collections.abc import Iterator
from importlib import import_module

import pytest

from tests.architecture.sql import ROOT, heights, owners

PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
BOTH = {
    "docs/architecture.md": PAGE,
    "CONTRIBUTING.md": (ROOT / "CONTRIBUTING.md").read_text("utf-8"),
}
FOLDERS = "bot|handlers|payments|connectors|shop|preview|locales|tests|benchmarks|docs"
WINGS = dict(re.findall(r"^\*\*([a-z_]+)\*\*: (.+?)\n\n", PAGE, re.MULTILINE | re.DOTALL))
BUILT = {wing for wing in heights() if (ROOT / "shop" / wing).is_dir()}
TO_COME = re.compile("|".join(["emby", *(heights().keys() - BUILT)]))


def paths(text: str) -> Iterator[str]:
    """Every `folder/file`, but for those of wings that are still to come."""
    for path in re.findall(rf"`((?:{FOLDERS})/[\w./]*)`", text):
        if not TO_COME.search(path):
            yield path


def objects(text: str) -> Iterator[str]:
    """Every `shop.wing.module` or `shop.wing.module.function`."""
    yield from re.findall(r"`(shop\.[a-z_]+\.\w+(?:\.\w+)?)`", text)


def is_there(dotted: str) -> bool:
    try:
        import_module(dotted)
    except ModuleNotFoundError:
        module, name = dotted.rsplit(".", 1)
        return hasattr(import_module(module), name)
    return True


@pytest.mark.parametrize("name", BOTH)
def test_what_a_page_names_is_there(name: str) -> None:
    text = BOTH[name]
    assert {path for path in paths(text) if not (ROOT / path).exists()} == set()
    assert {dotted for dotted in objects(text) if not is_there(dotted)} == set()


def test_each_wing_that_is_built_has_its_paragraph_with_its_own_files_and_tables() -> None:
    assert WINGS.keys() == BUILT
    for wing, text in WINGS.items():
        named = set(re.findall(r"`(\w+\.py)`", text))
        assert {file for file in named if not (ROOT / "shop" / wing / file).exists()} == set()
        tables = {table for table, owner in owners().items() if owner == wing}
        assert {table for table in tables if f"`{table}`" not in text} == set(), wing


def test_the_page_has_the_wings_in_the_order_of_the_contract() -> None:
    floors = re.findall(
        r"^\| (?:views|deeds|what is|who|ground).*? \| (.+) \|$", PAGE, re.MULTILINE
    )
    shown = [wing.strip("* ") for floor in floors for wing in floor.split(",")]
    assert shown == sorted(heights(), key=heights().__getitem__, reverse=True)
