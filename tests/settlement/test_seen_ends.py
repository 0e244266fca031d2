"""What was seen ends by its provider's word or at its bound; money that comes late counts."""

from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest

from shop.books.books import Books
from shop.core.facts import read_facts
from shop.core.money import Money
from shop.intake.polling import ask_soon, claim_polls, note_no_page, note_nobody, note_poll
from shop.messaging.notices import Notice
from shop.orders.orders import expire_orders
from shop.orders.payment_records import Payment, Payments
from shop.orders.waits import SEEN_FOR
from shop.ports import Happening, OnItsWay, PaymentEvent, ProviderSilentError
from shop.settlement.notices import NeverConfirmed, SeenNoMore
from shop.settlement.settle import Outcome
from tests.fixtures.goods import MONTH
from tests.fixtures.shop import CARD, Shop
from tests.fixtures.tables import Tables

H = Happening
N = TypeVar("N", bound=Notice)
DAY = timedelta(days=1)
SILENT = ProviderSilentError(reason="nobody there")


def news(
    payment: Payment, happening: Happening, *, within: timedelta | None = None
) -> PaymentEvent:
    return PaymentEvent(
        event_id=f"{payment.reference}.{happening}",
        kind=f"payment.{happening}",
        happening=happening,
        reference=payment.reference,
        detail=None if within is None else OnItsWay(within=within),
    )


async def seen(shop: Shop, *, within: timedelta | None = 3 * DAY) -> Payment:
    payment = await shop.ask(await shop.greet())
    assert await shop.settle(news(payment, H.SEEN, within=within)) is Outcome.NOTED
    return payment


async def ask(shop: Shop, payment: Payment, *told: PaymentEvent, is_silent: bool = False) -> None:
    """What the clock does, with what the provider answers."""
    asked = await shop.storage.read(_payment, payment.reference)
    await shop.run(
        note_poll,
        asked,
        list(told),
        policy=shop.policy,
        now=shop.now,
        error=SILENT if is_silent else None,
    )


async def told(shop: Shop, notice: type[N]) -> list[N]:
    await shop.drain()
    payloads = [one.payload for one in shop.told if one.payload["notice"] == notice.kind]
    return [read_facts(notice, payload) for payload in payloads]


def state(tables: Tables) -> str:
    return str(tables.one("SELECT state FROM payments ORDER BY id LIMIT 1"))


@pytest.mark.parametrize(
    ("within", "days"), [(None, SEEN_FOR.days), (DAY, 1), (timedelta(days=21), 21)]
)
async def test_each_provider_has_its_own_bound(
    shop: Shop, tables: Tables, within: timedelta | None, days: int
) -> None:
    payment = await seen(shop, within=within)
    shop.clock.move(days=days, seconds=-1)
    await ask(shop, payment, news(payment, H.PENDING))
    assert state(tables) == "seen"
    shop.clock.move(seconds=1)
    assert [one.reference for one in await shop.run(claim_polls, now=shop.now, most=9)] == [
        payment.reference
    ], "somebody asks at just that moment, however old it is"
    await ask(shop, payment, news(payment, H.PENDING))
    assert state(tables) == "expired"


async def test_being_seen_again_does_not_move_the_bound(shop: Shop, tables: Tables) -> None:
    payment = await seen(shop)
    shop.clock.move(days=2)
    again = replace(news(payment, H.SEEN, within=3 * DAY), event_id="again")
    assert await shop.settle(again) is Outcome.NOTED
    shop.clock.move(days=1)
    await ask(shop, payment, replace(again, event_id="and again"))
    assert state(tables) == "expired"


async def test_both_sides_are_told_once_and_what_they_need(shop: Shop) -> None:
    payment = await seen(shop)
    for _ in range(3):
        shop.clock.move(days=3)
        await ask(shop, payment, news(payment, H.PENDING))
    assert await told(shop, SeenNoMore) == [
        SeenNoMore(plan="solo", term=MONTH, provider=CARD, has_failed=False, is_paid=False)
    ]
    assert await told(shop, NeverConfirmed) == [
        NeverConfirmed(
            customer=1,
            name="Anna",
            provider=CARD,
            plan="solo",
            term=MONTH,
            money=payment.due,
            reference=payment.reference,
        )
    ]


