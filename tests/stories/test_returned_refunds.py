"""A refund that a bank returns weeks later: the money is owed again, once, and both sides know."""

from dataclasses import replace

import pytest

from shop.orders.payment_records import Payment
from shop.ports import Happening, PaymentEvent, ReturnedRefund
from shop.refunds.manual_refunds import cancel_manual_refund, confirm_manual_refund
from shop.refunds.records import Refund, RefundRoute
from shop.refunds.refund import RefundMovedOnError, RefundWish, begin_refund, note_answer, question
from shop.refunds.rules import TooMuchBackError
from shop.settlement.settle import Outcome
from shop.storefront.overview import overview
from tests.fixtures.shop import STAFF, Shop
from tests.fixtures.tables import Tables, contradictions
from tests.stories.test_refund_cases import (
    DONE,
    PAID,
    SILENT,
    Till,
    ask,
    bought,
    give,
    news,
    refunds,
)


def bounced(
    shop: Shop, payment: Payment, minor: int = 1598, *, refund: str = "", refund_ref: str = "re_1"
) -> PaymentEvent:
    detail = ReturnedRefund(reference=refund, refund_ref=refund_ref, reason="lost_or_stolen_card")
    return replace(news(shop, payment, Happening.REFUND_RETURNED, minor), detail=detail)


def balance(tables: Tables, account: str) -> int:
    found = dict(tables.rows("SELECT account, SUM(minor) FROM journal GROUP BY account"))
    return int(found.get(account, 0))


async def told(shop: Shop) -> list[str]:
    await shop.drain()
    return [str(one.payload["notice"]) for one in shop.told]


async def returned(shop: Shop) -> tuple[Payment, Refund]:
    """All of it went back, three weeks ago, and the bank has returned it."""
    payment = await bought(shop)
    refund = await give(shop)
    await told(shop)
    shop.told.clear()
    shop.clock.move(days=20)
    await shop.settle(bounced(shop, payment))
    return payment, refund


async def test_it_waits_for_a_person_and_both_sides_hear_of_it(shop: Shop, tables: Tables) -> None:
    await returned(shop)

    assert refunds(tables) == [("provider", "manual", 1598)]
    assert balance(tables, "provider:sandbox_card") == 1598, "it lies at the provider again"
    assert balance(tables, "refunding") == -1598, "and is not the shop's"
    assert sorted(await told(shop)) == ["refund_late", "refund_returned"]
    assert tables.one("SELECT state FROM orders") == "refunded", "what ended stays ended"
    assert contradictions(tables) == {}


async def test_a_person_pays_it_another_way_and_nothing_is_done_twice(
    shop: Shop, tables: Tables
) -> None:
    payment, refund = await returned(shop)
    ended = tables.rows("SELECT state, paid_until FROM subscriptions")
    await told(shop)
    shop.told.clear()

    await shop.run(
        confirm_manual_refund, STAFF, refund_id=refund.id, policy=shop.policy, now=shop.now
    )

    assert refunds(tables) == [("manual", "done", 1598)]
    assert balance(tables, "refunding") == balance(tables, "provider:sandbox_card") == 0
    assert tables.rows("SELECT state, paid_until FROM subscriptions") == ended
    assert sorted(await told(shop)) == ["refund_made", "refunded"]
    late = replace(bounced(shop, payment), event_id="again")
    await shop.settle(late)
    assert refunds(tables) == [("manual", "done", 1598)], "it cannot come back twice"
    with pytest.raises(RefundMovedOnError):
        await shop.run(
            confirm_manual_refund, STAFF, refund_id=refund.id, policy=shop.policy, now=shop.now
        )
    assert contradictions(tables) == {}


async def test_or_it_goes_into_the_wallet(shop: Shop, tables: Tables) -> None:
    payment, refund = await returned(shop)
    customer = await shop.greet()
    await told(shop)
    shop.told.clear()

    await shop.run(
        cancel_manual_refund, STAFF, refund_id=refund.id, policy=shop.policy, now=shop.now
    )

    assert refunds(tables) == [("returned", "done", 1598)]
    assert balance(tables, "wallet") == -1598
    assert balance(tables, "refunding") == balance(tables, "sales") == 0
    assert sorted(await told(shop)) == ["refund_made", "refunded"]
    assert [one.payload["route"] for one in shop.told] == ["returned", "returned"]
    seen = await shop.storage.read(overview, customer.id, now=shop.now)
    assert [one.route for one in seen.refunds] == ["returned"]
    await shop.settle(news(shop, payment, Happening.REFUNDED))
    assert refunds(tables) == [("returned", "done", 1598)], "the old total is no news"
    assert tables.rows("SELECT act FROM audit ORDER BY id") == [("refund",), ("refund_to_wallet",)]
    with pytest.raises(TooMuchBackError):
        await give(shop, 1599)
    await give(shop, 100)
    assert balance(tables, "wallet") == -1498, "what lies there may go back from there"
    assert contradictions(tables) == {}


