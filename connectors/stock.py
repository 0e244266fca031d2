"""Hands out credentials that staff loaded as lines; the panel behind them is never called."""

from shop.ports import Account, AccountOrder, Shelf, StockLine


class StockConnector:
    """One line per account, never handed to anyone else again.

    A line works until its own system ends it, so suspending and ending change nothing here:
    the account comes back as it was. Load lines that last as long as the plan.
    """

    name = "stock"

    def __init__(self, *, shelf: Shelf) -> None:
        """Remember where lines are kept."""
        self._shelf = shelf

    async def create(self, order: AccountOrder) -> Account:
        """Hand out a line, always the same to one account; or raise `OutOfStockError`."""
        return _account(await self._shelf.take(order.plan, order.subscription_id))

    async def suspend(self, order: AccountOrder) -> Account:
        """Change nothing: a loaded line cannot be stopped from here."""
        return Account(external_id=order.external_id)

    async def resume(self, order: AccountOrder) -> Account:
        """Hand out a line if there is none yet; otherwise it never stopped."""
        if not order.external_id:
            return await self.create(order)
        return Account(external_id=order.external_id)

    async def terminate(self, order: AccountOrder) -> Account:
        """Change nothing: its holder knows the line, so nobody else gets it."""
        return Account(external_id=order.external_id)

    async def change(self, order: AccountOrder) -> Account:
        """Change nothing: a line stays as it was loaded."""
        return Account(external_id=order.external_id)

    async def rotate(self, order: AccountOrder) -> Account:
        """Swap the line for another, once per request; or raise `OutOfStockError`."""
        line = await self._shelf.take(order.plan, order.subscription_id)
        # Not the line the request names: it was swapped already, and a crash lost the note.
        if line.external_id == order.external_id:
            line = await self._shelf.swap(order.plan, order.subscription_id)
        return _account(line)


def _account(line: StockLine) -> Account:
    return Account(external_id=line.external_id, credentials=line.credentials)
