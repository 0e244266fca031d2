"""What every provider that keeps cards promises, asked of each: Stripe and the sandbox."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from payments.stripe.provider import Stripe
from payments.stripe.session import StripeOptions
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.ports import (
    ChargeRequest,
    ChargesSavedMethods,
    Decline,
    Happening,
    MethodDetails,
    OnItsWay,
    ProviderError,
    ProviderSilentError,
    Refusal,
    saver_of,
)
from tests.fixtures.rigs import Hands, SandboxRig, StripeRig, hear, request_of, rig_of
from tests.payments.test_contract import GARBAGE, _shown
from tests.standins.moods import Mood
from tests.standins.stripe import StripeServer

H = Happening
PAYS = {"fine": "pay", "declines": "pay_declines", "asks": "pay_asks"}


@dataclass
class Keeper:
    """A rig whose provider keeps cards, and how many charges its server has made."""

    rig: StripeRig | SandboxRig
    saver: ChargesSavedMethods
    charged: Callable[[], int]

    @property
    def server(self) -> StripeServer:
        """The server that Stripe's rig speaks to."""
        assert isinstance(self.rig, StripeRig)
        return self.rig.server

    async def keep(self, how: str = "fine") -> MethodDetails:
        """Have a card kept that behaves so later."""
        page = await self.rig.provider.create(request_of(self.rig, saves=True))
        if isinstance(self.rig, StripeRig):
            await self.rig.pay(page)
            self.rig.server.behave(how)
        else:
            await self.rig.sandbox.press("pay_1", PAYS[how])
        method = await self.saver.saved_method("pay_1", page.provider_ref)
        assert method is not None
        return method

    def request(self, method: MethodDetails, reference: str = "again_1") -> ChargeRequest:
        return ChargeRequest(
            reference=reference,
            amount=Money(799, "EUR"),
            handle=method.handle,
            title="Solo",
            first_asked_at=self.rig.clock.now(),
        )


@pytest.fixture(params=["stripe", "sandbox_card"])
async def keeper(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Keeper]:
    async with rig_of(request.param, tmp_path) as rig:
        saver = saver_of(rig.provider)
        assert saver is not None
        if isinstance(rig, StripeRig):
            server = rig.server
            yield Keeper(rig, saver, lambda: len(server.charges))
        else:
            yield Keeper(rig, saver, lambda: len(list(tmp_path.rglob("again_*.json"))))


@pytest.fixture
async def stripe(tmp_path: Path) -> AsyncIterator[Keeper]:
    async with rig_of("stripe", tmp_path) as rig:
        saver = saver_of(rig.provider)
        assert saver is not None
        yield Keeper(rig, saver, lambda: len(rig.server.charges))


async def test_a_card_is_kept_only_on_consent(keeper: Keeper) -> None:
    page = await keeper.rig.provider.create(request_of(keeper.rig))
    await keeper.rig.pay(page)
    assert await keeper.saver.saved_method("pay_1", page.provider_ref) is None


async def test_what_is_kept_is_named_for_people_and_shows_no_handle(keeper: Keeper) -> None:
    method = await keeper.keep()
    assert (method.brand, method.last4) == ("Visa", "4242")
    assert method.handle
    assert method.handle not in repr(method)
    assert method.handle not in repr(keeper.request(method))


async def test_a_charge_brings_its_money(keeper: Keeper) -> None:
    charge = await keeper.saver.charge(keeper.request(await keeper.keep()))
    [event] = charge.events
    assert (event.happening, event.reference) == (H.RECEIVED, "again_1")
    assert event.money == Money(799, "EUR")
    assert event.receipt_id
    [asked] = await keeper.rig.provider.look_up("again_1", charge.provider_ref)
    assert (asked.receipt_id, asked.money) == (event.receipt_id, event.money)


async def test_a_charge_asked_for_twice_is_made_once(keeper: Keeper) -> None:
    request = keeper.request(await keeper.keep())
    first = await keeper.saver.charge(request)
    keeper.rig.clock.moment += timedelta(minutes=5)
    second = await keeper.saver.charge(request)
    assert first == second
    assert keeper.charged() == 1


