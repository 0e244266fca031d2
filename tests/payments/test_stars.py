"""What is Telegram Stars' alone: updates instead of webhooks, a long list of transactions."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.stars import Stars
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.ports import (
    EndpointClosedError,
    Happening,
    PaymentEvent,
    ProviderError,
    ProviderSilentError,
    RequestRefusedError,
    SeriesFacts,
)
from tests.fixtures.rigs import NOW, StarsRig, hear, request_of, rig_of
from tests.payments.test_contract import GARBAGE, _shown
from tests.standins.moods import Mood

H = Happening


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[StarsRig]:
    async with rig_of("stars", tmp_path) as made:
        yield made


def test_stars_have_no_webhook(rig: StarsRig) -> None:
    with pytest.raises(EndpointClosedError):
        rig.provider.read_webhook({}, b"{}", now=NOW)


async def test_a_refund_names_its_receipt(rig: StarsRig) -> None:
    page = await rig.provider.create(request_of(rig))
    [paid] = hear(rig, await rig.pay(page))
    [refund] = hear(rig, rig.server.refund("pay_1"))
    assert (refund.happening, refund.money) == (H.REFUNDED, Money(799, "XTR"))
    assert refund.receipt_id == paid.receipt_id
    asked = await rig.provider.look_up("pay_1", page.provider_ref)
    assert [event.happening for event in asked] == [H.RECEIVED, H.REFUNDED]
    assert [event.event_id for event in asked] == [paid.event_id, refund.event_id]


async def test_long_words_are_cut_to_what_telegram_takes(rig: StarsRig) -> None:
    await rig.provider.create(request_of(rig, title="t" * 99, description=""))
    invoice = rig.server.invoices["pay_1"]
    assert (len(invoice["title"]), len(invoice["description"])) == (32, 99)
    assert invoice["prices"] == [{"label": "t" * 32, "amount": 799}]
    assert (invoice["currency"], invoice["payload"]) == ("XTR", "pay_1")


@pytest.mark.parametrize("old", [0, 99, 100, 101, 350])
async def test_a_payment_is_found_behind_many_others(rig: StarsRig, old: int) -> None:
    await rig.provider.create(request_of(rig, "other"))
    rig.clock.moment = NOW - timedelta(days=9)
    for _ in range(old):
        rig.server.pay("other")
    rig.clock.moment = NOW
    for _ in range(150):
        rig.server.pay("other")
    page = await rig.provider.create(request_of(rig))
    await rig.pay(page)
    for _ in range(2):
        rig.server.calls.clear()
        [event] = await rig.provider.look_up("pay_1", page.provider_ref)
        assert event.happening is H.RECEIVED
    # What is old is not read again and again.
    assert len(rig.server.calls) <= 3


def test_cards_over_telegram_are_not_stars(rig: StarsRig) -> None:
    payment = {"currency": "EUR", "total_amount": 799, "invoice_payload": "pay_1"}
    update = {"update_id": 1, "message": {"date": 1, "successful_payment": payment}}
    assert _read(rig, update) is None


@pytest.mark.parametrize("update", [{}, {"message": {"text": "hi"}}, {"callback_query": {}}])
def test_other_updates_are_not_payments(rig: StarsRig, update: dict[str, object]) -> None:
    assert _read(rig, update) is None


def test_half_a_payment_is_bad_input(rig: StarsRig) -> None:
    with pytest.raises(BadInputError):
        _read(rig, {"message": {"date": 1, "successful_payment": {"currency": "XTR"}}})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just("XTR"),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


@given(
    payment=st.dictionaries(st.sampled_from(["currency", "total_amount", "invoice_payload"]), JSON)
)
def test_no_update_breaks_anything(payment: dict[str, object]) -> None:
    stars = Stars(token="1:a", clock=None, http=None)  # type: ignore[arg-type]  # it only reads
    update = {"message": {"date": 1, "successful_payment": payment}}
    try:
        event = stars.read_update(json.loads(json.dumps(update)))
    except BadInputError:
        return
    assert event is None or payment["currency"] == "XTR"


# --- subscriptions ------------------------------------------------------------------------------


async def series(rig: StarsRig) -> tuple[PaymentEvent, PaymentEvent]:
    """A subscription: its first charge, and the one of a month later."""
    page = await rig.provider.create(request_of(rig, recurs=True))
    [first] = hear(rig, await rig.pay(page))
    rig.clock.moment += timedelta(days=30)
    [second] = hear(rig, rig.server.renew("pay_1"))
    return first, second


async def test_each_charge_of_a_series_is_money_of_its_own_and_says_until_when(
    rig: StarsRig,
) -> None:
    first, second = await series(rig)
    assert rig.server.invoices["pay_1"]["subscription_period"] == 30 * 86_400
    assert first.reference == second.reference == "pay_1"
    assert first.receipt_id != second.receipt_id
    told = [SeriesFacts(until=NOW + timedelta(days=days)) for days in (30, 60)]
    assert [one.detail for one in (first, second)] == told
    listed = await _stars(rig).moneys_since(NOW)
    assert listed == [first, second], "the nightly list says the same as the updates"


@pytest.mark.parametrize(
    ("state", "happening"),
    [("canceled", H.STOPPED), ("active", H.RESUMED), ("failed", H.LAPSED)],
)
async def test_what_becomes_of_a_series_is_told(
    rig: StarsRig, state: str, happening: Happening
) -> None:
    await series(rig)
    [told] = hear(rig, rig.server.standing("pay_1", state))
    assert (told.happening, told.reference, told.money) == (happening, "pay_1", None)


@pytest.mark.parametrize("is_stopped", [True, False])
async def test_a_series_is_stopped_and_allowed_again(rig: StarsRig, *, is_stopped: bool) -> None:
    first, _second = await series(rig)
    await _stars(rig).stop(1, first.receipt_id, is_stopped=is_stopped)
    wish = {"user_id": 1, "telegram_payment_charge_id": first.receipt_id}
    assert rig.server.steered == [{**wish, "is_canceled": is_stopped}]


async def _ask(rig: StarsRig, call: str, charge_id: str) -> object:
    if call == "stop":
        await _stars(rig).stop(1, charge_id, is_stopped=True)
        return None
    return await _stars(rig).moneys_since(NOW)


@pytest.mark.parametrize("call", ["stop", "moneys_since"])
async def test_a_telegram_that_is_away_has_not_stopped_or_listed_anything(
    rig: StarsRig, call: str
) -> None:
    first, _second = await series(rig)
    for mood in (Mood.DOWN, Mood.DEAF):
        rig.server.mood = mood
        with pytest.raises(ProviderSilentError):
            await _ask(rig, call, first.receipt_id)
    rig.server.mood = Mood.GARBAGE
    for garbage in GARBAGE:
        rig.server.garbage = garbage
        with pytest.raises(ProviderSilentError):
            await _ask(rig, call, first.receipt_id)
    rig.server.mood = Mood.REFUSING
    with pytest.raises(ProviderError) as caught:
        await _ask(rig, call, first.receipt_id)
    assert type(caught.value) is RequestRefusedError
    assert not [word for word in _shown(caught.value) if any(s in word for s in rig.hidden)]


@pytest.mark.parametrize(("minor", "recurs"), [(25_001, False), (10_001, True)])
async def test_more_stars_than_telegram_takes_are_a_plain_no(
    rig: StarsRig, *, minor: int, recurs: bool
) -> None:
    with pytest.raises(ProviderError, match="CURRENCY_TOTAL_AMOUNT_INVALID"):
        await rig.provider.create(request_of(rig, amount=Money(minor, "XTR"), recurs=recurs))


def _stars(rig: StarsRig) -> Stars:
    assert isinstance(rig.provider, Stars)
    return rig.provider


def _read(rig: StarsRig, update: dict[str, object]) -> object:
    return _stars(rig).read_update(update)
