"""What is worth saying about prices."""

import pytest

from shop.core.intervals import Interval, Unit
from shop.core.money import Money
from shop.pricing.savings import Term, lowest, saving, shortest


def term(key: str, minor: int) -> Term:
    return Interval.from_key(key), Money(minor, "EUR")


MONTH = term("1m", 1_000)


@pytest.mark.parametrize(
    ("longer", "against", "percent"),
    [
        pytest.param(term("12m", 9_000), MONTH, 25, id="a year for nine months"),
        pytest.param(term("12m", 12_000), MONTH, 0, id="nothing is saved"),
        pytest.param(term("12m", 13_000), MONTH, 0, id="it costs more"),
        pytest.param(term("12m", 11_881), MONTH, 0, id="less than a percent"),
        pytest.param(term("12m", 11_880), MONTH, 1, id="just a percent"),
        pytest.param(term("3m", 2_000), MONTH, 33, id="a third, rounded down"),
        pytest.param(term("30d", 900), MONTH, 10, id="thirty days are a month"),
        pytest.param(term("1m", 300), term("1d", 20), 50, id="against a day"),
        pytest.param(term("12m", 0), MONTH, 100, id="free"),
    ],
)
def test_a_longer_time_saves_whole_percents_a_day(
    longer: Term, against: Term, percent: int
) -> None:
    assert saving(longer, against=against) == percent


def test_terms_are_measured_against_the_shortest_whatever_it_costs() -> None:
    week = Interval(count=7, unit=Unit.DAY), Money(99_999, "EUR")
    assert shortest([MONTH, week, term("12m", 1)]) == week


def test_prices_begin_at_the_least_one_can_spend() -> None:
    assert lowest([MONTH, term("7d", 300), term("12m", 9_000)]) == Money(300, "EUR")
