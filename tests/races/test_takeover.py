"""What a killed process had under way is taken up by a living one, and never from a living one."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest

from bot.encryption import derive
from bot.takeover import GONE_AFTER, LOOK_EVERY, Takeover
from preview.client import Preview
from shop.books.books import Books
from shop.books.opening import Storage, storage_at
from shop.core.errors import BooksUnavailableError
from shop.intake.leases import lease_holders, take_over
from shop.intake.polling import claim_polls
from shop.messaging.inbox_records import Inbox, InboxState
from shop.messaging.jobs import MessageKind
from shop.messaging.outbox import claim
from shop.messaging.outbox_records import Effect, Outbox
from shop.refunds.records import RefundRoute
from shop.refunds.refund import RefundWish, begin_refund
from tests.crash.conftest import preview, telegram_url
from tests.fixtures import sandbox_cards
from tests.fixtures.clocks import HandClock
from tests.fixtures.process import SECRET_KEY, ShopProcess
from tests.fixtures.shop import CARD, STAFF, Shop
from tests.fixtures.tables import Tables, contradictions

__all__ = ["preview", "telegram_url"]
ANNA = 1001
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
WITHIN = 10.0


class Time:
    """Stands for the process's steady clock."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> Time:
    found = Time()
    monkeypatch.setattr("bot.takeover.time", found)
    return found


@pytest.fixture
async def url(new_database: Callable[[str], str]) -> str:
    return new_database("postgres")


@pytest.fixture
async def living(url: str) -> AsyncIterator[Storage]:
    storage = storage_at(url)
    await storage.open()
    yield storage
    await storage.close()


async def with_an_effect_in_hand(url: str) -> Storage:
    """Another process that is sending a message."""
    other = storage_at(url)
    await other.open()
    effect = Effect(kind=MessageKind.CHAT, lane="chat:1", key="note:1", payload={"to": 1})
    await other.run(lambda books: books[Outbox].add([effect], now=NOW))
    assert len(await other.run(claim, now=NOW, most=9)) == 1
    return other


async def look(takeover: Takeover, steady: Time, seconds: float = LOOK_EVERY) -> None:
    steady.now += seconds
    await takeover.look()


async def holders(storage: Storage) -> frozenset[int]:
    return await storage.read(lease_holders, now=NOW)


async def test_what_a_process_that_is_gone_had_in_hand_is_due_at_once(
    url: str, living: Storage, steady: Time
) -> None:
    other = await with_an_effect_in_hand(url)
    takeover = Takeover(living, HandClock(NOW))
    assert await living.run(claim, now=NOW, most=9) == []
    await other.close()

    began = steady.now
    await takeover.look()
    assert await holders(living) == {other.holder}, "it is missing, but may come back"
    while await holders(living):
        await look(takeover, steady)

    assert steady.now - began <= GONE_AFTER + 2 * LOOK_EVERY < WITHIN
    assert [one.key for one in await living.run(claim, now=NOW, most=9)] == ["note:1"]


async def test_from_a_process_that_lives_nothing_is_taken(
    url: str, living: Storage, steady: Time
) -> None:
    other = await with_an_effect_in_hand(url)
    takeover = Takeover(living, HandClock(NOW))
    for _ in range(20):
        await look(takeover, steady)
    assert await holders(living) == {other.holder}
    await other.close()


async def test_a_session_that_broke_is_made_anew_before_it_is_missed(
    url: str, living: Storage, steady: Time
) -> None:
    other = await with_an_effect_in_hand(url)
    here, there = Takeover(living, HandClock(NOW)), Takeover(other, HandClock(NOW))
    with psycopg.connect(url, autocommit=True) as server:
        for _ in range(5):
            server.execute(
                """
                SELECT pg_terminate_backend(pid) FROM pg_locks
                WHERE locktype = 'advisory' AND objid::bigint = %s
                """,
                (other.holder,),
            )
            while other.holder in await living.living():
                pass
            await look(here, steady)
            await there.look()
            assert await other.living() == {other.holder, living.holder}
            await look(here, steady, LOOK_EVERY)
    await look(here, steady, GONE_AFTER)
    assert await holders(living) == {other.holder}
    await other.close()