async def test_the_same_card_is_charged_again_under_another_name(keeper: Keeper) -> None:
    method = await keeper.keep()
    first = await keeper.saver.charge(keeper.request(method))
    second = await keeper.saver.charge(keeper.request(method, "again_2"))
    assert first.events[0].receipt_id != second.events[0].receipt_id
    assert keeper.charged() == 2


@pytest.mark.parametrize(
    ("how", "why"), [("declines", Refusal.DECLINED), ("asks", Refusal.NEEDS_PAYER)]
)
async def test_a_refused_charge_says_why(keeper: Keeper, how: str, why: Refusal) -> None:
    request = keeper.request(await keeper.keep(how))
    charge = await keeper.saver.charge(request)
    [event] = charge.events
    assert (event.happening, event.detail, event.money) == (H.FAILED, Decline(why=why), None)
    assert event.reference == "again_1"
    assert (await keeper.saver.charge(request)).events[0].happening is H.FAILED
    [asked] = await keeper.rig.provider.look_up("again_1", charge.provider_ref)
    assert (asked.happening, asked.detail) == (H.FAILED, Decline(why=why))


async def test_a_forgotten_card_is_gone_and_forgetting_twice_is_fine(keeper: Keeper) -> None:
    method = await keeper.keep()
    await keeper.saver.forget(method.handle)
    await keeper.saver.forget(method.handle)
    [event] = (await keeper.saver.charge(keeper.request(method))).events
    assert (event.happening, event.detail) == (H.FAILED, Decline(why=Refusal.GONE))


async def test_the_webhook_of_a_charge_says_the_same(keeper: Keeper) -> None:
    rig = keeper.rig
    method = await keeper.keep()
    if isinstance(rig, SandboxRig):
        await rig.next_sent()  # of the first payment
    charge = await keeper.saver.charge(keeper.request(method))
    delivery = (
        rig.server.told_of(charge.provider_ref)
        if isinstance(rig, StripeRig)
        else await rig.next_sent()
    )
    [told] = hear(rig, delivery)
    [made] = charge.events
    assert (told.receipt_id, told.money, told.reference) == (
        made.receipt_id,
        made.money,
        made.reference,
    )


# --- what only a provider on the network can do -----------------------------------------------


@pytest.mark.parametrize("call", ["charge", "saved_method", "forget"])
@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.SLOW])
async def test_silence_is_not_a_decline(stripe: Keeper, call: str, mood: Mood) -> None:
    method = await stripe.keep()
    stripe.server.mood = mood
    with pytest.raises(ProviderSilentError):
        await _call(stripe, call, method)


@pytest.mark.parametrize("call", ["charge", "saved_method", "forget"])
async def test_a_no_shows_no_secret(stripe: Keeper, call: str) -> None:
    method = await stripe.keep()
    stripe.server.mood = Mood.REFUSING
    with pytest.raises(ProviderError) as caught:
        await _call(stripe, call, method)
    hidden = [*stripe.rig.hidden, method.handle]
    assert not [word for word in _shown(caught.value) if any(s in word for s in hidden)]


@pytest.mark.parametrize("call", ["charge", "saved_method"])
async def test_an_answer_that_makes_no_sense_is_silence(stripe: Keeper, call: str) -> None:
    method = await stripe.keep()
    stripe.server.mood = Mood.GARBAGE
    for garbage in GARBAGE:
        stripe.server.garbage = garbage
        with pytest.raises(ProviderSilentError):
            await _call(stripe, call, method)


async def test_a_charge_whose_answer_got_lost_is_found_and_not_made_again(stripe: Keeper) -> None:
    request = stripe.request(await stripe.keep())
    stripe.server.mood = Mood.DEAF
    with pytest.raises(ProviderSilentError):
        await stripe.saver.charge(request)
    stripe.server.mood = Mood.UP
    [event] = (await stripe.saver.charge(request)).events
    assert event.happening is H.RECEIVED
    assert stripe.charged() == 1


async def test_after_a_day_of_silence_the_charge_is_looked_for_first(stripe: Keeper) -> None:
    request = stripe.request(await stripe.keep())
    await stripe.saver.charge(request)
    stripe.server.charged_by_key.clear()  # Stripe keeps idempotency keys for a day
    stripe.rig.clock.moment += timedelta(days=2)
    [event] = (await stripe.saver.charge(request)).events
    assert event.happening is H.RECEIVED
    assert stripe.charged() == 1, "without the look it would be two"


