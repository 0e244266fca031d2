"""Sums as people write them: `7.99`, `7,99`, `1.234,56`; what may mean two things, does."""

import re
from unicodedata import decimal

from shop.core.currencies import exponent_of, sample_amount
from shop.core.errors import BadInputError
from shop.core.money import Money

_GROUP = 3  # digits between two thousands separators
_MOST_MINOR = 10**16  # what is too much for its purpose, its caller says
_LONGEST = 30
_AS_WE_WRITE = re.compile(r"\d+\.\d{3}")
_LONE_GROUP = re.compile(r"\d{1,3}[.,]\d{3}")  # 7.999 is 7999.00, or one digit too many
_SPACES = re.compile(r"(?<=\d)[\s\u00a0\u202f'’](?=\d{3}(?!\d))")
_FORM = re.compile(r"\d+(?:[.,]\d+)*")
_SEPARATORS = {"\u066b": ".", "\u066c": ","}  # of Arabic numbers


def readings_of(text: str, currency: str) -> tuple[Money, ...]:
    """What this text may mean, the likeliest first; never nothing at all, but maybe zero.

    One separator before three digits may part thousands or decimals: `1,000` is 1000.00 EUR,
    or 1.00. Raises `BadInputError` where it is no sum of this currency.
    """
    digits = exponent_of(currency)
    plain = _SPACES.sub("", _ascii(text.strip()))
    if len(plain) > _LONGEST or not _FORM.fullmatch(plain):
        raise _not_a_sum(text, currency)
    found = [*_grouped(plain, digits), *_pointed(plain, digits)]
    if digits == _GROUP:
        found.reverse()
        if _AS_WE_WRITE.fullmatch(plain):
            del found[1:]  # 7.990 KWD, as the shop itself writes it
    minors = [minor for minor in dict.fromkeys(found) if minor <= _MOST_MINOR]
    if not minors:
        raise _not_a_sum(text, currency)
    return tuple(Money(minor, currency) for minor in minors)


def sum_of(text: str, currency: str) -> Money:
    """The one thing that this text means.

    Raises `BadInputError` where it is no sum of this currency, or may mean two.
    """
    found = readings_of(text, currency)
    if len(found) > 1 or (_LONE_GROUP.fullmatch(text.strip()) and exponent_of(currency) != _GROUP):
        meant = " or ".join(f"{one.decimal():f}" for one in found)
        raise BadInputError(reason=f"{text!r} may mean {meant} {currency}: write it like that.")
    return found[0]


def _grouped(plain: str, digits: int) -> list[int]:
    """The minor units where every separator parts thousands; none where that cannot be."""
    head, *groups = re.split("[.,]", plain)
    marks = set(re.findall("[.,]", plain))
    is_right = all(len(group) == _GROUP for group in groups) and len(head) <= _GROUP
    if groups and (len(marks) > 1 or not is_right or head.startswith("0")):
        return []
    return [int(head + "".join(groups)) * 10**digits]


def _pointed(plain: str, digits: int) -> list[int]:
    """The minor units where the last separator is the decimal point."""
    whole, *rest = re.split("[.,](?=[^.,]*$)", plain)
    if not rest:
        return []
    [decimals] = rest
    kept = decimals[:digits].ljust(digits, "0")
    grouped = _grouped(whole, 0)
    is_other = plain[len(whole)] not in whole  # 1.234.56 is neither
    if not grouped or not is_other or decimals[digits:].strip("0"):
        return []
    return [grouped[0] * 10**digits + int(kept or 0)]


def _ascii(text: str) -> str:
    """The digits of any script as 0 to 9."""
    return "".join(str(decimal(sign, "")) or _SEPARATORS.get(sign, sign) for sign in text)


def _not_a_sum(text: str, currency: str) -> BadInputError:
    shown = text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 - a line
    return BadInputError(
        reason=f'{shown!r} is not an amount in {currency} such as "{sample_amount(currency)}".'
    )
