"""Facts that travel as rows are written as JSON, known by their kind, and read by their types."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from pydantic import ValidationError

from shop.core.facts import Facts, read_facts, write_facts
from shop.core.intervals import Interval, Unit
from shop.core.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyCameBack(Facts):
    money: Money
    term: Interval
    at: datetime
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherMoneyCameBack(Facts):
    kind: ClassVar[str] = "money_back_otherwise"
    money: Money


CAME = MoneyCameBack(
    money=Money(799, "EUR"),
    term=Interval(count=3, unit=Unit.MONTH),
    at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    names=("ada", "bo"),
)


def test_a_kind_is_the_classs_name_in_words_unless_it_says_one_itself() -> None:
    assert MoneyCameBack.kind == "money_came_back"
    assert OtherMoneyCameBack.kind == "money_back_otherwise"


def test_what_is_written_is_json_and_read_back_the_same() -> None:
    written = json.loads(json.dumps(write_facts(CAME)))
    assert written["money"] == {"minor": 799, "currency": "EUR"}
    assert "kind" not in written
    assert read_facts(MoneyCameBack, written) == CAME


def test_what_else_stands_in_the_row_is_left_out_but_what_is_missing_is_an_error() -> None:
    written = write_facts(CAME)
    assert read_facts(MoneyCameBack, {**written, "of_old": 1}) == CAME
    with pytest.raises(ValidationError):
        read_facts(MoneyCameBack, {"names": ["ada"]})


def test_each_class_is_read_by_its_own_types() -> None:
    other = OtherMoneyCameBack(money=Money(1, "JPY"))
    assert read_facts(OtherMoneyCameBack, write_facts(other)) == other
    assert read_facts(MoneyCameBack, write_facts(CAME)) == CAME
