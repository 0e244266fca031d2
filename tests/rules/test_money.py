from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.errors import BadInputError
from shop.core.money import CurrencyMismatchError, Money, exponent_of, round_minor, split

currencies = st.sampled_from(["EUR", "XTR", "JPY", "KWD", "USDC"])
amounts = st.builds(Money, st.integers(-(10**15), 10**15), currencies)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("7.99", "EUR", 799),
        ("7.9", "EUR", 790),
        ("7", "EUR", 700),
        ("7.990", "EUR", 799),
        ("-7.99", "EUR", -799),
        ("450", "XTR", 450),
        ("7.990", "KWD", 7990),
        ("0.01", "USDC", 1),
        ("0", "EUR", 0),
    ],
)
def test_an_amount_is_read_exactly(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("7.999", "EUR"),
        ("450.5", "XTR"),
        ("7.990000000000000000000000000001", "EUR"),
        ("7." + "0" * 80 + "1", "EUR"),
        ("1e-999999", "EUR"),
        ("1e30", "EUR"),
        ("9" * 60, "EUR"),
        ("", "EUR"),
        ("seven", "EUR"),
        ("7,99", "EUR"),
        ("NaN", "EUR"),
        ("sNaN", "EUR"),
        ("Infinity", "EUR"),
        ("7", "eur"),
        ("7", "EU"),
        ("7", "EUROPA"),
        ("7", "€UR"),
        ("7", ""),
    ],
)
def test_what_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(BadInputError):
        Money.parse(text, currency)


@given(st.text(), st.text(max_size=5) | currencies)
def test_any_text_is_an_amount_or_refused(text: str, currency: str) -> None:
    with suppress(BadInputError):
        assert Money.parse(text, currency).currency == currency


@given(amounts)
def test_what_is_written_is_read_back(money: Money) -> None:
    assert Money.parse(str(money.decimal()), money.currency) == money
    assert str(money) == f"{money.decimal():f} {money.currency}"


@given(amounts, st.integers(-(10**15), 10**15))
def test_adding_and_taking_away_cancel_out(money: Money, minor: int) -> None:
    other = Money(minor, money.currency)
    assert money + other - other == money
    assert money + -money == Money.zero(money.currency)
    assert (money < other) == (money.minor < minor)
    assert (money <= other) == (money.minor <= minor)
    assert bool(money) == (money.minor != 0)


def test_amounts_of_two_currencies_never_meet() -> None:
    one, two = Money(1, "EUR"), Money(1, "USD")
    assert one != two
    for mix in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__):
        with pytest.raises(CurrencyMismatchError):
            mix(one, two)


@pytest.mark.parametrize(
    ("amount", "minor"),
    [("0.5", 0), ("1.5", 2), ("2.5", 2), ("-0.5", 0), ("-1.5", -2), ("2.51", 3), ("1e20", 10**20)],
)
def test_halves_are_rounded_to_even(amount: str, minor: int) -> None:
    assert round_minor(Decimal(amount)) == minor


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("XTR", 0), ("JPY", 0), ("BHD", 3)])
def test_currencies_have_their_own_digits(currency: str, digits: int) -> None:
    assert exponent_of(currency) == digits


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any))
def test_shares_sum_to_the_total_and_are_fair_to_a_minor_unit(
    total: Money, weights: list[int]
) -> None:
    shares = split(total, weights)
    assert sum(share.minor for share in shares) == total.minor
    for share, weight in zip(shares, weights, strict=True):
        exact = total.minor * weight
        assert abs(share.minor * sum(weights) - exact) < sum(weights)


def test_the_largest_remainder_gets_the_odd_cent() -> None:
    assert [one.minor for one in split(Money(100, "EUR"), [1, 1, 1])] == [34, 33, 33]
    assert [one.minor for one in split(Money(10, "EUR"), [1, 2, 4])] == [1, 3, 6]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [2, -1]])
def test_weights_that_make_no_sense_are_refused(weights: list[int]) -> None:
    with pytest.raises(BadInputError):
        split(Money(100, "EUR"), weights)
