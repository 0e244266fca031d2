"""What assembly says there is, held against what there is."""

from bot.assemble import KNOWN
from tests.fixtures.rigs import WITH_PAGES


def test_every_provider_there_is_may_be_named_in_the_catalog() -> None:
    assert set(KNOWN.providers or ()) == set(WITH_PAGES)


def test_no_provider_is_listed_twice() -> None:
    assert len(set(KNOWN.providers or ())) == len(KNOWN.providers or ())
