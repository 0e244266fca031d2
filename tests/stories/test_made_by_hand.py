"""An invoice that staff made at the provider itself: its money is found and gets its owner."""

import httpx
from pydantic import SecretStr

from preview.client import text_of
from tests.fixtures.kiosk import Kiosk
from tests.standins import btcpay
from tests.standins.moods import Delivery, Mood
from tests.standins.server import serve
from tests.stories.conftest import OpenKiosk
from tests.stories.test_safeguards import ANNA, staff_of


async def made_by_hand(url: str, metadata: dict[str, str]) -> str:
    wanted = {
        "amount": "5.00",
        "currency": "EUR",
        "metadata": metadata,
        "checkout": {"expirationMinutes": 60},
    }
    async with httpx.AsyncClient(trust_env=False) as owner:
        made = await owner.post(
            f"{url}/api/v1/stores/{btcpay.STORE}/invoices",
            json=wanted,
            headers={"authorization": f"token {btcpay.KEY}"},
        )
    return str(made.json()["id"])


async def deliver(kiosk: Kiosk, delivery: Delivery) -> None:
    answer = await kiosk.http.post(
        "/webhooks/btcpay", content=delivery.body, headers=dict(delivery.headers)
    )
    assert answer.status_code == 200


async def test_a_hint_of_no_order_leads_staff_to_its_money(open_kiosk: OpenKiosk) -> None:
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
        await anna.say("/start")
        other = await made_by_hand(url, {})
        server.pay(other)  # nobody told of this one, so nobody asked about it
        invoice = await made_by_hand(url, {})
        await deliver(kiosk, server.see(invoice))
        await deliver(kiosk, server.settle(invoice))
        await olga.sees("bears no reference of this shop")
        assert len(await olga.having("does not settle by itself")) == 0

        await olga.tap("failed_jobs")
        await olga.tap("inbox")
        server.mood = Mood.DOWN
        assert "does not answer" in str((await olga.tap("event_retry")).toast)
        assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 0
        server.mood = Mood.UP
        await olga.tap("event_retry")
        await olga.sees("belongs to no order we know.")
        assert kiosk.tables.rows("SELECT verdict, minor FROM receipts") == [("unknown_order", 500)]

        await olga.say(f"/assign 1 {ANNA}")
        await olga.tap("assign:1:", ":w")
        asked = await olga.sees("Put €5.00 into the wallet of")
        assert "says so itself." in text_of(asked)
        await olga.tap("assign:1:", ":w:")
        await anna.sees("We found a payment of €5.00 that is yours.")

        await olga.say("/admin")
        await olga.tap("failed_jobs")
        await olga.tap("inbox")
        pressed = await olga.tap("event_retry")
        assert pressed.toast == "That is in the books already; nothing changed."
        await kiosk.quiet()
        assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 1
