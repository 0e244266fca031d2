"""What a run says of its mutants, and when it is content."""

import pytest

from tests.mutation.making import Mutant
from tests.mutation.report import Tally, as_toml, page, reasons, survivors, tally
from tests.mutation.worker import Result, Verdict


def mutant(now: str, module: str = "shop/core/money.py") -> Mutant:
    return Mutant(module=module, where="f", was="a | b == 'c'", now=now, source="")


def result(verdict: Verdict) -> Result:
    return Result(verdict=verdict, seconds=1.0, said="")


RESULTS = [
    (mutant("a | b"), result(Verdict.SURVIVED)),
    (mutant("b"), result(Verdict.KILLED)),
    (mutant("c", "shop/settlement/settle.py"), result(Verdict.TIMED_OUT)),
]


def test_every_mutant_is_counted_once() -> None:
    whole = tally(result for _, result in RESULTS)
    assert whole == Tally(killed=1, timed_out=1, survived=1)
    assert str(whole) == "3 made, 1 killed, 1 survived, 1 timed out"


@pytest.mark.parametrize(
    ("killed", "timed_out", "survived", "is_enough"),
    [(90, 0, 10, True), (89, 1, 10, True), (89, 0, 11, False), (269, 0, 31, False)],
)
def test_nine_of_ten_have_to_be_caught(
    killed: int, timed_out: int, survived: int, *, is_enough: bool
) -> None:
    one = Tally(killed=killed, timed_out=timed_out, survived=survived)
    assert one.is_enough is is_enough


def test_a_survivor_is_printed_as_it_is_explained() -> None:
    [alive] = survivors(RESULTS)
    assert reasons(as_toml(alive)) == {alive.name: ""}


def test_the_page_counts_by_wing_and_says_of_each_survivor_why() -> None:
    written = page(RESULTS, {RESULTS[0][0].name: "it is all the same"}, seed=7)
    assert "With the seed 7: 3 made, 1 killed, 1 survived, 1 timed out." in written
    assert "| `shop/core` | 2 | 1 | 0 | 1 |" in written
    assert "| `shop/settlement` | 1 | 0 | 1 | 0 |" in written
    assert (
        r"| `shop/core/money.py` f | `a \| b == 'c'` | `a \| b` | it is all the same |" in written
    )
