"""Which ways show: one table for the owner's rules, and the usual order without any."""

import pytest

from shop.orders.ways import WayRule, arranged, asks_for_country, countries_of, name_of, unshown

THERE = {"wallet": "EUR", "stripe": "EUR", "stars": "XTR", "transfer": "EUR"}


def rule(provider: str, **wants: object) -> WayRule:
    return WayRule(provider=provider, **wants)  # type: ignore[arg-type]


def shown(*rules: WayRule, country: str = "", plan: str = "solo") -> list[str]:
    return arranged(rules, THERE, country=country, plan=plan)


def test_without_a_rule_all_show_as_they_come() -> None:
    assert shown() == list(THERE)


def test_with_rules_only_those_show_in_the_order_of_the_file() -> None:
    assert shown(rule("transfer"), rule("stripe")) == ["wallet", "transfer", "stripe"]


def test_the_wallet_stands_where_a_rule_puts_it() -> None:
    assert shown(rule("stripe"), rule("wallet")) == ["stripe", "wallet"]
    assert shown(rule("stripe"), rule("wallet", plans=frozenset({"duo"}))) == ["stripe"]


@pytest.mark.parametrize(
    ("wants", "country", "plan", "is_shown"),
    [
        ({"currencies": frozenset({"EUR"})}, "", "solo", True),
        ({"currencies": frozenset({"USD"})}, "", "solo", False),
        ({"countries": frozenset({"DE"})}, "DE", "solo", True),
        ({"countries": frozenset({"DE"})}, "FR", "solo", False),
        ({"countries": frozenset({"DE"})}, "", "solo", False),
        ({"countries": frozenset({"DE"})}, "ZZ", "solo", False),
        ({"plans": frozenset({"duo"})}, "", "solo", False),
        ({"plans": frozenset({"solo"})}, "", "solo", True),
        ({"not_plans": frozenset({"solo"})}, "", "solo", False),
        ({"not_plans": frozenset({"duo"})}, "", "solo", True),
        ({"currencies": frozenset({"EUR"}), "countries": frozenset({"DE"})}, "FR", "solo", False),
    ],
)
def test_a_rule_lets_a_way_show_for_what_it_names(
    wants: dict[str, frozenset[str]], country: str, plan: str, *, is_shown: bool
) -> None:
    found = shown(rule("stripe", **wants), country=country, plan=plan)
    assert ("stripe" in found) is is_shown


def test_a_second_rule_for_a_way_is_a_second_chance() -> None:
    german = rule("stripe", countries=frozenset({"DE"}))
    rich = rule("stripe", plans=frozenset({"duo"}))
    assert shown(german, rule("stars"), rich, country="DE") == ["wallet", "stripe", "stars"]
    assert shown(german, rule("stars"), rich, plan="duo") == ["wallet", "stars", "stripe"]


def test_what_is_not_on_does_not_show() -> None:
    assert shown(rule("btcpay"), rule("stars")) == ["wallet", "stars"]
    assert unshown([rule("btcpay"), rule("stars")], ["stripe", "stars"]) == (
        ["stripe"],
        ["btcpay"],
    )
    assert unshown([], ["stripe"]) == ([], [])


@pytest.mark.parametrize(
    ("wants", "is_narrow"),
    [
        ({}, False),
        ({"currencies": frozenset({"XTR", "EUR"})}, False),
        ({"currencies": frozenset({"EUR"})}, True),
        ({"countries": frozenset({"DE"})}, True),
        ({"plans": frozenset({"solo"})}, True),
        ({"not_plans": frozenset({"solo"})}, True),
        ({"currencies": frozenset({"XTR"}), "plans": frozenset({"solo"})}, True),
    ],
)
def test_a_rule_is_narrow_when_some_who_could_pay_in_stars_are_not_shown_the_way(
    wants: dict[str, frozenset[str]], *, is_narrow: bool
) -> None:
    assert rule("stars", **wants).is_narrow_for("XTR") is is_narrow


def test_a_country_is_asked_for_only_where_it_matters() -> None:
    german = rule("stripe", countries=frozenset({"DE", "AT"}))
    assert asks_for_country([german])
    assert not asks_for_country([rule("stripe")])
    assert countries_of([german, rule("stars")]) == {"DE", "AT"}


def test_the_owner_may_name_a_way() -> None:
    assert name_of([rule("stripe", name={"": "Visa"})], "stripe") == {"": "Visa"}
    assert name_of([rule("stripe")], "stripe") == {}
