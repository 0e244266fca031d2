"""Money as whole minor units (law 1): no float comes near it, and one function rounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from typing import Self

from shop.core.currencies import EXPONENTS, UnknownCurrencyError, exponent_of
from shop.core.errors import BadInputError

_MOST_MINOR = 2**62
_EXACT = Context(prec=50, traps=[Inexact, InvalidOperation])  # scaling would round unasked


class CurrencyMismatchError(ValueError):
    """Two amounts in different currencies were added or compared."""


def round_minor(amount: Decimal) -> int:
    """The one rounding of the shop: to a whole minor unit, half away from zero (decision 11)."""
    return int(amount.to_integral_value(ROUND_HALF_UP))  # the half's size goes up, not its sign


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units (cents, Stars) of one currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse a currency whose minor unit nobody knows: `minor` would mean nothing."""
        if self.currency not in EXPONENTS:
            raise UnknownCurrencyError(self.currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> Self:
        """Read a decimal text such as `7.99`; refuse more digits than the currency has."""
        digits = exponent_of(currency)
        try:
            scaled = Decimal(text).scaleb(digits, _EXACT)
        except (Inexact, InvalidOperation, ValueError) as error:
            raise BadInputError(reason=f"{text!r} is not an amount such as 7.99.") from error
        if not scaled.is_finite() or abs(scaled) > _MOST_MINOR:
            raise BadInputError(reason=f"{text!r} is not an amount such as 7.99.")
        if scaled != scaled.to_integral_value():
            raise BadInputError(reason=f"{text} has more than {digits} decimals for {currency}.")
        return cls(int(scaled), currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in this currency."""
        return cls(0, currency)

    def decimal(self) -> Decimal:
        """The amount in major units, exactly: 799 EUR cents are Decimal('7.99')."""
        return Decimal(self.minor).scaleb(-exponent_of(self.currency))

    def __add__(self, other: "Money") -> "Money":
        """Add an amount of the same currency."""
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Subtract an amount of the same currency."""
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        """The same amount in the other direction."""
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        """Whether this is less than an amount of the same currency."""
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        """Whether this is at most an amount of the same currency."""
        return self.minor <= self._same(other)

    @property
    def is_zero(self) -> bool:
        """Whether this is no money at all; in a condition Money itself would say absent, too."""
        return not self.minor

    def __str__(self) -> str:
        """A plain form for logs and staff: `7.99 EUR`."""
        return f"{self.decimal():f} {self.currency}"

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatchError(self.currency, other.currency)
        return other.minor


def split(total: Money, weights: Sequence[int]) -> list[Money]:
    """Share a total by weights with the largest remainder first; the shares sum to the total."""
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise BadInputError(reason="Weights must not be negative, and not all zero.")
    shares = [total.minor * weight // whole for weight in weights]
    rests = [total.minor * weight % whole for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda i: (-rests[i], i))
    for i in by_rest[: total.minor - sum(shares)]:
        shares[i] += 1
    return [Money(share, total.currency) for share in shares]
