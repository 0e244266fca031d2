"""Updates are answered in order in a chat, chats side by side, and a pre-checkout at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import telegram as bot_telegram
from bot.encryption import FernetEncryption
from bot.reception import Reception
from bot.updates import MoneyReader
from handlers.counter import Counter
from shop.books.books import Books
from shop.books.opening import Storage, storage_at
from shop.core.errors import BadInputError, BooksUnavailableError
from shop.core.money import Money
from shop.core.policy import Policy
from shop.desk.failed_jobs import replay_inbox_event, trouble
from shop.intake import chat_updates
from shop.intake.chat_updates import NewUpdate, claim_updates, keep_updates
from shop.intake.notices import Stuck
from shop.messaging.outbox import claim
from shop.owner_file.live_policy import LivePolicy
from shop.ports import Happening, PaymentEvent
from shop.settlement.unassigned_records import UnassignedReceipts
from tests.fixtures.clocks import NOON, HandClock

OWNER = 9001
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

    def __init__(self, storage: Storage, *, read_money: MoneyReader | None = None) -> None:
        self.asked: list[tuple[int, str]] = []
        self.answered: list[tuple[int, str]] = []
        self.taps: list[str] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.may_answer, self.was_called = asyncio.Event(), asyncio.Event()
        counter = Counter(
            storage=storage,
            clock=HandClock(),
            encryption=FernetEncryption("a key of the tests"),
            policies=LivePolicy(Policy(staff_ids=(OWNER,))),
            providers={},
            bot_username="shop",
            public_url="https://shop",
            wake=lambda: None,
        )
        self.reception = Reception(
            counter,
            answer=self._answer,
            call=self._call,
            read_money=read_money or _no_money,
        )
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


REFERENCE = "tk_" + "a" * 19
PAID = {
    "update_id": 50,
    "message": {
        "message_id": 50,
        "date": 1773144000,
        "chat": {"id": 1, "type": "private"},
        "successful_payment": {"invoice_payload": REFERENCE},
    },
}
STARS = PaymentEvent(
    event_id="stx_1.received",
    kind="stars.received",
    happening=Happening.RECEIVED,
    reference=REFERENCE,
    receipt_id="stx_1",
    money=Money(450, "XTR"),
    occurred_at=NOON,
)


def _stars(update: Mapping[str, Any]) -> tuple[str, PaymentEvent] | None:
    return ("stars", STARS) if "successful_payment" in update["message"] else None


def _unreadable(update: Mapping[str, Any]) -> tuple[str, PaymentEvent] | None:
    if "successful_payment" in update["message"]:
        raise BadInputError(reason="no amount")
    return None


async def _stuck_notes(storage: Storage) -> list[str]:
    _effects, inbox_events = await storage.read(trouble)
    return [inbox_event.note for inbox_event in inbox_events if inbox_event.provider == "telegram"]


async def _heard_by_staff(storage: Storage) -> list[str]:
    effects = await storage.run(claim, now=NOON, most=9)
    return [str(one.payload["notice"]) for one in effects if one.payload.get("to") == OWNER]


async def test_a_payment_that_cannot_be_read_is_kept_for_staff(storage: Storage) -> None:
    desk = Desk(storage, read_money=_unreadable)
    desk.may_answer.set()
    await desk.reception.take([PAID, said(51, 1, "and a word")])
    await desk.reception.settle_down()
    assert desk.answered == [(1, "and a word")]
    assert await _stuck_notes(storage) == ["its payment cannot be read: no amount"]
    assert await _heard_by_staff(storage) == [Stuck.kind]


async def test_an_update_the_books_refuse_does_not_keep_the_others_out(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    desk = Desk(storage, read_money=_stars)
    desk.may_answer.set()
    with monkeypatch.context() as patch:
        patch.setattr(chat_updates, "settle", fail)
        await desk.reception.take([said(49, 1, "before"), PAID, said(51, 1, "after")])
    await desk.reception.settle_down()
    assert desk.answered == [(1, "before"), (1, "after")]
    assert await _stuck_notes(storage) == ["RuntimeError while taking it into the books"]
    assert await _heard_by_staff(storage) == [Stuck.kind]

    await _again(storage, desk)

    assert await _stuck_notes(storage) == []
    assert await storage.read(receipts) == ["stx_1"]
    assert desk.answered == [(1, "before"), (1, "after")], "money is no message to be answered"


async def test_a_payment_that_still_cannot_be_read_stays_with_staff(storage: Storage) -> None:
    desk = Desk(storage, read_money=_unreadable)
    await desk.reception.take([PAID])
    await _again(storage, desk)
    assert await _stuck_notes(storage) == ["UnreadableError while answering"]


async def _again(storage: Storage, desk: Desk) -> None:
    """Staff let the stuck update be read again, and the clock brings it."""
    _effects, inbox_events = await storage.read(trouble)
    for inbox_event in inbox_events:
        assert await storage.run(
            replay_inbox_event, OWNER, inbox_event_id=inbox_event.id, now=NOON
        )
    found = await storage.run(claim_updates, policy=Policy(), now=NOON, most=9)
    desk.reception.answer_later(found)
    await desk.reception.settle_down()


def receipts(books: Books) -> list[str]:
    return [one.receipt_id for one in books[UnassignedReceipts].unassigned(most=9)]


async def test_a_pre_checkout_is_answered_while_the_books_are_being_written(
    storage: Storage,
) -> None:
    def slow(_books: Books) -> None:
        time.sleep(0.1)

    desk = Desk(storage)
    writing = asyncio.gather(*(storage.run(slow) for _ in range(15)))
    await asyncio.sleep(0.05)
    began = time.monotonic()
    await desk.reception.take([PRE_CHECKOUT])
    await desk.was_called.wait()
    assert time.monotonic() - began < 1
    assert not writing.done(), "nothing was being written, so the test shows nothing"
    await writing


async def test_books_that_come_back_soon_find_telegram_asked_again_soon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stopping, waits = asyncio.Event(), []

    async def note(seconds: float, _stopping: asyncio.Event) -> None:
        waits.append(seconds)
        if len(waits) == 9:
            stopping.set()
        await asyncio.sleep(0)

    class Away:
        async def call(self, method: str, **_: object) -> list[dict[str, Any]]:
            return [PRE_CHECKOUT] if method == "getUpdates" else []

        async def take(self, _updates: object, *, is_believed: bool) -> None:
            assert is_believed, "Telegram itself was asked"
            raise BooksUnavailableError

    monkeypatch.setattr(bot_telegram, "wait_for_stop", note)
    away: Any = Away()
    await bot_telegram.poll(away, away, stopping)
    assert max(waits) <= 2