@pytest.mark.parametrize("way", ["silent", "switched off", "of no page"])
async def test_where_nobody_can_say_it_ends_two_days_later(
    shop: Shop, tables: Tables, way: str
) -> None:
    payment = await seen(shop)

    async def look() -> None:
        if way == "silent":
            return await ask(shop, payment, is_silent=True)
        note = note_nobody if way == "switched off" else note_no_page
        asked = await shop.storage.read(_payment, payment.reference)
        return await shop.run(note, asked, policy=shop.policy, now=shop.now)

    shop.clock.move(days=5, seconds=-1)
    await look()
    assert state(tables) == "seen"
    shop.clock.move(hours=6)
    assert len(await shop.run(claim_polls, now=shop.now, most=9)) == 1
    await look()
    assert state(tables) == "expired"
    assert len(await told(shop, SeenNoMore)) == 1


@pytest.mark.parametrize(
    ("days", "outcome"), [(0, Outcome.SETTLED), (1, Outcome.SETTLED), (400, Outcome.TO_WALLET)]
)
async def test_money_that_comes_after_all_counts(shop: Shop, days: int, outcome: Outcome) -> None:
    payment = await seen(shop, within=DAY)
    shop.clock.move(days=1)
    await ask(shop, payment, news(payment, H.PENDING))
    shop.clock.move(days=days)
    assert await shop.settle(shop.received(payment)) is outcome
    assert len(await told(shop, SeenNoMore)) == 1


async def test_the_answer_that_ends_it_is_taken_before_the_bound(
    shop: Shop, tables: Tables
) -> None:
    payment = await seen(shop)
    shop.clock.move(days=3)
    await ask(shop, payment, shop.received(payment))
    assert state(tables) == "final"
    assert await told(shop, SeenNoMore) == []


@pytest.mark.parametrize("happening", [H.FAILED, H.EXPIRED])
async def test_what_fails_beside_a_paid_order_asks_nobody_to_pay_again(
    shop: Shop, happening: Happening
) -> None:
    anna = await shop.greet()
    payment = await seen(shop)
    assert await shop.pay(await shop.ask(anna, provider="sandbox_crypto")) is Outcome.SETTLED
    assert await shop.settle(news(payment, happening)) is Outcome.NOTED
    [said] = await told(shop, SeenNoMore)
    assert (said.has_failed, said.is_paid) == (happening is H.FAILED, True)


async def test_what_fails_once_its_order_ran_out_is_told_all_the_same(shop: Shop) -> None:
    payment = await seen(shop)
    shop.clock.move(days=2)
    assert await shop.run(expire_orders, clock=shop.clock) == 1
    assert await shop.settle(news(payment, H.FAILED)) is Outcome.NOTED
    [said] = await told(shop, SeenNoMore)
    assert not said.is_paid


async def test_part_of_it_lies_in_the_wallet_and_stays_there(shop: Shop, tables: Tables) -> None:
    payment = await seen(shop)
    part = replace(shop.received(payment), money=Money(100, "EUR"))
    assert await shop.settle(part) is Outcome.TO_WALLET
    shop.clock.move(days=3)
    asked = await shop.run(ask_soon, payment.reference, now=shop.now)
    assert asked
    await ask(shop, payment, news(payment, H.PENDING))
    assert state(tables) == "final", "money came for it: it was seen no more"
    assert await told(shop, SeenNoMore) == []
    assert tables.one("SELECT SUM(-minor) FROM journal WHERE account = 'wallet'") == 100


def _payment(books: Books, reference: str) -> Payment:
    found = books[Payments].by_reference(reference)
    assert found
    return found
