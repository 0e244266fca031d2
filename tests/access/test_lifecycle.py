from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.access.lifecycle import Standing, may_use, next_change, state_at
from shop.access.states import LIVE, SUBSCRIPTION_MOVES
from shop.access.states import SubscriptionState as State
from shop.catalog.products import Terms
from shop.core.moves import may_move

END = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def standing(
    state: State = State.ACTIVE, *, grace: int = 3, is_trial: bool = False, is_frozen: bool = False
) -> Standing:
    return Standing(
        state=state,
        is_frozen=is_frozen,
        is_trial=is_trial,
        paid_until=END,
        terms=Terms(grace_days=grace, keep_days=14),
    )


PAID, TRIAL = standing(), standing(State.TRIALING, is_trial=True)
# standing, when -> the state, whether it may be used, when to look again
CASES = [
    (PAID, END - SECOND, State.ACTIVE, True, END),
    (PAID, END, State.PAST_DUE, True, END + 3 * DAY),
    (PAID, END + 3 * DAY - SECOND, State.PAST_DUE, True, END + 3 * DAY),
    (PAID, END + 3 * DAY, State.SUSPENDED, False, END + 17 * DAY),
    (PAID, END + 17 * DAY, State.ENDED, False, None),
    (TRIAL, END - SECOND, State.TRIALING, True, END),
    (TRIAL, END, State.SUSPENDED, False, END + 14 * DAY),
    (TRIAL, END + 14 * DAY, State.ENDED, False, None),
    (standing(grace=0), END, State.SUSPENDED, False, END + 14 * DAY),
    (standing(is_frozen=True), END - DAY, State.ACTIVE, False, END),
    (standing(State.PAUSED), END - DAY, State.PAUSED, False, None),
    (standing(State.ENDED), END - DAY, State.ENDED, False, None),
    # The clock was late: the books still say active, the time says otherwise.
    (standing(State.SUSPENDED), END - SECOND, State.ACTIVE, True, END),
]


@pytest.mark.parametrize(("one", "now", "state", "may", "again"), CASES)
def test_time_decides(
    one: Standing,
    now: datetime,
    state: State,
    may: Literal[True, False],
    again: datetime | None,
) -> None:
    assert state_at(one, now=now) is state
    assert may_use(one, now=now) is may
    assert next_change(one, now=now) == again


standings = st.builds(
    Standing,
    state=st.sampled_from(State),
    is_frozen=st.booleans(),
    is_trial=st.booleans(),
    paid_until=st.just(END),
    terms=st.builds(Terms, grace_days=st.integers(0, 9), keep_days=st.integers(0, 30)),
)
times = st.integers(-(10**6), 5 * 10**6).map(lambda seconds: END + timedelta(seconds=seconds))


@given(standings, times)
def test_who_may_use_it_is_in_a_live_state_and_not_held(one: Standing, now: datetime) -> None:
    assert may_use(one, now=now) == (state_at(one, now=now) in LIVE and not one.is_frozen)


@given(standings, times)
def test_nothing_changes_before_the_next_look(one: Standing, now: datetime) -> None:
    again = next_change(one, now=now)
    if again is None:
        assert state_at(one, now=now) is state_at(one, now=now + 9999 * DAY)
    else:
        assert again > now
        assert state_at(one, now=again - SECOND) is state_at(one, now=now)


@given(standings, times)
def test_time_only_asks_for_moves_the_table_allows(one: Standing, now: datetime) -> None:
    new = state_at(one, now=now)
    is_again = new in {State.ACTIVE, State.TRIALING}  # only a payment or a grant brings it back
    assert new is one.state or is_again or may_move(SUBSCRIPTION_MOVES, one.state, new)
