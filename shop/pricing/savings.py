"""What is worth saying about prices: how much a longer time saves, and where they begin."""

from collections.abc import Iterable

from shop.catalog.products import length_of
from shop.core.intervals import Interval
from shop.core.money import Money

Term = tuple[Interval, Money]


def saving(term: Term, *, against: Term) -> int:
    """Whole percent this term costs less a day than another, rounded down; 0 when none.

    A month counts as 30 days, so a year is never praised more than it deserves.
    """
    (interval, amount), (base, base_amount) = term, against
    spent = amount.minor * length_of(base)
    usual = base_amount.minor * length_of(interval)
    return max((usual - spent) * 100 // usual, 0)


def shortest(terms: Iterable[Term]) -> Term:
    """The term that the others are measured against."""
    return min(terms, key=lambda term: length_of(term[0]))


def lowest(terms: Iterable[Term]) -> Money:
    """The least one can spend."""
    return min((amount for _, amount in terms), key=lambda amount: amount.minor)
