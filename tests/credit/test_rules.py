"""What of a wallet counts towards a price: a table, and what must hold whatever is in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.money import Money
from shop.credit.rules import as_part, before, covers, offered_part, usable


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@pytest.mark.parametrize(
    ("price", "short", "part", "counted", "free", "here"),
    [
        (799, 0, 400, 0, 400, 400),  # set aside, and still there
        (799, 0, 400, 0, 250, 250),  # some of it was spent meanwhile: only the rest of it counts
        (799, 0, 400, 0, 0, 0),  # all of it was spent
        (799, 300, 0, 0, 300, 300),  # came as too little before
        (799, 300, 400, 0, 700, 700),  # both
        (799, 300, 400, 0, 500, 500),  # both, but not all of it is there any more
        (799, 300, 400, 0, 900, 700),  # what was not set aside is not taken
        (799, 0, 799, 0, 2000, 799),  # all of the price
        (799, 500, 799, 0, 2000, 799),  # never more than the price
        (799, 0, 0, 0, 2000, 0),  # nobody asked for the wallet
        (799, 0, 0, 400, 400, 400),  # kept out of it after the page was made: the page is honoured
        (799, 0, 400, 400, 900, 400),  # what the page counts on is what was set aside: once
        (799, 300, 0, 400, 900, 400),  # came short since, of the same price
        (799, 300, 400, 400, 900, 700),  # more is here than the page counts on
        (799, 0, 0, 400, 150, 150),  # staff or a bank took the rest of it
    ],
)
def test_what_is_here_before_new_money_comes(
    *, price: int, short: int, part: int, counted: int, free: int, here: int
) -> None:
    found = before(
        eur(price), short=eur(short), part=eur(part), counted=eur(counted), free=eur(free)
    )
    assert found == eur(here)


@pytest.mark.parametrize(("here", "part"), [(0, 0), (400, 400), (798, 798), (799, 0)])
def test_where_all_of_a_price_is_here_there_is_no_rest(here: int, part: int) -> None:
    assert as_part(eur(799), here=eur(here)) == eur(part)


@pytest.mark.parametrize(
    ("balance", "older", "own", "younger", "free"),
    [
        (500, 0, 0, 0, 500),
        (500, 200, 0, 0, 300),
        (500, 700, 0, 0, 0),
        (0, 0, 0, 0, 0),
        (800, 0, 400, 400, 400),  # its own part of it, and no more
        (800, 400, 400, 0, 400),
        (900, 0, 400, 400, 500),  # and what nobody else counts on
        (400, 0, 400, 400, 400),  # staff took the rest: the older claim is served
        (400, 400, 400, 0, 0),  # and the younger is not
        (600, 400, 400, 0, 200),
        (300, 0, 400, 400, 300),
    ],
)
def test_what_is_kept_for_another_order_is_not_free(
    balance: int, older: int, own: int, younger: int, free: int
) -> None:
    found = usable(eur(balance), older=eur(older), own=eur(own), younger=eur(younger))
    assert found == eur(free)


@pytest.mark.parametrize(
    ("free", "part", "is_enough"),
    [
        (0, 0, False),
        (1, 1, False),
        (400, 400, False),
        (798, 798, False),
        (799, 0, True),
        (2000, 0, True),
    ],
)
def test_a_part_is_offered_only_when_the_whole_is_not(
    free: int, part: int, *, is_enough: bool
) -> None:
    assert offered_part(eur(799), free=eur(free)) == eur(part)
    assert covers(eur(799), free=eur(free)) is is_enough


amounts = st.integers(min_value=0, max_value=10_000)


@given(price=amounts, balance=amounts, parts=st.lists(amounts, min_size=2, max_size=5))
def test_however_much_is_set_aside_the_wallet_gives_it_once(
    price: int, balance: int, parts: list[int]
) -> None:
    given_away = 0
    nothing = eur(0)
    for i, part in enumerate(parts):
        younger = sum(parts[i + 1 :])  # those before were paid: their money has left the wallet
        left = eur(balance - given_away)
        free = usable(left, older=nothing, own=eur(part), younger=eur(younger))
        here = before(eur(price), short=nothing, part=eur(part), counted=nothing, free=free)
        given_away += here.minor
        assert here == min(eur(part), left, eur(price)), "the oldest claim has what is there"
    assert given_away <= balance
