"""Updates are answered in order in a chat, chats side by side, and a pre-checkout at once."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.reception import Reception
from bot.vault import FernetVault
from handlers.counter import Counter
from shop.policies import LivePolicy
from shop.ports import PaymentEvent
from shop.rules.policy import Policy
from shop.storage.opening import Storage, storage_at
from shop.updates import NewUpdate, claim_updates, keep_updates
from tests.house.clocks import NOON, HandClock

_MANY = 80  # more chats than are answered side by side


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    """Books in a new file."""
    storage = storage_at(f"sqlite:///{tmp_path}/books.db")
    await storage.open()
    yield storage
    await storage.close()


class Desk:
    """A chat that answers only when it is told to, and remembers what it was asked."""

    def __init__(self, storage: Storage) -> None:
        self.asked: list[tuple[int, str]] = []
        self.answered: list[tuple[int, str]] = []
        self.taps: list[str] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.may_answer, self.was_called = asyncio.Event(), asyncio.Event()
        counter = Counter(
            storage=storage, clock=HandClock(), vault=FernetVault("a key of the tests"),
            policies=LivePolicy(Policy()), providers={}, bot_username="shop", public_url="https://shop",
            wake=lambda: None,
        )  # fmt: skip
        self.reception = Reception(
            counter, answer=self._answer, call=self._call, read_money=_no_money,
        )  # fmt: skip
        self.reception.open()

    async def _answer(self, raw: Mapping[str, Any]) -> BaseException | None:
        if "callback_query" in raw:
            self.taps.append(raw["callback_query"]["data"])
            return None
        message = (raw["message"]["chat"]["id"], raw["message"]["text"])
        self.asked.append(message)
        await self.may_answer.wait()
        self.answered.append(message)
        return None

    async def _call(self, method: str, **fields: object) -> None:
        self.calls.append((method, fields))
        self.was_called.set()


def _no_money(update: Mapping[str, Any]) -> tuple[str, PaymentEvent] | None:
    del update
    return None


def said(number: int, chat: int, text: str) -> dict[str, Any]:
    message = {"message_id": number, "chat": {"id": chat, "type": "private"}, "text": text}
    return {"update_id": number, "message": message}


PRE_CHECKOUT = {
    "update_id": 9000,
    "pre_checkout_query": {
        "id": "query",
        "from": {"id": 7, "first_name": "Ada", "language_code": "de"},
        "currency": "XTR",
        "total_amount": 450,
        "invoice_payload": "tk_unknown",
    },
}


async def test_a_chat_is_answered_in_order_and_others_do_not_wait_for_it(
    storage: Storage,
) -> None:
    desk = Desk(storage)
    await desk.reception.take([said(1, 1, "first"), said(2, 1, "second"), said(3, 2, "other")])
    await asyncio.sleep(0.05)
    assert desk.asked == [(1, "first"), (2, "other")]
    desk.may_answer.set()
    await desk.reception.settle_down()
    assert [text for chat, text in desk.answered if chat == 1] == ["first", "second"]


async def test_a_pre_checkout_is_answered_while_every_place_is_taken(storage: Storage) -> None:
    desk = Desk(storage)
    await desk.reception.take([said(n, n, "busy") for n in range(1, _MANY)])
    await asyncio.sleep(0.05)
    assert len(desk.asked) < _MANY - 1, "the desk is not full, so the test shows nothing"
    await desk.reception.take([PRE_CHECKOUT])
    async with asyncio.timeout(5):
        await desk.was_called.wait()
    method, fields = desk.calls[0]
    assert method == "answerPreCheckoutQuery"
    assert fields["ok"] is False
    assert str(fields["error_message"]).startswith("Dieser Zahlungslink gilt nicht mehr")
    desk.may_answer.set()
    await desk.reception.settle_down()


async def test_an_update_delivered_twice_is_answered_once(storage: Storage) -> None:
    desk = Desk(storage)
    desk.may_answer.set()
    await desk.reception.take([said(1, 1, "hello")])
    await desk.reception.take([said(1, 1, "hello")])
    await desk.reception.settle_down()
    assert desk.answered == [(1, "hello")]


def tapped(number: int, chat: int, data: str) -> dict[str, Any]:
    message = {"message_id": 5, "chat": {"id": chat, "type": "private"}, "text": "a screen"}
    query = {"id": str(number), "from": {"id": chat}, "data": data, "message": message}
    return {"update_id": number, "callback_query": query}


async def _brought_back(storage: Storage, *, with_newer: bool) -> list[str]:
    """What the desk is asked when a tap that a killed process left comes again."""
    left = Desk(storage)
    left.may_answer.set()
    old = NewUpdate(update_id=1, kind="callback_query", raw=tapped(1, 1, "ways:3"), chat_id=1)
    await storage.run(keep_updates, [old], policy=Policy(), now=NOON)
    if with_newer:
        await left.reception.take([tapped(2, 1, "pay:3:card")])
    await left.reception.take([tapped(3, 2, "pay:3:card")])
    await left.reception.settle_down()
    later = NOON + timedelta(minutes=5)
    found = await storage.run(claim_updates, policy=Policy(), now=later, most=9)
    left.taps.clear()
    left.reception.answer_later(found)
    await left.reception.settle_down()
    return left.taps


async def test_a_tap_that_comes_again_is_shown_in_its_place(storage: Storage) -> None:
    assert await _brought_back(storage, with_newer=False) == ["ways:3"]


async def test_a_tap_that_comes_again_too_late_does_not_undo_the_newer_screen(
    storage: Storage,
) -> None:
    assert await _brought_back(storage, with_newer=True) == ["+ways:3"]
