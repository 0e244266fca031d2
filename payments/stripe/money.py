"""Converts amounts to Stripe's, which differ from ISO 4217 for three currencies.

Source: https://docs.stripe.com/currencies (presentment currencies, special cases)
"""

from collections.abc import Mapping
from decimal import Decimal

from payments import fields
from shop.core.currencies import CURRENCIES as KNOWN
from shop.core.currencies import exponent_of
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.ports import Limits, RequestRefusedError

_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF
CHF CLP CNY COP CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD
HNL HTG HUF IDR ILS INR ISK JMD JPY KES KGS KHR KMF KRW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA
MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN PYG QAR
RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH UGX
USD UYU UZS VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW
"""
CURRENCIES = frozenset(_CODES.split())
"""Currencies Stripe can charge; which of them a shop may use depends on its country."""

_LEAST = """
USD 50 AED 200 AUD 50 BGN 100 BRL 50 CAD 50 CHF 50 CZK 1500 DKK 250 EUR 50 GBP 30 HKD 400 HUF 17500
INR 50 JPY 50 MXN 1000 MYR 200 NOK 300 NZD 50 PLN 200 RON 200 SEK 300 SGD 50 THB 1000
"""
"""Stripe's least charge, in its own minor units; others are learned when it refuses one.

Where Stripe settles in another currency, it asks for the equivalent of that one's least. Source:
https://docs.stripe.com/currencies (minimum and maximum charge amounts)
"""
_MOST = 99_999_999  # eight digits

EXPONENTS = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Decimal digits, where Stripe's differ from ISO 4217's.

The króna and the Ugandan shilling have no minor unit, but Stripe writes two digits; the ariary
has one, which Stripe omits. The forint and the Taiwan dollar are special only in payouts.
"""


def to_stripe(money: Money) -> int:
    """Convert money to `unit_amount`; `RequestRefusedError` when Stripe cannot express it."""
    amount = Decimal(money.minor).scaleb(_shift(money.currency))
    if amount != amount.to_integral_value():
        raise RequestRefusedError(reason=f"it takes no fractions of {money.currency}")
    return int(amount)


def from_stripe(amount: int, currency: str) -> Money:
    """Read `amount_total` and the like; `currency` in any case."""
    code = currency.upper()
    if code not in EXPONENTS:
        return Money(amount, code)
    minor = Decimal(amount).scaleb(-_shift(code))
    if minor != minor.to_integral_value():
        raise BadInputError(reason=f"{amount} is no amount of {code}.")
    return Money(fields.minor_units(int(minor)), code)


def _shift(currency: str) -> int:
    own = exponent_of(currency)
    return EXPONENTS.get(currency, own) - own


def _limits() -> dict[str, Limits]:
    words = _LEAST.split()
    least = dict(zip(words[::2], map(int, words[1::2]), strict=True))
    return {
        code: Limits(least=least.get(code, 1), most=int(Decimal(_MOST).scaleb(-_shift(code))))
        for code in CURRENCIES
        if code in KNOWN
    }


LIMITS: Mapping[str, Limits] = _limits()
"""What one charge may be, by currency, in minor units of ISO 4217."""
