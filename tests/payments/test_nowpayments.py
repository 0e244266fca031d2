"""What is NOWPayments' alone: a signature over JavaScript's JSON, and money it does not count."""

import hmac
import shutil
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from payments import javascript_json as js
from payments.nowpayments_events import events_of
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.ports import BadSignatureError, Happening, OnItsWay, PaymentEvent, ProviderError
from tests.fixtures.rigs import NowPaymentsRig, hear, request_of, rig_of
from tests.standins.moods import Delivery
from tests.standins.nowpayments import SECRET

H = Happening
# What JavaScript's JSON.stringify makes of it, sorted deep and with a list of names.
BODY = (
    '{"payment_id":5,"fee":{"serviceFee":0,"currency":"trx","depositFee":2e-7},'
    '"payment_status":"finished","actually_paid":0.00002,"price_amount":7.99,'
    '"price_currency":"eur","order_id":"pay_1","order_description":"Zoë \\u2028 \\"1\\"/€"}'
)
DEEP = (
    '{"actually_paid":0.00002,"fee":{"currency":"trx","depositFee":2e-7,"serviceFee":0},'
    '"order_description":"Zoë \u2028 \\"1\\"/€","order_id":"pay_1","payment_id":5,'
    '"payment_status":"finished","price_amount":7.99,"price_currency":"eur"}'
)
LISTED = DEEP.replace('{"currency":"trx","depositFee":2e-7,"serviceFee":0}', "{}")


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[NowPaymentsRig]:
    async with rig_of("nowpayments", tmp_path) as made:
        yield made


def _delivery(form: str, body: str = BODY) -> Delivery:
    code = hmac.digest(SECRET.encode(), form.encode(), "sha512").hex()
    return Delivery(headers={"x-nowpayments-sig": code}, body=body.encode())


@pytest.mark.parametrize("form", [DEEP, LISTED], ids=["sorted deep", "with a list of names"])
async def test_both_documented_forms_are_good(rig: NowPaymentsRig, form: str) -> None:
    [event] = hear(rig, _delivery(form))
    assert (event.happening, event.money) == (H.RECEIVED, Money(799, "EUR"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("7.99", "7.98"),
        ("0.00002", "2e-05"),
        ("pay_1", "pay_2"),
        ('"eur"', '"usd"'),
        ("2e-7", "3"),
    ],
)
async def test_another_value_is_refused(rig: NowPaymentsRig, old: str, new: str) -> None:
    assert old in BODY
    with pytest.raises(BadSignatureError):
        hear(rig, _delivery(DEEP, BODY.replace(old, new)))


async def test_what_the_list_of_names_leaves_out_decides_nothing(rig: NowPaymentsRig) -> None:
    [event] = hear(rig, _delivery(LISTED, BODY.replace("2e-7", "3")))
    assert event.money == Money(799, "EUR")


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_javascript_itself_writes_the_same() -> None:
    deep = (
        "const s=o=>o&&typeof o=='object'?Object.keys(o).sort()"
        ".reduce((r,k)=>(r[k]=s(o[k]),r),{}):o;"
    )
    program = (
        f"{deep}const p=JSON.parse(process.argv[1]);process.stdout.write("
        "JSON.stringify(s(p))+'\\n'+JSON.stringify(p,Object.keys(p).sort()))"
    )
    node = shutil.which("node")
    assert node
    told = subprocess.run([node, "-e", program, BODY], capture_output=True, check=True, timeout=20)
    assert told.stdout.decode().split("\n") == [DEEP, LISTED]


def test_names_are_sorted_by_utf_16_units() -> None:
    assert js.names_of({"\ue000": 1, "\U00010000": 2}) == ["\U00010000", "\ue000"]


def test_half_a_surrogate_pair_is_escaped() -> None:
    assert js.write(js.read(b'{"a":"\\ud83d!","b":[null,true]}')) == (
        '{"a":"\\ud83d!","b":[null,true]}'
    )


@pytest.mark.parametrize("body", [b'{"a":NaN}', b'{"a":Infinity}', b"[1]", b"{"])
def test_what_is_no_json_object_is_not_read(body: bytes) -> None:
    with pytest.raises(BadInputError):
        js.read(body)


async def test_the_price_is_sent_as_an_exact_number(rig: NowPaymentsRig) -> None:
    await rig.provider.create(request_of(rig, amount=Money(100_000_000_000_000_001, "EUR")))
    assert b'"price_amount":1000000000000000.01,' in rig.server.bodies[0]
    [invoice] = rig.server.invoices.values()
    assert invoice["ipn_callback_url"] == "https://shop.test/webhooks/nowpayments"


async def test_two_pages_of_one_payment_both_count_for_it(rig: NowPaymentsRig) -> None:
    first = await rig.provider.create(request_of(rig))
    second = await rig.provider.create(request_of(rig))
    [one], [two] = (hear(rig, rig.server.pay(page.provider_ref)) for page in (first, second))
    assert one.reference == two.reference == "pay_1"
    assert one.receipt_id != two.receipt_id


