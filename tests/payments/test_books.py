"""What every way of being paid does to the books, on both databases."""

import pytest

from shop.orders.orders import expire_orders
from shop.ports import BadSignatureError, Happening, ProviderSilentError
from shop.settlement.settle import Outcome
from tests.fixtures.rigs import ALL, ASKED, ENDING, REMOTE, STAMPED, WITH_PAGES, hear, request_of
from tests.fixtures.shop import CARD
from tests.fixtures.tables import Tables
from tests.fixtures.till import Till, Verdicts, pay_otherwise, wallet
from tests.standins.moods import Mood


async def test_what_is_paid_is_credited_once(
    till: Till, tables: Tables, verdicts: Verdicts
) -> None:
    page = await till.ask()
    assert await till.take(await till.rig.pay(page)) == [Outcome.SETTLED]
    assert verdicts() == [("paid", till.payment.due.minor)]
    assert tables.rows("SELECT state FROM orders") == [("paid",)]
    assert tables.one("SELECT COUNT(*) FROM periods") == 1
    assert wallet(tables) == 0


async def test_a_duplicate_and_a_question_change_nothing(
    till: Till, tables: Tables, verdicts: Verdicts
) -> None:
    delivery = await till.rig.pay(await till.ask())
    await till.take(delivery)
    before = tables.answers({"journal": "SELECT * FROM journal", "p": "SELECT * FROM periods"})
    for _ in range(3):
        assert set(await till.take(delivery)) <= {Outcome.KNOWN}
    # Where a payment is seen first, that may be told now; it moves nothing.
    assert set(await till.ask_provider()) <= {Outcome.KNOWN, Outcome.NOTED}
    after = tables.answers({"journal": "SELECT * FROM journal", "p": "SELECT * FROM periods"})
    assert after == before
    assert len(verdicts()) == 1


async def test_a_replay_after_a_day_changes_nothing(till: Till, verdicts: Verdicts) -> None:
    delivery = await till.rig.pay(await till.ask())
    await till.take(delivery)
    till.wait(days=1)
    if till.rig.provider.name in STAMPED:
        with pytest.raises(BadSignatureError):  # whoever kept the bytes
            await till.take(delivery)
        delivery = till.rig.sign(delivery.body)  # the provider itself signs each try anew
    assert set(await till.take(delivery)) == {Outcome.KNOWN}
    assert len(verdicts()) == 1


async def test_too_little_goes_to_the_wallet_and_delivers_nothing(
    till: Till, tables: Tables, verdicts: Verdicts
) -> None:
    page = await till.ask()
    half = till.payment.due.minor // 2
    delivery = await pay_otherwise(till.rig, page, half, is_short=True)
    assert await till.take(delivery) == [Outcome.TO_WALLET]
    assert verdicts() == [("short", half)]
    assert tables.rows("SELECT state FROM orders") == [("open",)]
    assert tables.one("SELECT COUNT(*) FROM periods") == 0
    assert wallet(tables) == half


