"""The owner's choices are asked for by their class, and none is what that class is by itself."""

from dataclasses import dataclass
from datetime import timedelta

from shop.core.policy import Policy


@dataclass(frozen=True, kw_only=True)
class Patience:
    days: int = 3


@dataclass(frozen=True, kw_only=True)
class Colours:
    name: str = "red"


def test_without_a_choice_it_is_what_the_class_is_by_itself() -> None:
    assert Policy()[Patience] == Patience(days=3)


def test_a_choice_takes_the_place_of_one_of_its_kind_and_leaves_the_others() -> None:
    policy = Policy().choosing(Patience(days=5), Colours(name="blue"))
    assert policy[Patience] == Patience(days=5)
    again = policy.choosing(Patience(days=7))
    assert (again[Patience].days, again[Colours].name) == (7, "blue")
    assert policy[Patience] == Patience(days=5)


def test_a_shop_whose_owner_set_nothing_is_like_this() -> None:
    assert Policy() == Policy(
        base_currency="EUR",
        shop_name="",
        staff_ids=(),
        order_lifetime=timedelta(hours=24),
        low_stock=5,
        choices={},
    )
