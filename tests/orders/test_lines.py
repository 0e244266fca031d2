"""An order of several lines: paid once, each line served, money and tax known a line."""

import sqlite3
from dataclasses import replace

import pytest
from psycopg.errors import CheckViolation

from shop.core.money import Money
from shop.ledger.receiving import ReceiptPolicy, Tolerance
from shop.orders.line_records import LineKind, NewLine, basket_of, quote_of
from shop.orders.payment_records import Payment
from shop.ports import ProviderError
from shop.refunds.records import RefundRoute
from shop.refunds.rules import AccessAfterRefund, RefundPolicy
from shop.screening.rules import FraudPolicy
from shop.settlement.reviews import approve
from shop.settlement.settle import Outcome
from shop.settlement.unassigned import assign
from tests.fixtures.goods import MONTH, QUARTER, WEEK
from tests.fixtures.shop import STAFF, Shop
from tests.fixtures.tables import Tables, contradictions
from tests.orders.baskets import a_line, ask
from tests.stories.test_refund_cases import Till, give

PRICES = (1598, 299, 6597)  # a month of solo, a week of duo, a quarter of another solo
WHOLE = Money(sum(PRICES), "EUR")
SOLD = "SELECT subscription_id, paid, tax FROM order_lines ORDER BY position"
BACK = """
    SELECT COALESCE(SUM(b.minor), 0), COALESCE(SUM(b.tax), 0) FROM order_lines AS l
    LEFT JOIN refund_lines AS b ON b.line_id = l.id AND b.refund_id NOT IN (
        SELECT id FROM refunds WHERE state IN ('failed', 'cancelled')
    )
    GROUP BY l.id, l.position ORDER BY l.position
"""


async def basket(shop: Shop) -> Payment:
    return await ask(
        shop,
        await a_line(shop),
        await a_line(shop, "duo", WEEK),
        await a_line(shop, term=QUARTER, is_another=True),
    )


async def sold(shop: Shop, tax: int = 1000) -> Payment:
    payment = await basket(shop)
    event = replace(shop.received(payment, receipt="money_1"), tax=Money(tax, "EUR"))
    assert await shop.settle(event) is Outcome.SETTLED
    return payment


def back(tables: Tables) -> list[tuple[int, int]]:
    """What of each line went back, and its tax."""
    return [(int(minor), int(tax)) for minor, tax in tables.rows(BACK)]


async def test_three_lines_are_paid_once_and_each_is_served(shop: Shop, tables: Tables) -> None:
    payment = await sold(shop)
    assert payment.whole == WHOLE
    assert tables.rows("SELECT state FROM orders") == [("paid",)]
    assert tables.one("SELECT COUNT(*) FROM receipts") == 1
    served = tables.rows("""
        SELECT p.slug, l.term, s.paid_until - s.starts_at, t.ends_at = s.paid_until
        FROM order_lines AS l
        INNER JOIN subscriptions AS s ON s.id = l.subscription_id
        INNER JOIN products AS p ON p.id = s.product_id
        INNER JOIN periods AS t ON t.line_id = l.id
        ORDER BY l.position
    """)
    assert [(slug, term) for slug, term, _length, _same in served] == [
        ("solo", "1m"),
        ("duo", "7d"),
        ("solo", "3m"),
    ]
    assert served[1][2] == 7 * 86_400
    assert all(same for *_rest, same in served)
    assert len({row[0] for row in tables.rows(SOLD)}) == 3, "each has a subscription of its own"
    assert tables.one("SELECT COUNT(*) FROM outbox WHERE kind = 'provision'") == 3


async def test_money_and_tax_are_split_to_the_cent(shop: Shop, tables: Tables) -> None:
    await sold(shop)
    # 1000 by 1598 : 299 : 6597, the largest remainder first.
    assert [(paid, tax) for _, paid, tax in tables.rows(SOLD)] == [
        (1598, 188),
        (299, 35),
        (6597, 777),
    ]
    assert contradictions(tables) == {}


async def test_a_refund_in_parts_is_split_by_what_is_left_and_ends_at_nothing(
    shop: Shop, tables: Tables
) -> None:
    await sold(shop)
    for minor in (1000, 3333, 1):
        await give(shop, minor)
        assert sum(one for one, _tax in back(tables)) == sum(
            one for (one,) in tables.rows("SELECT from_order FROM refunds")
        )
        assert contradictions(tables) == {}
    assert back(tables) != [(one, 0) for one in PRICES]
    await give(shop, WHOLE.minor - 4334)
    assert back(tables) == [(1598, 188), (299, 35), (6597, 777)], "all of each, and all its tax"
    assert tables.rows("SELECT state FROM orders") == [("refunded",)]
    assert {state for (state,) in tables.rows("SELECT state FROM subscriptions")} == {"ended"}


