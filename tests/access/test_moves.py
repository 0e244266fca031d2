"""A subscription moves as its table says, whichever way its state is written."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shop.access.states import SUBSCRIPTION_MOVES, SubscriptionState
from shop.access.subscription_records import Subscriptions
from shop.books.books import Books
from shop.books.opening import Storage
from shop.core.errors import DoneAlreadyError
from shop.core.moves import ForbiddenMoveError, may_move
from tests.fixtures.books import NOW, month_from, put_plan, subscribe
from tests.fixtures.moves import pairs, way_to

Write = Callable[[Books, int, SubscriptionState, SubscriptionState], None]
PAIRS = pairs(SUBSCRIPTION_MOVES)
FIRST = SubscriptionState.ACTIVE


def one_in(books: Books, state: SubscriptionState, number: int) -> int:
    """The subscription of a new person, in this state."""
    found = subscribe(books, number)
    for old, new in way_to(SUBSCRIPTION_MOVES, FIRST, state):
        books[Subscriptions].move(found, old=old, new=new, change_at=None)
    return found


def move(books: Books, number: int, old: SubscriptionState, new: SubscriptionState) -> None:
    books[Subscriptions].move(number, old=old, new=new, change_at=None)


def extend(books: Books, number: int, old: SubscriptionState, new: SubscriptionState) -> None:
    books[Subscriptions].extend(number, replace(month_from(NOW), state=new), old=old)


def state_of(books: Books, number: int) -> SubscriptionState:
    return books[Subscriptions].get(number).standing.state


@pytest.mark.parametrize("write", [move, extend])
async def test_every_pair_of_states_is_as_the_table_says(storage: Storage, write: Write) -> None:
    await storage.run(put_plan)
    for person, (old, new) in enumerate(PAIRS, start=1):
        number = await storage.run(one_in, old, person)
        if may_move(SUBSCRIPTION_MOVES, old, new):
            await storage.run(write, number, old, new)
        else:
            with pytest.raises(ForbiddenMoveError, match=f"What is {old} cannot become {new}"):
                await storage.run(write, number, old, new)
        assert await storage.read(state_of, number) is (
            new if new in SUBSCRIPTION_MOVES[old] else old
        )


@pytest.mark.parametrize("write", [move, extend])
async def test_it_may_stay_where_it_is_but_not_where_it_was(
    storage: Storage, write: Write
) -> None:
    await storage.run(put_plan)
    number = await storage.run(one_in, SubscriptionState.PAST_DUE, 1)
    await storage.run(write, number, SubscriptionState.PAST_DUE, SubscriptionState.PAST_DUE)
    with pytest.raises(DoneAlreadyError):
        await storage.run(write, number, SubscriptionState.ACTIVE, SubscriptionState.SUSPENDED)
