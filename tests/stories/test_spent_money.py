"""Money leaves that a wallet had spent: it is taken where it went, and staff read what lost it."""

from dataclasses import replace

import pytest

from shop.checkout.payment import Choice
from shop.checkout.wallet import pay_from_wallet
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.orders.payment_records import Payment
from shop.ports import DisputeFacts, Happening
from shop.refunds.records import RefundRoute
from shop.refunds.refund import RefundWish, begin_refund
from shop.refunds.rules import AccessAfterRefund, RefundPolicy
from tests.fixtures.goods import MONTH
from tests.fixtures.shop import STAFF, Shop, price_of
from tests.fixtures.tables import Tables, contradictions
from tests.stories.test_refund_cases import bought, days_left, news, refunds
from tests.stories.test_turning_disputes import heard

PRICE = 1598


async def spend(shop: Shop, customer: int, slug: str = "solo", term: Interval = MONTH) -> Payment:
    price = await shop.storage.read(price_of, slug, term, "EUR")
    choice = Choice(customer_id=customer, price_id=price, provider="wallet", screen_id=9)
    payment: Payment = await shop.run(pay_from_wallet, choice, policy=shop.policy, now=shop.now)
    shop.clock.move(seconds=1)
    return payment


async def paid_twice(shop: Shop) -> Payment:
    """The second payment for one order lies in the wallet, as `money_2`."""
    payment = await bought(shop)
    await shop.settle(shop.received(payment, receipt="money_2"))
    return payment


async def given_back(shop: Shop, payment: Payment, minor: int = PRICE) -> None:
    told = replace(news(shop, payment, Happening.REFUNDED, minor), receipt_id="money_2")
    await shop.settle(told)


def wallet(tables: Tables) -> int:
    query = "SELECT COALESCE(SUM(-minor), 0) FROM journal WHERE account = 'wallet'"
    return int(tables.one(query))


def sales(tables: Tables) -> int:
    return int(tables.one("SELECT -SUM(minor) FROM journal WHERE account = 'sales'"))


async def test_what_the_wallet_bought_gives_the_money_back(shop: Shop, tables: Tables) -> None:
    payment = await paid_twice(shop)
    month = days_left(shop, tables)
    await spend(shop, payment.customer_id)
    assert days_left(shop, tables) > month + 27
    await heard(shop)

    await given_back(shop, payment)

    assert refunds(tables) == [("wallet", "done", PRICE), ("told", "done", PRICE)]
    assert (wallet(tables), sales(tables)) == (0, PRICE), "one month is paid for"
    assert days_left(shop, tables) == pytest.approx(month, abs=0.01), "and one is there"
    states = tables.rows("SELECT state FROM orders ORDER BY id")
    assert states == [("paid",), ("refunded",)]
    told = {one["notice"]: one for one in await heard(shop)}
    assert set(told) == {"reclaimed", "order_lost_money", "refunded", "money_back"}
    assert told["order_lost_money"]["money"]["minor"] == PRICE
    assert told["order_lost_money"]["access"] == "shorten", "the first month runs on"
    assert told["money_back"]["loss"]["minor"] == 0
    assert contradictions(tables) == {}


async def test_told_twice_it_is_taken_once(shop: Shop, tables: Tables) -> None:
    payment = await paid_twice(shop)
    await spend(shop, payment.customer_id)
    await given_back(shop, payment)
    before = tables.rows("SELECT * FROM journal")
    await given_back(shop, payment)
    assert tables.rows("SELECT * FROM journal") == before


async def test_the_wallet_gives_first_and_then_what_it_bought_last(
    shop: Shop, tables: Tables
) -> None:
    payment = await paid_twice(shop)
    await shop.settle(shop.received(payment, receipt="money_3"))
    await spend(shop, payment.customer_id)  # 15.98 of 31.96
    await given_back(shop, payment)
    assert refunds(tables) == [("told", "done", PRICE)], "it lay in the wallet"
    assert wallet(tables) == 0
    again = replace(news(shop, payment, Happening.REFUNDED), receipt_id="money_3")
    await shop.settle(again)
    assert refunds(tables)[1:] == [("wallet", "done", PRICE), ("told", "done", PRICE)]
    assert (wallet(tables), sales(tables)) == (0, PRICE)


