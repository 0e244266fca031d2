"""Checks against fraud: each rule is a function from facts to a finding, or to none.

A rule never decides about money: it only says whether a person should look first (HOLD), or
that nothing is sold just now (REFUSE, only ever before money moves).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shop.core.errors import ShopError
from shop.core.money import Money


class Check(StrEnum):
    """What a rule looks at."""

    TRIES = "tries"
    PAYERS = "payers"
    SHARED_PAYER = "shared_payer"
    TRIALS = "trials"
    FIRST_ORDER = "first_order"
    COUNTRY = "country"
    BLOCKED = "blocked"
    REFUSED = "refused"


class Ruling(StrEnum):
    """What shall be done, from mild to strict."""

    PASS = "pass"  # noqa: S105 - no password
    HOLD = "hold"
    REFUSE = "refuse"


class BlockedBy(StrEnum):
    """What may stand in the blocklist."""

    TELEGRAM = "telegram"
    USERNAME = "username"
    PAYER = "payer"


class RefusedError(ShopError):
    """This cannot be sold just now; please write to us."""

    def __init__(self, findings: "tuple[Finding, ...]") -> None:
        """Keep what was found, for staff."""
        super().__init__()
        self.findings = findings


@dataclass(frozen=True, slots=True, kw_only=True)
class FraudPolicy:
    """The owner's section [fraud]; 0, nothing and PASS switch a rule off.

    `first_order` is by currency, in minor units.
    """

    tries_an_hour: int = 0
    payers_a_day: int = 0
    people_of_a_payer: int = 0
    trials_of_a_payer: int = 0
    first_order: Mapping[str, int] = field(default_factory=dict)
    country: Ruling = Ruling.PASS
    refused: Ruling = Ruling.HOLD
    blocklist: Ruling = Ruling.REFUSE

    @property
    def wants_payer(self) -> bool:
        """Whether some rule needs to know who paid."""
        looks = self.payers_a_day or self.people_of_a_payer or self.country is not Ruling.PASS
        return bool(looks)


@dataclass(frozen=True, slots=True, kw_only=True)
class FraudFacts:
    """What is known of a try to buy; None and "" mean: not known, or not asked here."""

    amount: Money | None = None
    tries_last_hour: int | None = None
    payers_last_day: int | None = None
    people_of_payer: int | None = None
    trials_of_payer: int | None = None
    is_first_order: bool = False
    payer_country: str = ""
    customer_country: str = ""
    blocked_by: tuple[BlockedBy, ...] = ()
    spends_refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TooMany:
    """So many where the owner allows at most so many."""

    many: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TooMuch:
    """So much money where the owner's limit is lower."""

    money: Money
    limit: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoCountries:
    """Where the card is from, and where the customer is."""

    card: str
    home: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """By what someone stands in the blocklist."""

    by: tuple[BlockedBy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule found, and why: what its sentence tells staff."""

    check: Check
    ruling: Ruling
    why: TooMany | TooMuch | TwoCountries | Listed | None = None


def tries(facts: FraudFacts, policy: FraudPolicy) -> Finding | None:
    """More payment pages in an hour than anyone needs."""
    return _above(Check.TRIES, Ruling.REFUSE, facts.tries_last_hour, policy.tries_an_hour)


def payers(facts: FraudFacts, policy: FraudPolicy) -> Finding | None:
    """One person, many cards in a day."""
    return _above(Check.PAYERS, Ruling.HOLD, facts.payers_last_day, policy.payers_a_day)


def shared_payer(facts: FraudFacts, policy: FraudPolicy) -> Finding | None:
    """One card, many people."""
    many = facts.people_of_payer
    return _above(Check.SHARED_PAYER, Ruling.HOLD, many, policy.people_of_a_payer)


def trials(facts: FraudFacts, policy: FraudPolicy) -> Finding | None:
    """The same card behind one trial more."""
    return _above(Check.TRIALS, Ruling.REFUSE, facts.trials_of_payer, policy.trials_of_a_payer)


def first_order(facts: FraudFacts, policy: FraudPolicy) -> Finding | None:
    """A newcomer who spends much at once."""
    if facts.amount is None or not facts.is_first_order:
        return None
    most = policy.first_order.get(facts.amount.currency)
    if most is None or facts.amount.minor <= most:
        return None
    why = TooMuch(money=facts.amount, limit=Money(most, facts.amount.currency))
    return Finding(check=Check.FIRST_ORDER, ruling=Ruling.HOLD, why=why)


def country(facts: FraudFacts, policy: FraudPolicy) -> Finding | None:
    """A card from one country, a customer from another."""
    card, home = facts.payer_country.upper(), facts.customer_country.upper()
    if policy.country is Ruling.PASS or not (card and home) or card == home:
        return None
    why = TwoCountries(card=card, home=home)
    return Finding(check=Check.COUNTRY, ruling=policy.country, why=why)


def blocked(facts: FraudFacts, policy: FraudPolicy) -> Finding | None:
    """Someone staff put on the blocklist."""
    if policy.blocklist is Ruling.PASS or not facts.blocked_by:
        return None
    why = Listed(by=tuple(sorted(facts.blocked_by)))
    return Finding(check=Check.BLOCKED, ruling=policy.blocklist, why=why)


def refused(facts: FraudFacts, policy: FraudPolicy) -> Finding | None:
    """Money that staff refused comes back by way of the wallet, where it lies."""
    if policy.refused is Ruling.PASS or not facts.spends_refused:
        return None
    return Finding(check=Check.REFUSED, ruling=policy.refused)


RULES: tuple[Callable[[FraudFacts, FraudPolicy], Finding | None], ...] = (
    blocked,
    tries,
    payers,
    shared_payer,
    trials,
    first_order,
    country,
    refused,
)


def findings_on(facts: FraudFacts, policy: FraudPolicy) -> tuple[Finding, ...]:
    """What every rule that is switched on found."""
    found = (rule(facts, policy) for rule in RULES)
    return tuple(finding for finding in found if finding is not None)


def strictest(findings: Iterable[Finding]) -> Ruling:
    """What all findings together ask for."""
    order = list(Ruling)
    return max((one.ruling for one in findings), key=order.index, default=Ruling.PASS)


def _above(check: Check, ruling: Ruling, many: int | None, most: int) -> Finding | None:
    if not most or many is None or many <= most:
        return None
    return Finding(check=check, ruling=ruling, why=TooMany(many=many, most=most))
