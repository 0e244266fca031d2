"""What people write for a sum, and what it may mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.currencies import CURRENCIES
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.core.sums import readings_of, sum_of

TABLE = {
    ("7.99", "EUR"): [799],
    ("7,99", "EUR"): [799],
    (" 7.99 ", "EUR"): [799],
    ("4.5", "EUR"): [450],
    ("799", "EUR"): [79900],
    ("0", "EUR"): [0],
    ("0.00", "EUR"): [0],
    ("0,00", "EUR"): [0],
    ("00", "EUR"): [0],
    ("0.50", "EUR"): [50],
    ("007", "EUR"): [700],
    ("1,000", "EUR"): [100000, 100],
    ("1.000", "EUR"): [100000, 100],
    ("1,234", "EUR"): [123400],
    ("0,500", "EUR"): [50],
    ("1.234,56", "EUR"): [123456],
    ("1,234.56", "EUR"): [123456],
    ("1.234.567", "EUR"): [123456700],
    ("1 234,56", "EUR"): [123456],
    ("1\u202f234,56", "EUR"): [123456],
    ("1'234.50", "CHF"): [123450],
    ("7.990", "EUR"): [799000, 799],
    ("450", "XTR"): [450],
    ("1,000", "XTR"): [1000, 1],
    ("450.00", "XTR"): [450],
    ("7.999", "EUR"): [799900],
    ("7.990", "KWD"): [7990],
    ("7,990", "KWD"): [7990, 7990000],
    ("1.234,500", "KWD"): [1234500],
    ("\u0667\u066b\u0669\u0669", "EUR"): [799],
    ("\uff17.\uff19\uff19", "EUR"): [799],
}
NONSENSE = [
    "",
    " ",
    "-0",
    "-1",
    "+1",
    "1e3",
    "0x10",
    "NaN",
    "7.9.9",
    "7,,99",
    "1.234.56",
    "12.34,567.8",
    "1,23,456",
    "€7",
    "7 99",
    "seven",
    ".",
    ",5",
    "5,",
    "½",
    "1" * 20,
    "9" * 5000,
]


@pytest.mark.parametrize(("text", "currency"), TABLE)
def test_a_sum_is_read_as_it_may_be_meant(text: str, currency: str) -> None:
    minors = [one.minor for one in readings_of(text, currency)]
    assert minors == TABLE[text, currency]


@pytest.mark.parametrize("text", NONSENSE)
def test_what_is_no_sum_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(BadInputError, match=r"is not an amount in EUR such as \"7.99\"\.$"):
        readings_of(text, "EUR")


def test_where_one_meaning_is_needed_both_are_named() -> None:
    assert sum_of("7,99", "EUR") == Money(799, "EUR")
    with pytest.raises(BadInputError, match=r"'1,000' may mean 1000.00 or 1.00 EUR"):
        sum_of("1,000", "EUR")
    with pytest.raises(BadInputError, match=r"'7.999' may mean 7999.00 EUR: write it like that"):
        sum_of("7.999", "EUR")
    assert sum_of("7.990", "KWD") == Money(7990, "KWD")


@given(st.integers(0, 10**12), st.sampled_from(sorted(CURRENCIES)))
def test_what_the_shop_writes_is_among_what_it_reads(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert money in readings_of(f"{money.decimal():f}", currency)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = readings_of(text, "EUR")
    except BadInputError:
        return
    assert 1 <= len(found) <= 2
    assert all(one.minor >= 0 for one in found)
