"""Money that is taken back is never overlooked, in whatever order it is told."""

from dataclasses import replace

from shop.core.money import Money
from shop.orders.payment_records import Payment
from shop.ports import Happening, PaymentEvent
from shop.settlement.settle import Outcome
from tests.fixtures.shop import Shop
from tests.fixtures.tables import Tables, contradictions


def taken_back(
    shop: Shop, payment: Payment, *, happening: Happening = Happening.REFUNDED, minor: int = 0
) -> PaymentEvent:
    event = shop.received(payment, receipt="money_1")
    money = Money(minor or payment.due.minor, payment.due.currency)
    return replace(event, happening=happening, kind=f"payment.{happening}", money=money)


async def told_to_staff(shop: Shop, notice: str = "money_back") -> list[tuple[str, int]]:
    await shop.drain()
    found = [effect.payload for effect in shop.told if effect.payload["notice"] == notice]
    return [(one["notice"], one["money"]["minor"]) for one in found]


async def test_a_dispute_that_names_only_the_money_finds_its_payment(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    await shop.settle(shop.received(payment, receipt="money_1"))

    dispute = taken_back(shop, payment, happening=Happening.DISPUTED)
    outcome = await shop.settle(replace(dispute, reference="", provider_ref=""))

    assert outcome is Outcome.NOTED
    assert tables.one("SELECT state FROM payments") == "disputed"
    assert await told_to_staff(shop, "dispute") == [("dispute", payment.due.minor)]


async def test_each_part_that_is_given_back_is_told_once(shop: Shop) -> None:
    payment = await shop.ask(await shop.greet())
    await shop.settle(shop.received(payment, receipt="money_1"))

    for so_far in (200, 500, 500, 799):
        await shop.settle(taken_back(shop, payment, minor=so_far))

    told = [minor for _notice, minor in await told_to_staff(shop)]
    assert told == [200, 300, 299], "the totals were 200, 500, 500 and 799"


async def test_a_refund_that_is_told_before_its_payment_is_not_overlooked(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())

    await shop.settle(taken_back(shop, payment))
    await shop.settle(shop.received(payment, receipt="money_1"))

    assert await told_to_staff(shop) == [("money_back", payment.due.minor)]
    assert tables.one("SELECT COUNT(*) FROM receipts") == 1
    assert tables.rows("SELECT route, state, minor FROM refunds") == [
        ("told", "done", payment.due.minor)
    ]
    assert tables.one("SELECT state FROM orders") == "refunded"


async def test_a_refund_that_names_only_money_that_has_not_come_is_booked_when_it_comes(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    money = shop.received(payment, receipt="money_1")
    refund = replace(
        money,
        event_id="refunded",
        kind="refunded",
        happening=Happening.REFUNDED,
        reference="",
        provider_ref="",
    )
    assert await shop.settle(refund) is Outcome.ELSEWHERE, "it may be of another business"
    await shop.settle(money)
    assert tables.rows("SELECT route, state, minor FROM refunds") == [
        ("told", "done", payment.due.minor)
    ]
    assert tables.one("SELECT state FROM subscriptions") == "ended"
    assert contradictions(tables) == {}
