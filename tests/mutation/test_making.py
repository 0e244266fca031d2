"""What is mutated, what is left alone, and that the same code always brings the same mutants."""

from pathlib import Path

import pytest

from tests.mutation.making import Mutant, draw, make, spots_of
from tests.mutation.report import SURVIVORS, reasons
from tests.mutation.suites import suites

ROOT = Path(__file__).parents[2]
MODULE = "shop/made_up.py"


def mutants_of(source: str) -> list[Mutant]:
    made = (make(spot, source) for spot in spots_of(MODULE, source, seed=1))
    return [mutant for mutant in made if mutant is not None]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("x = a < b", {"x = a <= b", "x = a >= b"}),
        ("x = a in b", {"x = a not in b"}),
        ("x = a not in b", {"x = a in b"}),
        ('x = "_"', {'x = "_XX"'}),
        ('x = ""', {'x = "XX"'}),
        ('x = f"TK-{a}"', {'x = f"TK-XX{a}"'}),
        ("x = {a, b}", {"x = { b}", "x = {a}"}),
        ("x = {a}", {"x = {}"}),
        ("x = (a, b)", {"x = ( b,)", "x = (a,)"}),
        ("x = (a, b, c)", {"x = ( b, c)", "x = (a, c)", "x = (a, b)"}),
        ("x = [a, b, c]", {"x = [ b, c]", "x = [a, c]", "x = [a, b]"}),
        ("x = 3", {"x = 4", "x = 2"}),
        ("x = not a", {"x =  a"}),
        ("x = a and b", {"x = a or b"}),
    ],
)
def test_a_slip_is_made_in_every_place_and_way(was: str, now: set[str]) -> None:
    source = f"a = b = c = u\n{was}\n"
    made = mutants_of(source)
    assert {" ".join(one.now.split()) for one in made} == {" ".join(one.split()) for one in now}
    assert {one.was for one in made} == {was}
    assert all(one.source.startswith("a = b = c = u\n") for one in made)


@pytest.mark.parametrize(
    "source",
    [
        '"""What a module is for."""\n',
        "def f(x: int | None, *, y: tuple[int, str]) -> int | str: ...\n",
        "x: int | None\n",
        "@dataclass(frozen=True, slots=True)\nclass C:\n    x: int\n",
        'T = TypeVar("T")\n',
        '__all__ = ["one", "other"]\n',
        "x = [a for a in b]\n",
    ],
)
def test_what_only_mypy_or_a_reader_sees_is_left_alone(source: str) -> None:
    assert mutants_of(source) == []


def test_a_mutant_is_named_by_where_it_is_written_not_by_its_line() -> None:
    source = "class C:\n    def f(self) -> int:\n        return 1\n"
    names = {mutant.name for mutant in mutants_of(source)}
    assert names == {
        (MODULE, "C.f", "return 1", "return 2"),
        (MODULE, "C.f", "return 1", "return 0"),
    }
    assert names == {mutant.name for mutant in mutants_of("import sys\n\n\n" + source)}


def test_code_that_is_added_elsewhere_draws_no_others_in_place_of_those_drawn() -> None:
    source = "def f(a, b):\n    return a < b\n\n\ndef g(a):\n    return a - 1\n"
    before = {(spot.where, spot.rank) for spot in spots_of(MODULE, source, seed=1)}
    longer = "def new():\n    return 7\n\n\n" + source
    after = {(spot.where, spot.rank) for spot in spots_of(MODULE, longer, seed=1)}
    assert before == {(where, rank) for where, rank in after if where != "new"}


def test_a_seed_draws_always_the_same_and_another_draws_others() -> None:
    modules = ["shop/core/money.py", "shop/core/intervals.py"]
    first = [mutant.name for mutant in draw(ROOT, modules, most=8, seed=1)]
    assert len(first) == 8
    assert first == [mutant.name for mutant in draw(ROOT, modules, most=8, seed=1)]
    assert first != [mutant.name for mutant in draw(ROOT, modules, most=8, seed=2)]


def test_all_that_core_settlement_and_the_wings_rules_hold_is_mutated() -> None:
    wanted = {
        str(path.relative_to(ROOT))
        for pattern in (
            "core/*.py",
            "settlement/*.py",
            "*/rules.py",
            "*/*_rules.py",
            "*/states.py",
        )
        for path in (ROOT / "shop").glob(pattern)
    }
    assert wanted <= suites(ROOT).keys()


def test_every_test_a_mutant_has_to_meet_is_there() -> None:
    named = {test for tests in suites(ROOT).values() for test in tests}
    assert [test for test in sorted(named) if not (ROOT / test).exists()] == []


def test_every_survivor_that_was_explained_is_still_written_there_and_has_a_reason() -> None:
    why = reasons(SURVIVORS.read_text("utf-8"))
    sources = {module: _in_one_line((ROOT / module).read_text("utf-8")) for module, *_ in why}
    gone = [name for name in why if _in_one_line(name[2]) not in sources[name[0]]]
    assert gone == []
    assert [name for name, reason in why.items() if not reason.strip()] == []


def _in_one_line(source: str) -> str:
    return " ".join(source.split())
