from collections.abc import Mapping
from enum import StrEnum

import pytest

from shop.access.states import LIVE, SUBSCRIPTION_MOVES, SubscriptionState
from shop.core.moves import may_move
from shop.orders.states import OPEN_PAYMENTS, ORDER_MOVES, PAYMENT_MOVES, OrderState, PaymentState
from shop.refunds.states import DISPUTE_MOVES, REFUND_MOVES, DisputeState, RefundState

TABLES = [
    (OrderState, ORDER_MOVES, OrderState.OPEN),
    (PaymentState, PAYMENT_MOVES, PaymentState.CREATED),
    (RefundState, REFUND_MOVES, RefundState.ASKED),
    (DisputeState, DISPUTE_MOVES, DisputeState.OPEN),
    (SubscriptionState, SUBSCRIPTION_MOVES, SubscriptionState.TRIALING),
]


@pytest.mark.parametrize(("states", "table", "first"), TABLES)
def test_a_table_says_for_every_state_where_it_leads(
    states: type[StrEnum], table: Mapping[StrEnum, frozenset[StrEnum]], first: StrEnum
) -> None:
    assert set(table) == set(states)
    assert all(state not in table[state] for state in states), "staying needs no move"
    reached, edge = {first}, {first}
    while edge:
        edge = {new for old in edge for new in table[old]} - reached
        reached |= edge
    assert reached | {SubscriptionState.ACTIVE} >= set(states), "every state can be reached"


def test_what_is_over_stays_over() -> None:
    assert not ORDER_MOVES[OrderState.REFUNDED]
    assert not ORDER_MOVES[OrderState.CANCELLED]
    assert not PAYMENT_MOVES[PaymentState.REFUNDED]
    assert not SUBSCRIPTION_MOVES[SubscriptionState.ENDED]


def test_money_may_still_come_wherever_the_shop_has_given_up() -> None:
    waiting = [*OPEN_PAYMENTS, PaymentState.FAILED, PaymentState.EXPIRED]
    assert all(may_move(PAYMENT_MOVES, state, PaymentState.FINAL) for state in waiting)
    assert may_move(ORDER_MOVES, OrderState.EXPIRED, OrderState.PAID)


def test_every_live_subscription_can_end() -> None:
    assert all(may_move(SUBSCRIPTION_MOVES, state, SubscriptionState.ENDED) for state in LIVE)
