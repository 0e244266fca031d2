"""What becomes of an account when the service, the time or staff come in between."""

import asyncio
from datetime import timedelta

import pytest

from shop.access import provisioning
from shop.access.by_staff import freeze
from shop.access.expiry import change_one
from shop.access.holds import OnHoldError
from shop.checkout.grants import grant
from shop.desk.failed_jobs import replay_effect
from shop.ports import Account, AccountOrder
from tests.fixtures.goods import MONTH
from tests.fixtures.service import Door, Service
from tests.fixtures.shop import STAFF, Shop
from tests.fixtures.tables import Tables

MINUTES = (1, 5, 15, 60)


async def give_up(shop: Shop) -> None:
    """Let the service be away until the wish is given to staff."""
    shop.services["generated"].trouble = 1 + len(MINUTES)
    for minutes in (0, *MINUTES):
        shop.clock.move(minutes=minutes)
        await shop.drain()


def notices(shop: Shop) -> list[str]:
    return [str(effect.payload["notice"]) for effect in shop.told]


async def test_a_service_that_is_away_is_tried_five_times_and_then_given_to_staff(
    shop: Shop, tables: Tables
) -> None:
    await shop.pay(await shop.ask(await shop.greet()))

    await give_up(shop)
    await shop.drain()

    assert tables.one("SELECT state FROM outbox WHERE kind = 'provision'") == "dead"
    assert notices(shop).count("delivery_late") == 1
    assert notices(shop).count("connector_failed") == 1
    await shop.run(replay_effect, STAFF, effect_id=dead(tables), now=shop.now)
    await shop.drain()
    assert shop.services["generated"].accounts == {1: Door.OPEN}
    assert notices(shop).count("credentials") == 1


async def test_an_account_given_up_is_not_made_after_its_time_has_ended(
    shop: Shop, tables: Tables
) -> None:
    await shop.pay(await shop.ask(await shop.greet()))
    await give_up(shop)
    shop.clock.move(days=60)
    await shop.run(change_one, 1, 1, now=shop.now)
    await shop.drain()

    await shop.run(replay_effect, STAFF, effect_id=dead(tables), now=shop.now)
    await shop.drain()

    assert shop.services["generated"].accounts == {}
    assert "credentials" not in notices(shop)


@pytest.mark.parametrize("days", [0, 40])
async def test_an_account_held_before_it_was_made_is_made_when_it_is_released(
    shop: Shop, days: int
) -> None:
    anna = await shop.greet()
    await shop.pay(await shop.ask(anna))
    await shop.run(freeze, STAFF, subscription_id=1, is_frozen=True, now=shop.now)
    await shop.drain()
    assert Door.OPEN not in shop.services["generated"].accounts.values()
    if days:
        shop.clock.move(days=days)
        await shop.run(change_one, 1, anna.id, now=shop.now)
        with pytest.raises(OnHoldError):
            await shop.ask(anna)
        await shop.run(
            grant, STAFF, customer_id=anna.id, slug="solo", interval=MONTH, now=shop.now
        )
        await shop.drain()
        assert Door.OPEN not in shop.services["generated"].accounts.values()

    await shop.run(freeze, STAFF, subscription_id=1, is_frozen=False, now=shop.now)
    await shop.drain()

    assert shop.services["generated"].accounts == {1: Door.OPEN}
    assert "credentials" in notices(shop)


class Broken(Service):
    """A connector with a defect of its own."""

    async def create(self, order: AccountOrder) -> Account:
        raise KeyError(order.plan)


class Hanging(Service):
    """A connector that never answers."""

    async def create(self, order: AccountOrder) -> Account:
        await asyncio.sleep(60)
        return Account(external_id=str(order.subscription_id))


@pytest.mark.parametrize("kind", [Broken, Hanging])
async def test_a_connector_that_fails_in_an_unforeseen_way_is_given_to_staff_as_well(
    shop: Shop, tables: Tables, kind: type[Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provisioning, "CARRY_OUT_WITHIN", timedelta(seconds=0.01))
    shop.services["generated"] = kind("generated")
    await shop.pay(await shop.ask(await shop.greet()))

    await give_up(shop)
    await shop.drain()

    assert tables.one("SELECT state FROM outbox WHERE kind = 'provision'") == "dead"
    assert notices(shop).count("connector_failed") == 1


def dead(tables: Tables) -> int:
    return int(tables.one("SELECT id FROM outbox WHERE state = 'dead'"))
