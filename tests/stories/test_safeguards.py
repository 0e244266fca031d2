"""By chat and HTTP: held, lied about, nobody's, not answered, nearly enough; on both databases."""

import hmac
import json
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.encryption import derive
from payments.sandbox.provider import SIGNATURE_HEADER
from preview.client import text_of
from tests.fixtures.kiosk import Kiosk, Person
from tests.fixtures.process import CATALOG
from tests.fixtures.shop import STAFF
from tests.standins import btcpay
from tests.standins.moods import Mood
from tests.standins.server import serve
from tests.stories.conftest import OpenKiosk

ANNA, BRUNO = 1001, 1002
SECRET = derive("a secret key for the stories", "sandbox").hex()


async def staff_of(kiosk: Kiosk) -> Person:
    """Staff, whose chat is open."""
    olga = kiosk.person(STAFF)
    await olga.say("/admin")
    await olga.sees("The shop today")
    return olga


async def with_choices(open_kiosk: OpenKiosk, folder: Path, text: str, **more: Any) -> Kiosk:  # noqa: ANN401
    path = folder / "mine.toml"
    path.write_text(CATALOG + text, "utf-8")
    return await open_kiosk(catalog=path, **more)


async def send(kiosk: Kiosk, reference: str, *, minor: int, event: str = "evt_1") -> None:
    """A webhook of the sandbox, signed with its secret, by whoever knows that."""
    now = int(kiosk.clock.now().timestamp())
    told = {
        "id": event,
        "type": "payment.received",
        "created": now,
        "payment": {
            "reference": reference,
            "receipt": f"money_{event}",
            "minor": minor,
            "currency": "EUR",
        },
    }
    body = json.dumps(told).encode()
    code = hmac.digest(SECRET.encode(), b"%d.%b" % (now, body), "sha256").hex()
    answer = await kiosk.http.post(
        "/webhooks/sandbox_card",
        content=body,
        headers={SIGNATURE_HEADER: f"t={now},v1={code}"},
    )
    assert answer.status_code == 200


def reference_of(page: str) -> str:
    return page.rpartition("/")[2]


async def test_a_first_order_above_the_limit_waits_for_one_tap(
    open_kiosk: OpenKiosk, tmp_path: Path
) -> None:
    kiosk = await with_choices(open_kiosk, tmp_path, '\n[fraud]\nfirst_order = { EUR = "5.00" }\n')
    anna, olga = kiosk.person(ANNA), await staff_of(kiosk)
    await anna.pay(await anna.to_pay())
    await anna.sees("Before your access opens, a person takes a short look at the payment.")
    alert = await olga.sees("It waits for your decision:")
    assert "A first order of €7.99; your limit is €5.00." in text_of(alert)
    assert kiosk.tables.one("SELECT COUNT(*) FROM periods") == 0
    await olga.say("/admin")
    await olga.sees("1 payment to review.")

    await olga.tap("review_approve")
    await anna.sees("Payment received")
    await anna.sees("Your access to")
    await kiosk.quiet()
    assert await kiosk.access() == 200
    again = await olga.tap("review_approve")
    assert again.toast == "That was decided already."
    assert kiosk.tables.one("SELECT COUNT(*) FROM periods") == 1


async def test_a_refused_order_leaves_the_money_with_the_customer(
    open_kiosk: OpenKiosk, tmp_path: Path
) -> None:
    kiosk = await with_choices(open_kiosk, tmp_path, '\n[fraud]\nfirst_order = { EUR = "5.00" }\n')
    anna, olga = kiosk.person(ANNA), await staff_of(kiosk)
    await anna.pay(await anna.to_pay())
    await olga.tap("review_refuse")
    await anna.sees("Nothing is lost: your €7.99 lie in your wallet")
    await anna.say("/wallet")
    await anna.sees("€7.99")
    assert kiosk.tables.one("SELECT COUNT(*) FROM periods") == 0


async def test_whoever_is_blocked_is_turned_away_kindly_and_staff_hear_why(kiosk: Kiosk) -> None:
    anna, olga = kiosk.person(ANNA), await staff_of(kiosk)
    await olga.say(f"/block {ANNA}")
    await olga.sees(f"Telegram {ANNA}")
    await anna.say("/start plan_solo")
    await anna.tap("ways:")
    pressed = await anna.tap("pay:", "sandbox_card")
    assert "Please write to us" in str(pressed.toast)
    await olga.sees("was turned away before paying:")
    assert kiosk.tables.one("SELECT COUNT(*) FROM payments") == 0

    await olga.tap("unblock")
    await anna.buy()


