"""Two live subscriptions of one plan: each thing that happens is about the right one.

No screen sells a second one yet; `is_another` is how a line will ask for it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shop.access.expiry import change_one, due_changes
from shop.access.reminders import remind
from shop.books.books import Books
from shop.checkout.grants import extend, grant
from shop.core.money import Money
from shop.customers.records import Customer
from shop.orders.payment_records import Payment, Payments
from shop.ports import Happening, PaymentEvent, Refusal, SeriesFacts
from shop.refunds.evidence import evidence_of
from shop.refunds.records import RefundRoute
from shop.refunds.refund import RefundWish, begin_refund
from shop.renewals.who_renews import Renewer
from shop.settlement.settle import Outcome
from shop.storefront.overview import Holding, overview
from shop.storefront.plans import renewal
from tests.fixtures.goods import MONTH, QUARTER
from tests.fixtures.shop import STAFF, Shop
from tests.fixtures.tables import Tables
from tests.orders.baskets import a_line, ask
from tests.renewals.conftest import Kept, keep

ENDS = "SELECT id, paid_until FROM subscriptions ORDER BY id"
STATES = "SELECT state FROM subscriptions ORDER BY id"


async def two(shop: Shop) -> Customer:
    """Anna has a quarter of Solo, and on a second television a month of it: that ends first."""
    anna = await shop.greet()
    await shop.pay(await ask(shop, await a_line(shop, term=QUARTER)))
    payment = await ask(shop, await a_line(shop, is_another=True))
    await shop.settle(shop.received(payment, receipt="money_2"))
    return anna


def ends(tables: Tables) -> dict[int, int]:
    return {int(one): int(until) for one, until in tables.rows(ENDS)}


def longer(tables: Tables, before: dict[int, int]) -> list[int]:
    """Which of them end later than they did."""
    return [one for one, until in ends(tables).items() if until > before[one]]


async def take_back(shop: Shop, receipt: int) -> None:
    """All of that money goes to the wallet."""
    wish = RefundWish(
        receipt=receipt, money=Money(1598, "EUR"), route=RefundRoute.WALLET, reason="wish"
    )
    await shop.run(begin_refund, wish, STAFF, policy=shop.policy, now=shop.now)


async def news(shop: Shop, number: int, happening: Happening) -> PaymentEvent:
    """What a provider tells of the money of that payment."""
    payment = await shop.storage.read(payment_of, number)
    told = shop.received(payment, receipt=f"money_{number}")
    return replace(told, happening=happening, kind=happening)


def payment_of(books: Books, number: int) -> Payment:
    found = books[Payments].get(number)
    assert found is not None
    return found


# --- paid by hand ------------------------------------------------------------------------------


async def test_what_is_paid_by_hand_lengthens_the_one_that_ends_first(
    shop: Shop, tables: Tables
) -> None:
    anna = await two(shop)
    before = ends(tables)
    assert await shop.pay(await shop.ask(anna)) is Outcome.SETTLED
    assert longer(tables, before) == [2]
    assert tables.one("SELECT COUNT(*) FROM subscriptions") == 2


@pytest.mark.parametrize("named", [1, 2])
async def test_what_names_one_lengthens_that_one(shop: Shop, tables: Tables, named: int) -> None:
    await two(shop)
    before = ends(tables)
    await shop.pay(await ask(shop, await a_line(shop, lengthens=named)))
    assert longer(tables, before) == [named]


async def test_who_named_one_that_ended_meanwhile_lengthens_the_other(
    shop: Shop, tables: Tables
) -> None:
    await two(shop)
    payment = await ask(shop, await a_line(shop, lengthens=2))
    await take_back(shop, 2)
    before = ends(tables)
    assert await shop.pay(payment) is Outcome.SETTLED
    assert longer(tables, before) == [1], "no second one that nobody wants any more"


async def test_each_may_have_an_open_order_of_its_own(shop: Shop, tables: Tables) -> None:
    await two(shop)
    before = ends(tables)
    for payment in [await ask(shop, await a_line(shop, lengthens=one)) for one in (1, 2)]:
        assert await shop.pay(payment) is Outcome.SETTLED
    assert longer(tables, before) == [1, 2]


async def test_staff_lengthen_the_one_they_look_at(shop: Shop, tables: Tables) -> None:
    anna = await two(shop)
    before = ends(tables)
    await shop.run(extend, STAFF, subscription_id=1, days=7, now=shop.now)
    assert longer(tables, before) == [1]
    await shop.run(grant, STAFF, customer_id=anna.id, slug="solo", interval=MONTH, now=shop.now)
    assert longer(tables, before) == [1, 2], "a gift is for the one that ends first"


async def test_each_is_offered_again_for_as_long_as_it_was_bought(
    shop: Shop, tables: Tables
) -> None:
    anna = await two(shop)
    del tables
    terms = []
    for one in (1, 2):
        _plan, price = await shop.storage.read(renewal, one, anna.id, policy=shop.policy)
        assert price is not None
        terms.append(price.interval)
    assert terms == [QUARTER, MONTH]


# --- money that goes back ----------------------------------------------------------------------


async def test_money_that_goes_back_ends_what_it_bought(shop: Shop, tables: Tables) -> None:
    await two(shop)
    await take_back(shop, 2)
    assert tables.rows(STATES) == [("active",), ("ended",)]


async def test_money_that_lengthened_one_shortens_that_one(shop: Shop, tables: Tables) -> None:
    await two(shop)
    before = ends(tables)
    await shop.pay(await ask(shop, await a_line(shop, lengthens=1)))
    assert longer(tables, before) == [1]
    await take_back(shop, 3)
    after = ends(tables)
    assert (after[1] - before[1], after[2]) == (1, before[2]), "a second stays as its trace"


async def test_a_dispute_freezes_what_its_money_bought(shop: Shop, tables: Tables) -> None:
    await two(shop)
    frozen = "SELECT id FROM subscriptions WHERE is_frozen = 1"
    await shop.settle(await news(shop, 2, Happening.DISPUTED))
    assert tables.rows(frozen) == [(2,)]
    await shop.settle(await news(shop, 2, Happening.DISPUTE_WON))
    assert tables.rows(frozen) == []


async def test_a_bank_is_told_of_what_its_money_bought(shop: Shop, tables: Tables) -> None:
    await two(shop)
    del tables
    story = await shop.storage.read(evidence_of, 2)
    assert story.subscription is not None
    assert story.subscription.id == 2
    assert len(story.periods) == 1


# --- the clock ---------------------------------------------------------------------------------


async def test_each_ends_in_its_own_time(shop: Shop, tables: Tables) -> None:
    await two(shop)
    shop.clock.move(days=31 + 3 + 14 + 1)
    for one, customer in await shop.run(due_changes, now=shop.now, most=9):
        await shop.run(change_one, one, customer, now=shop.now)
    assert tables.rows(STATES) == [("active",), ("ended",)]


async def test_each_is_reminded_of_in_its_own_time(shop: Shop, tables: Tables) -> None:
    await two(shop)
    was = dict(tables.rows("SELECT id, remind_at FROM subscriptions"))
    shop.clock.move(seconds=was[2] - shop.now.timestamp() + 60)
    assert await shop.run(remind, now=shop.now, most=9) == 1
    now = dict(tables.rows("SELECT id, remind_at FROM subscriptions"))
    assert now[1] == was[1]
    assert now[2] != was[2]


# --- renewals by a kept card --------------------------------------------------------------------


@pytest.fixture
async def both_kept(shop: Shop) -> Kept:
    """Both televisions renew by Anna's card, bought in the same minute."""
    kept = await keep(shop)
    payment = await ask(shop, await a_line(shop, is_another=True), saves=True)
    await shop.settle(shop.received(payment, receipt="money_2"))
    await shop.drain()
    return kept


