"""A bank that turns round: each word is booked from where the books stand, and access follows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from shop.core.money import Money
from shop.orders.payment_records import Payment
from shop.ports import DisputeFacts, Happening, PaymentEvent, ProviderError
from shop.refunds.rules import AccessAfterRefund, RefundPolicy
from tests.fixtures.shop import Shop
from tests.fixtures.tables import Tables, contradictions
from tests.stories.test_refund_cases import (
    SILENT,
    Till,
    ask,
    bought,
    days_left,
    give,
    refunds,
)

PRICE = 1598
H = Happening
OPEN, WON, LOST = H.DISPUTED, H.DISPUTE_WON, H.DISPUTE_LOST


async def word(
    shop: Shop,
    payment: Payment,
    happening: Happening,
    minor: int | None = PRICE,
    *,
    at: int = 0,
    name: str = "du_1",
    receipt: str = "money_1",
) -> PaymentEvent:
    """The bank says this, `at` seconds from now by its own clock; told at once."""
    told = shop.received(payment, receipt=receipt, at=shop.now + timedelta(seconds=at))
    event = replace(
        told,
        happening=happening,
        kind=happening,
        money=None if minor is None else Money(minor, "EUR"),
        detail=DisputeFacts(dispute_ref=name),
    )
    await shop.settle(event)
    return event


async def later(
    shop: Shop, payment: Payment, *happenings: Happening, minor: int | None = PRICE
) -> None:
    """One after the other, a day apart."""
    for happening in happenings:
        shop.clock.move(days=1)
        await word(shop, payment, happening, minor)


@dataclass(frozen=True)
class Books:
    """What the books say in a few figures."""

    state: str
    at_provider: int
    at_bank: int
    order: str
    payment: str
    is_on: bool


def books(tables: Tables) -> Books:
    sums = dict(tables.rows("SELECT account, SUM(minor) FROM journal GROUP BY account"))
    live = tables.rows("SELECT is_frozen FROM subscriptions WHERE state = 'active'")
    return Books(
        state=tables.one("SELECT state FROM disputes WHERE kind = 'dispute' ORDER BY id DESC"),
        at_provider=int(sums.get("provider:sandbox_card", 0)),
        at_bank=int(sums.get("disputed", 0)),
        order=tables.one("SELECT state FROM orders WHERE kind = 'purchase' ORDER BY id"),
        payment=tables.one("SELECT state FROM payments ORDER BY id"),
        is_on=any(not frozen for (frozen,) in live),
    )


def here(order: str = "paid") -> Books:
    return Books("won", PRICE, 0, order, "final", is_on=True)


ASKED = Books("open", 0, PRICE, "paid", "disputed", is_on=False)
GONE = Books("lost", 0, 0, "refunded", "refunded", is_on=False)


async def heard(shop: Shop) -> list[dict[str, Any]]:
    """What was told since this was asked last."""
    await shop.drain()
    found = [dict(one.payload) for one in shop.told]
    shop.told.clear()
    return found


async def words_of(shop: Shop, kind: str) -> list[dict[str, Any]]:
    return [one for one in await heard(shop) if one["notice"] == kind]


# --- one case, turning -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ([OPEN], ASKED),
        ([WON], here()),
        ([LOST], GONE),
        ([OPEN, WON], here()),
        ([OPEN, LOST], GONE),
        ([OPEN, WON, LOST], GONE),
        ([OPEN, LOST, WON], here()),
        ([OPEN, WON, OPEN], ASKED),
        ([OPEN, LOST, OPEN], GONE),
        ([OPEN, WON, OPEN, LOST], GONE),
        ([OPEN, LOST, OPEN, WON], here()),
        ([OPEN, LOST, WON, LOST], GONE),
        ([OPEN, WON, LOST, WON], here()),
        ([LOST, WON, LOST, WON, LOST, WON], here()),
    ],
    ids=lambda one: (
        "-".join(str(each).rpartition("_")[2] for each in one) if isinstance(one, list) else ""
    ),
)
async def test_however_often_it_turns_the_books_and_access_are_where_its_last_word_puts_them(
    shop: Shop, tables: Tables, said: Sequence[Happening], end: Books
) -> None:
    payment = await bought(shop)
    for happening in said:
        await later(shop, payment, happening)
        assert contradictions(tables) == {}
        await shop.drain()
    assert books(tables) == end
    actual = [row[0] for row in tables.rows("SELECT actual FROM accounts")]
    assert ("active" in actual) is end.is_on


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_words_that_come_out_of_order_and_twice_end_the_same(
    shop: Shop, tables: Tables, order: tuple[int, ...]
) -> None:
    payment = await bought(shop)
    shop.clock.move(days=9)
    said = [(OPEN, -30), (WON, -20), (LOST, -10)]
    for number in (*order, *order):
        happening, at = said[number]
        await word(shop, payment, happening, at=at)
        assert contradictions(tables) == {}
    assert books(tables) == GONE


async def test_lost_and_won_a_year_later_gives_back_what_was_taken_and_no_more(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    shop.clock.move(days=20)
    left = days_left(shop, tables)
    await word(shop, payment, LOST)
    shop.clock.move(days=365)
    await word(shop, payment, WON)
    assert left <= days_left(shop, tables) < left + 1, "of a day begun the customer has all"
    assert books(tables) == here()


async def test_what_was_used_up_when_it_was_lost_is_not_given_again(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    shop.clock.move(days=200)
    await heard(shop)
    await word(shop, payment, LOST)
    [over] = await words_of(shop, "dispute_over")
    assert (over["access"], over["money"]["minor"]) == ("none", PRICE), "it had ended long before"
    shop.clock.move(days=1)
    await word(shop, payment, WON)
    assert tables.one("SELECT COUNT(*) FROM subscriptions WHERE state = 'active'") == 0
    assert tables.one("SELECT state FROM orders") == "paid"
    assert tables.one("SELECT -SUM(minor) FROM journal WHERE account = 'sales'") == PRICE


async def test_the_lost_month_is_given_again_to_the_plan_that_was_bought_since(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await word(shop, payment, LOST)
    customer = await shop.greet()
    again = await shop.ask(customer)
    await shop.settle(shop.received(again, receipt="money_2"))
    shop.clock.move(days=1)
    before = days_left(shop, tables)
    await word(shop, payment, WON)
    assert tables.one("SELECT COUNT(*) FROM subscriptions WHERE state = 'active'") == 1
    assert days_left(shop, tables) > before + 27
    await shop.drain()
    shop.clock.move(days=1)
    await word(shop, payment, LOST)
    assert days_left(shop, tables) == pytest.approx(before - 1, abs=0.01), "only its own month"
    assert tables.one("SELECT COUNT(*) FROM subscriptions WHERE state = 'active'") == 1


async def test_a_renewal_beside_it_keeps_its_month(shop: Shop, tables: Tables) -> None:
    payment = await bought(shop)
    renewal = await shop.ask(await shop.greet())
    await shop.settle(shop.received(renewal, receipt="money_2"))
    await heard(shop)
    await later(shop, payment, OPEN, LOST)
    told = await heard(shop)
    [over] = [one for one in told if one["notice"] == "dispute_over"]
    assert over["access"] == "shortened"
    assert over["until"] is not None, "access runs on"
    assert books(tables).is_on
    await later(shop, payment, WON)
    [over] = await words_of(shop, "dispute_over")
    assert over["access"] == "restored"


# --- sums --------------------------------------------------------------------------------------


async def test_an_inquiry_that_was_closed_becomes_a_dispute(shop: Shop, tables: Tables) -> None:
    payment = await bought(shop)
    await later(shop, payment, OPEN, WON, minor=None)
    assert books(tables) == here()
    await heard(shop)
    await later(shop, payment, OPEN)
    assert books(tables) == ASKED
    assert {one["notice"] for one in await heard(shop)} == {"dispute", "disputed"}
    await later(shop, payment, LOST)
    assert books(tables) == GONE


async def test_an_inquiry_that_was_answered_by_a_refund_is_not_said_to_have_kept_the_money(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await later(shop, payment, OPEN, minor=None)
    await give(shop)
    await heard(shop)
    await later(shop, payment, WON, minor=None)
    told = await heard(shop)
    [closed] = [one for one in told if one["notice"] == "dispute_closed"]
    assert (closed["moved"]["minor"], closed["kept"]["minor"]) == (0, 0)
    [over] = [one for one in told if one["notice"] == "dispute_over"]
    assert (over["access"], over["until"]) == ("none", None)
    assert tables.one("SELECT state FROM payments") == "refunded"


async def test_a_part_that_is_disputed_before_its_receipt_takes_only_that_part(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    await word(shop, payment, OPEN, 300)
    await shop.settle(shop.received(payment, receipt="money_1"))
    assert (books(tables).at_bank, books(tables).at_provider) == (300, PRICE - 300)


async def test_an_inquiry_told_before_its_receipt_takes_nothing(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    await word(shop, payment, OPEN, None)
    await shop.settle(shop.received(payment, receipt="money_1"))
    assert (books(tables).at_bank, books(tables).at_provider) == (0, PRICE)
    assert not books(tables).is_on, "it rests while the bank asks"


async def test_what_was_lost_before_its_receipt_is_lost_when_that_comes(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    await word(shop, payment, LOST)
    await heard(shop)
    await shop.settle(shop.received(payment, receipt="money_1"))
    assert books(tables) == GONE
    [closed] = await words_of(shop, "dispute_closed")
    assert closed["moved"]["minor"] == PRICE
    await later(shop, payment, WON)
    assert books(tables) == here()


async def test_a_bank_that_decides_on_a_part_lets_go_of_the_rest(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await later(shop, payment, OPEN)
    await later(shop, payment, LOST, minor=500)
    assert (books(tables).at_bank, books(tables).at_provider) == (0, PRICE - 500)
    assert refunds(tables) == [("dispute", "done", 500)]
    await later(shop, payment, LOST, minor=700)
    assert refunds(tables) == [("dispute", "done", 500), ("dispute", "done", 200)]
    await later(shop, payment, WON)
    assert books(tables).at_provider == PRICE


async def test_beside_a_refund_by_staff_only_the_rest_can_be_taken_and_staff_read_it(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await give(shop, 300)
    await heard(shop)
    await later(shop, payment, OPEN, LOST)
    [closed] = await words_of(shop, "dispute_closed")
    assert (closed["money"]["minor"], closed["moved"]["minor"]) == (PRICE, PRICE - 300)
    assert books(tables).at_provider == 0
    await later(shop, payment, WON)
    assert books(tables).at_provider == PRICE - 300
    assert books(tables).order == "paid"


async def test_a_refund_that_fails_while_a_bank_asks_leaves_its_money_with_the_bank(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    refund = await give(shop, till=Till(SILENT))
    await later(shop, payment, OPEN)
    assert books(tables).at_bank == 0, "it is on its way back already"
    await ask(shop, refund, Till(ProviderError(reason="disputed")))
    assert books(tables).at_bank == PRICE
    assert contradictions(tables) == {}


async def test_with_a_part_from_the_wallet_the_wallet_has_its_part_again(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await shop.settle(shop.received(payment, receipt="money_2"))  # twice: the wallet has it
    await word(shop, payment, LOST, receipt="money_2")
    wallet = "SELECT COALESCE(SUM(-minor), 0) FROM journal WHERE account = 'wallet'"
    assert tables.one(wallet) == 0
    await heard(shop)
    shop.clock.move(days=1)
    await word(shop, payment, WON, receipt="money_2")
    assert tables.one(wallet) == PRICE
    [closed] = await words_of(shop, "dispute_closed")
    assert (closed["in_wallet"]["minor"], closed["access"]) == (PRICE, "none")
    assert tables.one("SELECT state FROM orders") == "paid"


async def test_the_owners_choice_about_access_does_not_hold_what_a_bank_took(
    shop: Shop, tables: Tables
) -> None:
    keeps = RefundPolicy(whole=AccessAfterRefund.KEEP, hold_disputes=False)
    shop.policy = shop.policy.choosing(keeps)
    payment = await bought(shop)
    await later(shop, payment, OPEN)
    assert books(tables).is_on, "he does not hold it"
    await later(shop, payment, LOST)
    assert books(tables) == GONE


async def test_two_cases_about_one_money_are_each_decided(shop: Shop, tables: Tables) -> None:
    payment = await bought(shop)
    await word(shop, payment, OPEN, 300, name="du_1")
    await word(shop, payment, OPEN, 400, name="du_2")
    shop.clock.move(days=1)
    await word(shop, payment, LOST, 300, name="du_1")
    assert tables.one("SELECT state FROM payments") == "disputed", "one runs"
    await word(shop, payment, WON, 400, name="du_2")
    assert tables.one("SELECT state FROM payments") == "final"
    shop.clock.move(days=1)
    await word(shop, payment, WON, 300, name="du_1")
    await word(shop, payment, LOST, 400, name="du_2")
    assert books(tables).at_provider == PRICE - 400