async def test_a_webhook_that_lies_about_the_sum_gives_nothing(kiosk: Kiosk) -> None:
    anna, olga = kiosk.person(ANNA), await staff_of(kiosk)
    page = await anna.to_pay()
    await send(kiosk, reference_of(page), minor=99_900)
    await kiosk.quiet()
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 0

    await kiosk.skip(minutes=3)
    alert = text_of(await olga.sees("A webhook of Card (sandbox) said €999.00 came from"))
    assert "Card (sandbox) says €0.00" in alert
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 0
    assert kiosk.tables.one("SELECT COUNT(*) FROM journal") == 0

    await anna.pay(page)  # the true payment still counts
    await anna.sees("Payment received")


async def test_a_chat_webhook_that_lies_about_the_stars_gives_nothing(
    open_kiosk: OpenKiosk,
) -> None:
    kiosk = await open_kiosk(
        telegram_mode="webhook", telegram_webhook_secret=SecretStr("a-secret-of-telegram")
    )
    anna, olga = kiosk.person(ANNA), await staff_of(kiosk)
    link = await anna.to_pay("stars")
    reference = kiosk.tables.one("SELECT reference FROM payments")
    paid = {
        "currency": "XTR",
        "total_amount": 99_900,
        "invoice_payload": reference,
        "telegram_payment_charge_id": "made-up",
        "provider_payment_charge_id": "",
    }
    message = {
        "message_id": 1,
        "date": int(kiosk.clock.now().timestamp()),
        "chat": {"id": ANNA, "type": "private"},
        "successful_payment": paid,
    }
    answer = await kiosk.http.post(
        "/telegram",
        json={"update_id": 10_000, "message": message},
        headers={"x-telegram-bot-api-secret-token": "a-secret-of-telegram"},
    )
    assert answer.status_code == 200
    await kiosk.skip(minutes=3)
    await olga.sees("A webhook of Telegram Stars said")
    assert kiosk.tables.one("SELECT COUNT(*) FROM journal") == 0

    await anna.chat.pay(link=link)  # the true payment still counts
    await anna.sees("Your access to")


async def test_much_money_is_given_only_once_the_provider_says_so_itself(
    open_kiosk: OpenKiosk, tmp_path: Path
) -> None:
    kiosk = await with_choices(
        open_kiosk, tmp_path, '\n[guards]\nconfirm_above = { EUR = "5.00" }\n'
    )
    anna, olga = kiosk.person(ANNA), await staff_of(kiosk)
    page = await anna.to_pay()
    await send(kiosk, reference_of(page), minor=799)  # the very price, yet nobody paid
    await kiosk.skip(minutes=3)
    await olga.sees("said €7.99 came from")
    assert kiosk.tables.one("SELECT COUNT(*) FROM periods") == 0

    await anna.pay(page)
    await anna.sees("Payment received")
    await kiosk.quiet()
    assert kiosk.tables.rows("SELECT state FROM provider_claims ORDER BY inbox_event_id") == [
        ("denied",),
        ("confirmed",),
    ]


async def test_staff_who_saw_the_money_may_believe_the_letter(kiosk: Kiosk) -> None:
    anna, olga = kiosk.person(ANNA), await staff_of(kiosk)
    page = await anna.to_pay()
    await send(kiosk, reference_of(page), minor=800)
    await kiosk.skip(minutes=3)
    await olga.sees("said €8.00 came from")
    await olga.tap("failed_jobs")
    await olga.tap("event_believe")
    await olga.sees("Have you seen this money at the provider yourself?")
    await olga.tap("event_believe", ":")
    await anna.sees("Payment received")
    await kiosk.quiet()
    assert kiosk.tables.rows("SELECT verdict FROM receipts") == [("over",)]

    await olga.say("/admin")
    await olga.tap("failed_jobs")
    await olga.tap("inbox")
    pressed = await olga.tap("event_retry")
    assert pressed.toast == "That is in the books already; nothing changed."
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 1


async def test_money_of_no_order_finds_its_customer_once(kiosk: Kiosk) -> None:
    anna, olga = kiosk.person(ANNA), await staff_of(kiosk)
    await anna.to_pay()
    await send(kiosk, "tk_gone", minor=799, event="evt_a")
    await send(kiosk, "tk_gone", minor=500, event="evt_b")
    await olga.sees("belongs to no order we know.", times=2)

    await olga.tap("unassigned:1")
    await olga.tap("assign:1")  # the only one who was asked for just this sum
    await olga.sees("Where shall it go, if it is")
    await olga.tap("assign:1:", ":1")
    asked = text_of(await olga.sees("with €7.99?"))
    assert "Only a webhook tells of this money; Card (sandbox) did not confirm it" in asked
    await olga.tap("assign:1:")
    await anna.sees("Payment received")
    await anna.sees("Your access to")

    await olga.say(f"/assign 2 {ANNA}")
    await olga.tap("assign:2:", ":w")
    await olga.sees("Put €5.00 into the wallet of")
    await olga.tap("assign:2:", ":w:")
    await anna.sees("We found a payment of €5.00 that is yours.")
    await kiosk.quiet()
    assert kiosk.tables.rows("SELECT verdict, to_order, to_wallet FROM receipts ORDER BY id") == [
        ("paid", 799, 0),
        ("assigned", 0, 500),
    ]
    assert kiosk.tables.one("SELECT SUM(minor) FROM journal WHERE account = 'unassigned'") == 0
    assert kiosk.tables.one("SELECT COUNT(*) FROM audit WHERE act = 'assign'") == 2
    assert kiosk.tables.one("SELECT COUNT(*) FROM inbox WHERE state = 'unknown'") == 0


