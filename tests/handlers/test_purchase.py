from preview.client import Chat, text_of
from shop.core.money import Money
from tests.fixtures.chat import House


async def test_a_stranger_becomes_a_subscriber(house: House, anna: Chat) -> None:
    await anna.send("/start")
    hello = await anna.wait_for("Welcome to Northlight TV")
    assert "Hello Anna <b>!" in hello["text"]
    await anna.press("See the plans")
    await anna.wait_for("Our plans")
    await anna.press("Solo · from €7.99")
    await anna.wait_for("On 1 screen at a time")
    await anna.press("3 months · €21.99 · save 8%")
    await anna.wait_for("How would you like to pay?")
    await anna.press("Card (sandbox) · €21.99")
    page = await anna.wait_for("Paid today, it lasts until February 2, 2027.")
    assert page["message_id"] == hello["message_id"]
    await house.arrive(Money(2199, "EUR"))
    texts = [text_of(one) for one in await anna.messages()]
    assert texts[-4].startswith("✅ Solo, 3 months: paid.")
    assert "Payment received" in texts[-3]
    assert "user1" in texts[-2]
    assert texts[-1] == "Or scan this: it holds the address."