async def test_told_twice_it_comes_back_once(shop: Shop, tables: Tables) -> None:
    payment, _refund = await returned(shop)
    await shop.settle(replace(bounced(shop, payment), event_id="again"))
    assert balance(tables, "provider:sandbox_card") == 1598
    assert tables.one("SELECT COUNT(*) FROM outbox WHERE key LIKE 'refund_returned:%'") == 1
    assert tables.one("SELECT COUNT(*) FROM outbox WHERE key LIKE 'refund_late:%'") == 1


async def test_of_two_parts_just_the_one_that_was_named_comes_back(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await give(shop, 500, till=Till(replace(DONE, refund_ref="re_a")))
    second = await give(shop, 500, till=Till(replace(DONE, refund_ref="re_b")))
    await shop.settle(bounced(shop, payment, 500, refund=second.reference, refund_ref="re_b"))
    assert refunds(tables) == [("provider", "done", 500), ("provider", "manual", 500)]
    assert tables.one("SELECT state FROM orders") == "paid"


async def test_before_we_heard_that_it_was_made_it_is_a_plain_no(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    refund = await give(shop, till=Till(SILENT))
    await shop.settle(bounced(shop, payment, refund=refund.reference))
    assert refunds(tables) == [("provider", "failed", 1598)]
    till = Till(DONE)
    await ask(shop, refund, till)
    assert till.asked == 0
    assert "refund_failed" in await told(shop)
    assert balance(tables, "refunding") == 0


async def test_one_made_at_the_provider_is_known_by_its_sum(shop: Shop, tables: Tables) -> None:
    payment = await bought(shop)
    await shop.settle(news(shop, payment, Happening.REFUNDED, 400))
    await shop.settle(bounced(shop, payment, 400, refund_ref="re_theirs"))
    assert refunds(tables) == [("told", "manual", 400)]
    await shop.settle(news(shop, payment, Happening.REFUNDED, 800))
    assert refunds(tables) == [("told", "done", 400), ("told", "done", 400)], "made once more"
    assert contradictions(tables) == {}


async def test_one_that_fits_nothing_is_shown_to_staff_and_books_nothing(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await shop.settle(news(shop, payment, Happening.REFUNDED, 700))  # two of them, told as one
    before = tables.rows("SELECT account, minor FROM journal ORDER BY group_ref, line")
    await told(shop)
    shop.told.clear()
    await shop.settle(bounced(shop, payment, 300, refund_ref="re_theirs"))
    assert tables.rows("SELECT account, minor FROM journal ORDER BY group_ref, line") == before
    assert await told(shop) == ["refund_returned"]
    assert shop.told[0].payload["refund"] is None


async def test_of_money_that_is_nobodys_here_staff_are_told(shop: Shop, tables: Tables) -> None:
    payment = await shop.ask(await shop.greet())
    lost = replace(shop.received(payment, receipt="money_1"), reference="tk_x", provider_ref="")
    await shop.settle(lost)
    await give(shop)
    await told(shop)
    shop.told.clear()
    event = replace(bounced(shop, payment), reference="", provider_ref="")
    assert await shop.settle(event) is Outcome.UNKNOWN
    assert await told(shop) == ["left_to_staff"]
    assert "re_1" in shop.told[0].payload["note"]
    assert refunds(tables) == [("provider", "done", 1598)]


async def test_one_whose_news_came_before_its_answer_is_known_by_its_name_all_the_same(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    wish = RefundWish(receipt=1, money=PAID, route=RefundRoute.PROVIDER, reason="wish")
    refund = await shop.run(begin_refund, wish, STAFF, policy=shop.policy, now=shop.now)
    asked = await shop.storage.read(question, refund.id)
    assert asked is not None
    await shop.settle(news(shop, payment, Happening.REFUNDED))
    await shop.run(note_answer, refund.id, DONE, policy=shop.policy, now=shop.now)
    assert refunds(tables) == [("provider", "done", 1598)]
    await shop.settle(bounced(shop, payment, refund_ref="re_1"))
    assert refunds(tables) == [("provider", "manual", 1598)]


# --- given back anew, in parts -----------------------------------------------------------------


async def told_total(shop: Shop, payment: Payment, minor: int, *, receipt: str = "") -> None:
    """The provider's total of today; each is a day later than what was told before."""
    shop.clock.move(days=1)
    event = news(shop, payment, Happening.REFUNDED, minor)
    await shop.settle(replace(event, receipt_id=receipt or event.receipt_id))


@pytest.mark.parametrize("minor", [1, 400, 1597])
async def test_a_part_that_goes_back_anew_is_booked_and_the_rest_stays_owed(
    shop: Shop, tables: Tables, minor: int
) -> None:
    payment, refund = await returned(shop)
    await told(shop)
    shop.told.clear()

    await told_total(shop, payment, minor)

    assert refunds(tables) == [("provider", "manual", 1598 - minor), ("told", "done", minor)]
    assert balance(tables, "provider:sandbox_card") == 1598 - minor
    assert balance(tables, "refunding") == minor - 1598, "the rest is owed, staff have the task"
    await shop.drain()
    sums = {one.payload["notice"]: one.payload["money"]["minor"] for one in shop.told}
    assert sums == {"refunded": minor, "money_back": minor}
    assert tables.one("SELECT state FROM orders") == "refunded"
    await told_total(shop, payment, minor)
    assert balance(tables, "refunding") == minor - 1598, "the same total is no news"

    await shop.run(
        confirm_manual_refund, STAFF, refund_id=refund.id, policy=shop.policy, now=shop.now
    )
    assert balance(tables, "refunding") == balance(tables, "provider:sandbox_card") == 0
    assert contradictions(tables) == {}


async def test_in_two_parts_it_has_all_gone_back_and_nothing_is_left_to_do(
    shop: Shop, tables: Tables
) -> None:
    payment, refund = await returned(shop)
    await told_total(shop, payment, 400)
    await told_total(shop, payment, 1598)
    assert refunds(tables) == [("told", "done", 1198), ("told", "done", 400)]
    assert balance(tables, "refunding") == balance(tables, "provider:sandbox_card") == 0
    with pytest.raises(RefundMovedOnError):
        await shop.run(
            confirm_manual_refund, STAFF, refund_id=refund.id, policy=shop.policy, now=shop.now
        )


async def test_the_total_of_the_time_before_it_came_back_is_no_news_when_it_comes_late(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await give(shop)
    old = news(shop, payment, Happening.REFUNDED)  # told a month ago, and it comes today
    shop.clock.move(days=30)
    await shop.settle(bounced(shop, payment))
    shop.clock.move(days=1)
    await shop.settle(old)
    untimed = replace(news(shop, payment, Happening.REFUNDED), occurred_at=None)
    await shop.settle(untimed)
    assert refunds(tables) == [("provider", "manual", 1598)], "staff keep the task"


async def test_what_the_wallet_has_instead_goes_from_there_when_the_provider_gives_it_after_all(
    shop: Shop, tables: Tables
) -> None:
    payment, refund = await returned(shop)
    await shop.run(
        cancel_manual_refund, STAFF, refund_id=refund.id, policy=shop.policy, now=shop.now
    )
    assert balance(tables, "wallet") == -1598
    await told_total(shop, payment, 1000)
    assert refunds(tables) == [("returned", "done", 1598), ("told", "done", 1000)]
    assert balance(tables, "wallet") == -598
    assert balance(tables, "provider:sandbox_card") == 598
    assert contradictions(tables) == {}


async def test_of_two_refunds_only_the_one_that_came_back_takes_the_new_part(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await give(shop, 500, till=Till(replace(DONE, refund_ref="re_a")))
    second = await give(shop, 500, till=Till(replace(DONE, refund_ref="re_b")))
    await told_total(shop, payment, 1000)
    shop.clock.move(days=9)
    await shop.settle(bounced(shop, payment, 500, refund=second.reference, refund_ref="re_b"))
    await told_total(shop, payment, 700)
    assert refunds(tables) == [
        ("provider", "done", 500),
        ("provider", "manual", 300),
        ("told", "done", 200),
    ]
    await told_total(shop, payment, 1100)
    assert refunds(tables) == [
        ("provider", "done", 500),
        ("told", "done", 300),
        ("told", "done", 200),
        ("told", "done", 100),
    ]
    assert contradictions(tables) == {}
