"""From the first word to what one paid for, by chat and HTTP alone."""

from io import BytesIO

import httpx
import zxingcpp
from PIL import Image

from preview.client import Message, text_of
from tests.fixtures.kiosk import Kiosk
from tests.fixtures.process import TOKEN
from tests.fixtures.shop import STAFF
from tests.stories.conftest import OpenKiosk

ANNA = 1001


async def picture(message: Message, telegram_url: str) -> bytes:
    async with httpx.AsyncClient(base_url=telegram_url, trust_env=False) as http:
        number = message["photo"][-1]["file_id"]
        found = (await http.get(f"/bot{TOKEN}/getFile", params={"file_id": number})).json()
        return (await http.get(f"/file/bot{TOKEN}/{found['result']['file_path']}")).content


async def test_a_card_pays_a_month_and_brings_access_with_a_picture(
    kiosk: Kiosk, telegram_url: str
) -> None:
    anna = kiosk.person(ANNA)

    await anna.buy("sandbox_card")
    access = await anna.sees("Your access to")
    await kiosk.quiet()

    (photo,) = await anna.pictures()
    (read,) = zxingcpp.read_barcodes(Image.open(BytesIO(await picture(photo, telegram_url))))
    assert read.text in text_of(access)
    playlist = await kiosk.http.get(httpx.URL(read.text).path)
    assert playlist.text.startswith("#EXTM3U")
    assert await kiosk.access() == 200
    assert len(await anna.having("Payment received")) == 1
    assert kiosk.tables.rows("SELECT verdict, minor FROM receipts") == [("paid", 799)]


async def test_crypto_is_seen_first_and_delivered_when_it_is_confirmed(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    page = await anna.to_pay("sandbox_crypto")

    await anna.pay(page)
    await anna.sees("We see your payment")
    assert kiosk.tables.one("SELECT COUNT(*) FROM accounts") == 0

    await anna.pay(page, "confirm")
    await anna.sees("Your access to")
    await kiosk.quiet()
    assert kiosk.tables.rows("SELECT verdict, provider FROM receipts") == [
        ("paid", "sandbox_crypto")
    ]


async def test_stars_pay_in_the_chat_itself(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    link = await anna.to_pay("stars")

    paid = await anna.chat.pay(link=link)

    assert paid.paid
    await anna.sees("Your access to")
    await kiosk.quiet()
    assert kiosk.tables.rows("SELECT verdict, provider, minor, currency FROM receipts") == [
        ("paid", "stars", 450, "XTR")
    ]


async def test_an_old_link_for_stars_takes_no_second_payment(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    link = await anna.to_pay("stars")
    await anna.chat.pay(link=link)
    await anna.sees("Your access to")

    again = await anna.chat.pay(link=link)

    assert not again.paid
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 1


async def test_a_trial_is_taken_once_and_paid_time_follows_it(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await anna.say("/start plan_solo")
    await anna.tap("trial:solo")
    await anna.sees("Your access to")
    await kiosk.quiet()
    assert await kiosk.access() == 200

    await anna.buy()
    await kiosk.quiet()

    periods = kiosk.tables.rows("SELECT starts_at, ends_at FROM periods ORDER BY id")
    assert periods[0][1] == periods[1][0]
    await anna.say("/start plan_solo")
    await anna.button("ways:")
    assert kiosk.tables.one("SELECT COUNT(*) FROM trials") == 1


async def test_a_trial_that_nobody_pays_for_ends_without_grace(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await anna.say("/start plan_solo")
    await anna.tap("trial:solo")
    await anna.sees("Your access to")

    await kiosk.skip(days=3)

    assert await kiosk.access() == 403
    await anna.sees("Your trial of Solo is over")


async def test_paying_twice_credits_the_second_to_the_wallet(kiosk: Kiosk) -> None:
    anna, olga = kiosk.person(ANNA), kiosk.person(STAFF)
    await olga.say("/start")  # whoever never wrote to the bot cannot be written to
    await anna.pay(await anna.to_pay(), "twice")
    await anna.sees("so we keep the second")
    await kiosk.quiet()
    verdicts = kiosk.tables.rows("SELECT verdict, to_wallet FROM receipts ORDER BY id")
    assert verdicts == [("paid", 0), ("duplicate", 799)]
    await anna.say("/wallet")
    await anna.sees("7.99")
    await olga.sees("Anna")


async def test_paying_half_asks_for_the_rest_and_just_that(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await anna.pay(await anna.to_pay(), "under")
    await anna.sees("is still missing")
    assert kiosk.tables.one("SELECT COUNT(*) FROM periods") == 0

    await anna.tap("pay_rest:")
    page = await anna.page()
    await anna.pay(page)
    await anna.sees("Your access to")
    await kiosk.quiet()

    receipts = "SELECT verdict, minor, to_order, to_wallet, from_wallet FROM receipts ORDER BY id"
    assert kiosk.tables.rows(receipts) == [("short", 399, 0, 399, 0), ("paid", 400, 799, 0, 399)]


async def test_paying_too_much_is_delivered_and_the_rest_kept(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await anna.pay(await anna.to_pay(), "over")
    await anna.sees("more than the price")
    await kiosk.quiet()
    assert kiosk.tables.rows("SELECT verdict, to_order, to_wallet FROM receipts") == [
        ("over", 799, 399)
    ]


async def test_money_that_comes_after_the_order_expired_still_buys(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    page = await anna.to_pay()
    await kiosk.skip(hours=30)
    assert kiosk.tables.one("SELECT state FROM orders") == "expired"

    await anna.pay(page)

    await anna.sees("we kept the old price")
    await anna.sees("Your access to")
    await kiosk.quiet()
    assert kiosk.tables.one("SELECT verdict FROM receipts") == "late"


async def test_a_declined_card_may_try_again(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    page = await anna.to_pay()
    await anna.pay(page, "decline")
    await anna.sees("did not go through")

    await anna.tap("pay_again:")
    await anna.pay(await anna.page())

    await anna.sees("Your access to")
    await kiosk.quiet()
    assert kiosk.tables.rows("SELECT state FROM orders") == [("paid",)]


async def test_a_webhook_that_never_comes_is_made_up_for_by_asking(
    open_kiosk: OpenKiosk,
) -> None:
    kiosk = await open_kiosk(public_url="http://127.0.0.1:9")  # nobody is there
    anna = kiosk.person(ANNA)
    await anna.pay(await anna.to_pay())
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 0

    await kiosk.skip(seconds=31)

    await anna.sees("Your access to")
    await kiosk.quiet()
    assert kiosk.tables.rows("SELECT verdict FROM receipts") == [("paid",)]
