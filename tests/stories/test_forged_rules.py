"""Rules that draw a button are asked again where its tap acts, whoever forges its data."""

import pytest
from pydantic import SecretStr

from handlers.staff.routes import SCREENS
from shop.checkout.payment import Choice, NotThisWayError
from shop.checkout.wallet import pay_from_wallet, use_wallet
from shop.core.money import Money
from tests.fixtures.forging import TELEGRAM_SECRET, forge
from tests.fixtures.goods import WEEK
from tests.fixtures.kiosk import Kiosk, Person
from tests.fixtures.shop import STAFF, Shop
from tests.fixtures.tables import Tables
from tests.renewals.test_stars import PRICE, offer
from tests.stories.conftest import OpenKiosk
from tests.stories.test_ways import apply

BALANCE = "SELECT COALESCE(SUM(-minor), 0) FROM journal WHERE account = 'wallet'"
ONLY_DUO = """
[[way]]
provider = "sandbox_card"

[[way]]
provider = "wallet"
plans = ["duo"]
"""


@pytest.fixture
async def kiosk(open_kiosk: OpenKiosk) -> Kiosk:
    return await open_kiosk(telegram_webhook_secret=SecretStr(TELEGRAM_SECRET))


async def test_where_the_owner_shows_no_wallet_it_neither_pays_nor_is_set_aside(
    kiosk: Kiosk,
) -> None:
    anna = kiosk.person(1001)
    await anna.pay(await anna.to_pay(), "twice")
    await anna.sees("second")
    await apply(kiosk, ONLY_DUO)
    await anna.say("/start plan_solo")
    shown = await anna.button("ways:")
    prices = kiosk.tables.rows("SELECT p.id FROM prices AS p ORDER BY p.id")
    for (price,) in prices:
        for data in (f"wallet_reserve:{price}:1", f"wallet_pay:{price}:1:1"):
            await forge(kiosk, anna, data, message_id=shown["message_id"])
    await kiosk.quiet()

    aside = kiosk.tables.rows(
        "SELECT DISTINCT g.slug, w.minor FROM wallet_reservations AS w"
        " INNER JOIN order_lines AS l ON l.order_id = w.order_id"
        " INNER JOIN products AS g ON g.id = l.product_id"
    )
    assert aside == [("duo", 799)], "there it shows"
    assert kiosk.tables.one(BALANCE) == 799
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts WHERE provider = 'wallet'") == 0
    assert kiosk.tables.one("SELECT COUNT(*) FROM inbox WHERE state = 'stuck'") == 0


async def test_a_wallet_begins_no_subscription_that_telegram_is_to_charge(
    shop: Shop, tables: Tables
) -> None:
    anna = await shop.greet()
    page = await shop.ask(anna, slug="bare", term=WEEK, currency="XTR")
    await shop.pay(page)
    await shop.settle(shop.received(page, money=Money(2 * PRICE.minor, "XTR")))
    price = await shop.run(offer, now=shop.now)
    choice = Choice(customer_id=anna.id, price_id=price, provider="wallet", screen_id=1)
    with pytest.raises(NotThisWayError):
        await shop.run(pay_from_wallet, choice, policy=shop.policy, now=shop.now)
    with pytest.raises(NotThisWayError):
        await shop.run(use_wallet, anna.id, price, wants=True, policy=shop.policy, now=shop.now)
    assert tables.one(BALANCE) == 2 * PRICE.minor


KEPT = (
    "accounts",
    "audit",
    "blocklist",
    "journal",
    "orders",
    "payments",
    "periods",
    "receipts",
    "refunds",
    "stock",
    "subscriptions",
)


def books(kiosk: Kiosk) -> dict[str, list[tuple[object, ...]]]:
    return {table: kiosk.tables.rows(f"SELECT * FROM {table} ORDER BY 1") for table in KEPT}  # noqa: S608


async def bought(kiosk: Kiosk) -> tuple[Person, Person]:
    """Anna has a month of Solo; the owner is here, too."""
    anna, olga = kiosk.person(1001), kiosk.person(STAFF)
    await olga.say("/admin")
    await olga.sees("The shop today")
    await anna.buy()
    await kiosk.quiet()
    return anna, olga


@pytest.mark.parametrize(
    "args", ["", ":1", ":1:1", ":1:30:1", ":1:799:w:wish:1", ":1:799:p:wish:1", ":2:solo:1m:1"]
)
async def test_what_only_staff_may_do_nobody_else_does(kiosk: Kiosk, args: str) -> None:
    anna, _olga = await bought(kiosk)
    shown = (await anna.chat.messages())[-1]["message_id"]
    before = books(kiosk)
    for name in SCREENS:
        for mark in ("", "+"):
            await forge(kiosk, anna, f"{mark}{name}{args}", message_id=shown)
    await kiosk.quiet()
    assert books(kiosk) == before
    assert await anna.having("The shop today") == []
    assert kiosk.tables.one("SELECT COUNT(*) FROM inbox WHERE state = 'stuck'") == 0


async def test_staff_get_by_forged_data_only_what_their_screens_could_offer(kiosk: Kiosk) -> None:
    _anna, olga = await bought(kiosk)
    shown = (await olga.chat.messages())[-1]["message_id"]
    before = books(kiosk)
    for data in (
        *(f"refund:1:{minor}:{way}:wish:1" for minor in (0, -5, 800) for way in "pwh"),
        *("refund:1:799:x:wish:1", "refund:1:799:p:odd:1", "refund:1:799:p:wish:-1"),
        *("refund:99:1:p:wish:1", "refund_all:99:1", "refund_paid:99", "refund_not_paid:99"),
        *(f"extend:1:{days}:1" for days in (0, -30, 10**7)),
        *(f"extend:{number}:30:1" for number in (0, 99)),
        *(f"grant:2:{given}:1" for given in ("none:1m", "solo:0m", "solo:-1m", "solo:9999y")),
        *("grant:99:solo:1m:1", "rotate:99:1", "stop:99:1", "resume:99:1", "assign:1:2"),
        *("review_approve:1", "review_refuse:1", "proof_approve:1", "dispute_trust:1"),
        *("job_retry:99", "event_retry:99", "event_believe:99:1"),
    ):
        await forge(kiosk, olga, data, message_id=shown)
    await kiosk.quiet()
    assert books(kiosk) == before
    assert kiosk.tables.one("SELECT COUNT(*) FROM inbox WHERE state = 'stuck'") == 0


@pytest.mark.parametrize(
    ("data", "table"),
    [
        ("extend:1:30:1", "periods"),
        ("grant:2:solo:1m:1", "orders"),
        ("refund:1:799:p:wish:1", "refunds"),
        ("refund:1:799:w:wish:1", "refunds"),
        ("rotate:1:1", "audit"),
    ],
)
async def test_the_same_data_with_what_the_screens_offer_does_it(
    kiosk: Kiosk, data: str, table: str
) -> None:
    """So that what does nothing above does so for its odd values."""
    _anna, olga = await bought(kiosk)
    shown = (await olga.chat.messages())[-1]["message_id"]
    before = books(kiosk)
    await forge(kiosk, olga, data, message_id=shown)
    await kiosk.quiet()
    assert len(books(kiosk)[table]) == len(before[table]) + 1