async def test_each_is_charged_for_and_lengthened(both_kept: Kept, tables: Tables) -> None:
    assert tables.rows("SELECT subscription_id, is_on FROM renewals ORDER BY 1") == [
        (1, 1),
        (2, 1),
    ]
    before = ends(tables)
    await both_kept.pass_days(31)
    assert longer(tables, before) == [1, 2]
    assert len(both_kept.card.paid) == 2
    bought = tables.rows(
        "SELECT subscription_id, COUNT(*) FROM order_lines GROUP BY subscription_id"
    )
    assert sorted(bought) == [(1, 2), (2, 2)]


async def test_a_decline_is_about_the_one_that_was_charged(
    both_kept: Kept, tables: Tables
) -> None:
    shop = both_kept.shop
    tables.write("UPDATE renewals SET is_on = 0, next_at = NULL WHERE subscription_id = 1")
    both_kept.card.why = Refusal.DECLINED
    await both_kept.pass_days(31)
    assert tables.one("SELECT tries FROM renewals WHERE subscription_id = 1") == 0
    assert tables.one("SELECT tries FROM renewals WHERE subscription_id = 2") > 0
    seen = await shop.storage.read(overview, both_kept.anna.id, now=shop.now)
    assert renewing(seen.holdings, lambda one: one.renewer is Renewer.CARD) == [2]


