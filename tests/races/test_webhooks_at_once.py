"""Law 10: an event counts once, and so does money, however often and from wherever it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from handlers.counter import Counter
from handlers.http.webhooks import webhook_door
from payments.sandbox.provider import Sandbox
from shop.intake.polling import ask_about, claim_polls
from shop.ledger.receipt_records import Receipts
from shop.messaging.inbox_records import Inbox
from shop.orders.payment_records import Payment
from shop.orders.states import OrderState
from shop.owner_file.live_policy import LivePolicy
from shop.ports import PaymentRequest
from tests.fixtures import sandbox_cards
from tests.fixtures.shop import CARD, Shop
from tests.fixtures.tables import Tables
from tests.fixtures.web import served

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 50


@pytest.fixture
async def sandbox(shop: Shop, tmp_path: Path) -> AsyncIterator[Sandbox]:
    """The provider, whose own webhooks are off: here the test sends them."""
    async with httpx.AsyncClient() as http:
        yield Sandbox(
            kind="card",
            directory=tmp_path / "till",
            secrets=sandbox_cards.SECRET,
            clock=shop.clock,
            public_url="http://127.0.0.1",
            http=http,
            send_webhooks=False,
        )


@asynccontextmanager
async def door(shop: Shop, sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    counter = Counter(
        storage=shop.storage,
        clock=shop.clock,
        encryption=shop.encryption,
        policies=LivePolicy(shop.policy),
        providers={CARD: sandbox},
        bot_username="",
        public_url="",
        wake=lambda: None,
    )
    route = Route("/webhooks/{provider}", webhook_door(counter), methods=["POST"])
    async with served(Starlette(routes=[route])) as client:
        yield client


async def send(client: httpx.AsyncClient, shop: Shop, sent: bytes) -> int:
    headers = sandbox_cards.signed(sent, at=shop.now)
    answer = await client.post(f"/webhooks/{CARD}", content=sent, headers=headers)
    return answer.status_code


def money_of(shop: Shop, payment: Payment, *, event_id: str) -> bytes:
    # The sandbox's own name for the first money of a payment, as `look_up` tells it too.
    receipt = f"money_{payment.reference}_0"
    return sandbox_cards.body(payment, event_id=event_id, receipt=receipt, at=shop.now)


async def test_one_webhook_delivered_fifty_times_at_once_is_credited_once(
    shop: Shop, tables: Tables, sandbox: Sandbox
) -> None:
    payment = await shop.ask(await shop.greet())
    sent = money_of(shop, payment, event_id="evt_1")

    async with door(shop, sandbox) as client:
        answers = await asyncio.gather(*(send(client, shop, sent) for _ in range(AT_ONCE)))
    await shop.drain()

    assert answers == [200] * AT_ONCE
    assert tables.one("SELECT COUNT(*) FROM receipts") == 1
    assert tables.one("SELECT COUNT(*) FROM periods") == 1
    assert tables.one("SELECT COUNT(*) FROM inbox") == 1
    assert shop.services["generated"].made == {1: 1}
    notices = [effect.payload["notice"] for effect in shop.told]
    assert sorted(notices) == ["credentials", "paid", "sale"]


async def test_a_provider_that_renames_its_events_is_still_credited_once(
    shop: Shop, tables: Tables, sandbox: Sandbox
) -> None:
    payment = await shop.ask(await shop.greet())

    async with door(shop, sandbox) as client:
        sent = [money_of(shop, payment, event_id=f"evt_{n}") for n in range(AT_ONCE)]
        answers = await asyncio.gather(*(send(client, shop, one) for one in sent))
    await shop.drain()

    assert answers == [200] * AT_ONCE
    assert tables.one("SELECT COUNT(*) FROM receipts") == 1
    assert tables.one("SELECT COUNT(*) FROM inbox") == AT_ONCE
    assert [effect.payload["notice"] for effect in shop.told].count("paid") == 1


async def test_without_either_key_one_payment_is_credited_fifty_times(
    shop: Shop, tables: Tables, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_keys(monkeypatch)
    payment = await shop.ask(await shop.greet())
    sent = money_of(shop, payment, event_id="evt_1")

    async with door(shop, sandbox) as client:
        await asyncio.gather(*(send(client, shop, sent) for _ in range(AT_ONCE)))

    assert tables.one("SELECT COUNT(*) FROM receipts") == AT_ONCE
    in_wallet = tables.one("SELECT SUM(-minor) FROM journal WHERE account = 'wallet'")
    assert in_wallet == payment.due.minor * (AT_ONCE - 1)


def forget_keys(patch: pytest.MonkeyPatch) -> None:
    """Take the unique names of events and of money away."""
    numbers: Iterator[int] = count()
    keep, add = Inbox.keep, Receipts.add_receipt

    def keep_any(self: Inbox, provider: str, event_id: str, **facts: Any) -> int | None:  # noqa: ANN401
        return keep(self, provider, f"{event_id}.{next(numbers)}", **facts)

    def add_any(self: Receipts, *, receipt_id: str, **facts: Any) -> int | None:  # noqa: ANN401
        return add(self, receipt_id=f"{receipt_id}.{next(numbers)}", **facts)

    patch.setattr(Inbox, "keep", keep_any)
    patch.setattr(Receipts, "add_receipt", add_any)


async def test_the_same_money_by_webhook_and_by_asking_at_once_is_credited_once(
    shop: Shop, tables: Tables, sandbox: Sandbox
) -> None:
    anna = await shop.greet()
    payment = await shop.ask(anna)
    await sandbox.create(request_of(payment))
    await sandbox.press(payment.reference, "pay")
    shop.clock.move(minutes=1)

    async def ask() -> None:
        for due in await shop.run(claim_polls, now=shop.now, most=5):
            await ask_about(
                shop.storage, {CARD: sandbox}, due, policy=shop.policy, clock=shop.clock
            )

    async with door(shop, sandbox) as client:
        tellings = [
            send(client, shop, money_of(shop, payment, event_id=f"evt_{n}")) for n in range(20)
        ]
        await asyncio.gather(*(ask() for _ in range(5)), *tellings)
    await shop.drain()

    assert tables.one("SELECT COUNT(*) FROM receipts") == 1
    assert tables.one("SELECT COUNT(*) FROM periods") == 1
    assert tables.one("SELECT state FROM orders") == OrderState.PAID
    assert shop.services["generated"].made == {1: 1}
    assert tables.one("SELECT COUNT(*) FROM payments WHERE poll_at IS NOT NULL") == 0


def request_of(payment: Payment) -> PaymentRequest:
    return PaymentRequest(
        reference=payment.reference,
        amount=payment.due,
        title="Solo",
        description="A month",
        expires_at=payment.expires_at,
        return_url="http://127.0.0.1/",
        language="en",
        chat_id=1001,
    )
