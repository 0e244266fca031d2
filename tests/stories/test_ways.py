"""The owner says which ways show: in this order, for these countries, under these names."""

import asyncio

import pytest
from pydantic import SecretStr

from bot.assemble import KNOWN
from shop.catalog.changes import apply_catalog
from shop.owner_file import read_catalog
from tests.fixtures.forging import TELEGRAM_SECRET, forge
from tests.fixtures.kiosk import Kiosk, Person
from tests.fixtures.process import CATALOG
from tests.stories.conftest import OpenKiosk

WAYS = """
[[way]]
provider = "transfer"
countries = ["DE", "AT"]
name = "Bank, quick and free"

[[way]]
provider = "sandbox_crypto"

[[way]]
provider = "sandbox_card"
not_plans = ["solo"]
"""


async def ways_of(person: Person) -> list[str]:
    """The ways on the newest screen, by their data."""
    await person.button("pay:")
    rows = (await person.chat.messages())[-1]["reply_markup"]["inline_keyboard"]
    data = (str(one.get("callback_data")) for row in rows for one in row)
    return [one.split(":")[2] for one in data if one.startswith("pay:")]


async def apply(kiosk: Kiosk, text: str) -> None:
    catalog = read_catalog(f"{CATALOG}\n{text}", name="mine.toml", known=KNOWN)
    await kiosk.parts.storage.run(apply_catalog, catalog, now=kiosk.clock.now())
    await asyncio.sleep(0.2)  # the clock looks every 20 ms here


async def test_ways_follow_the_country_and_the_plan(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(transfer_details="IBAN: DE02 1203")
    anna = kiosk.person(1001)
    await anna.say("/start plan_solo")
    await anna.tap("ways:")
    assert await ways_of(anna) == ["stars", "transfer", "sandbox_card", "sandbox_crypto"]

    await apply(kiosk, WAYS)
    await anna.say("/start plan_solo")
    await anna.tap("ways:")
    await anna.sees("Where do you live?")
    await anna.tap("country:", ":DE")
    assert await ways_of(anna) == ["transfer", "sandbox_crypto"]
    bank = await anna.button("pay:", "transfer")
    assert bank["text"].startswith("Bank, quick and free")

    await anna.tap("country:")
    await anna.tap("country:", ":ZZ")
    assert await ways_of(anna) == ["sandbox_crypto"]
    await anna.say("/start plan_duo")
    await anna.sees("From stock.")
    await anna.tap("ways:")
    assert await ways_of(anna) == ["sandbox_crypto", "sandbox_card"]


async def test_a_button_of_a_way_that_shows_no_more_is_explained(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk()
    anna = kiosk.person(1001)
    await anna.say("/start plan_solo")
    await anna.tap("ways:")
    await apply(kiosk, '[[way]]\nprovider = "sandbox_crypto"')
    tapped = await anna.tap("pay:", "sandbox_card")
    assert "closed just now" in str(tapped.toast)
    assert await ways_of(anna) == ["sandbox_crypto"]
    assert kiosk.tables.one("SELECT COUNT(*) FROM payments") == 0


@pytest.mark.parametrize("rules", ["", WAYS])
async def test_what_is_not_offered_is_not_taken_from_a_forged_button_either(
    open_kiosk: OpenKiosk, rules: str
) -> None:
    kiosk = await open_kiosk(
        transfer_details="IBAN: DE02 1203", telegram_webhook_secret=SecretStr(TELEGRAM_SECRET)
    )
    await apply(kiosk, rules)
    anna = kiosk.person(1001)
    await anna.say("/start plan_solo")
    shown = await anna.button("ways:")
    prices = kiosk.tables.rows(
        "SELECT p.id, p.currency, g.slug FROM prices AS p"
        " INNER JOIN products AS g ON g.id = p.product_id"
    )
    ways = ("stars", "transfer", "sandbox_card", "sandbox_crypto", "wallet")
    for price, _currency, _slug in prices:
        for way in ways:
            for saves in ("", ":save"):
                data = f"pay:{price}:{way}{saves}"
                await forge(kiosk, anna, data, message_id=shown["message_id"])
    await kiosk.quiet()

    taken = kiosk.tables.rows(
        "SELECT DISTINCT p.provider, p.currency, g.slug FROM payments AS p"
        " INNER JOIN order_lines AS l ON l.order_id = p.order_id"
        " INNER JOIN products AS g ON g.id = l.product_id"
    )
    right = {
        (way, currency, slug)
        for _, currency, slug in prices
        for way in ("stars", "transfer", "sandbox_card", "sandbox_crypto")
        if (way == "stars") == (currency == "XTR")
        # Nobody said yet where they live, and the owner's rules name neither Stars nor the card.
        if not rules or (way == "sandbox_crypto" or (way == "sandbox_card" and slug != "solo"))
    }
    assert set(taken) == right
    assert kiosk.tables.one("SELECT COUNT(*) FROM consents") == 0, "no card is kept in this shop"
    assert kiosk.tables.one("SELECT COUNT(*) FROM inbox WHERE state = 'stuck'") == 0