async def test_a_page_for_the_other_does_not_hold_up_a_charge(
    both_kept: Kept, tables: Tables
) -> None:
    shop = both_kept.shop
    await both_kept.pass_days(28)
    before = ends(tables)
    await ask(shop, await a_line(shop, lengthens=1))  # open for a day, and not paid
    tables.write("UPDATE payments SET expires_at = expires_at + 864000 WHERE state = 'created'")
    await both_kept.pass_days(3)
    assert longer(tables, before) == [2], "the first waits for its own page"


# --- Star subscriptions -------------------------------------------------------------------------


def charge(shop: Shop, payment: Payment, number: int) -> PaymentEvent:
    until = shop.now + timedelta(days=30)
    event = shop.received(payment, receipt=f"charge_{number}")
    return replace(event, detail=SeriesFacts(until=until))


async def test_a_series_pays_for_the_one_it_began_with(shop: Shop, tables: Tables) -> None:
    anna = await two(shop)
    line = await a_line(shop, currency="XTR", lengthens=1)
    payment = await ask(shop, line, provider="stars")
    before = ends(tables)
    assert await shop.settle(charge(shop, payment, 1), provider="stars") is Outcome.SETTLED
    shop.clock.move(days=20)
    assert await shop.settle(charge(shop, payment, 2), provider="stars") is Outcome.SETTLED
    assert longer(tables, before) == [1], "twice, though the other ends first"
    seen = await shop.storage.read(overview, anna.id, now=shop.now)
    assert renewing(seen.holdings, lambda one: one.renewer is Renewer.STARS) == [1]


async def test_a_series_goes_on_with_what_its_charge_began(shop: Shop, tables: Tables) -> None:
    anna = await shop.greet()
    payment = await ask(shop, await a_line(shop, currency="XTR"), provider="stars")
    await shop.settle(charge(shop, payment, 1), provider="stars")
    tables.write("UPDATE subscriptions SET state = 'ended', change_at = NULL")
    await shop.settle(charge(shop, payment, 2), provider="stars")
    assert tables.one("SELECT COUNT(*) FROM subscriptions") == 2
    seen = await shop.storage.read(overview, anna.id, now=shop.now)
    assert renewing(seen.holdings, lambda one: one.renewer is Renewer.STARS) == [2]


async def test_what_ends_with_its_money_stops_its_own_series_alone(
    shop: Shop, tables: Tables
) -> None:
    await two(shop)
    line = await a_line(shop, currency="XTR", lengthens=1)
    payment = await ask(shop, line, provider="stars")
    await shop.settle(charge(shop, payment, 1), provider="stars")
    await take_back(shop, 2)
    assert tables.rows(STATES) == [("active",), ("ended",)]
    assert tables.one("SELECT COUNT(*) FROM outbox WHERE kind = 'methods'") == 0
    assert tables.one("SELECT state FROM star_subscriptions") == "active"


def renewing(holdings: tuple[Holding, ...], by: Callable[[Holding], bool]) -> list[int]:
    return [one.subscription.id for one in holdings if by(one)]
