"""How long a provider has to say what its webhook said, and when it is asked again: to the second.

The stories of `tests/stories/test_provider_claims.py` tell what becomes of a claim; here is when.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shop.core.money import Money
from shop.orders.payment_records import Payment
from shop.ports import ProviderError
from shop.settlement.settle import Outcome
from tests.fixtures.claims import alerts, answered, pending, told_by_webhook
from tests.fixtures.shop import Shop
from tests.fixtures.tables import Tables

SECOND = timedelta(seconds=1)


async def claimed(shop: Shop) -> Payment:
    """A webhook says that other money came than was asked for."""
    payment = await shop.ask(await shop.greet())
    await told_by_webhook(shop, shop.received(payment, money=Money(1600, "EUR")))
    return payment


@pytest.mark.parametrize(
    ("wait", "many"), [(timedelta(minutes=2) - SECOND, 0), (timedelta(minutes=2), 1)]
)
async def test_a_provider_that_knows_of_no_money_has_two_minutes_before_that_is_a_denial(
    shop: Shop, wait: timedelta, many: int
) -> None:
    payment = await claimed(shop)
    shop.clock.move(seconds=int(wait.total_seconds()))
    await answered(shop, payment, [pending(payment)])
    assert len(await alerts(shop)) == many


@pytest.mark.parametrize(
    ("wait", "many"), [(timedelta(minutes=15) - SECOND, 0), (timedelta(minutes=15), 1)]
)
async def test_a_provider_that_does_not_answer_has_fifteen_minutes_before_staff_hear(
    shop: Shop, wait: timedelta, many: int
) -> None:
    payment = await claimed(shop)
    shop.clock.move(seconds=int(wait.total_seconds()))
    await answered(shop, payment, [], error=ProviderError(reason="not with this key"))
    assert len(await alerts(shop)) == many


async def test_while_a_claim_is_open_the_provider_is_asked_every_thirty_seconds(
    shop: Shop, tables: Tables
) -> None:
    payment = await claimed(shop)
    await answered(shop, payment, [pending(payment)])
    [(poll_at,)] = tables.rows("SELECT poll_at FROM payments")
    assert datetime.fromtimestamp(int(poll_at), shop.now.tzinfo) == shop.now + 30 * SECOND


async def test_a_claim_has_the_provider_asked_at_once(shop: Shop, tables: Tables) -> None:
    await claimed(shop)
    [(poll_at,)] = tables.rows("SELECT poll_at FROM payments")
    assert datetime.fromtimestamp(int(poll_at), shop.now.tzinfo) == shop.now


@pytest.mark.parametrize("true", [1599, 1601])
async def test_a_claim_of_less_or_more_than_the_provider_says_is_denied_and_both_sums_are_told(
    shop: Shop, tables: Tables, true: int
) -> None:
    payment = await shop.ask(await shop.greet())
    event = shop.received(payment, money=Money(1600, "EUR"), receipt="money")
    await told_by_webhook(shop, event)
    truth = replace(event, event_id="asked", money=Money(true, "EUR"))
    assert await answered(shop, payment, [truth]) == [Outcome.SETTLED]
    assert tables.rows("SELECT state FROM provider_claims") == [("denied",)]
    [alert] = await alerts(shop)
    assert (alert["claimed"]["minor"], alert["found"]["minor"]) == (1600, true)
    assert tables.one("SELECT note FROM inbox WHERE state = 'unhandled'") == (
        f"claimed 16.00 EUR; sandbox_card says {Money(true, 'EUR')}"
    )
