"""What is Telegram Stars' alone: updates instead of webhooks, a long list of transactions."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.stars import Stars
from shop.ports import EndpointClosedError, Happening
from shop.rules.errors import BadInputError
from shop.rules.money import Money
from tests.payments.rigs import NOW, StarsRig, hear, request_of, rig_of

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


def _read(rig: StarsRig, update: dict[str, object]) -> object:
    assert isinstance(rig.provider, Stars)
    return rig.provider.read_update(update)
