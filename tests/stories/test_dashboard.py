"""What a bookkeeper did in a provider's dashboard over months: money, access and words follow."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shop.access.by_staff import freeze
from shop.core.money import Money
from shop.orders.payment_records import Payment
from shop.ports import Happening
from shop.refunds.manual_refunds import confirm_manual_refund
from shop.refunds.records import RefundRoute
from shop.screening.rules import FraudPolicy
from shop.settlement.reviews import approve
from tests.fixtures.shop import STAFF, Shop
from tests.fixtures.tables import Tables
from tests.stories.test_refund_cases import bought, give, news, refunds
from tests.stories.test_returned_refunds import balance, bounced, returned, told_total
from tests.stories.test_spent_money import paid_twice, spend
from tests.stories.test_turning_disputes import LOST, OPEN, WON, heard, later, word

H = Happening
P = 1598


def frozen(tables: Tables) -> bool:
    return bool(tables.one("SELECT MAX(is_frozen) FROM subscriptions WHERE state = 'active'"))


async def renewed(shop: Shop) -> Payment:
    """Two months of one plan, each paid by its own charge."""
    payment = await bought(shop)
    second = await shop.ask(await shop.greet())
    await shop.settle(shop.received(second, receipt="money_2"))
    return payment


@pytest.mark.parametrize("how", ["by hand", "in the dashboard"])
async def test_a_part_given_anew_comes_back_too_and_can_be_paid(
    shop: Shop, tables: Tables, how: str
) -> None:
    payment, _refund = await returned(shop)
    await told_total(shop, payment, 400)
    shop.clock.move(days=3)
    await shop.settle(bounced(shop, payment, 400, refund_ref="re_2"))
    if how == "by hand":
        await shop.run(confirm_manual_refund, STAFF, refund_id=2, policy=shop.policy, now=shop.now)
    else:
        await told_total(shop, payment, P)
    assert balance(tables, "refunding") in (0, -1198)


async def test_a_refund_told_while_the_bank_has_the_money_is_booked_when_it_comes_back(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    shop.clock.move(days=1)
    await word(shop, payment, OPEN)
    await shop.settle(news(shop, payment, H.REFUNDED))
    await later(shop, payment, WON)
    assert balance(tables, "provider:sandbox_card") == 0
    assert tables.one("SELECT state FROM orders") == "refunded"


async def test_lost_and_refunded_as_well_staff_hear_of_it_and_won_gives_no_month(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await later(shop, payment, OPEN, LOST)
    await heard(shop)
    await shop.settle(news(shop, payment, H.REFUNDED))
    said = [one["notice"] for one in await heard(shop)]
    await later(shop, payment, WON)
    live = tables.one("SELECT COUNT(*) FROM subscriptions WHERE state = 'active'")
    assert ("money_back" in said, live, balance(tables, "provider:sandbox_card")) == (True, 0, 0)


async def test_it_comes_back_a_second_time(shop: Shop, tables: Tables) -> None:
    payment, _refund = await returned(shop)
    await told_total(shop, payment, P)
    shop.clock.move(days=5)
    await shop.settle(bounced(shop, payment, refund_ref="re_2"))
    assert refunds(tables)[-1][1] == "manual", "it is owed once more"
    assert balance(tables, "provider:sandbox_card") == P


@pytest.mark.parametrize("first", ["returned", "lost"])
async def test_what_a_bank_took_is_not_owed_again(shop: Shop, tables: Tables, first: str) -> None:
    if first == "returned":
        payment, _refund = await returned(shop)
        await later(shop, payment, OPEN, LOST)
    else:
        payment = await bought(shop)
        await give(shop)
        await later(shop, payment, OPEN, LOST)
        shop.clock.move(days=1)
        await shop.settle(bounced(shop, payment))
    assert balance(tables, "provider:sandbox_card") == 0, "the bank has it"
    assert balance(tables, "refunding") == 0, "and nobody is to pay it back once more"


async def test_all_of_it_given_back_after_a_warning_lets_go_of_what_other_money_bought(
    shop: Shop, tables: Tables
) -> None:
    payment = await renewed(shop)
    await word(shop, payment, H.WARNED, None, name="issfr_1")
    await give(shop)
    assert not frozen(tables)
    assert tables.one("SELECT state FROM disputes") != "open"


@pytest.mark.parametrize("happening", [H.DISPUTED, H.WARNED])
@pytest.mark.parametrize("money", ["the second of two for one order", "given back before"])
async def test_money_that_pays_for_no_access_holds_none(
    shop: Shop, tables: Tables, happening: Happening, money: str
) -> None:
    if money == "given back before":
        payment, receipt = await renewed(shop), "money_1"
        await give(shop)
    else:
        payment, receipt = await paid_twice(shop), "money_2"
    shop.clock.move(days=1)
    minor = P if happening is H.DISPUTED else None
    await word(shop, payment, happening, minor, name="x", receipt=receipt)
    assert not frozen(tables)


async def test_a_warning_that_comes_after_the_decision_holds_nothing(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await later(shop, payment, OPEN, WON)
    await word(shop, payment, H.WARNED, None, name="issfr_1", at=-5 * 86_400)
    assert not frozen(tables)


async def test_what_staff_hold_for_their_own_reason_stays_held(shop: Shop, tables: Tables) -> None:
    payment = await bought(shop)
    await later(shop, payment, OPEN)
    for is_frozen in (False, True):
        await shop.run(freeze, STAFF, subscription_id=1, is_frozen=is_frozen, now=shop.now)
    await later(shop, payment, WON)
    assert frozen(tables)


async def test_an_order_whose_money_is_in_the_wallet_is_not_paid_by_a_won_dispute(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await give(shop, route=RefundRoute.WALLET)
    await later(shop, payment, OPEN, LOST, WON)
    assert balance(tables, "sales") == 0
    assert tables.one("SELECT state FROM orders") == "refunded"


async def test_a_total_in_another_currency_is_told_and_hides_no_later_one(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await heard(shop)
    await shop.settle(replace(news(shop, payment, H.REFUNDED), money=Money(900, "USD")))
    said = await heard(shop)
    await shop.settle(news(shop, payment, H.REFUNDED))
    assert refunds(tables) == [("told", "done", P)]
    assert said, "staff are told"


@pytest.mark.parametrize("minor", [1, 500, 159_800])
async def test_what_people_read_of_a_returned_refund_is_what_the_books_did(
    shop: Shop, tables: Tables, minor: int
) -> None:
    payment = await bought(shop)
    await give(shop)
    await heard(shop)
    await shop.settle(bounced(shop, payment, minor))
    told = {one["notice"]: one["money"]["minor"] for one in await heard(shop)}
    owed = -balance(tables, "refunding")
    assert told.get("refund_late", owed) == owed


async def test_a_refund_told_while_a_person_decides_is_told_to_staff(
    shop: Shop, tables: Tables
) -> None:
    shop.policy = shop.policy.choosing(FraudPolicy(first_order={"EUR": 500}))
    payment = await shop.ask(await shop.greet())
    await shop.settle(shop.received(payment, receipt="money_1"))
    await heard(shop)
    await shop.settle(news(shop, payment, H.REFUNDED))
    said = [one["notice"] for one in await heard(shop)]
    await shop.run(approve, STAFF, review_id=1, policy=shop.policy, now=shop.now)
    said += [one["notice"] for one in await heard(shop)]
    assert refunds(tables) == [("told", "done", P)]
    assert "money_back" in said


async def test_won_in_another_currency_the_money_is_still_here(shop: Shop, tables: Tables) -> None:
    payment = await bought(shop)
    for happening in (OPEN, WON):
        shop.clock.move(days=1)
        told = shop.received(payment, receipt="money_1")
        await shop.settle(
            replace(told, happening=happening, kind=happening, money=Money(1700, "USD"))
        )
    [closed] = [one for one in await heard(shop) if one["notice"] == "dispute_closed"]
    assert balance(tables, "provider:sandbox_card") == P
    assert closed["kept"]["minor"] > 0, (
        "staff read: what was paid had gone back before, or never came"
    )


async def test_come_back_before_the_refund_itself_was_told(shop: Shop, tables: Tables) -> None:
    payment = await bought(shop)
    shop.clock.move(days=20)
    old = replace(news(shop, payment, H.REFUNDED), occurred_at=shop.now - timedelta(days=10))
    await shop.settle(bounced(shop, payment, refund_ref="re_9"))
    await shop.settle(old)
    assert balance(tables, "provider:sandbox_card") == P, "the bank had returned it"


async def test_paid_by_hand_and_in_the_dashboard_too_staff_hear_of_it(shop: Shop) -> None:
    payment, refund = await returned(shop)
    await shop.run(
        confirm_manual_refund, STAFF, refund_id=refund.id, policy=shop.policy, now=shop.now
    )
    await heard(shop)
    await told_total(shop, payment, P)
    assert await heard(shop), "15.98 left twice"


async def test_a_cent_that_a_bank_took_does_not_take_a_month_that_is_paid(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await later(shop, payment, OPEN, LOST, minor=1)
    assert tables.one("SELECT COUNT(*) FROM subscriptions WHERE state = 'active'") == 1


async def test_staff_do_not_read_that_time_ended_while_the_renewal_runs(
    shop: Shop, tables: Tables
) -> None:
    await renewed(shop)
    await heard(shop)
    await give(shop)
    [made] = [one for one in await heard(shop) if one["notice"] == "refund_made"]
    assert tables.one("SELECT state FROM subscriptions") == "active"
    assert made["access"] != "end", "reads: What was left of the time has ended."


async def test_what_ended_is_named_when_it_is_another_plan(shop: Shop, tables: Tables) -> None:
    payment = await paid_twice(shop)
    await spend(shop, payment.customer_id, slug="bare")
    await heard(shop)
    await word(shop, payment, LOST, receipt="money_2")
    told = [
        one for one in await heard(shop) if one["notice"] in ("dispute_over", "dispute_closed")
    ]
    solo = tables.one("SELECT state FROM subscriptions ORDER BY id")
    assert solo == "active", "Solo runs on: the money had bought Bare"
    assert not [one for one in told if (one["plan"], one["access"]) == ("solo", "ended")]


async def test_a_total_in_another_currency_is_told_after_one_in_its_own(shop: Shop) -> None:
    payment = await bought(shop)
    await shop.settle(news(shop, payment, H.REFUNDED, 400))
    await heard(shop)
    await shop.settle(replace(news(shop, payment, H.REFUNDED), money=Money(900, "USD")))
    [told] = [one for one in await heard(shop) if one["notice"] == "money_back"]
    assert (told["money"]["minor"], told["unbooked"]) == (0, {"minor": 900, "currency": "USD"})
