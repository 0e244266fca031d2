"""What money that goes back does to the books, for every way of being paid, on both databases."""

from typing import Any

import pytest

from shop.ports import Happening
from shop.refunds.manual_refunds import confirm_manual_refund
from shop.refunds.records import Refund, RefundRoute
from shop.refunds.refund import refunder
from shop.refunds.rules import TooMuchBackError
from shop.refunds.states import RefundState
from shop.settlement.settle import Outcome
from tests.fixtures.rigs import DISPUTING, REFUNDING, REMOTE, TELLING_BACK, SandboxRig
from tests.fixtures.shop import STAFF
from tests.fixtures.tables import Tables, contradictions
from tests.fixtures.till import Till
from tests.standins.moods import Delivery, Mood

AWAY = (Mood.DOWN, Mood.GARBAGE, Mood.DEAF)  # the last did it, and its answer got lost


async def paid(till: Till) -> int:
    """Buy a month; returns what it cost."""
    page = await till.ask()
    await till.take(await till.rig.pay(page))
    return till.payment.due.minor


async def give(till: Till, minor: int) -> Refund:
    """Give money back as this provider can: by itself, by a link, or by staff's own hands."""
    if refunder(till.rig.provider) is None:
        refund = await till.begin_giving_back(minor, RefundRoute.MANUAL)
        return await till.shop.run(
            confirm_manual_refund,
            STAFF,
            refund_id=refund.id,
            policy=till.shop.policy,
            now=till.shop.now,
        )
    refund = await till.ask_refund(await till.begin_giving_back(minor, RefundRoute.PROVIDER))
    if refund.state is RefundState.LINK:
        till.rig.server.claim(refund.refund_ref)
        refund = await till.ask_refund(refund)
    return refund


def states(tables: Tables) -> list[tuple[str, int]]:
    return tables.rows("SELECT state, minor FROM refunds ORDER BY id")


def reserve(tables: Tables) -> int:
    """What waits between the sales and the provider."""
    query = "SELECT COALESCE(SUM(minor), 0) FROM journal WHERE account = 'refunding'"
    return int(tables.one(query))


async def test_a_part_goes_back_and_then_the_rest(till: Till, tables: Tables) -> None:
    due = await paid(till)
    able = refunder(till.rig.provider)
    if able is not None and not able.refunds_parts:
        assert (await give(till, 300)).state is RefundState.FAILED
        assert reserve(tables) == 0
        assert (await give(till, due)).state is RefundState.DONE
    else:
        assert (await give(till, 300)).state is RefundState.DONE
        assert tables.rows("SELECT state FROM orders") == [("paid",)]
        assert (await give(till, due - 300)).state is RefundState.DONE
    assert reserve(tables) == 0
    assert tables.rows("SELECT state FROM orders") == [("refunded",)]
    assert tables.rows("SELECT state FROM payments") == [("refunded",)]
    query = "SELECT SUM(minor) FROM refunds WHERE state = 'done'"
    assert tables.one(query) == due
    with pytest.raises(TooMuchBackError):
        await give(till, 1)


@pytest.mark.parametrize("till", [name for name in REFUNDING if name in REMOTE], indirect=True)
async def test_a_provider_that_is_away_gives_back_once_whatever_it_answered(
    till: Till, tables: Tables
) -> None:
    due = await paid(till)
    refund = await till.begin_giving_back(due, RefundRoute.PROVIDER)
    for mood in AWAY:
        till.rig.server.mood = mood
        refund = await till.ask_refund(refund)
        assert (refund.state, reserve(tables)) == (RefundState.UNKNOWN, -due), mood
        till.wait(minutes=5)
    till.rig.server.mood = Mood.UP
    refund = await till.ask_refund(refund)
    assert refund.state in {RefundState.DONE, RefundState.LINK}
    assert refund.refund_ref
    assert tables.rows("SELECT state FROM orders") == [("refunded",)]
    assert made_at(till) == 1


def made_at(till: Till) -> int:
    """How many refunds the provider itself knows of."""
    server: Any = till.rig.server
    match till.rig.provider.name:
        case "stripe":
            return len(server.refunds)
        case "coinbase":
            return sum(len(one.get("refunds", [])) for one in server.checkouts.values())
        case "btcpay":
            return len(server.pulls)
        case _:
            return sum("receiver" in one for one in server.transactions)


