"""The commands `telekiosk catalog check | apply | export`."""

import asyncio
from pathlib import Path

import typer

from bot.assemble import KNOWN
from bot.clocks import SystemClock
from bot.settings import load_settings
from shop.books.opening import Storage, storage_at
from shop.catalog.changes import (
    NoCatalogError,
    apply_catalog,
    describe,
    export_catalog,
    plan_changes,
)
from shop.owner_file import sample_text, write_catalog
from shop.owner_file.reading import load_catalog


async def check(file: Path) -> None:
    """Check the file; raises `BadCatalogError` with file, line and reason."""
    catalog = load_catalog(file, known=KNOWN)
    prices = sum(len(amounts) for plan in catalog.plans for amounts in plan.prices.values())
    typer.echo(f"{file}: fine, {len(catalog.plans)} plans with {prices} prices.")


async def apply(file: Path, *, is_sure: bool) -> None:
    """Show the changes, ask, and apply them; a wrong file changes nothing."""
    catalog = load_catalog(file, known=KNOWN)
    storage = await _open()
    try:
        changes = await storage.read(plan_changes, catalog)
        if not changes:
            typer.echo("Nothing to change.")
            return
        typer.echo("\n".join(describe(changes)))
        if is_sure or typer.confirm("Apply?"):
            await storage.run(apply_catalog, catalog, now=SystemClock().now())
            typer.echo(f"{len(changes)} changes applied.")
    finally:
        await storage.close()


async def export(file: Path | None) -> None:
    """Write the catalog in force; in a shop without one, the sample."""
    storage = await _open()
    try:
        text = write_catalog(await storage.read(export_catalog))
    except NoCatalogError:
        text = sample_text()  # a new shop starts from the sample
    finally:
        await storage.close()
    if file is None:
        typer.echo(text, nl=False)
    else:
        await asyncio.to_thread(file.write_text, text, "utf-8")


async def _open() -> Storage:
    storage = storage_at(load_settings().database_url.get_secret_value())
    await storage.open()
    return storage
