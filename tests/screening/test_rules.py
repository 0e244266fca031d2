"""Every rule against fraud: what it needs to speak, what it says, and that it can be silent."""

import pytest

from shop.core.money import Money
from shop.screening.rules import (
    RULES,
    BlockedBy,
    Check,
    Finding,
    FraudFacts,
    FraudPolicy,
    Listed,
    RefusedError,
    Ruling,
    TooMany,
    TooMuch,
    TwoCountries,
    findings_on,
    strictest,
)

HUNDRED = {"EUR": 10_000}
ALL = FraudPolicy(
    tries_an_hour=3,
    payers_a_day=2,
    people_of_a_payer=1,
    trials_of_a_payer=1,
    first_order=HUNDRED,
    country=Ruling.HOLD,
    blocklist=Ruling.REFUSE,
)
OFF = FraudPolicy(blocklist=Ruling.PASS, refused=Ruling.PASS)


def new(minor: int, currency: str = "EUR") -> FraudFacts:
    return FraudFacts(amount=Money(minor, currency), is_first_order=True)


def above(check: Check, ruling: Ruling, many: int, most: int) -> Finding:
    return Finding(check=check, ruling=ruling, why=TooMany(many=many, most=most))


LIMIT = TooMuch(money=Money(10_001, "EUR"), limit=Money(10_000, "EUR"))
BLOCK = Finding(
    check=Check.BLOCKED,
    ruling=Ruling.REFUSE,
    why=Listed(by=(BlockedBy.PAYER, BlockedBy.TELEGRAM)),
)
# what is known -> what is found, None for nothing
CASES = {
    "nothing is known": (FraudFacts(), None),
    "tries, as many as allowed": (FraudFacts(tries_last_hour=3), None),
    "one try more": (
        FraudFacts(tries_last_hour=4),
        above(Check.TRIES, Ruling.REFUSE, 4, 3),
    ),
    "cards, as many as allowed": (FraudFacts(payers_last_day=2), None),
    "one card more": (FraudFacts(payers_last_day=3), above(Check.PAYERS, Ruling.HOLD, 3, 2)),
    "a card of one": (FraudFacts(people_of_payer=1), None),
    "a card of two": (
        FraudFacts(people_of_payer=2),
        above(Check.SHARED_PAYER, Ruling.HOLD, 2, 1),
    ),
    "a first trial behind a card": (FraudFacts(trials_of_payer=1), None),
    "a second trial behind a card": (
        FraudFacts(trials_of_payer=2),
        above(Check.TRIALS, Ruling.REFUSE, 2, 1),
    ),
    "a newcomer at the limit": (new(10_000), None),
    "a newcomer above it": (
        new(10_001),
        Finding(check=Check.FIRST_ORDER, ruling=Ruling.HOLD, why=LIMIT),
    ),
    "a newcomer in a currency without limit": (new(10**9, "USD"), None),
    "a regular above it": (FraudFacts(amount=Money(10_001, "EUR")), None),
    "a card from home": (FraudFacts(payer_country="de", customer_country="DE"), None),
    "a card from abroad": (
        FraudFacts(payer_country="US", customer_country="DE"),
        Finding(
            check=Check.COUNTRY,
            ruling=Ruling.HOLD,
            why=TwoCountries(card="US", home="DE"),
        ),
    ),
    "a card from somewhere": (FraudFacts(payer_country="US"), None),
    "refused money from the wallet": (
        FraudFacts(spends_refused=True),
        Finding(check=Check.REFUSED, ruling=Ruling.HOLD),
    ),
    "blocked": (FraudFacts(blocked_by=(BlockedBy.TELEGRAM, BlockedBy.PAYER)), BLOCK),
}


@pytest.mark.parametrize(("facts", "finding"), CASES.values(), ids=CASES)
def test_what_each_rule_finds(facts: FraudFacts, finding: Finding | None) -> None:
    assert findings_on(facts, ALL) == (() if finding is None else (finding,))


@pytest.mark.parametrize("facts", [facts for facts, _ in CASES.values()], ids=list(CASES))
def test_a_rule_that_is_switched_off_finds_nothing(facts: FraudFacts) -> None:
    assert findings_on(facts, OFF) == ()


def test_every_rule_has_its_case() -> None:
    found = {finding.check for _, finding in CASES.values() if finding}
    assert found == set(Check)
    assert len(RULES) == len(Check)


def test_the_strictest_finding_decides() -> None:
    held, refused = above(Check.PAYERS, Ruling.HOLD, 3, 2), BLOCK
    assert strictest(()) is Ruling.PASS
    assert strictest((held,)) is Ruling.HOLD
    assert strictest((held, refused)) is Ruling.REFUSE


def test_the_books_hold_these_words_for_what_was_found() -> None:
    assert [str(check) for check in Check] == [
        "tries",
        "payers",
        "shared_payer",
        "trials",
        "first_order",
        "country",
        "blocked",
        "refused",
    ]
    assert [str(ruling) for ruling in Ruling] == ["pass", "hold", "refuse"]
    assert [str(by) for by in BlockedBy] == ["telegram", "username", "payer"]


def test_where_the_owner_chose_nothing_only_people_staff_named_are_looked_at() -> None:
    assert FraudPolicy() == FraudPolicy(
        tries_an_hour=0,
        payers_a_day=0,
        people_of_a_payer=0,
        trials_of_a_payer=0,
        first_order={},
        country=Ruling.PASS,
        refused=Ruling.HOLD,
        blocklist=Ruling.REFUSE,
    )


@pytest.mark.parametrize(
    ("policy", "wants"),
    [
        (FraudPolicy(), False),
        (FraudPolicy(payers_a_day=1), True),
        (FraudPolicy(people_of_a_payer=1), True),
        (FraudPolicy(country=Ruling.HOLD), True),
        (FraudPolicy(tries_an_hour=1, trials_of_a_payer=1, first_order=HUNDRED), False),
    ],
)
def test_who_pays_is_asked_for_only_where_a_rule_needs_it(
    policy: FraudPolicy, *, wants: bool
) -> None:
    assert policy.wants_payer is wants


def test_a_refusal_says_little_to_the_customer_and_keeps_what_was_found() -> None:
    error = RefusedError((BLOCK,))
    assert error.findings == (BLOCK,)
    assert error.sentence == "This cannot be sold just now; please write to us."