async def test_a_part_shortens_each_line_by_its_own_share(shop: Shop, tables: Tables) -> None:
    shop.policy = shop.policy.choosing(RefundPolicy(part=AccessAfterRefund.SHORTEN))
    await sold(shop)
    lengths = "SELECT ends_at - starts_at FROM periods ORDER BY line_id"
    before = [int(row[0]) for row in tables.rows(lengths)]
    await give(shop, WHOLE.minor // 2)
    after = [int(row[0]) for row in tables.rows(lengths)]
    for was, now in zip(before, after, strict=True):
        assert now / was == pytest.approx(0.5, abs=0.01)
    taken = [int(row[0]) for row in tables.rows("SELECT seconds_back FROM refund_lines")]
    assert sum(taken) == sum(before) - sum(after)


async def test_a_refund_that_failed_leaves_its_lines_whole(shop: Shop, tables: Tables) -> None:
    await sold(shop)
    await give(shop, 5000, till=Till(ProviderError(reason="no")))
    assert back(tables) == [(0, 0)] * 3
    await give(shop, WHOLE.minor)
    assert back(tables) == [(1598, 188), (299, 35), (6597, 777)]


async def test_the_wallet_takes_lines_back_as_a_provider_does(shop: Shop, tables: Tables) -> None:
    await sold(shop)
    await give(shop, 2000, route=RefundRoute.WALLET)
    assert sum(one for one, _tax in back(tables)) == 2000
    assert contradictions(tables) == {}


async def test_what_the_owner_lets_be_missing_is_shared_too(shop: Shop, tables: Tables) -> None:
    shop.policy = shop.policy.choosing(ReceiptPolicy(tolerance={"EUR": Tolerance(minor=100)}))
    payment = await basket(shop)
    short = WHOLE - Money(50, "EUR")
    assert await shop.settle(shop.received(payment, money=short)) is Outcome.SETTLED
    assert sum(paid for _, paid, _tax in tables.rows(SOLD)) == short.minor


async def test_lines_to_one_plan_follow_one_another(shop: Shop, tables: Tables) -> None:
    await shop.pay(await ask(shop, await a_line(shop), await a_line(shop, term=WEEK)))
    assert tables.one("SELECT COUNT(*) FROM subscriptions") == 1, "nobody asked for a second"
    [first, second] = tables.rows("SELECT starts_at, ends_at FROM periods ORDER BY line_id")
    assert second[0] == first[1]
    assert contradictions(tables) == {}


async def test_the_lines_of_the_quote_that_was_paid_are_sold(shop: Shop, tables: Tables) -> None:
    anna = await shop.greet()
    await shop.ask(anna)
    stars = await shop.ask(anna, currency="XTR", provider="stars")
    assert await shop.pay(stars) is Outcome.SETTLED
    assert tables.rows(
        "SELECT currency, minor, paid, subscription_id FROM order_lines ORDER BY currency"
    ) == [("EUR", 1598, 0, None), ("XTR", 1598, 1598, 1)]
    assert tables.one("SELECT COUNT(*) FROM orders") == 1


async def test_lines_that_wait_for_a_person_are_served_by_an_approval(
    shop: Shop, tables: Tables
) -> None:
    shop.policy = shop.policy.choosing(FraudPolicy(first_order={"EUR": 1}))
    payment = await basket(shop)
    event = replace(shop.received(payment), tax=Money(1000, "EUR"))
    assert await shop.settle(event) is Outcome.IN_REVIEW
    assert tables.rows(SOLD) == [(None, 0, 0)] * 3
    await shop.run(approve, STAFF, review_id=1, policy=shop.policy, now=shop.now)
    assert [(paid, tax) for _, paid, tax in tables.rows(SOLD)] == [
        (1598, 188),
        (299, 35),
        (6597, 777),
    ]


async def test_money_of_nobody_that_is_given_an_order_serves_its_lines(
    shop: Shop, tables: Tables
) -> None:
    payment = await basket(shop)
    lost = replace(
        shop.received(payment), reference="tk_gone", provider_ref="", tax=Money(1000, "EUR")
    )
    assert await shop.settle(lost) is Outcome.UNKNOWN
    await shop.run(
        assign,
        STAFF,
        receipt=1,
        customer_id=payment.customer_id,
        reference=payment.reference,
        policy=shop.policy,
        now=shop.now,
    )
    assert [(paid, tax) for _, paid, tax in tables.rows(SOLD)] == [
        (1598, 188),
        (299, 35),
        (6597, 777),
    ]


async def test_the_same_lines_again_are_the_same_order(shop: Shop, tables: Tables) -> None:
    first, again = await basket(shop), await basket(shop)
    assert first.id == again.id
    assert tables.one("SELECT COUNT(*) FROM order_lines") == 3
    await ask(shop, await a_line(shop), await a_line(shop, "duo", WEEK))
    assert tables.one("SELECT COUNT(*) FROM orders") == 2, "fewer lines are another order"


async def test_several_of_one_thing_cost_so_many_times_its_price(
    shop: Shop, tables: Tables
) -> None:
    pack = replace(await a_line(shop), kind=LineKind.PACK, quantity=3)
    payment = await ask(shop, pack)
    assert payment.whole == Money(3 * 1598, "EUR")
    assert tables.rows("SELECT kind, quantity, minor FROM order_lines") == [("pack", 3, 4794)]


async def test_a_line_of_a_plan_is_one_subscription(shop: Shop, tables: Tables) -> None:
    two = replace(await a_line(shop), quantity=2)
    with pytest.raises((sqlite3.IntegrityError, CheckViolation)):
        await ask(shop, two)
    assert tables.one("SELECT COUNT(*) FROM orders") == 0


def test_a_basket_and_a_quote_tell_lines_apart() -> None:
    line = NewLine(product_id=1, interval=MONTH, price=None)
    variants = [
        [line],
        [line, line],
        [replace(line, product_id=2)],
        [replace(line, interval=WEEK)],
        [replace(line, quantity=2)],
        [replace(line, is_another=True)],
        [replace(line, lengthens=7, is_apart=True)],
    ]
    assert len({basket_of(one) for one in variants}) == len(variants)
    assert basket_of([replace(line, lengthens=7)]) == basket_of([line]), "found by either name"
    assert quote_of([line]) == "", "what is given away has no price"
