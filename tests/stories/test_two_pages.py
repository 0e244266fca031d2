"""What a page that may still be paid was reckoned with is kept for it: paid as asked, it gives."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from preview.client import text_of
from shop.checkout.payment import Choice
from shop.checkout.wallet import WalletTooSmallError, pay_from_wallet, use_wallet
from shop.core.money import Money
from shop.orders.orders import expire_orders
from shop.ports import Happening
from shop.refunds.records import RefundRoute
from shop.refunds.refund import RefundWish, begin_refund
from shop.settlement.settle import Outcome
from tests.fixtures.goods import MONTH, WEEK
from tests.fixtures.kiosk import Kiosk, Person
from tests.fixtures.shop import STAFF, Shop, price_of
from tests.fixtures.tables import Tables
from tests.stories.conftest import OpenKiosk

if TYPE_CHECKING:
    from shop.customers.records import Customer
    from shop.orders.payment_records import Payment

BALANCE = "SELECT COALESCE(SUM(-minor), 0) FROM journal WHERE account = 'wallet'"
PAID = "SELECT COUNT(*) FROM orders WHERE state = 'paid'"
QUARTER_PRICE, CAME = 2199, 1099
KEPT = "€10.99 of it is kept for Solo, 3 months"
Paying = Callable[[], Awaitable[None]]


async def came_short(kiosk: Kiosk) -> Person:
    """Half of three months of Solo came, and lies in the wallet."""
    anna = kiosk.person(1001)
    await anna.pay(await anna.to_pay(place=1), "under")
    await anna.sees("is still missing")
    assert kiosk.tables.one(BALANCE) == CAME
    return anna


async def answered(anna: Person, words: str, act: Callable[[], Awaitable[object]]) -> int:
    """The new message with these words that comes of an act."""
    last = (await anna.chat.messages())[-1]["message_id"]
    await act()

    async def look() -> int | None:
        found = await anna.having(words)
        return next((one["message_id"] for one in found if one["message_id"] > last), None)

    return await anna.kiosk.until(look, f"an answer with {words!r}")


async def reads(anna: Person, message: int, words: str) -> str:
    """What stands in a message, once these words do."""

    async def look() -> str | None:
        found = await anna.having(words)
        return next((text_of(one) for one in found if one["message_id"] == message), None)

    return await anna.kiosk.until(look, f"{words!r} in message {message}")


async def the_rest(anna: Person) -> int:
    """The ways to pay the rest, in a new message."""
    return await answered(anna, "How would you like to pay", lambda: anna.tap("pay_rest:"))


async def rest_page(anna: Person, way: str = "sandbox_card") -> str:
    return await page_in(anna, await the_rest(anna), way)


async def looking_at(anna: Person, plan: str) -> int:
    """The ways to pay for a month of a plan, in a new message."""
    start = f"/start plan_{plan}"
    message = await answered(anna, "at a time", lambda: anna.say(start))
    await anna.tap("ways:", inside=message)
    await reads(anna, message, "How would you like to pay")
    return message


async def page_in(anna: Person, message: int, way: str = "sandbox_card") -> str:
    await anna.tap("pay:", way, inside=message)
    return str((await anna.button("http", inside=message))["url"])


async def wallet(anna: Person) -> str:
    message = await answered(anna, "Your wallet", lambda: anna.say("/wallet"))
    return await reads(anna, message, "Your wallet")


def asked(kiosk: Kiosk) -> list[tuple[int, int]]:
    """What each page asks for, and of which price, the oldest first."""
    return [
        (minor, whole)
        for minor, whole in kiosk.tables.rows("SELECT minor, whole FROM payments ORDER BY id")
    ]


@pytest.mark.parametrize("is_rest_first", [True, False])
async def test_no_other_page_counts_on_what_a_rest_page_counts_on(
    kiosk: Kiosk, *, is_rest_first: bool
) -> None:
    anna = await came_short(kiosk)
    duo = await looking_at(anna, "duo")
    assert "Use my wallet (€10.99)" in str(await anna.button("wallet_reserve:", inside=duo))
    rest = await rest_page(anna)

    await anna.tap("wallet_reserve:", inside=duo)  # a button drawn before there was that page
    assert KEPT in await reads(anna, duo, "In your wallet: €10.99.")
    other = await page_in(anna, duo)
    assert asked(kiosk)[1:] == [(QUARTER_PRICE - CAME, QUARTER_PRICE), (1299, 1299)]

    for page in (rest, other) if is_rest_first else (other, rest):
        await anna.pay(page)
        await kiosk.quiet()
    await anna.sees("Payment received", times=2)
    assert (kiosk.tables.one(PAID), kiosk.tables.one(BALANCE)) == (2, 0)


@pytest.mark.parametrize("is_rest_first", [True, False])
async def test_a_rest_page_does_not_count_on_what_another_page_counts_on(
    kiosk: Kiosk, *, is_rest_first: bool
) -> None:
    anna = await came_short(kiosk)
    duo = await looking_at(anna, "duo")
    await anna.tap("wallet_reserve:", inside=duo)
    other = await page_in(anna, duo)

    message = await the_rest(anna)
    await reads(anna, message, "€10.99 of it is kept for Duo, 1 month")
    rest = await page_in(anna, message)
    assert asked(kiosk)[1:] == [(1299 - CAME, 1299), (QUARTER_PRICE, QUARTER_PRICE)]

    for page in (rest, other) if is_rest_first else (other, rest):
        await anna.pay(page)
        await kiosk.quiet()
    await anna.sees("Payment received", times=2)
    assert (kiosk.tables.one(PAID), kiosk.tables.one(BALANCE)) == (2, 0)


async def test_the_wallet_pays_nothing_whole_with_what_a_page_counts_on(kiosk: Kiosk) -> None:
    anna = await came_short(kiosk)
    month = await looking_at(anna, "solo")
    await anna.tap("wallet_pay:", inside=month)
    rest = await rest_page(anna)

    tapped = await anna.tap("wallet_pay:", ":1:1", inside=month)
    assert "not enough in your wallet" in str(tapped.toast)
    await reads(anna, month, KEPT)
    assert kiosk.tables.one(PAID) == 0
    await anna.pay(rest)
    await anna.sees("Payment received")
    assert (kiosk.tables.one(PAID), kiosk.tables.one(BALANCE)) == (1, 0)


async def test_the_wallet_says_how_much_is_kept_for_what_and_until_when(kiosk: Kiosk) -> None:
    anna = await came_short(kiosk)
    screen = await wallet(anna)
    assert ("It is enough for:" in screen, "kept" in screen) == (True, False)
    await rest_page(anna)

    screen = await wallet(anna)
    assert KEPT in screen
    assert re.search(r"until that is paid, or until \w+", screen)
    assert "It is enough for:" not in screen, "nothing of it is free"

    await kiosk.skip(hours=25)
    screen = await wallet(anna)
    assert ("It is enough for:" in screen, "kept" in screen) == (True, False), "it has run out"
    message = await looking_at(anna, "solo")
    await anna.tap("wallet_pay:", inside=message)
    await anna.tap("wallet_pay:", ":1:1", inside=message)
    await anna.sees("Paid from your wallet: €7.99")


async def test_kept_out_of_it_since_a_page_that_was_served_is_honoured(kiosk: Kiosk) -> None:
    anna = kiosk.person(1001)
    await anna.pay(await anna.to_pay(), "over")  # 11.98 of 7.99
    await anna.sees("/wallet")
    duo = await looking_at(anna, "duo")
    await anna.tap("wallet_reserve:", ":1", inside=duo)
    page = await page_in(anna, duo)
    await anna.tap("ways:", inside=duo)
    await anna.tap("wallet_reserve:", ":0", inside=duo)
    other = await page_in(anna, duo, "sandbox_crypto")
    month = await looking_at(anna, "solo")
    await reads(anna, month, "€3.99 of it is kept for Duo, 1 month")
    assert asked(kiosk)[1:] == [(900, 1299), (1299, 1299)]

    await anna.pay(page)
    await anna.sees("Payment received", times=2)
    assert kiosk.tables.one(BALANCE) == 0
    await anna.pay(other)
    await anna.sees("You have paid for Duo already")
    assert kiosk.tables.one(BALANCE) == 1299


@pytest.mark.parametrize("is_whole_first", [True, False])
async def test_of_two_pages_of_one_order_one_gives_and_the_other_is_kept_for_the_customer(
    kiosk: Kiosk, *, is_whole_first: bool
) -> None:
    anna = kiosk.person(1001)
    await anna.pay(await anna.to_pay(), "over")
    await anna.sees("/wallet")
    duo = await looking_at(anna, "duo")
    whole = await page_in(anna, duo)
    await anna.tap("ways:", inside=duo)
    await anna.tap("wallet_reserve:", ":1", inside=duo)
    rest = await page_in(anna, duo, "sandbox_crypto")

    for page in (whole, rest) if is_whole_first else (rest, whole):
        await anna.pay(page)
        await kiosk.skip(minutes=1)
    await anna.sees("Payment received", times=2)
    await anna.sees("You have paid for Duo already")
    assert kiosk.tables.one(PAID) == 2
    assert kiosk.tables.one(BALANCE) == (399 + 900 if is_whole_first else 1299)
    assert "kept" not in await wallet(anna)


async def test_staff_read_which_order_counts_on_the_money_that_they_give_back(
    kiosk: Kiosk,
) -> None:
    anna, olga = await came_short(kiosk), kiosk.person(STAFF)
    rest = await rest_page(anna)
    await olga.say("/refund 1 5.00")
    await olga.tap("refund:1:500:p")
    await olga.tap("refund:1:500:p:wish")
    screen = text_of(await olga.sees("Give €5.00 back"))
    assert "€5.00 of it is kept for Solo, 3 months" in screen
    await olga.tap("refund:1:500:p:wish:")
    await kiosk.quiet()
    assert kiosk.tables.one(BALANCE) == CAME - 500

    await anna.pay(rest)
    await anna.sees("€5.00 is still missing")
    assert (kiosk.tables.one(PAID), kiosk.tables.one(BALANCE)) == (0, QUARTER_PRICE - 500)


async def test_telegram_takes_no_money_for_a_page_that_lost_what_it_counts_on(
    open_kiosk: OpenKiosk,
) -> None:
    kiosk = await open_kiosk(telegram_provider_token=SecretStr("284685063:TEST:card"))
    anna, olga = await came_short(kiosk), kiosk.person(STAFF)
    rest = re.search(r"\$([\w-]+)", await rest_page(anna, "telegram_cards"))
    assert rest
    await olga.say("/refund 1 5.00")
    for data in ("refund:1:500:h", "refund:1:500:h:wish", "refund:1:500:h:wish:"):
        await olga.tap(data)
    await kiosk.quiet()

    payment = await anna.chat.pay(link=rest[1])
    assert not payment.paid
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 1


# --- the shop in hand: what is no customer's doing ---------------------------------------------


async def rich(shop: Shop, minor: int) -> "Customer":
    anna = await shop.greet()
    payment = await shop.ask(anna, slug="bare", term=WEEK)
    await shop.pay(payment)
    await shop.settle(shop.received(payment, money=Money(minor, "EUR")))
    return anna


async def set_aside(shop: Shop, anna: "Customer", slug: str, *, wants: bool = True) -> None:
    price_id = await shop.storage.read(price_of, slug, MONTH, "EUR")
    await shop.run(use_wallet, anna.id, price_id, wants=wants, policy=shop.policy, now=shop.now)


async def with_part(shop: Shop, anna: "Customer", slug: str, provider: str) -> "Payment":
    """A page for the rest of a month, beside what the wallet can give to it."""
    await set_aside(shop, anna, slug)
    return await shop.ask(anna, slug=slug, provider=provider)


async def spend(shop: Shop, anna: "Customer") -> None:
    price_id = await shop.storage.read(price_of, "bare", WEEK, "EUR")
    choice = Choice(customer_id=anna.id, price_id=price_id, provider="wallet", screen_id=1)
    await shop.run(pay_from_wallet, choice, policy=shop.policy, now=shop.now)


WEEK_PRICE = 299


async def test_what_is_seen_in_time_is_kept_until_its_bound(shop: Shop, tables: Tables) -> None:
    anna = await rich(shop, WEEK_PRICE)
    page = await with_part(shop, anna, "solo", "sandbox_crypto")
    seen = replace(shop.received(page), happening=Happening.SEEN, receipt_id="")
    shop.clock.move(hours=23)
    await shop.settle(seen, provider=page.provider)
    shop.clock.move(hours=30)
    with pytest.raises(WalletTooSmallError):
        await spend(shop, anna)
    assert await shop.pay(page) is Outcome.SETTLED
    assert tables.one(BALANCE) == 0


async def test_what_is_seen_too_late_takes_nothing_that_is_promised_since(shop: Shop) -> None:
    anna = await rich(shop, WEEK_PRICE)
    late = await with_part(shop, anna, "solo", "sandbox_crypto")
    shop.clock.move(hours=25)
    await shop.run(expire_orders, clock=shop.clock)
    page = await with_part(shop, anna, "duo", "sandbox_crypto")
    assert page.due < page.whole
    seen = replace(shop.received(late), happening=Happening.SEEN, receipt_id="")
    await shop.settle(seen, provider=late.provider)
    assert await shop.pay(page) is Outcome.SETTLED


@pytest.mark.parametrize("happening", [Happening.FAILED, Happening.EXPIRED])
async def test_a_page_that_is_over_by_its_providers_word_keeps_nothing(
    shop: Shop, tables: Tables, happening: Happening
) -> None:
    anna = await rich(shop, WEEK_PRICE)
    page = await with_part(shop, anna, "solo", "sandbox_card")
    await set_aside(shop, anna, "solo", wants=False)
    with pytest.raises(WalletTooSmallError):
        await spend(shop, anna)
    over = replace(shop.received(page), happening=happening, receipt_id="")
    await shop.settle(over, provider=page.provider)
    await spend(shop, anna)
    assert tables.one(BALANCE) == 0


async def test_news_of_what_was_paid_in_time_finds_what_its_page_counts_on(shop: Shop) -> None:
    anna = await rich(shop, WEEK_PRICE)
    page = await with_part(shop, anna, "solo", "sandbox_card")
    shop.clock.move(hours=23, minutes=59)
    paid = shop.received(page)
    shop.clock.move(minutes=5)
    with pytest.raises(WalletTooSmallError):
        await spend(shop, anna)
    assert await shop.settle(paid, provider=page.provider) is Outcome.SETTLED


async def test_a_page_that_another_took_the_place_of_still_gives(
    shop: Shop, tables: Tables
) -> None:
    """More came since, so the page of the same way asks for less; the old one is open still."""
    anna = await rich(shop, 400)
    old = await with_part(shop, anna, "solo", "sandbox_card")
    await shop.settle(
        shop.received(await shop.ask(anna, provider="sandbox_crypto"), money=Money(100, "EUR")),
        provider="sandbox_crypto",
    )
    new = await shop.ask(anna)
    assert (old.due.minor, new.due.minor) == (old.whole.minor - 400, old.whole.minor - 500)
    assert await shop.pay(old) is Outcome.SETTLED
    assert tables.one(BALANCE) == 100
    assert await shop.pay(new) is Outcome.TO_WALLET
    assert tables.one("SELECT verdict FROM receipts ORDER BY id DESC LIMIT 1") == "duplicate"


async def test_where_staff_took_a_part_of_it_the_older_of_two_pages_still_gives(
    shop: Shop,
) -> None:
    anna = await rich(shop, WEEK_PRICE)
    first = await with_part(shop, anna, "solo", "sandbox_card")
    shop.clock.move(minutes=1)
    paid = await shop.ask(anna, slug="bare", term=WEEK)
    await shop.pay(paid)
    await shop.settle(shop.received(paid, money=Money(WEEK_PRICE, "EUR"), receipt="twice"))
    second = await with_part(shop, anna, "duo", "sandbox_card")
    assert first.whole - first.due == second.whole - second.due == Money(WEEK_PRICE, "EUR")
    receipt = 4
    wish = RefundWish(
        receipt=receipt,
        money=Money(WEEK_PRICE, "EUR"),
        route=RefundRoute.MANUAL,
        reason="wish",
    )
    await shop.run(begin_refund, wish, STAFF, policy=shop.policy, now=shop.now)
    assert await shop.pay(second) is Outcome.TO_WALLET
    assert await shop.pay(first) is Outcome.SETTLED
