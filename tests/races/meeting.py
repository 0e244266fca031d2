"""Makes two threads meet at a statement, so that a race happens when it can happen at all."""

from threading import Barrier, BrokenBarrierError
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

LONG_ENOUGH = 0.5  # seconds; whoever a guard holds back does not come within it


def meet_after(
    patch: pytest.MonkeyPatch, owner: type, name: str, *, seconds: float = LONG_ENOUGH
) -> None:
    """Let two callers of a method go on only together, or alone when no other comes."""
    method: Callable[..., Any] = getattr(owner, name)
    door = Barrier(2)

    def meeting(*args: object, **kwargs: object) -> object:
        found = method(*args, **kwargs)
        try:
            door.wait(seconds)
        except BrokenBarrierError:
            door.reset()
        return found

    patch.setattr(owner, name, meeting)


def leave_unclaimed(patch: pytest.MonkeyPatch) -> None:
    """Take law 6 away: whoever would claim a customer only looks at him."""
    from shop.storage.customers import Customers

    patch.setattr(Customers, "claim", Customers.get)
