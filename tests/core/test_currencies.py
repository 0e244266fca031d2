"""Currencies are counted as ISO 4217 has it; they and countries are named as Babel has it."""

import re

import iso4217
import pytest
from babel import Locale

from locales import languages
from payments import cryptopay
from payments.stripe import money as stripe_money
from shop.core.currencies import (
    CURRENCIES,
    EXPONENTS,
    UnknownCurrencyError,
    exponent_of,
    sample_amount,
)
from shop.core.money import Money
from shop.customers.countries import COUNTRIES, ELSEWHERE

COUNTED = {one.code: one.exponent for one in iso4217.Currency if one.exponent is not None}
METALS_AND_THE_LIKE = {one.code for one in iso4217.Currency if one.exponent is None}
# What Babel names with two letters and ISO 3166-1 has no country for.
_NO_COUNTRIES = "AC CP CQ DG EA EU EZ IC QO TA UN XA XB"
NO_COUNTRIES = {*_NO_COUNTRIES.split(), ELSEWHERE}


@pytest.mark.parametrize(("currency", "digits"), sorted(COUNTED.items()))
def test_every_active_currency_of_iso_4217_has_its_digits(currency: str, digits: int) -> None:
    assert exponent_of(currency) == digits


def test_only_stars_coins_and_withdrawn_money_are_counted_without_iso_4217() -> None:
    ours = {"XTR": 0, "USDC": 2, "USDT": 2}
    withdrawn = dict.fromkeys(("ANG", "BGN", "HRK", "STD"), 2)
    assert {
        code: digits for code, digits in EXPONENTS.items() if code not in COUNTED
    } == ours | withdrawn
    assert not withdrawn.keys() & CURRENCIES


@pytest.mark.parametrize("currency", [*sorted(METALS_AND_THE_LIKE), "ABC", "eur", "EURO", ""])
def test_what_has_no_minor_unit_is_refused_in_a_sentence(currency: str) -> None:
    said = f"{currency!r} is not a currency such as EUR that this shop can count."
    for attempt in (
        lambda: exponent_of(currency),
        lambda: Money(1, currency),
        lambda: Money.parse("1", currency),
    ):
        with pytest.raises(UnknownCurrencyError) as caught:
            attempt()
        assert caught.value.sentence == said


def test_what_a_provider_takes_can_be_counted() -> None:
    named = stripe_money.CURRENCIES | cryptopay.CURRENCIES
    assert named <= EXPONENTS.keys()


def test_the_amount_shown_as_a_sample_is_right_for_each_currency() -> None:
    assert all(Money.parse(sample_amount(currency), currency) for currency in CURRENCIES)


@pytest.mark.parametrize("language", languages())
def test_every_country_has_a_name_in_every_language_of_the_shop(language: str) -> None:
    named = Locale.parse(language).territories
    assert {code for code in COUNTRIES if named.get(code, code) == code} == set()


def test_every_country_that_babel_names_may_be_named_here() -> None:
    named = {code for code in map(str, Locale("en").territories) if re.fullmatch("[A-Z]{2}", code)}
    assert named - NO_COUNTRIES == COUNTRIES


def test_every_national_currency_has_a_name() -> None:
    named = Locale("en").currencies
    assert {code for code in CURRENCIES if code not in named} == {"XTR", "USDC", "USDT"}
