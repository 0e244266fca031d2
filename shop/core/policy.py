"""How this shop behaves: its settings, and what the owner chose, asked for by type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any, Self, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The settings, and the owner's choices by their class; `staff_ids` are Telegram ids.

    A class of choices belongs to the wing that asks for it, and made without arguments it is what
    holds where the owner chose nothing.
    """

    base_currency: str = "EUR"
    shop_name: str = ""  # "" leaves it to the catalog
    staff_ids: tuple[int, ...] = ()
    order_lifetime: timedelta = timedelta(hours=24)
    low_stock: int = 5
    choices: Mapping[Callable[[], Any], Any] = field(default_factory=dict)

    def __getitem__(self, choices: Callable[[], T]) -> T:
        """What the owner chose of this kind: `policy[RefundPolicy].whole`."""
        found: T | None = self.choices.get(choices)
        return _unchosen(choices) if found is None else found

    def choosing(self, *choices: object) -> Self:
        """The same policy with these in place of what was chosen of their kinds."""
        return replace(self, choices={**self.choices, **{type(one): one for one in choices}})


@cache
def _unchosen(choices: Callable[[], T]) -> T:
    # Every settlement asks for four of them; they are frozen, so one serves everybody.
    return choices()
