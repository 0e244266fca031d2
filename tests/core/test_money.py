from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.currencies import exponent_of
from shop.core.errors import BadInputError
from shop.core.money import CurrencyMismatchError, Money, round_minor, split

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


@pytest.mark.parametrize(
    ("text", "currency", "sentence"),
    [
        ("seven", "EUR", "'seven' is not an amount such as 7.99."),
        ("NaN", "EUR", "'NaN' is not an amount such as 7.99."),
        ("7.999", "EUR", "7.999 has more than 2 decimals for EUR."),
        ("7.5", "JPY", "7.5 has more than 0 decimals for JPY."),
    ],
)
def test_what_is_refused_is_named_with_why(text: str, currency: str, sentence: str) -> None:
    with pytest.raises(BadInputError) as caught:
        Money.parse(text, currency)
    assert caught.value.sentence == sentence


@pytest.mark.parametrize("sign", [1, -1])
def test_an_amount_is_read_up_to_what_the_books_hold(sign: int) -> None:
    most = sign * 2**62
    assert Money.parse(str(most), "JPY") == Money(most, "JPY")
    with pytest.raises(BadInputError):
        Money.parse(str(most + sign), "JPY")


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
    assert money.is_zero == (money.minor == 0)


def test_amounts_of_two_currencies_never_meet() -> None:
    one, two = Money(1, "EUR"), Money(1, "USD")
    assert one != two
    for mix in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__):
        with pytest.raises(CurrencyMismatchError):
            mix(one, two)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("365.125", "EUR", "365.13"),
        ("-13.775", "EUR", "-13.78"),
        ("0.005", "EUR", "0.01"),
        ("-0.005", "EUR", "-0.01"),
        ("0.015", "EUR", "0.02"),
        ("0.025", "EUR", "0.03"),
        ("-0.025", "EUR", "-0.03"),
        ("0.0249999999999999999999999", "EUR", "0.02"),
        ("-0.0250000000000000000000001", "EUR", "-0.03"),
        ("0.004", "EUR", "0.00"),
        ("-0.004", "EUR", "0.00"),
        ("7.99", "EUR", "7.99"),
        ("0.5", "JPY", "1"),
        ("-0.5", "JPY", "-1"),
        ("2.5", "JPY", "3"),
        ("-2.5", "XTR", "-3"),
        ("2.49", "XTR", "2"),
        ("1e20", "XTR", "100000000000000000000"),
        ("7.9905", "KWD", "7.991"),
        ("7.9905", "HUF", "7.99"),
        ("-7.9905", "KWD", "-7.991"),
        ("7.99049", "KWD", "7.990"),
        ("0.0005", "BHD", "0.001"),
        ("0.00005", "CLF", "0.0001"),
    ],
)
def test_a_half_is_rounded_away_from_zero_in_the_minor_unit_of_its_currency(
    amount: str, currency: str, rounded: str
) -> None:
    minor = round_minor(Decimal(amount).scaleb(exponent_of(currency)))
    assert f"{Money(minor, currency).decimal():f}" == rounded


fractions = st.decimals(-(10**12), 10**12, places=4)


@given(fractions)
def test_rounding_moves_an_amount_by_half_a_unit_at_most_and_a_half_outwards(
    amount: Decimal,
) -> None:
    moved = round_minor(amount) - amount
    assert abs(moved) <= Decimal("0.5")
    if abs(moved) == Decimal("0.5"):
        assert abs(round_minor(amount)) > abs(amount)


@given(st.integers(-(10**15), 10**15))
def test_every_half_goes_to_the_unit_further_from_zero(whole: int) -> None:
    half = Decimal(whole) + Decimal("0.5")
    assert round_minor(half) == (whole + 1 if whole >= 0 else whole)


@given(fractions, fractions)
def test_rounding_knows_no_sign_and_keeps_the_order(one: Decimal, other: Decimal) -> None:
    assert round_minor(-one) == -round_minor(one)
    assert (one <= other) <= (round_minor(one) <= round_minor(other))


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
    assert [one.minor for one in split(Money(7, "EUR"), [0, 1])] == [0, 7]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [2, -1]])
def test_weights_that_make_no_sense_are_refused(weights: list[int]) -> None:
    with pytest.raises(BadInputError):
        split(Money(100, "EUR"), weights)
