"""Two of the staff give the same money back at once; a provider's news beside its answer."""

import asyncio
from typing import TYPE_CHECKING

import pytest

from shop.refunding import RefundWish, begin_refund
from shop.rules.giving_back import TooMuchBackError
from shop.rules.money import Money
from shop.storage.refunds import Refunds, Way
from tests.house.shop import STAFF
from tests.house.tables import contradictions
from tests.races.meeting import UNGUARDED, leave_unclaimed, meet_after

if TYPE_CHECKING:
    from tests.house.shop import Shop
    from tests.house.tables import Tables

WAYS = (Way.PROVIDER, Way.WALLET)


async def both_at_once(shop: "Shop", way: Way) -> list[object]:
    payment = await shop.ask(await shop.greet())
    await shop.settle(shop.received(payment, receipt="money_1"))
    wish = RefundWish(receipt=1, money=Money(payment.due.minor, "EUR"), way=way, reason="wish")
    return await asyncio.gather(
        *(
            shop.run(begin_refund, wish, STAFF + n, policy=shop.policy, now=shop.now)
            for n in range(2)
        ),
        return_exceptions=True,
    )


@pytest.mark.parametrize("way", WAYS)
async def test_without_the_claim_the_same_money_goes_back_twice(
    postgres_shop: "tuple[Shop, Tables]", monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    shop, tables = postgres_shop
    leave_unclaimed(monkeypatch)
    meet_after(monkeypatch, Refunds, "of_receipt", seconds=UNGUARDED)

    await both_at_once(shop, way)

    assert tables.one("SELECT COUNT(*) FROM refunds") == 2
    assert "more of an order went back than was paid for it" in contradictions(tables)


@pytest.mark.parametrize("way", WAYS)
async def test_with_it_the_second_hears_that_nothing_is_left(
    postgres_shop: "tuple[Shop, Tables]", monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    shop, tables = postgres_shop
    meet_after(monkeypatch, Refunds, "of_receipt")

    answers = await both_at_once(shop, way)

    assert [isinstance(one, TooMuchBackError) for one in answers].count(True) == 1
    assert tables.one("SELECT COUNT(*) FROM refunds") == 1
    assert contradictions(tables) == {}
