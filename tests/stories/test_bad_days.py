"""Telegram is away, people block the bot, updates come twice, buttons grow old."""

from pydantic import SecretStr

from bot.assemble import KNOWN
from shop.catalog.changes import apply_catalog
from shop.owner_file.reading import read_catalog
from tests.fixtures.forging import TELEGRAM_SECRET, forge
from tests.fixtures.kiosk import Kiosk
from tests.fixtures.process import CATALOG
from tests.stories.conftest import OpenKiosk

ANNA = 1001
SECRET = {"x-telegram-bot-api-secret-token": TELEGRAM_SECRET}
FORGED = (
    "",
    ":",
    "nothing",
    "plan:gone",
    "plan",
    "ways:999",
    "ways:x",
    "ways:-1",
    "ways:9" + "9" * 40,
    "pay:1:paypal",
    "pay:1",
    "pay:x:stars",
    "check_payment:tk_gone",
    "check_payment:\0",
    "access:99",
    "renew:7",
    "pay_rest:solo:1m:EUR",
    "pay_rest:solo:9x:EUR",
    "pay_again:solo:",
    "setup:1:1",
    "currency:XXX",
    "language:xx",
    "trial:gone",
    "stop:1:1",
    "subscription:1",
    "grant:1:solo:1m:1",
    "extend:1:7:1",
    "job_retry:1",
    "stock_load:solo",
    "+plan:gone",
    "++",
    "customer:1",
    "desk",
    "reminders:perhaps",
    "\ud800",
)


async def test_what_telegram_did_not_take_is_sent_when_it_is_back(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    page = await anna.to_pay()
    await kiosk.quiet()
    await kiosk.preview.fault("sendMessage", status=502, times=4)
    await kiosk.preview.fault("sendPhoto", status=502, times=1)

    await anna.pay(page)

    async def is_back() -> bool:
        await kiosk.skip(seconds=10)
        return bool(await anna.having("Your access to"))

    await kiosk.until(is_back, "the access")
    await kiosk.quiet()
    assert len(await anna.having("Payment received")) == 1
    assert len(await anna.having("Your access to")) == 1
    assert kiosk.tables.one("SELECT COUNT(*) FROM outbox WHERE state = 'dead'") == 0


async def test_a_bot_that_is_asked_to_slow_down_does(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    page = await anna.to_pay()
    await kiosk.quiet()
    await kiosk.preview.fault("sendMessage", status=429, times=1, retry_after=1)

    await anna.pay(page)

    async def is_back() -> bool:
        await kiosk.skip(seconds=1)
        return bool(await anna.having("Your access to"))

    await kiosk.until(is_back, "the access")
    await kiosk.quiet()
    assert len(await anna.having("Payment received")) == 1


async def test_an_answer_that_was_lost_is_given_when_telegram_is_back(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await kiosk.preview.fault("sendMessage", status="drop", times=2)
    await anna.say("/start plan_solo")

    async def is_back() -> bool:
        kiosk.clock.move(seconds=100)
        return bool(await anna.having("One screen"))

    await kiosk.until(is_back, "the plan")
    await kiosk.quiet()
    assert kiosk.tables.one("SELECT COUNT(*) FROM inbox WHERE state <> 'done'") == 0


async def test_who_blocks_the_bot_is_left_alone_and_welcome_back(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await anna.buy()
    await anna.sees("Your access to")
    await kiosk.quiet()
    await anna.chat.block()
    await kiosk.quiet()
    before = len(await anna.chat.messages())

    for _ in range(12):
        await kiosk.skip(days=3)

    assert kiosk.tables.one("SELECT COUNT(*) FROM outbox WHERE state = 'dead'") == 0
    assert len(await anna.chat.messages()) == before
    assert kiosk.tables.one("SELECT is_reachable FROM customers") == 0
    await anna.chat.unblock()
    await anna.say("/start")
    await anna.button("plans")
    await kiosk.quiet()
    assert kiosk.tables.one("SELECT is_reachable FROM customers") == 1


async def test_who_blocked_the_bot_after_paying_gets_his_account_when_he_returns(
    kiosk: Kiosk,
) -> None:
    anna = kiosk.person(ANNA)
    page = await anna.to_pay()
    await anna.chat.block()
    await anna.pay(page)

    async def is_made() -> bool:
        return kiosk.tables.rows("SELECT actual FROM accounts") == [("active",)]

    await kiosk.until(is_made, "the account")
    await kiosk.quiet()
    await anna.chat.unblock()
    await anna.say("/account")
    await anna.tap("access:")
    await anna.sees("Your access to")


async def test_an_update_delivered_twice_is_answered_once(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await anna.say("/plans")
    await anna.button("plan:")
    await kiosk.quiet()
    before = len(await anna.chat.messages())

    event = kiosk.tables.one("SELECT event_id FROM inbox ORDER BY id DESC LIMIT 1")
    for _ in range(3):
        await kiosk.preview.deliver_again(int(event))
    await anna.say("/start plan_solo")
    await anna.button("ways:")
    await kiosk.quiet()

    assert len(await anna.chat.messages()) == before + 2


async def test_telegram_may_call_us_instead(open_kiosk: OpenKiosk) -> None:
    secrets = f"{TELEGRAM_SECRET}, the-one-before"
    kiosk = await open_kiosk(telegram_mode="webhook", telegram_webhook_secret=SecretStr(secrets))
    anna = kiosk.person(ANNA)
    await anna.buy()
    await anna.sees("Your access to")
    await kiosk.quiet()
    assert await kiosk.access() == 200


async def test_a_button_with_an_old_price_says_what_changed(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await anna.say("/start plan_solo")
    old = await anna.button("ways:")
    assert "7.99" in old["text"]
    dearer = read_catalog(
        CATALOG.replace('EUR = "7.99"', 'EUR = "8.99"'), name="catalog.toml", known=KNOWN
    )
    await kiosk.parts.storage.run(apply_catalog, dearer, now=kiosk.clock.now())

    tapped = await anna.chat.press(old["callback_data"], message_id=old["message_id"])

    assert str(tapped.toast).startswith("The price has changed since")
    await kiosk.quiet()
    new = await anna.button("ways:")
    assert "8.99" in new["text"]


async def test_forged_and_forgotten_buttons_lead_back_home(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(telegram_webhook_secret=SecretStr(TELEGRAM_SECRET))
    anna = kiosk.person(ANNA)
    await anna.say("/start plan_solo")
    shown = await anna.button("ways:")
    for data in FORGED:
        await forge(kiosk, anna, data, message_id=shown["message_id"])
    await kiosk.quiet()
    assert kiosk.tables.one("SELECT COUNT(*) FROM inbox WHERE state = 'stuck'") == 0
    assert kiosk.tables.one("SELECT COUNT(*) FROM audit") == 0
    assert kiosk.tables.one("SELECT COUNT(*) FROM periods") == 0


async def test_a_page_made_at_an_old_price_is_honoured_at_it(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    page = await anna.to_pay()
    dearer = read_catalog(
        CATALOG.replace('EUR = "7.99"', 'EUR = "8.99"'), name="catalog.toml", known=KNOWN
    )
    await kiosk.parts.storage.run(apply_catalog, dearer, now=kiosk.clock.now())

    await anna.pay(page)

    await anna.sees("Your access to")
    await kiosk.quiet()
    assert kiosk.tables.rows("SELECT verdict, minor FROM receipts") == [("paid", 799)]
