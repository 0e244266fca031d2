"""What of a wallet counts towards a price: a table, and what must hold whatever is in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.money import Money
from shop.credit.rules import before, covers, offered_part, usable


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@pytest.mark.parametrize(
    ("price", "short", "part", "free", "here"),
    [
        (799, 0, 400, 400, 400),  # set aside, and still there
        (799, 0, 400, 250, 250),  # some of it was spent meanwhile: only the rest of it counts
        (799, 0, 400, 0, 0),  # all of it was spent
        (799, 300, 0, 300, 300),  # came as too little before
        (799, 300, 400, 700, 700),  # both
        (799, 300, 400, 500, 500),  # both, but not all of it is there any more
        (799, 300, 400, 900, 700),  # what was not set aside is not taken
        (799, 0, 799, 2000, 799),  # all of the price
        (799, 500, 799, 2000, 799),  # never more than the price
        (799, 0, 0, 2000, 0),  # nobody asked for the wallet
    ],
)
def test_what_is_here_before_new_money_comes(
    price: int, short: int, part: int, free: int, here: int
) -> None:
    assert before(eur(price), short=eur(short), part=eur(part), free=eur(free)) == eur(here)


@pytest.mark.parametrize(
    ("balance", "elsewhere", "free"), [(500, 0, 500), (500, 200, 300), (500, 700, 0), (0, 0, 0)]
)
def test_what_waits_for_another_order_is_not_free(balance: int, elsewhere: int, free: int) -> None:
    assert usable(eur(balance), reserved_elsewhere=eur(elsewhere)) == eur(free)


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
    for i, part in enumerate(parts):
        elsewhere = sum(parts[i + 1 :])  # those before were paid: their money has left the wallet
        free = usable(eur(balance - given_away), reserved_elsewhere=eur(elsewhere))
        here = before(eur(price), short=eur(0), part=eur(part), free=free)
        given_away += here.minor
    assert given_away <= balance
