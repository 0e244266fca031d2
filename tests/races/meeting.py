"""Makes two threads meet at a statement, so that a race happens when it can happen at all."""

from threading import Barrier, BrokenBarrierError
from typing import TYPE_CHECKING, Any

import pytest

from shop.books.queries import load_queries
from shop.customers.records import Customers

if TYPE_CHECKING:
    from collections.abc import Callable

UNGUARDED = 20.0  # seconds; with no guard both come, however slow the machine is
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
    patch.setattr(Customers, "claim", Customers.get)
    look = "SELECT c.* FROM customers AS c JOIN payments AS p ON p.customer_id = c.id"
    queries = dict(load_queries("postgres")) | {
        "customer_claim_payer": f"{look} WHERE p.reference = %(reference)s"
    }
    patch.setattr("shop.books.queries.load_queries", lambda _dialect: queries)
