"""The currencies the shop can count, their minor units, and which of them a price may be in.

The table is ISO 4217's, written out: Babel's digits are what people print, not what banks count
(it has no fillér for HUF and no fils for IQD). Names of currencies and countries are Babel's.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shop.core.errors import BadInputError

STARS = "XTR"

_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_HUNDREDTHS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT
MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB
SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
# Coins are priced like the dollar they stand for, in cents, however finely a chain divides them.
_NOT_ISO = {STARS: 0, "USDC": 2, "USDT": 2}

# Units of account and of funds, and money withdrawn of late: nobody's price is in them, but a
# provider may name one, and then it is counted rightly.
_FUNDS = {
    **dict.fromkeys(["BOV", "CHE", "CHW", "COU", "MXV", "USN", "XAD"], 2),
    "UYI": 0,
    "CLF": 4,
    "UYW": 4,
}
_WITHDRAWN = {"ANG": 2, "BGN": 2, "HRK": 2, "STD": 2}

_PRICED: Final = {
    **dict.fromkeys(_WHOLE.split(), 0),
    **dict.fromkeys(_HUNDREDTHS.split(), 2),
    **dict.fromkeys(_THOUSANDTHS.split(), 3),
    **_NOT_ISO,
}
CURRENCIES: Final = frozenset(_PRICED)
"""What a price may be in, so that a slip of the pen is found at once."""
EXPONENTS: Final[Mapping[str, int]] = MappingProxyType(_PRICED | _FUNDS | _WITHDRAWN)
"""Digits after the decimal point, for every currency of which there can be money here."""


class UnknownCurrencyError(BadInputError):
    """{currency!r} is not a currency such as EUR that this shop can count."""

    def __init__(self, currency: str) -> None:
        """Name what stood in its place."""
        super().__init__(currency=currency)


def exponent_of(currency: str) -> int:
    """Digits after the decimal point in this currency's amounts; never a guess."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise UnknownCurrencyError(currency) from None


def sample_amount(currency: str) -> str:
    """An amount as an owner writes it in this currency: `7.99`, `450`, `7.990`."""
    digits = exponent_of(currency)
    return f"7.{'990'[:digits]}" if digits else "450"
