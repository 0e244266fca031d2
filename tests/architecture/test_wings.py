"""Which wings could be taken off is written down, and held against the imports."""

from tests.architecture.without import COMES_OFF, STAYS, nothing_stands_on


def test_the_wings_on_which_nothing_stands_are_written_down() -> None:
    assert nothing_stands_on() == {*COMES_OFF, *STAYS}
