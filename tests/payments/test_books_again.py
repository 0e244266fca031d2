"""A kept card at a provider's door: one charge a period, however it answers."""

from collections.abc import Sequence

import pytest

from shop.intake.charges import renew_one
from shop.renewals.renew import due_renewals
from shop.renewals.rules import RenewalPolicy
from shop.settlement.settle import Outcome
from tests.fixtures.tables import Tables
from tests.fixtures.till import Till
from tests.standins.moods import Mood

AWAY = (Mood.DOWN, Mood.GARBAGE, Mood.REFUSING, Mood.DEAF)  # the last takes the money
pytestmark = pytest.mark.parametrize("till", ["stripe"], indirect=True)


async def kept(till: Till) -> None:
    """Buy a month, and let the card be kept."""
    till.shop.policy = till.shop.policy.choosing(RenewalPolicy(asks=True))
    till.shop.providers = {till.rig.provider.name: till.rig.provider}
    page = await till.ask(saves=True)
    assert await till.take(await till.rig.pay(page)) == [Outcome.SETTLED]
    await till.shop.drain()


async def pass_hours(till: Till, hours: int, *, step: int = 6) -> Sequence[Outcome]:
    """Let time go by, looking every few hours."""
    told: list[Outcome] = []
    for _ in range(0, hours, step):
        till.wait(hours=step)
        for number in await till.shop.run(due_renewals, now=till.shop.now, most=9):
            told += await renew_one(
                till.shop.storage,
                till.shop.providers,
                number,
                encryption=till.shop.encryption,
                policy=till.shop.policy,
                clock=till.shop.clock,
            )
    await till.shop.drain()
    return told


async def test_a_provider_that_is_away_charges_once_a_period(till: Till, tables: Tables) -> None:
    await kept(till)
    server = till.rig.server
    assert await pass_hours(till, 30 * 24 - 6) == []
    assert server.calls[-1][1].startswith("/v1/checkout"), "it is not time yet"
    for mood in AWAY:
        server.mood = mood
        assert await pass_hours(till, 4, step=2) == [], mood
        assert tables.one("SELECT COUNT(*) FROM receipts") == 1
        assert len(server.charges) == (1 if mood is Mood.DEAF else 0), mood
    assert tables.one("SELECT state FROM payments ORDER BY id DESC") == "unknown"
    server.mood = Mood.UP
    assert await pass_hours(till, 24) == [Outcome.SETTLED]
    assert len(server.charges) == 1
    assert tables.one("SELECT COUNT(*) FROM periods") == 2

    assert await pass_hours(till, 31 * 24) == [Outcome.SETTLED]
    assert len(server.charges) == len(server.charged_by_key) == 2, "one key a period"


async def test_a_bank_that_wants_the_payer_gets_him_a_fresh_page(
    till: Till, tables: Tables
) -> None:
    await kept(till)
    till.rig.server.behave("asks")
    assert await pass_hours(till, 32 * 24) == [Outcome.NOTED]
    told = str(tables.rows("SELECT payload FROM outbox WHERE kind = 'chat'"))
    assert "needs_payer" in told
    assert tables.one("SELECT COUNT(*) FROM receipts") == 1

    page = await till.ask()
    assert await till.take(await till.rig.pay(page)) == [Outcome.SETTLED]
    assert tables.one("SELECT COUNT(*) FROM periods") == 2
    assert len(till.rig.server.charges) == 1, "and the card is left alone"
