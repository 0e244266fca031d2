"""A change of state, held against the transition table of its kind."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

State = TypeVar("State", bound=StrEnum)


def may_move(table: Mapping[State, frozenset[State]], old: State, new: State) -> bool:
    """Whether the table allows this change; staying where one is needs no move."""
    return new in table[old]
