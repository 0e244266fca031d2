"""Everything in any order: money is never lost, doubled or guessed."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.fixtures.examples import examples
from tests.invariants.machine import ShippedMachine, ShopMachine


@pytest.mark.hypothesis
@pytest.mark.timeout(900)
def test_in_sqlite_the_books_are_right_after_each_step(tmp_path: Path) -> None:
    numbers = count()

    class Machine(ShopMachine):
        new_url = staticmethod(lambda: f"sqlite:///{tmp_path}/{next(numbers)}.db")

    run_state_machine_as_test(Machine, settings=examples(20, fuzzing=300))


@pytest.mark.hypothesis
@pytest.mark.timeout(900)
def test_they_are_right_with_the_connectors_the_shop_ships(tmp_path: Path) -> None:
    numbers = count()

    class Machine(ShippedMachine):
        new_url = staticmethod(lambda: f"sqlite:///{tmp_path}/{next(numbers)}.db")

    run_state_machine_as_test(Machine, settings=examples(8, fuzzing=200))


@pytest.mark.hypothesis
@pytest.mark.timeout(900)
def test_in_postgresql_the_books_are_right_after_each_step(
    new_database: Callable[[str], str],
) -> None:
    class Machine(ShopMachine):
        new_url = staticmethod(lambda: new_database("postgres"))

    run_state_machine_as_test(Machine, settings=examples(5, fuzzing=40))
