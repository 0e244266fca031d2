"""Which ways to pay show, in which order, to whom and for what: the owner chooses."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

WALLET = "wallet"  # its name among the ways to pay
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WayPolicy:
    """The owner's rules in their order; without any, every way that is on shows."""

    rules: "tuple[WayRule, ...]" = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WayRule:
    """One `[[way]]`: an empty set asks nothing; `name` is what customers read instead of ours."""

    provider: str
    currencies: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    plans: frozenset[str] = frozenset()
    not_plans: frozenset[str] = frozenset()
    name: Texts = field(default_factory=dict)

    def fits(self, *, currency: str, country: str, plan: str) -> bool:
        """Whether this rule lets the way show for this; an unknown country is none of those."""
        return (
            (not self.currencies or currency in self.currencies)
            and (not self.countries or country in self.countries)
            and (not self.plans or plan in self.plans)
            and plan not in self.not_plans
        )

    def is_narrow_for(self, currency: str) -> bool:
        """Whether some who could pay in this currency are not shown this way by this rule."""
        is_other = bool(self.currencies) and currency not in self.currencies
        return is_other or bool(self.countries or self.plans or self.not_plans)


def arranged(
    rules: Sequence[WayRule], there: Mapping[str, str], *, country: str, plan: str
) -> list[str]:
    """Which of the ways that are on show, in the owner's order.

    `there` maps each way to the currency it would be paid in. Without rules all show, as they
    come. With rules only what a rule lets, except the wallet: what lies there is the customer's
    own, so it shows first unless a rule names it.
    """
    if not rules:
        return list(there)
    named = [
        rule.provider
        for rule in rules
        if rule.provider in there
        and rule.fits(currency=there[rule.provider], country=country, plan=plan)
    ]
    unruled = WALLET in there and all(rule.provider != WALLET for rule in rules)
    return list(dict.fromkeys([WALLET, *named] if unruled else named))


def asks_for_country(rules: Sequence[WayRule]) -> bool:
    """Whether anyone need be asked where they live."""
    return any(rule.countries for rule in rules)


def countries_of(rules: Sequence[WayRule]) -> frozenset[str]:
    """The countries that make a difference here."""
    return frozenset[str]().union(*(rule.countries for rule in rules))


def name_of(rules: Sequence[WayRule], provider: str) -> Texts:
    """What the owner calls a way; nothing when that is left to us."""
    return next((rule.name for rule in rules if rule.provider == provider and rule.name), {})


def unshown(rules: Sequence[WayRule], there: Collection[str]) -> tuple[list[str], list[str]]:
    """For the doctor: ways that are on but in no rule, and ways in rules that are not on."""
    ruled = {rule.provider for rule in rules}
    off = ruled - set(there) - {WALLET}
    return sorted(set(there) - ruled) if rules else [], sorted(off)
