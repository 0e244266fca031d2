"""The catalog as a file its owner can read and write: TOML to `Catalog` and back."""

from importlib.resources import files

from shop.catalog.products import Catalog
from shop.owner_file.page import BadCatalogError
from shop.owner_file.reading import load_catalog, read_catalog

__all__ = ["BadCatalogError", "load_catalog", "read_catalog", "sample_text", "write_catalog"]


def sample_text() -> str:
    """The sample catalog that ships with the shop, as TOML."""
    return (files("shop") / "sample_catalog.toml").read_text("utf-8")


def write_catalog(catalog: Catalog) -> str:
    """The whole catalog as TOML; what writes it loads here, for a shop that runs only reads."""
    from shop.owner_file import writing

    return writing.write_catalog(catalog)
