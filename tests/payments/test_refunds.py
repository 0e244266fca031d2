"""What every way of being paid promises about money that goes back, asked of each that can."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from payments.stripe.provider import Stripe
from shop.core.money import Money
from shop.ports import (
    DisputeFacts,
    Happening,
    PaymentEvent,
    PaymentPage,
    ProviderError,
    ProviderSilentError,
    RefundAnswer,
    RefundRequest,
    RefundStep,
    RequestRefusedError,
)
from shop.refunds.refund import refunder
from tests.fixtures.rigs import (
    BTCPayRig,
    Remote,
    Rig,
    SandboxRig,
    StripeRig,
    hear,
    learn,
    request_of,
    rig_of,
)
from tests.payments.test_contract import GARBAGE, _shown
from tests.standins.moods import Mood


@pytest.fixture
async def stripe(tmp_path: Path) -> AsyncIterator[StripeRig]:
    async with rig_of("stripe", tmp_path) as made:
        yield made


@pytest.fixture
async def btcpay(tmp_path: Path) -> AsyncIterator[BTCPayRig]:
    async with rig_of("btcpay", tmp_path) as made:
        yield made


GIVEN = {RefundStep.DONE, RefundStep.LINK}


async def paid(rig: Rig) -> tuple[PaymentPage, PaymentEvent]:
    page = await rig.provider.create(request_of(rig))
    [event] = await learn(rig, await rig.pay(page))
    return page, event


async def give(
    rig: Rig, event: PaymentEvent, minor: int = 799, *, before: int = 0, reference: str = "rf_1"
) -> RefundAnswer:
    provider = refunder(rig.provider)
    assert provider is not None
    return await provider.refund(asked(rig, event, minor, before=before, reference=reference))


def asked(
    rig: Rig, event: PaymentEvent, minor: int, *, before: int = 0, reference: str = "rf_1"
) -> RefundRequest:
    return RefundRequest(
        reference=reference,
        payment=event.reference,
        provider_ref=event.provider_ref,
        receipt_id=event.receipt_id,
        amount=Money(minor, rig.currency),
        received=Money(799, rig.currency),
        before=Money(before, rig.currency),
        reason="wish",
        chat_id=1,
    )


async def told_back(rig: Rig, page: PaymentPage) -> Sequence[Money | None]:
    told = await rig.provider.look_up("pay_1", page.provider_ref)
    return [one.money for one in told if one.happening is Happening.REFUNDED]


async def test_all_of_it_goes_back(refunding: Rig) -> None:
    page, event = await paid(refunding)
    answer = await give(refunding, event)
    assert answer.step in GIVEN
    assert answer.refund_ref
    if answer.step is RefundStep.LINK:
        assert answer.url.startswith("https://")
    else:
        assert (await told_back(refunding, page))[-1] == Money(799, refunding.currency)


async def test_the_same_refund_asked_again_is_one(refunding: Rig) -> None:
    page, event = await paid(refunding)
    first = await give(refunding, event)
    again = await give(refunding, event)
    assert again == first
    assert len(await told_back(refunding, page)) <= 1


async def test_parts_go_back_until_nothing_is_left(refunding: Rig) -> None:
    provider = refunder(refunding.provider)
    assert provider is not None
    page, event = await paid(refunding)
    if not provider.refunds_parts:
        with pytest.raises(ProviderError, match="whole or not at all"):
            await give(refunding, event, 300)
        assert await told_back(refunding, page) == []
        return
    assert (await give(refunding, event, 300)).step in GIVEN
    answer = await give(refunding, event, 499, before=300, reference="rf_2")
    assert answer.step in GIVEN
    if answer.step is RefundStep.DONE:
        assert (await told_back(refunding, page))[-1] == Money(799, refunding.currency)
        with pytest.raises(ProviderError):
            await give(refunding, event, 1, before=799, reference="rf_3")


@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.SLOW])
async def test_silence_is_not_a_no(remote_refunding: Remote, mood: Mood) -> None:
    _page, event = await paid(remote_refunding)
    remote_refunding.server.mood = mood
    with pytest.raises(ProviderSilentError):
        await give(remote_refunding, event)


async def test_a_refund_whose_answer_got_lost_is_found_and_not_made_twice(
    remote_refunding: Remote,
) -> None:
    page, event = await paid(remote_refunding)
    remote_refunding.server.mood = Mood.DEAF
    with pytest.raises(ProviderSilentError):
        await give(remote_refunding, event)
    remote_refunding.server.mood = Mood.UP

    assert (await give(remote_refunding, event)).step in GIVEN

    assert (await told_back(remote_refunding, page))[-1:] in (
        [Money(799, remote_refunding.currency)],
        [],  # claimed by a link
    )


async def test_what_cannot_be_read_is_silence(remote_refunding: Remote) -> None:
    _page, event = await paid(remote_refunding)
    remote_refunding.server.mood = Mood.GARBAGE
    for garbage in GARBAGE:
        if remote_refunding.provider.name == "btcpay" and garbage == b"[]":
            continue  # a list of no pull payments is a fine answer
        remote_refunding.server.garbage = garbage
        with pytest.raises(ProviderSilentError):
            await give(remote_refunding, event)


async def test_a_no_is_a_no_and_shows_no_secret(remote_refunding: Remote) -> None:
    _page, event = await paid(remote_refunding)
    remote_refunding.server.mood = Mood.REFUSING
    with pytest.raises(ProviderError) as caught:
        await give(remote_refunding, event)
    assert type(caught.value) is RequestRefusedError
    secrets = remote_refunding.hidden
    assert not [word for word in _shown(caught.value) if any(s in word for s in secrets)]


async def test_who_cannot_pay_back_says_so_by_having_no_way(by_hand: Rig) -> None:
    assert refunder(by_hand.provider) is None


async def test_stripes_keys_run_out_and_the_refund_is_found_all_the_same(
    stripe: StripeRig,
) -> None:
    _page, event = await paid(stripe)
    first = await give(stripe, event, 300)
    stripe.server._answers.clear()  # noqa: SLF001 - a day has passed
    assert await give(stripe, event, 300) == first
    assert len(stripe.server.refunds) == 1


@pytest.mark.parametrize(
    ("status", "step"),
    [
        ("pending", RefundStep.PENDING),
        ("requires_action", RefundStep.PENDING),
        ("failed", RefundStep.FAILED),
        ("canceled", RefundStep.FAILED),
    ],
)
async def test_stripe_may_take_its_time(stripe: StripeRig, status: str, step: RefundStep) -> None:
    _page, event = await paid(stripe)
    stripe.server.refund_status = status
    assert (await give(stripe, event)).step is step


async def test_a_pull_payment_is_done_once_it_is_claimed(btcpay: BTCPayRig) -> None:
    _page, event = await paid(btcpay)
    waiting = await give(btcpay, event)
    assert waiting.step is RefundStep.LINK
    btcpay.server.claim(waiting.refund_ref)
    assert (await give(btcpay, event)).step is RefundStep.DONE


# --- disputes ----------------------------------------------------------------------------------


async def test_a_dispute_names_the_money_and_itself(disputing: Rig) -> None:
    page, event = await paid(disputing)
    dispute = await bank(disputing, page, "dispute")
    assert dispute.happening is Happening.DISPUTED
    assert dispute.receipt_id == event.receipt_id
    assert dispute.money == Money(799, disputing.currency)
    assert isinstance(dispute.detail, DisputeFacts)
    assert dispute.detail.dispute_ref
    assert dispute.detail.reason


@pytest.mark.parametrize(
    ("choice", "happening"),
    [("win", Happening.DISPUTE_WON), ("lose", Happening.DISPUTE_LOST)],
)
async def test_its_end_names_the_same_dispute(
    disputing: Rig, choice: str, happening: Happening
) -> None:
    page, event = await paid(disputing)
    opened = await bank(disputing, page, "dispute")
    closed = await bank(disputing, page, choice)
    assert closed.happening is happening
    assert closed.receipt_id == event.receipt_id
    assert isinstance(closed.detail, DisputeFacts)
    assert isinstance(opened.detail, DisputeFacts)
    assert closed.detail.dispute_ref == opened.detail.dispute_ref


async def test_a_warning_of_fraud_names_the_money_and_moves_none(disputing: Rig) -> None:
    page, event = await paid(disputing)
    warning = await bank(disputing, page, "warn")
    assert warning.happening is Happening.WARNED
    assert warning.receipt_id == event.receipt_id
    assert isinstance(warning.detail, DisputeFacts)
    assert warning.detail.dispute_ref


async def bank(rig: Rig, page: PaymentPage, choice: str) -> PaymentEvent:
    if isinstance(rig, SandboxRig):
        await rig.sandbox.press(page.provider_ref, choice)
        [event] = hear(rig, await rig.next_sent())
        return event
    assert isinstance(rig, StripeRig)
    assert isinstance(rig.provider, Stripe)
    ref, server = page.provider_ref, rig.server
    acts = {
        "dispute": lambda: server.dispute(ref),
        "win": lambda: server.decide(ref, "won"),
        "lose": lambda: server.decide(ref, "lost"),
        "warn": lambda: server.warn(ref),
    }
    [event] = hear(rig, acts[choice]())
    return event


async def test_an_inquiry_has_taken_no_money_yet(stripe: StripeRig) -> None:
    page, _event = await paid(stripe)
    delivery = stripe.server.dispute(page.provider_ref, status="warning_needs_response")
    [inquiry] = hear(stripe, delivery)
    assert (inquiry.happening, inquiry.money) == (Happening.DISPUTED, None)
    delivery = stripe.server.decide(page.provider_ref, "warning_closed")
    [closed] = hear(stripe, delivery)
    assert closed.happening is Happening.DISPUTE_WON
