"""Amounts of money in a catalog file: text, never a fraction that a computer rounds."""

from typing import Any

from shop.core.currencies import CURRENCIES, exponent_of, sample_amount
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.core.sums import sum_of
from shop.owner_file.page import Table, meant

_MOST_MINOR = 10**12


def amounts_by_currency(table: Table, words: str, amounts: object) -> tuple[Money, ...]:
    """The amounts under the key `words`, one for each currency: `{ EUR = "7.99" }`."""
    if not isinstance(amounts, dict):
        table.refuse(words, f'{words!r} needs an amount by currency: {{ EUR = "7.99" }}.')
        return ()
    found = [_amount(table, words, currency, value) for currency, value in amounts.items()]
    return tuple(money for money in found if money is not None)


def _amount(table: Table, words: str, currency: str, value: Any) -> Money | None:  # noqa: ANN401
    def refuse(reason: str) -> None:
        table.page.refuse((*table.path, words, currency), reason)

    if currency not in CURRENCIES:
        refuse(f"{currency!r} is not a currency such as EUR.{meant(currency, CURRENCIES)}")
        return None
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if not (isinstance(value, str) or (is_whole and not exponent_of(currency))):
        sample = sample_amount(currency)
        refuse(f'write amounts as text: {currency} = "{sample}", not {currency} = {value}.')
        return None
    try:
        money = sum_of(str(value), currency)
    except BadInputError as error:
        refuse(error.sentence)
        return None
    if 0 < money.minor <= _MOST_MINOR:
        return money
    refuse(f"an amount must be more than nothing and sensible; this is {value} {currency}.")
    return None