async def test_a_provider_that_does_not_answer_is_hidden_and_comes_back_by_itself(
    open_kiosk: OpenKiosk,
) -> None:
    server = btcpay.BTCPayServer()
    with serve(server.app) as url:
        kiosk = await open_kiosk(
            btcpay_url=url,
            btcpay_api_key=SecretStr(btcpay.KEY),
            btcpay_store_id=btcpay.STORE,
            btcpay_webhook_secret=SecretStr(btcpay.SECRET),
        )
        server.now = kiosk.clock.now
        anna, olga = kiosk.person(ANNA), await staff_of(kiosk)
        await anna.to_pay("btcpay")
        server.mood = Mood.DOWN
        bruno = kiosk.person(BRUNO)
        await bruno.say("/start plan_solo")
        await bruno.tap("ways:")
        for _ in range(5):
            await bruno.tap("pay:", "btcpay")
        await olga.sees("🔴 Bitcoin does not answer")
        assert "btcpay" not in await shown_ways(bruno)
        assert "telekiosk_provider_hidden" in (await kiosk.http.get("/metrics")).text
        await olga.say("/admin")
        await olga.sees("Bitcoin does not answer since")

        # Its webhooks are taken all the while.
        (invoice,) = server.invoices
        paid = server.pay(invoice)
        answer = await kiosk.http.post(
            "/webhooks/btcpay", content=paid.body, headers=dict(paid.headers)
        )
        assert answer.status_code == 200

        await kiosk.skip(seconds=61)
        assert len(await olga.having("🔴 Bitcoin does not answer (")) == 1, "told once"
        server.mood = Mood.UP
        await kiosk.skip(minutes=5)
        await olga.sees("🟢 Bitcoin answers again")
        await anna.sees("Payment received")
        assert "btcpay" in await shown_ways(bruno)


async def shown_ways(person: Person) -> str:
    """The ways to pay on a new screen."""
    await person.say("/start plan_solo")
    tapped = await person.tap("ways:")
    await person.button("pay:", inside=tapped.message_id)
    (screen,) = [
        one for one in await person.chat.messages() if one["message_id"] == tapped.message_id
    ]
    return repr(screen["reply_markup"])


async def test_what_is_missing_within_the_tolerance_is_let_be(
    open_kiosk: OpenKiosk, tmp_path: Path
) -> None:
    kiosk = await with_choices(open_kiosk, tmp_path, '\n[money]\ntolerance = { EUR = "4.00" }\n')
    anna, olga = kiosk.person(ANNA), await staff_of(kiosk)
    await anna.pay(await anna.to_pay(), "under")
    await anna.sees("That was €4.00 less than the price. We let that be.")
    await olga.sees("That was €4.00 less than the price, within your tolerance.")


async def test_after_the_owners_days_what_was_said_is_erased_but_who_said_it_is_known(
    open_kiosk: OpenKiosk, tmp_path: Path
) -> None:
    kiosk = await with_choices(open_kiosk, tmp_path, "\n[guards]\nkeep_days = 30\n")
    anna = kiosk.person(ANNA)
    page = await anna.to_pay()
    await send(kiosk, reference_of(page), minor=799)
    await anna.sees("Payment received")
    await send(kiosk, "tk_nobody", minor=100, event="evt_2")
    await kiosk.skip(days=31)

    async def is_erased() -> bool:
        query = "SELECT length(body) FROM inbox WHERE event_id = 'evt_1'"
        return bool(kiosk.tables.one(query) == 0)

    await kiosk.until(is_erased, "the letter to be erased")
    unhandled = "SELECT length(body) > 0 FROM inbox WHERE event_id = 'evt_2'"
    assert kiosk.tables.one(unhandled), "what staff have not handled is kept"
    before = kiosk.tables.one("SELECT COUNT(*) FROM receipts")
    await send(kiosk, reference_of(page), minor=799)
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == before
