"""The shop's policy as it is now: the settings, and the choices of the catalog in the books."""

from dataclasses import replace
from typing import Any

from shop.books.books import Books
from shop.books.opening import Storage
from shop.catalog.records import CatalogRecords
from shop.core.policy import Policy
from shop.owner_file.choices import choices_of


class LivePolicy:
    """Follows `telekiosk catalog apply`, whichever process carried it out."""

    def __init__(self, base: Policy) -> None:
        """Begin with the settings alone."""
        self.current = base
        self._catalog_id = 0

    async def refresh(self, storage: Storage) -> None:
        """Take over what a newer catalog says; raises `BadCatalogError`, then nothing changes."""
        newest = await storage.read(_newest)
        if newest == self._catalog_id:
            return
        choices = choices_of(await storage.read(_sections))
        self.current = replace(self.current, choices=choices.choices)
        self._catalog_id = newest


def _newest(books: Books) -> int:
    return books[CatalogRecords].latest_id()


def _sections(books: Books) -> dict[str, Any]:
    return dict((books[CatalogRecords].latest() or {}).get("choices", {}))
