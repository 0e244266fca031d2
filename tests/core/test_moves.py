from collections.abc import Mapping
from enum import StrEnum

import pytest

from shop.access.states import LIVE, SUBSCRIPTION_MOVES, SubscriptionState
from shop.core.moves import ForbiddenMoveError, may_move, must_move
from shop.orders.states import OPEN_PAYMENTS, ORDER_MOVES, PAYMENT_MOVES, OrderState, PaymentState
from shop.refunds.states import DISPUTE_MOVES, REFUND_MOVES, DisputeState, RefundState

TABLES = [
    (OrderState, ORDER_MOVES, OrderState.OPEN),
    (PaymentState, PAYMENT_MOVES, PaymentState.CREATED),
    (RefundState, REFUND_MOVES, RefundState.ASKED),
    (DisputeState, DISPUTE_MOVES, DisputeState.OPEN),
    (SubscriptionState, SUBSCRIPTION_MOVES, SubscriptionState.TRIALING),
]


# Section 3 of the design, "States", written out once more: a table that changes must change here.
# A state that leads nowhere is not named.
WRITTEN_OUT = [
    (
        OrderState,
        ORDER_MOVES,
        {
            "open": "paid in_review expired cancelled",
            "in_review": "paid cancelled",
            "paid": "refunded",
            "expired": "paid in_review",
            "refunded": "paid",  # a bank that had taken its money gave it back
        },
    ),
    (
        PaymentState,
        PAYMENT_MOVES,
        {
            "created": "seen final failed expired unknown",
            "seen": "final failed expired unknown",
            "unknown": "created seen final failed expired",
            "failed": "final",
            "expired": "final",
            "final": "refunded disputed",
            "disputed": "final refunded",
            "refunded": "final disputed",
        },
    ),
    (
        RefundState,
        REFUND_MOVES,
        {
            "asked": "unknown pending link manual done failed",
            "unknown": "pending link done failed",
            "pending": "link done failed",  # who is at it may yet hand out a link
            "link": "done",
            "manual": "done cancelled",
            "done": "manual cancelled",  # a bank returned it, or gave back what it had taken
        },
    ),
    (DisputeState, DISPUTE_MOVES, {"open": "won lost", "won": "open lost", "lost": "won"}),
    (
        SubscriptionState,
        SUBSCRIPTION_MOVES,
        {
            "trialing": "active past_due suspended ended",
            "active": "past_due suspended paused ended",
            "past_due": "active suspended ended",
            "suspended": "active past_due trialing ended",
            "paused": "active ended",
        },
    ),
]


@pytest.mark.parametrize(("states", "table", "written"), WRITTEN_OUT)
def test_a_table_allows_the_moves_of_the_design_and_no_other(
    states: type[StrEnum], table: Mapping[StrEnum, frozenset[StrEnum]], written: dict[str, str]
) -> None:
    allowed = {(old, new) for old in states for new in states if may_move(table, old, new)}
    moves = ((old, new) for old, every in written.items() for new in every.split())
    assert allowed == {(states(old), states(new)) for old, new in moves}


def test_payments_that_wait_and_subscriptions_that_run_are_these() -> None:
    assert set(OPEN_PAYMENTS) == {
        PaymentState.CREATED,
        PaymentState.SEEN,
        PaymentState.UNKNOWN,
    }
    assert set(LIVE) == {
        SubscriptionState.TRIALING,
        SubscriptionState.ACTIVE,
        SubscriptionState.PAST_DUE,
    }


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
    assert not ORDER_MOVES[OrderState.CANCELLED]
    assert not REFUND_MOVES[RefundState.FAILED]
    assert not REFUND_MOVES[RefundState.CANCELLED]
    assert not SUBSCRIPTION_MOVES[SubscriptionState.ENDED]


def test_money_may_still_come_wherever_the_shop_has_given_up() -> None:
    waiting = [*OPEN_PAYMENTS, PaymentState.FAILED, PaymentState.EXPIRED]
    assert all(may_move(PAYMENT_MOVES, state, PaymentState.FINAL) for state in waiting)
    assert may_move(ORDER_MOVES, OrderState.EXPIRED, OrderState.PAID)


def test_every_live_subscription_can_end() -> None:
    assert all(may_move(SUBSCRIPTION_MOVES, state, SubscriptionState.ENDED) for state in LIVE)


def test_an_act_of_our_own_that_the_table_forbids_is_an_error_that_names_both_states() -> None:
    must_move(ORDER_MOVES, OrderState.OPEN, OrderState.PAID)
    with pytest.raises(ForbiddenMoveError) as caught:
        must_move(ORDER_MOVES, OrderState.CANCELLED, OrderState.PAID)
    assert caught.value.sentence == "What is cancelled cannot become paid."