async def test_a_part_is_taken_of_the_latest_by_the_owners_choice_for_parts(
    shop: Shop, tables: Tables
) -> None:
    shop.policy = shop.policy.choosing(RefundPolicy(part=AccessAfterRefund.SHORTEN))
    payment = await paid_twice(shop)
    month = days_left(shop, tables)
    await spend(shop, payment.customer_id)
    two = days_left(shop, tables)
    await given_back(shop, payment, PRICE // 2)
    assert refunds(tables) == [("wallet", "done", PRICE // 2), ("told", "done", PRICE // 2)]
    half = month + (two - month) / 2
    assert days_left(shop, tables) == pytest.approx(half, abs=0.01)
    await given_back(shop, payment, PRICE)
    assert sales(tables) == PRICE
    assert days_left(shop, tables) == pytest.approx(month, abs=0.01)


async def test_a_lost_dispute_takes_it_there_too_and_won_later_the_wallet_has_it(
    shop: Shop, tables: Tables
) -> None:
    payment = await paid_twice(shop)
    await spend(shop, payment.customer_id)
    told = replace(news(shop, payment, Happening.DISPUTE_LOST), receipt_id="money_2")
    told = replace(told, detail=DisputeFacts(dispute_ref="du_1"))
    await shop.settle(told)
    assert (wallet(tables), sales(tables)) == (0, PRICE)
    await heard(shop)
    shop.clock.move(days=1)
    won = replace(told, event_id="won", happening=Happening.DISPUTE_WON, occurred_at=shop.now)
    await shop.settle(won)
    assert (wallet(tables), sales(tables)) == (PRICE, PRICE)
    [closed] = [one for one in await heard(shop) if one["notice"] == "dispute_closed"]
    assert closed["in_wallet"]["minor"] == PRICE
    assert contradictions(tables) == {}


async def test_a_short_payment_that_completed_its_order_is_taken_from_that_order(
    shop: Shop, tables: Tables
) -> None:
    customer = await shop.greet()
    payment = await shop.ask(customer)
    await shop.settle(shop.received(payment, money=Money(600, "EUR"), receipt="money_2"))
    rest = await shop.ask(customer)
    await shop.settle(shop.received(rest, money=Money(998, "EUR"), receipt="money_3"))
    assert tables.one("SELECT state FROM orders") == "paid"
    await given_back(shop, payment, 600)
    assert refunds(tables) == [("told", "done", 600)]
    assert sales(tables) == PRICE - 600


async def test_what_somebody_else_bought_is_not_touched(shop: Shop, tables: Tables) -> None:
    payment = await paid_twice(shop)
    await spend(shop, payment.customer_id)
    other = await shop.greet(1002)
    theirs = await shop.ask(other)
    await shop.settle(shop.received(theirs, receipt="money_8"))
    await shop.settle(shop.received(theirs, receipt="money_9"))
    await spend(shop, other.id)
    await given_back(shop, payment)
    owners = "SELECT customer_id FROM refunds ORDER BY id"
    assert {row[0] for row in tables.rows(owners)} == {payment.customer_id}


async def test_what_staff_gave_to_the_wallet_again_is_found_where_it_was_spent_anew(
    shop: Shop, tables: Tables
) -> None:
    payment = await paid_twice(shop)
    used = await spend(shop, payment.customer_id)
    # Staff had given the month's money to the wallet already, and the wallet spent it again.
    [receipt] = [
        number
        for number, name in tables.rows("SELECT id, receipt_id FROM receipts")
        if name == used.reference
    ]
    wish = RefundWish(
        receipt=receipt, money=Money(PRICE, "EUR"), route=RefundRoute.WALLET, reason="wish"
    )
    await shop.run(begin_refund, wish, STAFF, policy=shop.policy, now=shop.now)
    await spend(shop, payment.customer_id)
    await given_back(shop, payment)
    assert (wallet(tables), sales(tables)) == (0, PRICE)
    assert contradictions(tables) == {}