async def test_after_the_server_was_away_nobody_is_taken_for_gone_at_once(
    url: str, living: Storage, steady: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await with_an_effect_in_hand(url)
    takeover = Takeover(living, HandClock(NOW))
    await other.close()
    await takeover.look()

    async def away() -> frozenset[int]:
        raise BooksUnavailableError

    with monkeypatch.context() as patched:
        patched.setattr(living, "living", away)
        with pytest.raises(BooksUnavailableError):
            await look(takeover, steady, GONE_AFTER)
    await look(takeover, steady)
    assert await holders(living) == {other.holder}, "the five seconds begin anew"
    await look(takeover, steady, GONE_AFTER)
    assert await holders(living) == frozenset()


async def test_in_one_file_a_start_takes_up_everything_and_what_was_put_off_still_waits(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path}/shop.db"
    other = await with_an_effect_in_hand(url)

    def more(books: Books) -> None:
        later = Effect(kind=MessageKind.CHAT, lane="chat:2", key="note:2", payload={"to": 2})
        books[Outbox].add([later], now=NOW)
        [effect] = books[Outbox].claim(now=NOW, lease=NOW + timedelta(seconds=90), most=9)
        books[Outbox].again(effect.id, due_at=NOW + timedelta(minutes=1), error="busy")
        books[Inbox].keep(
            "telegram",
            "7",
            kind="update",
            headers={},
            body=b"{}",
            now=NOW,
            state=InboxState.WAITING,
            due_at=NOW + timedelta(seconds=90),
        )

    await other.run(more)
    await other.close()

    storage = storage_at(url)
    await storage.open()
    await Takeover(storage, HandClock(NOW)).at_start()
    assert [one.key for one in await storage.run(claim, now=NOW, most=9)] == ["note:1"]
    assert await storage.run(lambda books: books[Inbox].next_due()) == NOW
    await storage.close()


async def test_a_charge_a_refund_and_a_poll_come_back_too(shop: Shop) -> None:
    payment = await shop.ask(await shop.greet())
    await shop.pay(payment)
    await shop.ask(await shop.greet(1002))
    wish = RefundWish(receipt=1, money=payment.due, route=RefundRoute.PROVIDER, reason="")
    await shop.run(begin_refund, wish, STAFF, policy=shop.policy, now=shop.now)
    shop.clock.move(seconds=60)
    polled = await shop.run(claim_polls, now=shop.now, most=9)
    assert polled

    [mine] = await shop.storage.read(lease_holders, now=shop.now)
    assert mine == shop.storage.holder
    assert await shop.run(take_over, [mine + 1], now=shop.now) == 0
    assert await shop.run(take_over, [mine], now=shop.now) == 1 + len(polled)
    assert await shop.run(claim_polls, now=shop.now, most=9) == polled


@pytest.mark.timeout(120)
@pytest.mark.parametrize("crash_at", ["connector:create:before:1", "connector:create:after:1"])
async def test_access_that_a_killed_process_was_making_is_made_by_the_other_within_ten_seconds(
    tmp_path: Path, preview: Preview, telegram_url: str, url: str, crash_at: str
) -> None:
    del preview  # it answers the shops
    tables = Tables(url)
    dying, other = (a_shop(tmp_path / name, url, telegram_url) for name in ("dying", "other"))
    try:
        await asyncio.to_thread(dying.start, crash_at=crash_at)
        await asyncio.to_thread(other.start)
        os.kill(other.pid, signal.SIGSTOP)  # so that the other one takes it
        await pay(dying, url)
        assert await asyncio.to_thread(dying.wait_for_death)
        os.kill(other.pid, signal.SIGCONT)
        died = time.monotonic()
        while not tables.rows("SELECT 1 FROM accounts WHERE actual = 'active'"):
            assert time.monotonic() - died < WITHIN, tables.rows("SELECT * FROM outbox")
            await asyncio.sleep(0.1)
        await asyncio.to_thread(other.stop)
    finally:
        dying.kill()
        other.kill()
    assert contradictions(tables) == {}


def a_shop(folder: Path, url: str, telegram_url: str) -> ShopProcess:
    folder.mkdir()
    return ShopProcess(
        folder,
        database=url,
        telegram_url=telegram_url,
        TELEGRAM_MODE="webhook",
        TELEGRAM_WEBHOOK_SECRET="a-secret",
        PUBLIC_URL="http://127.0.0.1:9",
    )


async def pay(dying: ShopProcess, url: str) -> None:
    """Somebody buys a plan, and the sandbox tells this process."""
    desk = Shop(storage_at(url), clock=HandClock(datetime.now(UTC).replace(microsecond=0)))
    await desk.storage.open()
    payment = await desk.ask(await desk.greet(ANNA))
    await desk.storage.close()
    body = sandbox_cards.body(payment, event_id="evt_1", receipt="money_1", at=desk.now)
    secret = derive(SECRET_KEY, "sandbox").hex()
    headers = sandbox_cards.signed(body, at=desk.now, secret=secret)
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        answer = await http.post(f"{dying.url}/webhooks/{CARD}", content=body, headers=headers)
    assert answer.status_code == 200
