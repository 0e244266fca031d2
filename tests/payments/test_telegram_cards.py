"""What is alone of cards inside Telegram: the provider's token, minor units, both charge ids."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shop.core.currencies import exponent_of
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.ports import EndpointClosedError, Happening, ProviderError
from tests.fixtures.rigs import NOW, CardsRig, hear, request_of, rig_of
from tests.standins.star_bot import PROVIDER_TOKEN


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[CardsRig]:
    async with rig_of("telegram_cards", tmp_path) as made:
        yield made


def test_cards_have_no_webhook(rig: CardsRig) -> None:
    with pytest.raises(EndpointClosedError):
        rig.provider.read_webhook({}, b"{}", now=NOW)


@pytest.mark.parametrize(("currency", "minor"), [("EUR", 799), ("JPY", 1200), ("KWD", 2450)])
async def test_an_amount_stays_in_the_minor_units_of_its_currency(
    rig: CardsRig, currency: str, minor: int
) -> None:
    page = await rig.provider.create(request_of(rig, amount=Money(minor, currency)))
    invoice = rig.server.invoices["pay_1"]
    assert (invoice["currency"], invoice["prices"][0]["amount"]) == (currency, minor)
    assert invoice["provider_token"] == PROVIDER_TOKEN
    [event] = hear(rig, await rig.pay(page))
    assert event.money == Money(minor, currency)


async def test_the_charge_is_known_by_telegrams_name_and_by_the_providers(rig: CardsRig) -> None:
    [event] = hear(rig, await rig.pay(await rig.provider.create(request_of(rig))))
    assert event.receipt_id == "card_00000002"
    assert event.for_staff == {"provider_charge": "ch_card_00000002"}
    assert event.happening is Happening.RECEIVED


async def test_stars_are_left_to_stars(rig: CardsRig) -> None:
    update = json.loads((await rig.pay(await rig.provider.create(request_of(rig)))).body)
    update["message"]["successful_payment"]["currency"] = "XTR"
    assert rig.provider.read_update(update) is None  # type: ignore[attr-defined]


@pytest.mark.parametrize("currency", ["eur", "EURO", "E", 7, None])
async def test_a_currency_that_is_none_is_refused(rig: CardsRig, currency: object) -> None:
    update = json.loads((await rig.pay(await rig.provider.create(request_of(rig)))).body)
    update["message"]["successful_payment"]["currency"] = currency
    with pytest.raises(BadInputError):
        rig.provider.read_update(update)  # type: ignore[attr-defined]


async def test_a_token_telegram_does_not_know_is_told_by_the_doctor(rig: CardsRig) -> None:
    with pytest.raises(ProviderError, match="PAYMENT_PROVIDER_INVALID"):
        await rig.with_token("another").check()


def test_digital_money_is_not_for_cards(rig: CardsRig) -> None:
    assert rig.provider.currencies
    assert not {"XTR", "USDC", "USDT"} & rig.provider.currencies


# `exp` of https://core.telegram.org/bots/payments/currencies.json where it is not 2, and of those
# that other providers or Babel count otherwise.
TELEGRAM_DIGITS = {
    **dict.fromkeys(["CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND"], 0),
    **dict.fromkeys(["BHD", "IQD", "JOD"], 3),
    **dict.fromkeys(["AFN", "ALL", "COP", "HUF", "IDR", "IRR", "LBP", "MMK", "TWD"], 2),
}


@pytest.mark.parametrize(("currency", "digits"), TELEGRAM_DIGITS.items())
def test_telegram_counts_as_iso_4217_does(currency: str, digits: int) -> None:
    assert exponent_of(currency) == digits
