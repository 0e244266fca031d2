"""What both sides read when money is not exactly what was asked: a sentence each."""

import pytest

from preview.client import Chat, text_of
from shop.core.money import Money
from shop.ledger.receiving import ReceiptPolicy, Tolerance
from shop.orders.orders import expire_orders
from shop.ports import Happening, ReturnedRefund
from tests.fixtures.chat import STAFF, House

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
    policies.current = policies.current.choosing(LENIENT)
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


async def given_back_and_returned(house: House, anna: Chat) -> Chat:
    await at_the_pay_screen(anna)
    await house.arrive(Money(799, EUR))
    await house.arrive(Money(799, EUR), happening=Happening.REFUNDED)
    await house.arrive(
        Money(799, EUR),
        happening=Happening.REFUND_RETURNED,
        detail=ReturnedRefund(refund_ref="re_1", reason="lost_or_stolen_card"),
    )
    return house.preview.chat(STAFF)


async def test_a_refund_that_a_bank_returned_is_explained_and_ends_in_the_wallet(
    house: House, anna: Chat
) -> None:
    olga = await given_back_and_returned(house, anna)
    await anna.wait_for("Your bank did not take the €7.99 that we sent back for Solo.")
    assert await last_words(house) == (
        "🔴 €7.99 that went back to Anna <b> for Solo came back: the bank did not take it.\n"
        "lost_or_stolen_card\n"
        "It lies at Card (sandbox) again and still belongs to the customer. Ask them where else "
        "it may go."
    )
    await olga.press("Pay it back")
    await olga.wait_for("A bank returned this money, so it lies at Card (sandbox) again.")
    await olga.press("Into the customer’s wallet")
    await olga.wait_for("into the wallet, after a bank had returned it")
    await anna.wait_for("We put €7.99 for Solo into your wallet here.")
    await anna.send("/account")
    await anna.wait_for("was put into your wallet")


async def test_a_refund_that_a_bank_returned_is_paid_another_way_and_told_by_name(
    house: House, anna: Chat
) -> None:
    olga = await given_back_and_returned(house, anna)
    await olga.press("Pay it back")
    await olga.wait_for("A bank returned this money")
    await olga.press("I have paid it back")
    await anna.wait_for("goes back to you")
    await olga.send("/find Anna")
    assert "by Olga" in text_of(await olga.wait_for("What staff did"))


async def test_of_a_part_receipt_all_of_it_and_all_of_its_order_are_two_buttons(
    house: House, anna: Chat
) -> None:
    await at_the_pay_screen(anna)
    await house.arrive(Money(500, EUR))
    await anna.wait_for("€2.99 is still missing")
    await anna.press("Pay the remaining €2.99")
    await anna.wait_for("Still to pay: €2.99 of €7.99")
    await anna.press("Card (sandbox) · €2.99")
    await anna.wait_for("The price is kept")
    await house.arrive(Money(299, EUR), receipt="r2")
    await anna.wait_for("Payment received")
    olga = house.preview.chat(STAFF)
    await olga.send("/refund 2 2.99")
    await olga.wait_for("How shall")
    await olga.press("← Back")
    shown = await olga.wait_for("Another amount")
    taps = [key["text"] for row in shown["reply_markup"]["inline_keyboard"] for key in row]
    assert "All: €2.99" in taps
    assert "The whole order, into the wallet: €7.99" in taps
    await olga.press("The whole order, into the wallet: €7.99")
    await olga.wait_for("Why?")
