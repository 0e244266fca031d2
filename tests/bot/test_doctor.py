"""The doctor on ways to pay: what Telegram asks for is a warning, and never an error."""

import re
from pathlib import Path

import pytest

from bot.doctor import _ways
from shop.owner_file import sample_text
from tests.fixtures.doors import Doors

SLUG = sample_text().split('slug = "')[1].split('"')[0]
Found = list[tuple[str, bool | None, str]]


def findings(tmp_path: Path, ways: str = "", *, text: str = "", stars: bool = True) -> Found:
    file = tmp_path / "catalog.toml"
    file.write_text(f"{text or sample_text()}\n{ways}", "utf-8")
    doors = Doors(f"sqlite:///{tmp_path}/shop.db", tmp_path, catalog=file, stars=stars)
    try:
        return [(one.what, one.is_fine, one.says) for one in _ways(doors.parts)]
    finally:
        doors.close()


def test_with_stars_on_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert findings(tmp_path) == [("Telegram's rules", True, "Stars are offered")]


@pytest.mark.parametrize(
    ("ways", "stars", "words"),
    [
        ("", False, "STARS=on"),
        ('[[way]]\nprovider = "stripe"', True, "show them in a [[way]]"),
    ],
)
def test_without_stars_it_is_the_owners_decision(
    tmp_path: Path, ways: str, words: str, *, stars: bool
) -> None:
    *_others, (what, is_fine, says) = findings(tmp_path, ways, stars=stars)
    assert (what, is_fine) == ("Telegram's rules", None)
    assert words in says
    assert "your decision and risk" in says


def test_a_way_without_its_keys_and_keys_without_a_way_are_told(tmp_path: Path) -> None:
    found = findings(tmp_path, '[[way]]\nprovider = "transfer"\n[[way]]\nprovider = "stars"')
    told = {says.split(":")[-1].strip() for what, _, says in found if what == "ways"}
    assert told == {"set its keys", "on, but no [[way]] of the catalog shows it"}


@pytest.mark.parametrize(
    "narrow",
    ['countries = ["DE"]', 'plans = ["solo"]', 'not_plans = ["solo"]', 'currencies = ["EUR"]'],
)
def test_stars_for_some_alone_are_told(tmp_path: Path, narrow: str) -> None:
    only = f'[[way]]\nprovider = "stars"\n{narrow}'.replace("solo", SLUG)
    [*_others, (_what, is_fine, says)] = findings(tmp_path, only)
    assert is_fine is None
    assert "some people or for some plans only" in says
    [*_others, (_what, is_fine, _says)] = findings(
        tmp_path, f'{only}\n[[way]]\nprovider = "stars"'
    )
    assert is_fine is True


def test_a_plan_without_a_price_in_stars_is_named(tmp_path: Path) -> None:
    without = re.sub(r", XTR = \d+", "", sample_text())
    [(_what, is_fine, says)] = findings(tmp_path, text=without)
    assert is_fine is None
    assert "without a price in XTR" in says
