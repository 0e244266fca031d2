"""A change of state, held against the transition table of its kind."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from shop.core.errors import ShopError

State = TypeVar("State", bound=StrEnum)


class ForbiddenMoveError(ShopError):
    """What is {old} cannot become {new}."""


def may_move(table: Mapping[State, frozenset[State]], old: State, new: State) -> bool:
    """Whether the table allows this change; staying where one is needs no move."""
    return new in table[old]


def must_move(table: Mapping[State, frozenset[State]], old: State, new: State) -> None:
    """Hold an act of our own against the table; what an outside event asks uses `may_move`.

    Raises `ForbiddenMoveError` where the table does not allow it.
    """
    if not may_move(table, old, new):
        raise ForbiddenMoveError(old=old, new=new)