async def test_a_renamed_plan_does_not_lose_a_charge(stripe: Keeper) -> None:
    request = stripe.request(await stripe.keep())
    first = await stripe.saver.charge(request)
    second = await stripe.saver.charge(replace(request, title="Solo plus"))
    assert second.provider_ref == first.provider_ref
    assert stripe.charged() == 1


async def test_a_bank_debit_is_seen_first_and_received_later(stripe: Keeper) -> None:
    method = await stripe.keep("slow")
    charge = await stripe.saver.charge(stripe.request(method))
    assert [event.happening for event in charge.events] == [H.SEEN]
    assert charge.events[0].detail == OnItsWay(within=timedelta(days=21))
    [told] = hear(stripe.rig, stripe.server.arrive(charge.provider_ref))
    assert (told.happening, told.money) == (H.RECEIVED, Money(799, "EUR"))


async def test_an_expired_card_is_never_tried_again(stripe: Keeper) -> None:
    charge = await stripe.saver.charge(stripe.request(await stripe.keep("expired")))
    assert charge.events[0].detail == Decline(why=Refusal.GONE)


async def test_a_card_that_fails_on_checkouts_own_page_may_be_tried_again(
    stripe: Keeper,
) -> None:
    intent = {
        "id": "pi_1",
        "object": "payment_intent",
        "status": "requires_payment_method",
        "created": 1,
        "metadata": {"reference": "pay_1"},
    }
    delivery = stripe.server.event("payment_intent.payment_failed", intent)
    [told] = hear(stripe.rig, delivery)
    assert told.happening is H.UNHANDLED


# --- the owner's settings of Stripe -----------------------------------------------------------


async def asked_with(tmp_path: Path, options: StripeOptions) -> Any:  # noqa: ANN401 - Stripe's own
    """What Stripe is asked for when somebody pays with consent."""
    from payments.stripe.session import session_params

    async with rig_of("stripe", tmp_path) as rig:
        return session_params(request_of(rig, saves=True), rig.clock.now(), options)


async def test_tax_stays_inside_our_price(tmp_path: Path) -> None:
    params = await asked_with(
        tmp_path, StripeOptions(automatic_tax=True, tax_ids=True, tax_code="txcd_10402000")
    )
    price = params["line_items"][0]["price_data"]
    assert params["automatic_tax"] == {"enabled": True}
    assert params["tax_id_collection"] == {"enabled": True}
    assert (price["tax_behavior"], price["unit_amount"]) == ("inclusive", 799)
    assert price["product_data"]["tax_code"] == "txcd_10402000"


async def test_where_stripe_is_the_merchant_no_card_is_kept(tmp_path: Path) -> None:
    options = StripeOptions(managed_payments=True)
    params = await asked_with(tmp_path, options)
    assert params["managed_payments"] == {"enabled": True}
    assert "setup_future_usage" not in params["payment_intent_data"]
    async with httpx.AsyncClient() as http:
        provider = Stripe(
            secret_key="sk", webhook_secrets="", clock=Hands(), http=http, options=options
        )
        assert saver_of(provider) is None


@pytest.mark.parametrize("other", ["tax_ids", "automatic_tax"])
def test_settings_that_stripe_refuses_together_stop_the_start(other: str) -> None:
    with pytest.raises(BadInputError) as caught:
        StripeOptions(**{"managed_payments": True, other: True})  # type: ignore[arg-type]  # a flag
    assert caught.value.sentence.startswith("STRIPE_MANAGED_PAYMENTS: ")
    assert f"STRIPE_{other.upper()}" in caught.value.sentence
    assert "\n" not in caught.value.sentence


async def _call(keeper: Keeper, name: str, method: MethodDetails) -> object:
    match name:
        case "charge":
            return await keeper.saver.charge(keeper.request(method))
        case "saved_method":
            return await keeper.saver.saved_method("pay_1", "cs_test_1")
        case _:
            await keeper.saver.forget(method.handle)
            return None
