"""Every way in which a provider undoes what it said, and what the shop hears of it.

docs/undone.md is the same table in words.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shop.ports import DisputeFacts, Happening, PaymentEvent, PaymentPage, ReturnedRefund
from shop.refunds.refund import refunder
from tests.fixtures.rigs import ALL, FURTHER, SandboxRig, hear, learn, request_of, rig_of
from tests.payments.test_refunds import asked
from tests.standins.moods import Delivery

H = Happening
Rig = Any
Does = Callable[[Rig, PaymentPage, PaymentEvent], Awaitable[Delivery | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """One way back; `does` gives the webhook, or None where only asking shows it."""

    way: str
    what: str
    does: Does
    heard: tuple[Happening, ...]
    is_undated: bool = False  # the provider says of no time when it happened


def stripe(what: str, heard: Happening | None, **said: Any) -> Undoing:  # noqa: ANN401 - a stand-in's
    async def does(rig: Rig, page: PaymentPage, paid: PaymentEvent) -> Delivery:
        del paid
        told: Delivery = rig.server.dispute(page.provider_ref, **said)
        return told

    return Undoing(way="stripe", what=what, does=does, heard=(heard,) if heard else ())


async def _refunded(rig: Rig, page: PaymentPage, paid: PaymentEvent) -> Delivery:
    del paid
    told: Delivery = rig.server.refund(page.provider_ref)
    return told


async def _refunded_in_part(rig: Rig, page: PaymentPage, paid: PaymentEvent) -> Delivery:
    del paid
    server = rig.server
    is_coinbase = rig.provider.name == "coinbase"
    back = (page.provider_ref,) if is_coinbase else (page.provider_ref, 300)
    told: Delivery = server.refund(*back, **({"whole": False} if is_coinbase else {}))
    return told


async def _returned(rig: Rig, page: PaymentPage, paid: PaymentEvent) -> Delivery:
    del page
    provider = refunder(rig.provider)
    assert provider is not None
    made = await provider.refund(asked(rig, paid, 300))
    told: Delivery = rig.server.return_refund(made.refund_ref)
    return told


async def _warned(rig: Rig, page: PaymentPage, paid: PaymentEvent) -> Delivery:
    del paid
    told: Delivery = rig.server.warn(page.provider_ref)
    return told


async def _warned_again(rig: Rig, page: PaymentPage, paid: PaymentEvent) -> Delivery:
    del paid
    told: Delivery = rig.server.warn(page.provider_ref, kind="updated")
    return told


async def _failed(rig: Rig, page: PaymentPage, paid: PaymentEvent) -> Delivery | None:
    del paid
    if rig.provider.name == "nowpayments":
        [payment] = rig.server.payments
        rig.server.change(payment, "failed")
    elif rig.provider.name == "coinbase_commerce":
        [payment] = rig.server.charges[page.provider_ref]["payments"]
        payment["status"] = "failed"
        rig.server.fail(page.provider_ref)
    else:
        rig.server.fail(page.provider_ref)
    return None


async def _expired(rig: Rig, page: PaymentPage, paid: PaymentEvent) -> Delivery | None:
    del paid
    if rig.provider.name == "nowpayments":
        [payment] = rig.server.payments
        rig.server.change(payment, "expired")
    else:
        rig.server.expire(page.provider_ref)
    return None


async def _back_at_nowpayments(rig: Rig, page: PaymentPage, paid: PaymentEvent) -> Delivery:
    del page, paid
    [payment] = rig.server.payments
    told: Delivery = rig.server.change(payment, "refunded", updated_at="2026-11-22T12:30:00.000Z")
    return told


async def _refund_failed(rig: Rig, page: PaymentPage, paid: PaymentEvent) -> Delivery:
    provider = refunder(rig.provider)
    assert provider is not None
    await provider.refund(asked(rig, paid, 300))
    [refund] = rig.server.checkouts[page.provider_ref]["refunds"]
    refund["status"] = "FAILED"
    told: Delivery = rig.server.fail_refund(page.provider_ref)
    return told


async def _refund_failed_unnamed(rig: Rig, page: PaymentPage, paid: PaymentEvent) -> Delivery:
    del paid
    told: Delivery = rig.server.fail_refund(page.provider_ref)
    return told


async def _stars_back(rig: Rig, page: PaymentPage, paid: PaymentEvent) -> Delivery:
    del page
    told: Delivery = rig.server.refund(paid.reference)
    return told


async def _card_back(rig: Rig, page: PaymentPage, paid: PaymentEvent) -> Delivery:
    del page
    told: Delivery = rig.server.give_card_back(paid.reference, paid.receipt_id)
    return told


def invalid(more: str, *heard: Happening) -> Undoing:
    async def does(rig: Rig, page: PaymentPage, paid: PaymentEvent) -> Delivery:
        del paid
        told: Delivery = rig.server.end(page.provider_ref, "Invalid", more)
        return told

    word = "marked invalid" if more == "Marked" else "invalid"
    return Undoing(way="btcpay", what=word, does=does, heard=heard, is_undated=True)


async def _lost(rig: Rig, page: PaymentPage, paid: PaymentEvent) -> Delivery:
    del paid
    told: Delivery = rig.server.drop(page.provider_ref)
    return told


def press(way: str, choice: str, *heard: Happening, before: tuple[str, ...] = ()) -> Undoing:
    async def does(rig: Rig, page: PaymentPage, paid: PaymentEvent) -> Delivery:
        del paid
        assert isinstance(rig, SandboxRig)
        for one in before:
            await rig.sandbox.press(page.provider_ref, one)
            await rig.next_sent()
        await rig.sandbox.press(page.provider_ref, choice)
        return await rig.next_sent()

    return Undoing(way=way, what=choice, does=does, heard=heard)


def row(way: str, what: str, does: Does, *heard: Happening, is_undated: bool = False) -> Undoing:
    return Undoing(way=way, what=what, does=does, heard=heard, is_undated=is_undated)


UNDOINGS: Sequence[Undoing] = (
    row("stripe", "refund", _refunded, H.REFUNDED),
    row("stripe", "part refund", _refunded_in_part, H.REFUNDED),
    row("stripe", "refund returned", _returned, H.REFUND_RETURNED),
    row("stripe", "early fraud warning", _warned, H.WARNED),
    row("stripe", "early fraud warning, told again", _warned_again, H.WARNED),
    stripe("inquiry opened", H.DISPUTED, status="warning_needs_response"),
    stripe("inquiry answered", H.DISPUTED, status="warning_under_review", kind="updated"),
    stripe("inquiry closed", H.DISPUTE_WON, status="warning_closed", kind="closed"),
    stripe("dispute opened", H.DISPUTED),
    stripe("funds withdrawn", H.DISPUTED, kind="funds_withdrawn", moved=(-799, -1500)),
    stripe("dispute under review", H.DISPUTED, status="under_review", kind="updated"),
    stripe("dispute won", H.DISPUTE_WON, status="won", kind="closed"),
    stripe("funds reinstated", H.DISPUTE_WON, status="won", kind="funds_reinstated"),
    stripe("dispute lost", H.DISPUTE_LOST, status="lost", kind="closed"),
    stripe("appeal", H.DISPUTED, status="appeal_under_review", kind="updated"),
    stripe("prevented: blocked", H.DISPUTE_WON, status="prevented"),
    stripe("prevented: resolved", H.DISPUTE_LOST, status="prevented", moved=(-799,)),
    stripe("prevented, and back", H.DISPUTE_WON, status="prevented", moved=(-799, 799)),
    row("coinbase", "refund", _refunded, H.REFUNDED),
    row("coinbase", "part refund", _refunded_in_part, H.REFUNDED),
    row("coinbase", "refund failed", _refund_failed, H.REFUND_RETURNED),
    row("coinbase", "refund failed, unnamed", _refund_failed_unnamed, H.UNHANDLED),
    row("coinbase", "failed after all", _failed, H.FAILED),
    row("coinbase", "expired after all", _expired, H.EXPIRED),
    row("coinbase_commerce", "failed after all", _failed, H.FAILED, is_undated=True),
    invalid("Marked", H.RECEIVED, H.DISPUTED),
    invalid("None", H.DISPUTED, H.RECEIVED),
    row("btcpay", "coins lost", _lost, H.DISPUTED, is_undated=True),
    row("cryptopay", "expired after all", _expired, H.EXPIRED),
    row("nowpayments", "refunded", _back_at_nowpayments, H.REFUNDED),
    row("nowpayments", "failed after all", _failed, H.FAILED, is_undated=True),
    row("nowpayments", "expired after all", _expired, H.EXPIRED, is_undated=True),
    row("stars", "refund", _stars_back, H.REFUNDED),
    row("telegram_cards", "refund", _card_back, H.REFUNDED),
    press("sandbox_card", "refund", H.REFUNDED),
    press("sandbox_card", "dispute", H.DISPUTED),
    press("sandbox_card", "win", H.DISPUTE_WON, before=("dispute",)),
    press("sandbox_card", "lose", H.DISPUTE_LOST, before=("dispute",)),
    press("sandbox_crypto", "refund", H.REFUNDED),
)
QUIET = {H.RECEIVED, H.EXPIRED, H.FAILED, H.UNHANDLED}


def test_every_provider_that_can_undo_is_in_the_table() -> None:
    assert {one.way for one in UNDOINGS} == set(ALL) - set(FURTHER)


@pytest.mark.parametrize("one", UNDOINGS, ids=lambda one: f"{one.way}: {one.what}")
async def test_what_is_undone_is_told_of_its_money_with_its_time_and_its_name(
    tmp_path: Path, one: Undoing
) -> None:
    async with rig_of(one.way, tmp_path) as rig:
        page = await rig.provider.create(request_of(rig))
        [paid] = await learn(rig, await rig.pay(page))
        first = await heard(rig, one, page, paid)
        assert tuple(event.happening for event in first) == one.heard
        for event in first:
            if event.happening is H.UNHANDLED:
                assert event.for_staff["checkout"] == page.provider_ref
                continue
            assert event.receipt_id == paid.receipt_id, "it is about that money"
            if event.happening not in QUIET and not one.is_undated:
                assert event.occurred_at is not None
            if event.happening in {H.DISPUTED, H.DISPUTE_WON, H.DISPUTE_LOST, H.WARNED}:
                assert isinstance(event.detail, DisputeFacts)
                assert event.detail.dispute_ref
            if event.happening is H.REFUND_RETURNED:
                assert isinstance(event.detail, ReturnedRefund)
                assert (event.detail.reference, event.money) == (
                    "rf_1",
                    asked(rig, paid, 300).amount,
                )


async def heard(
    rig: Rig, one: Undoing, page: PaymentPage, paid: PaymentEvent
) -> list[PaymentEvent]:
    """What the webhook says; where that only hints, or there is none, what asking says."""
    told = await one.does(rig, page, paid)
    events = hear(rig, told) if told is not None else []
    if told is None or [event.happening for event in events] == [H.ASK]:
        events = list(await rig.provider.look_up(paid.reference, page.provider_ref))
    return [event for event in events if event.receipt_id or event.for_staff]


async def test_a_warning_that_is_over_is_no_new_warning(tmp_path: Path) -> None:
    async with rig_of("stripe", tmp_path) as rig:
        page = await rig.provider.create(request_of(rig))
        await learn(rig, await rig.pay(page))
        [event] = hear(rig, rig.server.warn(page.provider_ref, kind="updated", is_open=False))
        assert event.happening is H.UNHANDLED
        assert event.for_staff == {}


@pytest.mark.parametrize("status", ["warning_closed", "prevented", "won"])
async def test_what_never_took_money_names_none_or_its_whole(tmp_path: Path, status: str) -> None:
    async with rig_of("stripe", tmp_path) as rig:
        page = await rig.provider.create(request_of(rig))
        [paid] = await learn(rig, await rig.pay(page))
        [event] = hear(rig, rig.server.dispute(page.provider_ref, status=status))
        assert event.money in {None, paid.money}
        assert (event.money is None) == status.startswith("warning")