@pytest.mark.parametrize("status", ["confirming", "confirmed", "sending"])
async def test_money_on_its_way_is_seen(rig: NowPaymentsRig, status: str) -> None:
    page = await rig.provider.create(request_of(rig))
    [event] = hear(rig, rig.server.change(rig.server.choose(page.provider_ref), status))
    assert (event.happening, event.money) == (H.SEEN, None)
    assert event.detail == OnItsWay(within=timedelta(days=7))


async def test_a_coin_that_was_only_chosen_is_no_news(rig: NowPaymentsRig) -> None:
    page = await rig.provider.create(request_of(rig))
    assert hear(rig, rig.server.notice(rig.server.choose(page.provider_ref))) == []


async def changed(rig: NowPaymentsRig, status: str, **more: object) -> PaymentEvent:
    """What a payment of 31.5 TRX for 7.99 becomes: told and, when asked for, the same."""
    page = await rig.provider.create(request_of(rig))
    [told] = hear(rig, rig.server.change(rig.server.choose(page.provider_ref), status, **more))
    assert await rig.provider.look_up("pay_1", page.provider_ref) == [told]
    return told


@pytest.mark.parametrize(
    ("status", "came", "worth"),
    [
        ("partially_paid", 12.25, 311),  # 3.107
        ("partially_paid", "31.4999", 799),
        ("partially_paid", 0.001, 0),
        ("finished", 31.5, 799),
        ("finished", 31.4, 799),  # NOWPayments itself let that be
        ("finished", 0, 0),
        ("finished", "0.00", 0),
        ("finished", None, 0),
        ("finished", "", 0),
        ("finished", 31.5001, 799),
        ("finished", 63, 1598),
    ],
)
async def test_what_came_is_worth_what_it_is_at_the_rate_of_its_payment(
    rig: NowPaymentsRig, status: str, came: object, worth: int
) -> None:
    event = await changed(rig, status, actually_paid=came)
    if not worth:
        assert (event.happening, event.money) == (H.UNHANDLED, None)
        return
    assert (event.happening, event.money) == (H.RECEIVED, Money(worth, "EUR"))
    assert event.receipt_id


@pytest.mark.parametrize("more", [{"pay_amount": None}, {"pay_amount": 0}, {"actually_paid": 40}])
async def test_a_part_whose_figures_say_otherwise_is_shown_to_staff(
    rig: NowPaymentsRig, more: dict[str, object]
) -> None:
    event = await changed(rig, "partially_paid", **{"actually_paid": 12.25} | more)
    assert (event.happening, event.money) == (H.UNHANDLED, None)
    assert event.for_staff["reference"] == "pay_1"
    assert event.for_staff["price_amount"] == "7.99 EUR"


async def test_a_repeated_deposit_is_not_taken_for_the_price(rig: NowPaymentsRig) -> None:
    page = await rig.provider.create(request_of(rig))
    rig.server.pay(page.provider_ref)
    again = rig.server.choose(page.provider_ref)
    parent = next(iter(rig.server.payments))
    [event] = hear(rig, rig.server.change(again, "finished", parent_payment_id=int(parent)))
    assert (event.happening, event.kind) == (H.UNHANDLED, "payment.repeated_deposit")
    asked = await rig.provider.look_up("pay_1", page.provider_ref)
    assert [one.happening for one in asked] == [H.RECEIVED, H.UNHANDLED]


@pytest.mark.parametrize("status", ["failed", "expired"])
async def test_one_coin_that_ended_does_not_end_the_others(
    rig: NowPaymentsRig, status: str
) -> None:
    page = await rig.provider.create(request_of(rig))
    first = rig.server.choose(page.provider_ref)
    rig.server.change(rig.server.choose(page.provider_ref, "btc"), "confirming")
    [news] = hear(rig, rig.server.change(first, status))
    assert (news.happening, news.reference) == (H.ASK, "pay_1")
    [event] = await rig.provider.look_up("pay_1", page.provider_ref)
    assert event.happening is H.SEEN


async def test_a_refund_is_told(rig: NowPaymentsRig) -> None:
    page = await rig.provider.create(request_of(rig))
    [event] = hear(rig, rig.server.change(rig.server.choose(page.provider_ref), "refunded"))
    assert (event.happening, event.money) == (H.REFUNDED, None)


def test_a_list_that_was_not_filtered_is_filtered() -> None:
    other = {
        "payment_id": 1,
        "payment_status": "finished",
        "order_id": "pay_2",
        "price_amount": 1,
        "price_currency": "eur",
    }
    [event] = events_of([other], reference="pay_1", provider_ref="9")
    assert event.happening is H.PENDING


async def test_a_key_that_may_not_list_still_sells_and_the_doctor_says_so(
    rig: NowPaymentsRig,
) -> None:
    assert "can be asked about" in await rig.provider.check()
    rig.server.may_list = False
    page = await rig.provider.create(request_of(rig))
    assert "cannot be asked about" in await rig.provider.check()
    with pytest.raises(ProviderError):
        await rig.provider.look_up("pay_1", page.provider_ref)
    [event] = hear(rig, rig.server.pay(page.provider_ref))
    assert event.happening is H.RECEIVED
