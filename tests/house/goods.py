"""What the shop in hand sells: a plan that makes accounts, one from stock, one without grace."""

from shop.catalog.products import Catalog, Plan, Shopfront, Terms
from shop.core.intervals import Interval, Unit
from shop.core.money import Money

MONTH = Interval(count=1, unit=Unit.MONTH)
QUARTER = Interval(count=3, unit=Unit.MONTH)
YEAR = Interval(count=12, unit=Unit.MONTH)
WEEK = Interval(count=7, unit=Unit.DAY)
TERMS = (WEEK, MONTH, QUARTER, YEAR)
CURRENCIES = ("EUR", "USD", "XTR")
PLANS = ("solo", "duo", "bare")


def plan(slug: str, *, connector: str, trial_days: int, grace_days: int, keep_days: int) -> Plan:
    return Plan(
        slug=slug,
        name={"": slug.title()},
        description={"": f"All of {slug}."},
        screens=2,
        connector=connector,
        trial_days=trial_days,
        terms=Terms(grace_days=grace_days, keep_days=keep_days),
        prices={
            term: tuple(Money(minor * place, currency) for currency in CURRENCIES)
            for place, (term, minor) in enumerate(
                zip(TERMS, (299, 799, 2199, 7900), strict=True), 1
            )
        },
    )


GOODS = Catalog(
    currency="EUR",
    front=Shopfront(name={"": "The shop in hand"}, stream_url="https://play.example"),
    plans=(
        plan("solo", connector="generated", trial_days=3, grace_days=3, keep_days=14),
        plan("duo", connector="stock", trial_days=0, grace_days=1, keep_days=2),
        plan("bare", connector="generated", trial_days=7, grace_days=0, keep_days=0),
    ),
)
