"""Fewer inputs than promised fail `make fuzz`, and what broke something is kept."""

from pathlib import Path

import pytest

from tests.fixtures.rigs import WITH_PAGES
from tests.fuzz import corpus
from tests.fuzz.tally import FOLDER, INPUTS, PROMISED, lines, missing

ENOUGH = {key: {INPUTS: many, "refused": 1} for key, many in PROMISED.items()}


def test_every_provider_is_promised_a_hundred_thousand() -> None:
    many = {name for (where, name), n in PROMISED.items() if n >= 100_000 and where != "door"}
    assert many == set(WITH_PAGES) - {"sandbox_crypto"}, "it is sandbox_card's twin"


def test_as_many_as_promised_are_enough() -> None:
    assert missing(ENOUGH) == []
    assert len(lines(ENOUGH)) == len(PROMISED)


@pytest.mark.parametrize(
    "key", [("parser", "stripe"), ("chat", "transfer"), ("door", "stars.sqlite")]
)
def test_one_too_few_is_told(key: tuple[str, str]) -> None:
    (line,) = missing(ENOUGH | {key: {INPUTS: PROMISED[key] - 1, "refused": 10**6}})
    assert line.startswith(" ".join(key))


def test_a_test_that_did_not_run_is_told() -> None:
    assert len(missing({})) == len(PROMISED)


def test_what_broke_something_is_kept_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus, "FOLDER", tmp_path)
    monkeypatch.setenv(FOLDER, "anywhere")
    with pytest.raises(ZeroDivisionError), corpus.keeping("sandbox_card", b"{odd"):
        raise ZeroDivisionError
    (kept,) = corpus.bodies("sandbox_card").items()
    assert kept[0].startswith("defect-")
    assert kept[1] == b"{odd"
