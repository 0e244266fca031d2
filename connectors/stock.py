"""Hands out lines of credentials that staff loaded; the panel they came from is never called."""

from shop.ports import Account, AccountOrder, Shelf, StockLine


class StockConnector:
    """One line an account, never handed to anyone else again.

    A line works until the system it came from ends it, so suspending and giving up change
    nothing here: the account comes back as it was. Load lines that last as long as the plan.
    """

    name = "stock"

    def __init__(self, *, shelf: Shelf) -> None:
        """Remember where lines lie."""
        self._shelf = shelf

    async def create(self, order: AccountOrder) -> Account:
        """Hand out a line, the same again to the same account; or `OutOfStockError`."""
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
        """Change nothing: who had the line knows it, so no one else gets it."""
        return Account(external_id=order.external_id)

    async def change(self, order: AccountOrder) -> Account:
        """Change nothing: a line is what it was loaded as."""
        return Account(external_id=order.external_id)

    async def rotate(self, order: AccountOrder) -> Account:
        """Swap the line for another, once for each wish; or `OutOfStockError`."""
        line = await self._shelf.take(order.plan, order.subscription_id)
        # Another line than the wish knows: it was swapped before, and a crash kept it unnoted.
        if line.external_id == order.external_id:
            line = await self._shelf.swap(order.plan, order.subscription_id)
        return _account(line)


def _account(line: StockLine) -> Account:
    return Account(external_id=line.external_id, credentials=line.credentials)
