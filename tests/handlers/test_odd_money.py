"""What both sides read when money is not exactly what was asked: a sentence each."""

from dataclasses import replace

import pytest

from preview.client import Chat, text_of
from shop.checkout import expire_orders
from shop.rules.money import Money
from shop.rules.receiving import ReceiptPolicy, Tolerance
from tests.handlers.house import STAFF, House

LENIENT = ReceiptPolicy(tolerance={"EUR": Tolerance(minor=20)})
EUR = "EUR"

# what came for €7.99, to the customer, to staff
CASES = {
    "exact": (
        Money(799, EUR),
        "Paid: €7.99",
        "💰 Anna <b> paid €7.99 for Solo, 1 month.",
    ),
    "a little short": (
        Money(780, EUR),
        "That was €0.19 less than the price. We let that be.",
        (
            "💰 Anna <b> paid €7.80 for Solo, 1 month.\n"
            "That was €0.19 less than the price, within your tolerance."
        ),
    ),
    "too short": (
        Money(778, EUR),
        (
            "€7.78 arrived for Solo; €0.21 is still missing. Nothing is lost: pay the rest, "
            "and it begins."
        ),
        (
            "⚠️ €7.78 from Anna <b> by Card (sandbox): too little.\n"
            "Solo, 1 month costs €7.99. The money is in the wallet."
        ),
    ),
    "more": (
        Money(1000, EUR),
        "That was €2.01 more than the price. We keep it for you: /wallet",
        (
            "💰 Anna <b> paid €10.00 for Solo, 1 month.\n"
            "That was €2.01 more than the price; it is in the wallet."
        ),
    ),
    "another currency": (
        Money(799, "USD"),
        "$7.99 arrived, but Solo was to be paid in EUR. We keep it for you.",
        (
            "⚠️ $7.99 from Anna <b> by Card (sandbox): wrong currency.\n"
            "Solo, 1 month costs €7.99. The money is in the wallet."
        ),
    ),
}


async def at_the_pay_screen(anna: Chat) -> None:
    await anna.send("/start plan_solo")
    await anna.wait_for("On 1 screen")
    await anna.press("1 month · €7.99")
    await anna.press("Card (sandbox) · €7.99")
    await anna.wait_for("The price is kept")


@pytest.fixture(autouse=True)
async def olga(house: House) -> Chat:
    """Staff whose chat is open: the bot may write to them."""
    chat = house.preview.chat(STAFF)
    await chat.send("/admin")
    await chat.wait_for("The shop today")
    return chat


async def last_words(house: House) -> str:
    return text_of(await house.preview.chat(STAFF).last())


@pytest.mark.parametrize(("money", "to_customer", "to_staff"), CASES.values(), ids=CASES)
async def test_both_sides_are_told_what_happened(
    house: House, anna: Chat, money: Money, to_customer: str, to_staff: str
) -> None:
    policies = house.counter.policies
    policies.current = replace(policies.current, receipts=LENIENT)
    await at_the_pay_screen(anna)
    await house.arrive(money)
    said = [text_of(one) for one in await anna.messages()]
    assert any(to_customer in one for one in said), said
    assert await last_words(house) == to_staff


async def test_both_sides_are_told_of_money_that_came_twice(house: House, anna: Chat) -> None:
    await at_the_pay_screen(anna)
    await house.arrive(Money(799, EUR))
    await house.arrive(Money(799, EUR), receipt="r2")
    await anna.wait_for("You have paid for Solo already, so we keep the second €7.99 for you.")
    assert (await last_words(house)).startswith("⚠️ €7.99 from Anna <b> by Card (sandbox): paid")


@pytest.mark.parametrize(
    ("days", "to_customer", "to_staff"),
    [
        (
            2,
            "It came late, and we kept the old price for you.",
            "💰 Anna <b> paid €7.99 for Solo, 1 month.\nIt came late; the old price still held.",
        ),
        (
            5,
            "€7.99 for Solo arrived after its price had run out. We keep it for you.",
            (
                "⚠️ €7.99 from Anna <b> by Card (sandbox): late.\n"
                "Solo, 1 month costs €7.99. The money is in the wallet."
            ),
        ),
    ],
)
async def test_both_sides_are_told_of_late_money(
    house: House, anna: Chat, days: int, to_customer: str, to_staff: str
) -> None:
    await at_the_pay_screen(anna)
    house.clock.move(days=days)
    await house.storage.run(expire_orders, clock=house.clock)
    await house.arrive(Money(799, EUR))
    said = [text_of(one) for one in await anna.messages()]
    assert any(to_customer in one for one in said), said
    assert await last_words(house) == to_staff