@pytest.mark.parametrize("till", [name for name in REFUNDING if name in REMOTE], indirect=True)
async def test_a_provider_that_says_no_leaves_the_money_where_it_lay(
    till: Till, tables: Tables
) -> None:
    due = await paid(till)
    till.rig.server.mood = Mood.REFUSING
    refund = await till.ask_refund(await till.begin_giving_back(due, RefundRoute.PROVIDER))
    assert (refund.state, reserve(tables)) == (RefundState.FAILED, 0)
    assert not any(secret in refund.note for secret in till.rig.hidden)
    assert tables.rows("SELECT state FROM orders") == [("paid",)]


@pytest.mark.parametrize("till", TELLING_BACK, indirect=True)
async def test_a_refund_made_at_the_provider_is_booked_once(till: Till, tables: Tables) -> None:
    due = await paid(till)
    news = await back_there(till)
    assert await till.take(news) == [Outcome.NOTED]
    assert await till.take(news) == [Outcome.KNOWN]
    if till.rig.provider.name == "nowpayments":  # it does not say how much: a person looks
        assert states(tables) == []
        told = str(tables.rows("SELECT payload FROM outbox WHERE kind = 'staff'"))
        assert "money_back" in told, told
        return
    assert states(tables) == [("done", due)]
    assert tables.rows("SELECT state FROM orders") == [("refunded",)]
    assert reserve(tables) == 0


async def back_there(till: Till) -> Delivery:
    """Somebody gives all of it back on the provider's own page."""
    rig, page = till.rig, await till.page()
    if isinstance(rig, SandboxRig):
        await rig.sandbox.press(page.provider_ref, "refund")
        return await rig.next_sent()
    if rig.provider.name == "nowpayments":
        [payment] = rig.server.payments
        return rig.server.change(payment, "refunded")  # type: ignore[no-any-return]
    name = till.payment.reference if rig.provider.name == "stars" else page.provider_ref
    return rig.server.refund(name)  # type: ignore[no-any-return]


@pytest.mark.parametrize("till", DISPUTING, indirect=True)
@pytest.mark.parametrize("end", [Happening.DISPUTE_WON, Happening.DISPUTE_LOST])
async def test_a_disputed_sum_waits_until_the_bank_has_decided(
    till: Till, tables: Tables, end: Happening
) -> None:
    due = await paid(till)
    opened = await bank(till, "dispute")
    for _ in range(2):
        await till.take(opened)
    query = "SELECT COALESCE(SUM(minor), 0) FROM journal WHERE account = 'disputed'"
    assert tables.one(query) == due
    assert tables.rows("SELECT state FROM payments") == [("disputed",)]
    is_won = end is Happening.DISPUTE_WON
    closed = await bank(till, "win" if is_won else "lose")
    for _ in range(2):
        await till.take(closed)
    assert tables.one(query) == 0
    assert tables.rows("SELECT state FROM orders") == [("paid" if is_won else "refunded",)]
    assert states(tables) == ([] if is_won else [("done", due)])


async def bank(till: Till, choice: str) -> Delivery:
    """Let the card's bank act."""
    rig, page = till.rig, await till.page()
    if isinstance(rig, SandboxRig):
        await rig.sandbox.press(page.provider_ref, choice)
        return await rig.next_sent()
    if choice == "dispute":
        return rig.server.dispute(page.provider_ref)  # type: ignore[no-any-return]
    word = "won" if choice == "win" else "lost"
    return rig.server.decide(page.provider_ref, word)  # type: ignore[no-any-return]


@pytest.mark.parametrize("till", ["stripe"], indirect=True)
async def test_a_refund_that_a_bank_returns_is_owed_again_once(till: Till, tables: Tables) -> None:
    due = await paid(till)
    refund = await give(till, due)
    for kind in ("refund.failed", "charge.refund.updated"):
        await till.take(till.rig.server.return_refund(refund.refund_ref, kind=kind))
        assert states(tables) == [("manual", due)]
        assert reserve(tables) == -due
    await till.shop.run(
        confirm_manual_refund,
        STAFF,
        refund_id=refund.id,
        policy=till.shop.policy,
        now=till.shop.now,
    )
    assert (states(tables), reserve(tables)) == ([("done", due)], 0)
    assert contradictions(tables) == {}
