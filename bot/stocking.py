"""Gives a new shop its first catalog; later changes wait for `telekiosk catalog apply`."""

from pathlib import Path

import structlog

from bot.assemble import KNOWN, Parts
from shop.catalog.changes import apply_catalog, plan_changes
from shop.catalog.offers import has_catalog
from shop.catalog.products import Catalog
from shop.owner_file import sample_text
from shop.owner_file.reading import load_catalog, read_catalog

log = structlog.get_logger()


def catalog_of(parts: Parts) -> Catalog:
    """Read the catalog that CATALOG names, or the sample; raises `BadCatalogError`."""
    return catalog_at(parts.settings.catalog)


def catalog_at(path: Path | None) -> Catalog:
    """Read the catalog from this file, or the sample; raises `BadCatalogError`."""
    if path is None:
        return read_catalog(sample_text(), name="sample_catalog.toml", known=KNOWN)
    return load_catalog(path, known=KNOWN)


async def stock_the_shop(parts: Parts) -> None:
    """Apply the catalog in a new shop; in an existing one only report that it differs."""
    storage, path = parts.storage, parts.settings.catalog
    if not await storage.read(has_catalog):
        if path is None:
            log.warning("sample_catalog", hint="set CATALOG to sell your own plans")
        changes = await storage.run(apply_catalog, catalog_of(parts), now=parts.clock.now())
        log.info("catalog_applied", changes=len(changes))
    elif path is not None:
        changes = await storage.read(plan_changes, load_catalog(path, known=KNOWN))
        if changes:
            log.warning("catalog_differs", changes=len(changes), hint="telekiosk catalog apply")
