"""Which word of a provider that takes money back is news, and which makes the shop ask."""

from dataclasses import replace

import pytest

from shop.orders.payment_records import Payment
from shop.ports import Happening, PaymentEvent, taken_back
from shop.settlement.settle import Outcome, Source, settle
from tests.fixtures.shop import CARD, Shop
from tests.fixtures.tables import Tables

H = Happening


def word(shop: Shop, payment: Payment, happening: Happening) -> PaymentEvent:
    """How its provider says that the money stands now; always by one name."""
    told = shop.received(payment, receipt="m_1", at=shop.now)
    return replace(
        told,
        event_id=f"m_1.{happening}",
        kind=happening,
        happening=happening,
        detail=taken_back("i_1", reason="invalid"),
    )


async def by_webhook(shop: Shop, event: PaymentEvent) -> Outcome:
    source = Source(provider=CARD, is_believed=False)
    return await shop.run(settle, event, source, policy=shop.policy, now=shop.now)


async def bought(shop: Shop) -> Payment:
    payment = await shop.ask(await shop.greet())
    await shop.settle(shop.received(payment, receipt="m_1"))
    return payment


def polled(tables: Tables) -> bool:
    return tables.one("SELECT poll_at FROM payments") is not None


@pytest.mark.parametrize("happening", [H.DISPUTED, H.DISPUTE_WON, H.DISPUTE_LOST])
async def test_about_money_that_never_came_it_says_nothing(
    shop: Shop, tables: Tables, happening: Happening
) -> None:
    payment = await shop.ask(await shop.greet())
    assert await shop.settle(word(shop, payment, happening)) is Outcome.KNOWN
    assert tables.one("SELECT COUNT(*) FROM disputes") == 0


@pytest.mark.parametrize("happening", [H.DISPUTE_WON, H.DISPUTE_LOST])
async def test_money_that_nobody_took_back_is_not_restored_nor_lost(
    shop: Shop, tables: Tables, happening: Happening
) -> None:
    payment = await bought(shop)
    assert await shop.settle(word(shop, payment, happening)) is Outcome.KNOWN
    assert tables.one("SELECT COUNT(*) FROM disputes") == 0


async def test_the_same_word_is_news_again_once_its_case_stands_otherwise(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    for happening in [H.DISPUTED, H.DISPUTE_WON] * 3:
        shop.clock.move(minutes=1)
        told = word(shop, payment, happening)
        assert await shop.settle(told) is Outcome.NOTED
        assert await shop.settle(told) is Outcome.KNOWN
        state = tables.one("SELECT state FROM disputes")
        assert state == ("open" if happening is H.DISPUTED else "won")


@pytest.mark.parametrize("happening", [H.FAILED, H.EXPIRED])
async def test_a_webhook_that_denies_money_here_makes_the_shop_ask_each_time(
    shop: Shop, tables: Tables, happening: Happening
) -> None:
    payment = await bought(shop)
    assert not polled(tables)
    denial = replace(word(shop, payment, happening), money=None, detail=None)
    for _ in range(2):
        assert await by_webhook(shop, denial) is Outcome.ASKED
        assert polled(tables)
    assert tables.one("SELECT state FROM payments") == "final"
    assert tables.one("SELECT COUNT(*) FROM disputes") == 0


async def test_a_webhook_that_denies_other_money_asks_nothing(shop: Shop, tables: Tables) -> None:
    payment = await bought(shop)
    for receipt in ("m_2", ""):
        denial = word(shop, payment, H.FAILED)
        other = replace(denial, event_id=receipt or "none", receipt_id=receipt, detail=None)
        assert await by_webhook(shop, other) is Outcome.NOTED
    assert not polled(tables)


async def test_money_in_doubt_that_a_webhook_tells_of_again_is_asked_about(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    told = replace(shop.received(payment, receipt="m_1"), event_id="again")
    assert await by_webhook(shop, told) is Outcome.KNOWN
    assert not polled(tables)
    await shop.settle(word(shop, payment, H.DISPUTED))
    fresh = replace(told, event_id="fresh")
    for event in (told, fresh):
        assert await by_webhook(shop, event) is Outcome.ASKED
    assert polled(tables)