async def test_too_much_is_delivered_and_the_rest_is_kept(
    till: Till, tables: Tables, verdicts: Verdicts
) -> None:
    page = await till.ask()
    due = till.payment.due.minor
    delivery = await pay_otherwise(till.rig, page, due * 3 // 2, is_short=False)
    assert await till.take(delivery) == [Outcome.SETTLED]
    assert verdicts() == [("over", due * 3 // 2)]
    assert tables.one("SELECT COUNT(*) FROM periods") == 1
    assert wallet(tables) == due // 2


@pytest.mark.parametrize(("days", "outcome"), [(2, Outcome.SETTLED), (9, Outcome.TO_WALLET)])
async def test_money_that_is_late_is_honoured_for_some_days_and_never_lost(
    till: Till, tables: Tables, verdicts: Verdicts, days: int, outcome: Outcome
) -> None:
    page = await till.ask()
    till.wait(days=days)
    assert await till.take(await till.rig.pay(page)) == [outcome]
    assert verdicts() == [("late", till.payment.due.minor)]
    is_honoured = outcome is Outcome.SETTLED
    assert tables.one("SELECT COUNT(*) FROM periods") == (1 if is_honoured else 0)
    assert wallet(tables) == (0 if is_honoured else till.payment.due.minor)


async def test_paid_twice_over_two_ways_the_second_goes_to_the_wallet(
    till: Till, tables: Tables, verdicts: Verdicts
) -> None:
    page = await till.ask()
    other = "sandbox_crypto" if till.rig.provider.name == CARD else CARD
    if till.rig.currency == "XTR":  # a price in Stars is an order like any other
        other = "stars"
    customer = await till.shop.greet()
    if other == "stars":
        first = till.shop.received(till.payment, receipt="stx_other_link")
        await till.shop.settle(first, provider="stars")
    else:
        second = await till.shop.ask(customer, currency=till.rig.currency, provider=other)
        await till.shop.pay(second)
    assert await till.take(await till.rig.pay(page)) == [Outcome.TO_WALLET]
    assert [verdict for verdict, _ in verdicts()] == ["paid", "duplicate"]
    assert tables.one("SELECT COUNT(*) FROM periods") == 1
    assert wallet(tables) == till.payment.due.minor


@pytest.mark.parametrize("till", ENDING, indirect=True)
async def test_what_runs_out_is_noted_and_nothing_is_given(
    till: Till, tables: Tables, verdicts: Verdicts
) -> None:
    page = await till.ask()
    await till.rig.expire(page)
    till.shop.clock.move(seconds=(till.rig.clock.moment - till.shop.now).total_seconds())
    assert await till.ask_provider() == [Outcome.NOTED]
    assert tables.rows("SELECT state FROM payments") == [("expired",)]
    assert verdicts() == []


@pytest.mark.parametrize(
    "till", [name for name in WITH_PAGES if name not in ENDING], indirect=True
)
async def test_where_no_page_runs_out_the_order_does_and_nothing_is_given(
    till: Till, tables: Tables, verdicts: Verdicts
) -> None:
    await till.ask()
    till.wait(days=2)
    assert await till.shop.run(expire_orders, clock=till.shop.clock) == 1
    assert set(await till.ask_provider()) <= {Outcome.NOTED}
    assert tables.rows("SELECT state FROM orders") == [("expired",)]
    assert tables.one("SELECT COUNT(*) FROM periods") == 0
    assert verdicts() == []


@pytest.mark.parametrize("till", ALL, indirect=True)  # a picture of no transfer is no money
async def test_money_of_no_order_is_recorded_for_staff(
    till: Till, tables: Tables, verdicts: Verdicts
) -> None:
    till.rig.clock.moment = till.shop.now
    page = await till.rig.provider.create(request_of(till.rig, "tk_nobody"))
    delivery = await till.rig.pay(page)
    is_hint = [event.happening for event in hear(till.rig, delivery)] == [Happening.ASK]
    assert await till.take(delivery) == [Outcome.UNKNOWN]
    assert verdicts() == ([] if is_hint else [("unknown_order", 799)])
    assert tables.one("SELECT COUNT(*) FROM periods") == 0
    assert wallet(tables) == 0
    state = "SELECT COUNT(*) FROM inbox WHERE state = 'unknown'"
    assert tables.one(state) == 1, "staff see it"


@pytest.mark.parametrize("till", REMOTE, indirect=True)
@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.GARBAGE, Mood.DEAF])
async def test_a_provider_that_is_away_when_asked_for_a_page_leaves_the_outcome_open(
    till: Till, tables: Tables, verdicts: Verdicts, mood: Mood
) -> None:
    till.rig.server.mood = mood
    with pytest.raises(ProviderSilentError):
        await till.ask()
    assert tables.rows("SELECT state FROM payments") == [("unknown",)]
    till.rig.server.mood = Mood.UP
    page = await till.ask()
    assert tables.one("SELECT COUNT(*) FROM payments") == 1, "the same try goes on"
    assert await till.take(await till.rig.pay(page)) == [Outcome.SETTLED]
    assert len(verdicts()) == 1


@pytest.mark.parametrize("till", ASKED, indirect=True)
@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.REFUSING, Mood.GARBAGE, Mood.DEAF])
async def test_a_provider_that_is_away_when_asked_what_came_is_asked_again(
    till: Till, tables: Tables, verdicts: Verdicts, mood: Mood
) -> None:
    await till.rig.pay(await till.ask())  # and its webhook never comes
    till.rig.server.mood = mood
    till.wait(seconds=30)
    assert await till.ask_provider() == []
    assert verdicts() == []
    now = int(till.shop.now.timestamp())
    assert tables.one("SELECT poll_at FROM payments") == now + 30
    till.rig.server.mood = Mood.UP
    till.wait(seconds=30)
    assert await till.ask_provider() == [Outcome.SETTLED]
    assert verdicts() == [("paid", till.payment.due.minor)]
    assert tables.one("SELECT COUNT(*) FROM periods") == 1
